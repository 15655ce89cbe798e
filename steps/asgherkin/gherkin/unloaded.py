"""Files of a project that pytest did not load, though they were meant to be: step definitions, and features."""

from __future__ import annotations

import os
import re
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.gherkin.mistakes import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from pytest import TerminalReporter  # noqa: PT013 - a name for a type only

_NOT_LOOKED_INTO = {"node_modules", "venv", "site-packages", "build", "dist"}
_STEP = re.compile(r"^@(?:given|when|then|step)\(", re.MULTILINE)
_MOST_FILES = 5_000
_MOST_SHOWN = 5


def unloaded(config: pytest.Config) -> list[str]:
    """What to say of Python files with step definitions that nothing has imported; nothing where there are none."""
    if config.getoption("tx", None):
        return []  # pytest-xdist's workers have loaded them, and not this process
    by_itself = ("conftest.py", *config.getini("python_files"))
    loaded = {os.path.realpath(getattr(one, "__file__", None) or "") for one in list(sys.modules.values())}
    found = [
        path
        for path in _files(config.rootpath, ".py")
        if not any(fnmatch(path.name, one) for one in by_itself)
        and os.path.realpath(path) not in loaded
        and _STEP.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    if not found:
        return []
    names = [shown_path(path, config.rootpath) for path in found[:_MOST_SHOWN]]
    modules = [name.removesuffix(".py").replace("/", ".") for name in names]
    listed = ", ".join(f'"{one}"' for one in modules)
    return [
        "",
        f"Not loaded, and with step definitions: {', '.join(names)}",
        "pytest loads conftest.py and test modules by itself. In the conftest.py of the project's root, write:",
        "",
        f"    pytest_plugins = [{listed}]",
    ]


def _files(root: Path, suffix: str) -> Iterator[Path]:
    seen = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(one for one in folders if not one.startswith((".", "__")) and one not in _NOT_LOOKED_INTO)
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            if name.endswith(suffix):
                yield Path(folder, name)


def tell_of_features(terminal: TerminalReporter, config: pytest.Config) -> None:
    """Where a run found nothing to run: the features that it did not look at, and files that are nearly features."""
    if terminal.stats:
        return  # something was found, and deselected or broken
    features = [shown_path(path, config.rootpath) for path in _files(config.rootpath, ".feature")]
    if features:
        terminal.line(f"\nNot looked at: {', '.join(features[:_MOST_SHOWN])}")
        folders = dict.fromkeys(name.rpartition("/")[0] or "." for name in features[:_MOST_SHOWN])
        terminal.line(f"Name their folder: pytest {' '.join(folders)}, or add it to testpaths in pyproject.toml.")
        return
    nearly = [path for suffix in (".features", ".feature.txt", ".gherkin") for path in _files(config.rootpath, suffix)]
    if nearly:
        names = ", ".join(shown_path(path, config.rootpath) for path in nearly[:_MOST_SHOWN])
        terminal.line(f"\nNo feature: {names}")
        terminal.line("The name of a feature file ends in .feature: rename it.")
