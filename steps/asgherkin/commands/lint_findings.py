"""The findings of `asgherkin lint`, and their formats: for people, for GitHub, for tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.errors import ConfigurationError, FeatureError
from asgherkin.gherkin.checking import Place, check, everything_key
from asgherkin.gherkin.document import read
from asgherkin.gherkin.smells import content_of, scenarios_of, smells
from asgherkin.gherkin.suggestions import hints
from asgherkin.recording.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

    from asgherkin.gherkin.checking import Checked

CODES = {
    "AG001": "feature file that cannot be read",
    "AG002": "undefined step",
    "AG003": "ambiguous step",
    "AG004": "scenario that cannot run as written",
    "AG005": "sentence that no scenario uses",
    "AG101": "scenario without a Then",
    "AG102": "Given after a Then",
    "AG103": "two scenarios with the same steps",
    "AG104": "two scenarios with the same name",
    "AG105": "name of more than 100 characters",
    "AG106": "column of examples that is not used",
    "AG107": "rule without a scenario",
    "AG108": "feature, rule or scenario without a name",
    "AG109": "placeholder without a column",
}
_FAILING = ("AG001", "AG002", "AG003", "AG004")
"""The codes of what fails a run."""


class Finding(NamedTuple):
    """A finding and its place. `line` is None for a function that is not written in Python."""

    file: str
    line: int | None
    code: str
    message: str


class Linted(NamedTuple):
    """The findings, and the number of feature files."""

    files: int
    findings: list[Finding]


def chosen_codes(select: str, ignore: str) -> frozenset[str]:
    """The codes to report, of lists such as `AG002,AG1`, in which the start of a code selects all that begin with it.

    Raises ConfigurationError for a start that no code has.
    """
    return (_codes(select) or frozenset(CODES)) - _codes(ignore)


def _codes(written: str) -> frozenset[str]:
    starts = [start.strip().upper() for start in written.split(",") if start.strip()]
    for start in starts:
        if not any(code.startswith(start) for code in CODES):
            raise ConfigurationError(f"{start} is no code. There are: {', '.join(CODES)}.")
    return frozenset(code for code in CODES if code.startswith(tuple(starts))) if starts else frozenset()


def lint(session: pytest.Session, *, whole_project: bool) -> Linted:
    """Every finding in a collected session, by file and line.

    Unused sentences are found in the whole project only.
    """
    items = session.config.stash.get(everything_key, [])  # missing where a path is wrong
    checked = check(session, items)
    findings = [*_of_the_run(checked), *_smells(checked.files, session)]
    if whole_project:
        findings += [
            Finding(
                unused.file, unused.line, "AG005", f"No scenario uses this sentence: {unused.kind} {unused.pattern}"
            )
            for unused in checked.unused
        ]
    unique = dict.fromkeys(sorted(findings, key=lambda finding: (finding.file, finding.line or 0, finding.code)))
    return Linted(len(checked.files), list(unique))


def _of_the_run(checked: Checked) -> Iterator[Finding]:
    """The findings that would fail a run."""
    for step in checked.undefined.values():
        message = [f"No sentence fits: {step}", *hints(step.kind, step.text, step.known)]
        yield from (Finding(place.path, place.line, "AG002", "\n".join(message)) for place in step.places)
    for step in checked.ambiguous.values():
        message = [f"Several sentences fit: {step}", *(f"  {line}" for line in step.listed)]
        yield from (Finding(place.path, place.line, "AG003", "\n".join(message)) for place in step.places)
    for stuck in checked.cannot_run:
        yield Finding(stuck.place.path, stuck.place.line, "AG001" if stuck.is_unreadable else "AG004", stuck.reason)


def _smells(files: Iterable[str], session: pytest.Session) -> Iterator[Finding]:
    first: dict[object, Place] = {}
    for file in files:
        try:
            feature = read(session.config.rootpath / file, file)
        except FeatureError:
            continue  # reported as AG001
        yield from (Finding(file, smell.line, smell.code, smell.message) for smell in smells(feature))
        for rows in scenarios_of(feature):
            place = Place(file, rows[0].line)
            other = place if rows[0].problem else first.setdefault(content_of(rows), place)
            if other != place:
                reason = f"The scenario at {other} has the same steps. Remove one of them."
                yield Finding(file, place.line, "AG103", reason)


def as_text(linted: Linted) -> str:
    """`file:line: code message`, further lines of a message indented, and a count."""
    lines: list[str] = []
    for finding in linted.findings:
        place = finding.file if finding.line is None else f"{finding.file}:{finding.line}"
        lines.append("\n    ".join(f"{place}: {finding.code} {finding.message}".splitlines()))
    files = _count(linted.files, "feature file")
    lines.append(
        f"{_count(len(linted.findings), 'finding')} in {files}." if linted.findings else f"{files}, no finding."
    )
    return printable("\n".join(lines))


def as_github(linted: Linted) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    commands = []
    for finding in linted.findings:
        level = "error" if finding.code in _FAILING else "warning"
        file = _escaped(finding.file).replace(":", "%3A").replace(",", "%2C")
        line = "" if finding.line is None else f",line={finding.line}"
        commands.append(f"::{level} file={file}{line},title={finding.code}::{_escaped(finding.message)}")
    return "\n".join(commands)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def as_json(linted: Linted) -> str:
    """An object with the findings, each with its file, line, code and message."""
    findings = [finding._asdict() for finding in linted.findings]
    return json.dumps({"version": 1, "files": linted.files, "findings": findings}, indent=2)


FORMATS = {"text": as_text, "github": as_github, "json": as_json}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
