"""Step definitions as records, and the groups of their patterns in the texts of steps."""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any

from asgherkin.errors import AmbiguousStep, UndefinedStep
from asgherkin.gherkin.definitions import Definition, index_of
from asgherkin.gherkin.suggestions import stubs
from asgherkin.redaction.secret_names import MASK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from asgherkin.gherkin.calling import StepMatch
    from asgherkin.report.messages import DefinitionRecord, Match

_Group = dict[str, Any]


class DefinitionRecords:
    """The definitions that this process has put into its records."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._told: set[str] = set()
        self._ids: dict[Definition, str] = {}
        self._indexes: set[int] = set()
        self._match = functools.lru_cache(4096)(self._matched)  # scenarios share their sentences

    def definitions(self, item: pytest.Item) -> list[DefinitionRecord]:
        """All that an item sees and no record has had yet, those that no step uses too."""
        index = index_of(item)
        if id(index) in self._indexes:  # an index stays to the end of the run
            return []
        self._indexes.add(id(index))
        records = {self._id(definition): definition for definition in index.definitions}
        fresh = [_record(id_, definition) for id_, definition in records.items() if id_ not in self._told]
        self._told.update(records)
        return sorted(fresh, key=lambda definition: (definition["uri"], definition["line"] or 0, definition["pattern"]))

    def matches(self, found: StepMatch, item: pytest.Item, shown: str) -> list[Match]:
        """The definitions that fit a step; `shown` is its text without secrets. Not to be changed: others share it."""
        return self._match(tuple(_fitting(found, item)), found.step.name, shown)

    def _matched(self, definitions: Sequence[Definition], text: str, shown: str) -> list[Match]:
        groups = [[_masked(group, shown) for group in _groups_in(definition, text)] for definition in definitions]
        ids = map(self._id, definitions)
        return [{"definition": id_, "groups": found} for id_, found in zip(ids, groups, strict=True)]

    def snippet(self, found: StepMatch, shown: str) -> str:
        """The code to paste for an undefined step; "" for another."""
        return stubs([(found.kind, shown)]) if isinstance(found.definition, UndefinedStep) else ""

    def _id(self, definition: Definition) -> str:
        if definition not in self._ids:
            place = f"{definition.location}\0{definition.kind}\0{definition.pattern}"
            self._ids[definition] = hashlib.sha256(place.encode(errors="replace")).hexdigest()[:12]
        return self._ids[definition]


def _fitting(found: StepMatch, item: pytest.Item) -> Sequence[Definition]:
    if isinstance(found.definition, Definition):
        return [found.definition]
    if not isinstance(found.definition, AmbiguousStep):
        return []
    return index_of(item).find(found.kind, found.step.name)


def _record(id_: str, definition: Definition) -> DefinitionRecord:
    uri, _, line = definition.location.rpartition(":")
    known = line.isdigit()
    return {
        "id": id_,
        "pattern": definition.pattern,
        "regular": isinstance(getattr(definition.parser, "regex", None), re.Pattern),
        "uri": uri if known else definition.location,
        "line": int(line) if known else None,
    }


def _groups_in(definition: Definition, text: str) -> list[_Group]:
    """The groups of a definition's pattern in a text, as messages have them: `{}` for one that took no part."""
    parser: Any = definition.parser
    pattern = vars(parser).get("regex") or vars(parser).get("_regex")
    if isinstance(pattern, re.Pattern):
        found = pattern.fullmatch(text)
        spans = [found.span(number) for number in range(1, pattern.groups + 1)] if found else []
        return _nested(spans, text)
    parsed = parser.parser.parse(text) if hasattr(parser, "parser") else None
    spans = sorted(parsed.spans.values()) if parsed is not None else []
    return [{"start": start, "value": text[start:end]} for start, end in spans]


def _nested(spans: Sequence[tuple[int, int]], text: str) -> list[_Group]:
    """Groups inside of others are their children. Python numbers groups by where they open."""
    open_: list[tuple[int, _Group]] = []
    outermost: list[_Group] = []
    for start, end in spans:
        group: _Group = {"start": start, "value": text[start:end]} if start >= 0 else {}
        while group and open_ and (open_[-1][0] < end or open_[-1][1]["start"] > start):
            open_.pop()
        if group and open_:
            open_[-1][1].setdefault("children", []).append(group)
        else:
            outermost.append(group)
        if group:
            open_.append((end, group))
    return outermost


def _masked(group: _Group, shown: str) -> _Group:
    """A group without a value that the step's text without secrets has no more."""
    masked = {**group, "value": MASK} if group.get("value", "") not in shown else dict(group)
    if "children" in group:
        masked["children"] = [_masked(definition, shown) for definition in group["children"]]
    return masked
