"""Which app features are about: the user is asked for what is not found, and for nothing else."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from asgherkin.commands.app_discovery import Candidate, candidates, located
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def chosen_app(project: Path, location: str) -> Candidate:
    """The app that the user names, the only one that is found, or the one that the user chooses.

    Raises ConfigurationError, which lists what there is, where nobody can be asked.
    """
    if location:
        return located(project, location)
    found = candidates(project, os.environ)
    if len(found) == 1:
        return found[0]
    if not sys.stdin.isatty():
        raise ConfigurationError(_which(found))
    return _asked(project, found)


def _which(found: Sequence[Candidate]) -> str:
    if not found:
        return (
            "no ASGI app was found in this folder: neither FastAPI(…), Starlette(…), Litestar(…), Quart(…), "
            "get_asgi_application() nor a create_app() that makes one. Say where it is: "
            "asgherkin init --app module:attribute"
        )
    listed = "\n".join(f"  asgherkin init --app {_quoted(one.location)}{origin(one)}" for one in found)
    return f"there are {len(found)} ASGI apps in this folder. Say which one features are about:\n{listed}"


def _quoted(location: str) -> str:
    return f'"{location}"' if location.endswith(")") else location


def _asked(project: Path, found: Sequence[Candidate]) -> Candidate:
    """The app that the user chooses by its number, or names."""
    for number, one in enumerate(found, start=1):
        print(f"  {number}  {one.location}{origin(one)}")  # noqa: T201 - a question
    wanted = f"Which app? 1 to {len(found)}, or module:attribute: " if found else "Where is the app? module:attribute: "
    while True:
        try:
            answer = input(wanted).strip()
        except EOFError:
            raise ConfigurationError(_which(found)) from None
        if answer.isdecimal() and 1 <= int(answer) <= len(found):
            return found[int(answer) - 1]
        if ":" in answer:
            return located(project, answer)


def origin(app: Candidate) -> str:
    """What an app is made by, and where: ` (FastAPI, shop/main.py:5)`."""
    return f" ({', '.join(one for one in (app.what, app.place) if one)})" if app.what else ""
