"""`asgherkin init`: set a project up, with a line of configuration and a first feature."""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.commands import add_command, say
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from asgherkin.commands import Commands
    from asgherkin.commands.app_discovery import AppLocation
    from asgherkin.commands.app_probe import Found
    from asgherkin.commands.pytest_settings import PytestSettings

_DESCRIPTION = """\
Finds this folder's ASGI app in its settings and its source, imports it in a process of its own, asks it for its routes,
and sends it a GET that takes no parameter. Writes the one line of configuration and a first feature, and runs that.

Files, settings and features that are there stay as they are: a second time changes nothing.
"""
_CODES = """\
exit codes:
  0  all is there, and the first feature passes
  1  the first feature is written, and fails
  2  something stands in the way; the reason is told, and nothing is written
"""
_OWN_APP = re.compile(r"^\s*(?:async )?def asgi_app\(", re.MULTILINE)
_NEXT = """
Next:
  - Write what your app promises into {folder}/, one capability a file, and run: pytest
  - asgherkin steps "send a file" finds a sentence by words; asgherkin steps lists all.
  - Sentences of your own stand in conftest.py."""


class _Change(NamedTuple):
    """A file to write; `before` is None for a new file."""

    path: Path
    before: str | None
    after: str


class _Plan(NamedTuple):
    """The files to write, remarks for the user, and the new feature, which is run then."""

    changes: list[_Change]
    remarks: list[str]
    feature: Path | None = None


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    about = "set this folder up: find the app, write one line of configuration and a first feature"
    init = add_command(commands, run, "init", about, _DESCRIPTION, _CODES)
    init.add_argument("--app", metavar="LOCATION", help='the app: "shop.main:app", or "shop.main:create_app()"')
    init.add_argument("--dry-run", action="store_true", help="show the changes as a diff, and write nothing")


def run(chosen: argparse.Namespace) -> int:
    """Plan, write and run; returns the exit code. Raises ConfigurationError where the project cannot be set up."""
    project = Path.cwd()
    plan = _plan(project, chosen.app or "")
    say("\n".join(plan.remarks))
    if chosen.dry_run:
        say("")
        for change in plan.changes:
            name = change.path.as_posix()
            old = "/dev/null" if change.before is None else f"a/{name}"
            before, after = (change.before or "").splitlines(), change.after.splitlines()
            say("\n".join(difflib.unified_diff(before, after, old, f"b/{name}", lineterm="")))
        return 0
    _write(project, plan.changes)
    for change in plan.changes:
        say(f"{change.path.as_posix()} is written.")
    code = _run_first(project, plan.feature) if plan.feature else 0
    say(_NEXT.format(folder=plan.feature.parent.as_posix() if plan.feature else "features"))
    return code


def _plan(project: Path, location: str) -> _Plan:
    from asgherkin.commands.pytest_settings import read_settings

    settings = read_settings(project)
    features = _features(project, settings)
    is_set = _is_set(project, settings)
    if is_set and location and settings.values.get("asgi_app") != location:
        raise ConfigurationError(f"{is_set}. Change that, or leave --app out: settings that are there stay.")
    more = f" and {len(features) - 1} more" if len(features) > 1 else ""
    kept = f"There are features already, {features[0]}{more}: none is added." if features else ""
    if is_set and features:
        return _Plan([], [f"{is_set}.", kept, "Nothing is changed."])
    if is_set and "asgi_app" not in settings.values:  # the app of a fixture exists in a test only
        return _Plan([], [f"{is_set}: it makes the app, so the first feature is yours to write."])
    return _planned(project, settings, _app(project, settings, location), kept, is_set)


