"""Findings for people, for GitHub's annotations, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgherkin.commands.lint_findings import FAILING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.commands.lint_findings import Finding, Linted


def as_text(linted: Linted) -> str:
    """`file:line: code message`, what more there is to say indented below it, and a count."""
    return "\n".join(_lines(linted))


def _lines(linted: Linted) -> Iterator[str]:
    for one in linted.findings:
        first, *rest = one.message.splitlines()
        yield f"{_place(one)}: {one.code} {_printable(first)}"
        yield from (f"    {_printable(line)}" for line in rest)
    files = _count(linted.files, "feature file")
    yield f"{_count(len(linted.findings), 'finding')} in {files}." if linted.findings else f"{files}, no finding."


def as_github(linted: Linted) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    return "\n".join(_command(one) for one in linted.findings)


def _command(one: Finding) -> str:
    level = "error" if one.code in FAILING else "warning"
    line = "" if one.line is None else f",line={one.line}"
    return f"::{level} file={_property(one.file)}{line},title={one.code}::{_data(one.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_json(linted: Linted) -> str:
    """An object with the findings, each with its file, line, code and message."""
    findings = [one._asdict() for one in linted.findings]
    return json.dumps({"version": 1, "files": linted.files, "findings": findings}, indent=2)


FORMATS = {"text": as_text, "github": as_github, "json": as_json}


def _place(one: Finding) -> str:
    return _printable(one.file if one.line is None else f"{one.file}:{one.line}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
