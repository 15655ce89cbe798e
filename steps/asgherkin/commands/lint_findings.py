"""What `asgherkin lint` finds: what would stop a run, and what readers suffer from; written for whom it is for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from asgherkin.commands import printable
from asgherkin.errors import ConfigurationError, FeatureError
from asgherkin.gherkin.checking import Place, check, everything_key
from asgherkin.gherkin.document import read
from asgherkin.gherkin.smells import content_of, scenarios_of, smells
from asgherkin.gherkin.suggestions import hints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pytest

    from asgherkin.gherkin.checking import Ambiguous, Checked, Undefined
    from asgherkin.gherkin.document import FeatureSource

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
"""What would fail a run."""


class Finding(NamedTuple):
    """What was found, and where. `line` is None for a function that is not written in Python."""

    file: str
    line: int | None
    code: str
    message: str


class Linted(NamedTuple):
    """What was found in how many feature files."""

    files: int
    findings: list[Finding]


def chosen_codes(select: str, ignore: str) -> frozenset[str]:
    """The codes to report, of lists such as `AG002,AG1`; the start of a code stands for all that start so.

    Raises ConfigurationError for one that stands for none.
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

    Which sentences are unused can only be told of the whole project.
    """
    items = session.config.stash.get(everything_key, [])  # not there where a path is wrong
    checked = check(session, items)
    findings = [*_of_the_run(checked)]
    if whole_project:
        findings += [
            Finding(
                unused.file, unused.line, "AG005", f"No scenario uses this sentence: {unused.kind} {unused.pattern}"
            )
            for unused in checked.unused
        ]
    findings += _smells(checked.files, session)
    unique = dict.fromkeys(sorted(findings, key=lambda finding: (finding.file, finding.line or 0, finding.code)))
    return Linted(len(checked.files), list(unique))


def _of_the_run(checked: Checked) -> Iterator[Finding]:
    for undefined in checked.undefined:
        yield from _at(undefined.places, "AG002", _undefined(undefined))
    for ambiguous in checked.ambiguous:
        yield from _at(ambiguous.places, "AG003", _ambiguous(ambiguous))
    for one in checked.cannot_run:
        yield from _at([one.place], "AG001" if one.is_unreadable else "AG004", one.reason)


def _at(places: Iterable[Place], code: str, message: str) -> Iterator[Finding]:
    return (Finding(place.path, place.line, code, message) for place in places)


def _undefined(step: Undefined) -> str:
    return "\n".join(
        [f"No sentence fits: {step.kind.capitalize()} {step.text}", *hints(step.kind, step.text, step.known)]
    )


def _ambiguous(step: Ambiguous) -> str:
    fitting = sorted(f"  {it.location}: {(it.kind or 'step').capitalize()} {it.pattern}" for it in step.definitions)
    return "\n".join([f"Several sentences fit: {step.kind.capitalize()} {step.text}", *fitting])


def _smells(files: Sequence[str], session: pytest.Session) -> Iterator[Finding]:
    first: dict[object, Place] = {}
    for file in files:
        try:
            feature = read(session.config.rootpath / file, file)
        except FeatureError:
            continue  # AG001 tells
        yield from (Finding(file, smell.line, smell.code, smell.message) for smell in smells(feature))
        yield from _same_steps(feature, file, first)


def _same_steps(feature: FeatureSource, file: str, first: dict[object, Place]) -> Iterator[Finding]:
    for rows in scenarios_of(feature):
        if rows[0].problem:
            continue
        place = Place(file, rows[0].line)
        other = first.setdefault(content_of(rows), place)
        if other != place:
            yield Finding(file, place.line, "AG103", f"The scenario at {other} has the same steps. Remove one of them.")


def as_text(linted: Linted) -> str:
    """`file:line: code message`, what more there is to say indented below it, and a count."""
    return "\n".join(_lines(linted))


def _lines(linted: Linted) -> Iterator[str]:
    for finding in linted.findings:
        first, *rest = finding.message.splitlines()
        yield f"{_place(finding)}: {finding.code} {printable(first)}"
        yield from (f"    {printable(line)}" for line in rest)
    files = _count(linted.files, "feature file")
    yield f"{_count(len(linted.findings), 'finding')} in {files}." if linted.findings else f"{files}, no finding."


def as_github(linted: Linted) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    return "\n".join(_command(finding) for finding in linted.findings)


def _command(finding: Finding) -> str:
    level = "error" if finding.code in _FAILING else "warning"
    line = "" if finding.line is None else f",line={finding.line}"
    return f"::{level} file={_property(finding.file)}{line},title={finding.code}::{_data(finding.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_json(linted: Linted) -> str:
    """An object with the findings, each with its file, line, code and message."""
    findings = [finding._asdict() for finding in linted.findings]
    return json.dumps({"version": 1, "files": linted.files, "findings": findings}, indent=2)


FORMATS = {"text": as_text, "github": as_github, "json": as_json}


def _place(finding: Finding) -> str:
    return printable(finding.file if finding.line is None else f"{finding.file}:{finding.line}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