def _planned(project: Path, settings: PytestSettings, app: AppLocation, kept: str, is_set: str) -> _Plan:
    from asgherkin.commands.app_probe import first_feature, probe

    found = probe(app.location, project, app.folder)
    plan = _Plan([], [f"{is_set}." if is_set else f"The app is {app.location}{app.origin}.", *_findings(found)])
    if not is_set:
        plan.changes.append(_setting(settings, app, plan.remarks))
    if kept:
        plan.remarks.append(kept)
    if kept or found.answer is None:
        return plan
    testpaths = settings.listed("testpaths")
    # In a folder in which pytest looks for tests.
    is_searched = not testpaths or any(path.rstrip("/") in ("features", ".") for path in testpaths)
    path = Path("features" if is_searched else f"{testpaths[0]}/features") / "first.feature"
    plan.changes.append(_Change(path, None, first_feature(found.answer)))
    return plan._replace(feature=path)


def _is_set(project: Path, settings: PytestSettings) -> str:
    """The place that names the app already, "" for none."""
    if settings.values.get("asgi_app"):
        return f'{settings.path} has asgi_app = "{settings.values["asgi_app"]}"'
    for folder in ("", "tests/", "features/"):
        path = project / folder / "conftest.py"
        if path.is_file() and _OWN_APP.search(path.read_text(encoding="utf-8", errors="replace")):
            return f"{folder}conftest.py has the fixture asgi_app"
    return ""


def _app(project: Path, settings: PytestSettings, location: str) -> AppLocation:
    """The app that is set already, that the user names, or that is the only one found."""
    from asgherkin.commands.app_discovery import find_app, named_app

    known = settings.values.get("asgi_app")
    if known:
        return named_app(project, str(known))._replace(folder=next(iter(settings.listed("pythonpath")), "."))
    return named_app(project, location) if location else find_app(project)


def _features(project: Path, settings: PytestSettings) -> list[str]:
    """The feature files of the project."""
    folders = {"features", "tests", *settings.listed("testpaths")}
    found = {
        path.relative_to(project).as_posix() for folder in folders for path in (project / folder).rglob("*.feature")
    }
    return sorted(found)


def _findings(found: Found) -> list[str]:
    """The app's answer and its websockets, in sentences."""
    answer = found.answer
    said = f"It does not answer yet, so no feature is written.\n{found.problem}"
    if answer:
        host = f", for the host {answer.host} only" if answer.host else ""
        said = f"It answers GET {answer.path} with {answer.status}{host}."
    return [said, *(f'It has the websocket {path}: When I open a websocket to "{path}"' for path in found.sockets[:3])]


def _setting(settings: PytestSettings, app: AppLocation, remarks: list[str]) -> _Change:
    """The change of the file that configures pytest; `remarks` gets what the user has to change by hand."""
    from asgherkin.commands.pytest_settings import with_values

    values: dict[str, str | list[str]] = {"asgi_app": app.location}
    if app.folder != "." and app.folder not in settings.listed("pythonpath"):
        if "pythonpath" in settings.values:
            remarks.append(f'Add "{app.folder}" to pythonpath in {settings.path}: the app\'s module is there.')
        else:
            values["pythonpath"] = [app.folder]
    return _Change(settings.path, settings.text, with_values(settings, values))


def _write(project: Path, changes: Sequence[_Change]) -> None:
    """Write all changes; new files first, which are removed again where an existing file cannot be written.

    Raises ConfigurationError with the file and the reason.
    """
    for change in sorted(changes, key=lambda change: change.before is not None):
        path = project / change.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.after.encode("utf-8"))
        except OSError as error:
            for other in changes:
                if other.before is None and other is not change:
                    (project / other.path).unlink(missing_ok=True)
            name = change.path.as_posix()
            raise ConfigurationError(f"{name} cannot be written: {error.strerror}. Nothing is changed.") from None


def _run_first(project: Path, feature: Path) -> int:
    """Run the new feature as a user would; pytest writes to this terminal itself."""
    say(f"\n$ pytest -v {feature.as_posix()}")
    sys.stdout.flush()
    # Without -P, `python -m` puts the folder into sys.path, which the command `pytest` does not do.
    command = [sys.executable, "-P", "-m", "pytest", "-v", "-p", "no:cacheprovider", feature.as_posix()]
    done = subprocess.run(command, cwd=project, stdin=subprocess.DEVNULL, check=False)  # noqa: S603 - no shell
    return 1 if done.returncode else 0
