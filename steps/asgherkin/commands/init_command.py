"""`asgherkin init`: the one line of configuration and a first feature, for the app that is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from asgherkin.commands import Commands
    from asgherkin.commands.app_discovery import Candidate
    from asgherkin.commands.app_probe import Found
    from asgherkin.commands.changes import Change
    from asgherkin.commands.pytest_settings import Configured

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
_FEATURE = "first.feature"
_OWN_APP = re.compile(r"^\s*(?:async )?def asgi_app\(", re.MULTILINE)
_DEADLINE = 120.0
_NEXT = """
Next:
  - Write what your app promises into {folder}/, one capability a file, and run: pytest
  - asgherkin steps "send a file" finds a sentence by words; asgherkin steps lists all.
  - Sentences of your own stand in conftest.py."""


class Plan(NamedTuple):
    """What is to be written, what is told besides, and which feature is run then, if one is new."""

    changes: list[Change]
    remarks: list[str]
    feature: Path | None


def add(commands: Commands) -> None:
    """Tell the command line of it."""
    import argparse

    init = commands.add_parser(
        "init",
        help="set this folder up: find the app, write one line of configuration and a first feature",
        description=_DESCRIPTION,
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    init.add_argument("--app", metavar="LOCATION", help='the app: "shop.main:app", or "shop.main:create_app()"')
    init.add_argument("--dry-run", action="store_true", help="show the changes as a diff, and write nothing")
    init.add_argument("--vscode", action="store_true", help="write VS Code's settings for features too")
    init.set_defaults(command=run)


def run(chosen: argparse.Namespace) -> int:
    """Plan, write and run; the exit code. Raises ConfigurationError for whatever stands in the way."""
    from asgherkin.commands.changes import as_diff, write

    project = Path.cwd()
    plan = _plan(project, chosen.app or "")
    _tell(*plan.remarks)
    if chosen.dry_run:
        _tell("", as_diff([*plan.changes, *(_editor(project) if chosen.vscode else [])]))
        return 0
    write(project, plan.changes)
    _tell(*_written(plan.changes))
    code = run_first(project, plan.feature) if plan.feature else 0
    if chosen.vscode:
        editor = _editor(project)
        write(project, editor)
        _tell(*_written(editor), 'In VS Code, the extension "Cucumber" (CucumberOpen.cucumber-official) reads them.')
    _tell(_NEXT.format(folder=plan.feature.parent.as_posix() if plan.feature else "features"))
    return code


def _plan(project: Path, location: str) -> Plan:
    from asgherkin.commands.choosing import chosen_app
    from asgherkin.commands.pytest_settings import read_configured

    configured = read_configured(project)
    features = _features(project, configured)
    set_already = _set_already(project, configured)
    if set_already and location and configured.values.get("asgi_app") != location:
        raise ConfigurationError(f"{set_already}. Change that, or leave --app out: settings that are there stay.")
    if set_already and features:
        return Plan([], [f"{set_already}.", _kept(features), "Nothing is changed."], None)
    app = _known(project, configured) if set_already else chosen_app(project, location)
    return _planned(project, configured, app, features, set_already)


def _planned(
    project: Path, configured: Configured, app: Candidate | None, features: Sequence[str], set_already: str
) -> Plan:
    """What an app needs; None stands for one that a fixture makes, which only a test can have."""
    from asgherkin.commands.app_probe import probe
    from asgherkin.commands.changes import Change
    from asgherkin.commands.choosing import origin
    from asgherkin.commands.first_feature import first_feature

    if app is None:
        return Plan([], [f"{set_already}: it makes the app, so the first feature is yours to write."], None)
    found = probe(app.location, project, app.folder)
    remarks = [f"{set_already}." if set_already else f"The app is {app.location}{origin(app)}.", *_told(found)]
    changes = [] if set_already else [_setting(project, configured, app, remarks)]
    if features:
        return Plan(changes, [*remarks, _kept(features)], None)
    if found.answer is None:
        return Plan(changes, remarks, None)
    path = _folder(configured) / _FEATURE
    return Plan([*changes, Change(path, None, first_feature(found.answer))], remarks, path)


def _set_already(project: Path, configured: Configured) -> str:
    """Where the app is named already, "" where it is not."""
    if configured.values.get("asgi_app"):
        return f'{configured.path} has asgi_app = "{configured.values["asgi_app"]}"'
    return next((f"{one.as_posix()} has the fixture asgi_app" for one in _own_apps(project)), "")


def _own_apps(project: Path) -> list[Path]:
    files = [Path(folder) / "conftest.py" for folder in (".", "tests", "features")]
    there = [one for one in files if (project / one).is_file()]
    return [one for one in there if _OWN_APP.search((project / one).read_text(encoding="utf-8", errors="replace"))]


def _known(project: Path, configured: Configured) -> Candidate | None:
    """The app that is set already; None where a fixture makes it."""
    from asgherkin.commands.app_discovery import located

    location = configured.values.get("asgi_app")
    if not location:
        return None
    folder = next(iter(configured.listed("pythonpath")), ".")
    return located(project, str(location))._replace(folder=folder)


def _features(project: Path, configured: Configured) -> list[str]:
    """The feature files that are there already."""
    folders = sorted({"features", "tests", *configured.listed("testpaths")})
    found = {path.relative_to(project).as_posix() for one in folders for path in (project / one).rglob("*.feature")}
    return sorted(found)


def _folder(configured: Configured) -> Path:
    """The folder for features: one that a run of pytest looks into."""
    testpaths = configured.listed("testpaths")
    looked_into = not testpaths or any(one.rstrip("/") in ("features", ".") for one in testpaths)
    return Path("features") if looked_into else Path(testpaths[0]) / "features"


def _told(found: Found) -> list[str]:
    """What the app has said, and which websockets it has."""
    answer = found.answer
    told = f"It does not answer yet, so no feature is written.\n{found.problem}"
    if answer:
        host = f", for the host {answer.host} only" if answer.host else ""
        told = f"It answers GET {answer.path} with {answer.status}{host}."
    sockets = [f'It has the websocket {one}: When I open a websocket to "{one}"' for one in found.sockets[:3]]
    return [told, *sockets]


def _setting(project: Path, configured: Configured, app: Candidate, remarks: list[str]) -> Change:
    """The change of the file that configures pytest; what the user has to do by hand is added to `remarks`."""
    from asgherkin.commands.pytest_settings import with_values

    values: dict[str, str | list[str]] = {"asgi_app": app.location}
    if app.folder != "." and app.folder not in configured.listed("pythonpath") and not is_installed(project, app):
        if "pythonpath" in configured.values:
            remarks.append(f'Add "{app.folder}" to pythonpath in {configured.path}: the app\'s module is there.')
        else:
            values["pythonpath"] = [app.folder]
    return with_values(configured, values)


def is_installed(project: Path, app: Candidate) -> bool:
    """Whether the environment finds the app's package in its folder without being told: it is installed, editable."""
    try:
        spec = find_spec(app.location.partition(":")[0].partition(".")[0])
    except (ImportError, ValueError):
        return False
    return spec is not None and bool(spec.origin) and Path(str(spec.origin)).is_relative_to(project / app.folder)


