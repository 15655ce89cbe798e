"""What VS Code's extension "Cucumber" needs for this project: where features and sentences are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.commands.changes import Change
from asgherkin.commands.editor_stubs import stubs
from asgherkin.commands.jsonc import with_items
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asgherkin.gherkin.catalogue import Listed

SETTINGS = Path(".vscode/settings.json")
STUBS = Path(".vscode/asgherkin_steps.py")
_NOT_LOOKED_INTO = {"node_modules", "venv", "site-packages", "__pycache__", "build", "dist"}


def settings_changes(project: Path, sentences: Sequence[Listed] | None = None) -> list[Change]:
    """What is to be written for VS Code: its settings and the stubs. What is as it should be already is left out.

    `sentences` is the project's catalogue; without it pytest collects the current folder. All settings, comments and
    items that are there stay. Raises ConfigurationError where the settings cannot be read.
    """
    if sentences is None:
        from asgherkin.commands.collect_only import collect
        from asgherkin.commands.sentence_catalogue import catalogue

        sentences = collect(catalogue).found
    before = _text_of(project / SETTINGS)
    text = before if before is not None and before.strip() else "{\n}\n"
    try:
        text = with_items(text, "cucumber.features", _features(project))
        text = with_items(text, "cucumber.glue", _glue(sentences))
    except ValueError as error:
        raise ConfigurationError(f"{SETTINGS.as_posix()}: {error} It is left as it is.") from None
    changes = [Change(SETTINGS, before, text), Change(STUBS, _text_of(project / STUBS), stubs(sentences))]
    return [one for one in changes if one.before != one.after]


def write_settings(project: Path, sentences: Sequence[Listed]) -> str:
    """Write what VS Code needs; what was written, and what to do next."""
    changes = settings_changes(project, sentences)
    for change in changes:
        path = project / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(change.after, encoding="utf-8")
    lines = [f"{change.path.as_posix()} is written." for change in changes]
    return "\n".join([*lines, 'In VS Code, the extension "Cucumber" (CucumberOpen.cucumber-official) reads them.'])


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _features(project: Path) -> list[str]:
    """Patterns for the folders that hold feature files."""
    tops = sorted({path.parts[0] if len(path.parts) > 1 else "" for path in _feature_files(project)})
    return [f"{top}/**/*.feature" if top else "*.feature" for top in tops] or ["features/**/*.feature"]


def _feature_files(project: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(project):
        folders[:] = [one for one in folders if not one.startswith(".") and one not in _NOT_LOOKED_INTO]
        yield from (Path(folder, name).relative_to(project) for name in names if name.endswith(".feature"))


def _glue(sentences: Sequence[Listed]) -> list[str]:
    """The stubs, and the files of the project's own sentences; whole folders where it is usual to have more."""
    usual = ("features", "tests")
    own = {one.file for one in sentences if one.is_of_the_project and one.file.endswith(".py")}
    folders = [f"{top}/**/*.py" for top in usual]
    return [STUBS.as_posix(), "conftest.py", *folders, *sorted(own - {"conftest.py"} - _below(own, usual))]


def _below(files: set[str], folders: Sequence[str]) -> set[str]:
    return {one for one in files if one.startswith(tuple(f"{folder}/" for folder in folders))}
