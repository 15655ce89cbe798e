"""What a worker puts down of a scenario: plain types, so that it can be sent to another process as it is.

A record holds an attempt: where the scenario stands, what came of each step and of what was before and after them.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Failure(TypedDict):
    """Why something did not pass: the kind of exception, and the sentence that says what differed."""

    type: str
    message: str


class Result(TypedDict):
    """What became of a step, or of what was before or after the steps. `start` and `seconds` are in seconds."""

    status: str
    """The value of a `Status`."""
    start: float
    seconds: float
    message: NotRequired[str]
    failure: NotRequired[Failure]
    attachments: NotRequired[list[dict[str, str]]]


class Match(TypedDict):
    """A definition that fits a step, and the groups of its pattern, as messages have them."""

    definition: str
    groups: list[dict[str, Any]]


class StepRecord(Result):
    """A step: its line in the feature file, its keyword and text, and what fits it.

    `snippet` is the code to paste for an undefined one.
    """

    line: int
    text: str
    matches: list[Match]
    snippet: NotRequired[str]


class DefinitionRecord(TypedDict):
    """A step definition; `regular` says that its pattern is a regular expression."""

    id: str
    pattern: str
    regular: bool
    uri: str
    line: int | None


class ScenarioRecord(TypedDict):
    """One attempt at a scenario. `definitions` are those that this process has not put into a record before."""

    nodeid: str
    uri: str
    path: str
    feature: str
    name: str
    line: int
    row: int | None
    index: int | None
    variant: str
    worker: str
    attempt: int
    start: float
    seconds: float
    before: Result
    steps: list[StepRecord]
    after: Result
    definitions: list[DefinitionRecord]