def _kept(features: Sequence[str]) -> str:
    more = f" and {len(features) - 1} more" if len(features) > 1 else ""
    return f"There are features already, {features[0]}{more}: none is added."


def run_first(project: Path, feature: Path) -> int:
    """Run the new feature as a user would, and show what pytest says."""
    _tell("", f"$ pytest -v {feature.as_posix()}")
    command = [sys.executable, "-P", "-m", "pytest", "-v", "-p", "no:cacheprovider", feature.as_posix()]
    # What this terminal cannot show, pytest is to replace: it knows better what by.
    encoding = sys.stdout.encoding or "utf-8"
    try:
        done = subprocess.run(  # noqa: S603 - no shell
            command,
            cwd=project,
            env={**os.environ, "PYTHONIOENCODING": f"{encoding}:backslashreplace"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _tell(f"It is not done after {_DEADLINE:g} seconds, and stopped.")
        return 1
    _tell(done.stdout.decode(encoding, "replace").rstrip())
    return 1 if done.returncode else 0


def _editor(project: Path) -> list[Change]:
    from asgherkin.commands.vscode import settings_changes

    return settings_changes(project)


def _written(changes: Sequence[Change]) -> list[str]:
    return [f"{one.path.as_posix()} is written." for one in changes]


def _tell(*lines: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        print(line.encode(encoding, "backslashreplace").decode(encoding))  # noqa: T201 - what a command line is for
