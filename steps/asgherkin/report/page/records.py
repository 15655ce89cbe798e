"""What the page shows, as plain records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from asgherkin.report.page.statuses import PASSED, count, worst_of_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asgherkin.report.page.differences import Rows

Message = dict[str, Any]
"""A part of an envelope, as JSON has it."""


class Failure(NamedTuple):
    """Why a step did not pass. `evidence` is that of an earlier step, where the failing one has none.

    `rows` are the differences, where they are a table.
    """

    sentence: str
    differences: str
    whole: str
    frames: str
    evidence: Message | None
    rows: Rows | None = None

    @property
    def first(self) -> str:
        """The first difference, where the sentence only announces them."""
        if not self.sentence.rstrip().endswith(":"):
            return ""
        return self.rows.short if self.rows else self.differences.strip().partition("\n")[0]

    @property
    def short(self) -> str:
        """The sentence, with the first difference."""
        if self.first:
            return f"{self.sentence} {self.first}"
        return f"{self.sentence.rstrip()[:-1]}." if self.rows else self.sentence


class Step(NamedTuple):
    """A step as it ran. `part` says where it comes from, if not from the scenario itself.

    The template takes it apart in this order.
    """

    keyword: str
    text: str
    status: str
    seconds: float | None = None
    argument: Message | None = None
    part: str = ""
    note: str = ""
    failure: Failure | None = None
    evidence: tuple[Message, ...] = ()
    snippets: tuple[str, ...] = ()


class Attempt(NamedTuple):
    """One run of a scenario. `retried`: a next one followed in the same run of the tests."""

    number: int
    status: str
    steps: tuple[Step, ...]
    seconds: float | None
    worker: str = ""
    evidence: tuple[Message, ...] = ()
    retried: bool = False

    @property
    def failing(self) -> Step | None:
        """The first step with a failure."""
        return next((step for step in self.steps if step.failure), None)

    @property
    def reason(self) -> str:
        """The first failure in one sentence."""
        return next((step.failure.short for step in self.steps if step.failure), "")

    @property
    def note(self) -> str:
        """Why it was skipped or is pending."""
        return next((step.note for step in self.steps if step.note), "")


class Scenario(NamedTuple):
    """A scenario, or a row of an outline, with the attempts at it; the one that counts comes first.

    `flaky`: runs of the tests that were merged have different results of it. `worse` is an attempt that an earlier
    one of these runs was judged by, and that went worse than the one that counts.
    """

    link: str
    keyword: str
    name: str
    place: str
    feature: str
    status: str
    rule: str = ""
    values: tuple[tuple[str, str], ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    retried: bool = False
    flaky: bool = False
    worse: Attempt | None = None

    @property
    def seconds(self) -> float | None:
        """How long the attempt took that counts."""
        return self.attempts[0].seconds if self.attempts else None

    @property
    def reason(self) -> str:
        """Why it did not pass, in one sentence."""
        return self.attempts[0].reason if self.attempts else ""

    @property
    def note(self) -> str:
        """Why it was skipped or is pending."""
        return self.attempts[0].note if self.attempts else ""

    @property
    def packable(self) -> bool:
        """Whether its evidence may be packed: never that of a failure."""
        return self.status == PASSED


class Examples(NamedTuple):
    """A table of examples as written."""

    keyword: str
    name: str
    description: str
    tags: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Outline(NamedTuple):
    """A scenario outline as written, and its rows as they ran."""

    keyword: str
    name: str
    description: str
    tags: tuple[str, ...]
    steps: tuple[Step, ...]
    examples: tuple[Examples, ...]
    rows: tuple[Scenario, ...]

    @property
    def amount(self) -> int:
        """How many rows are written; each has been run by as many clients as there were."""
        return sum(max(0, len(one.rows) - 1) for one in self.examples)

    @property
    def status(self) -> str:
        """The worst of its rows'."""
        return worst_of_all(row.status for row in self.rows)


class Background(NamedTuple):
    """What is said of a background; its steps stand in each scenario."""

    keyword: str
    name: str
    description: str


class Rule(NamedTuple):
    """A rule, or what stands in a feature outside of any: that one has no keyword."""

    keyword: str
    name: str
    description: str
    tags: tuple[str, ...]
    backgrounds: tuple[Background, ...]
    entries: tuple[Scenario | Outline, ...]


class Feature(NamedTuple):
    """A feature file. `error` is why it cannot be read."""

    link: str
    uri: str
    keyword: str
    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    language: str = "en"
    rules: tuple[Rule, ...] = ()
    error: str = ""

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return self.uri.rpartition("/")[0]

    def scenarios(self) -> Iterator[Scenario]:
        """All of its scenarios, rows one by one."""
        for rule in self.rules:
            for entry in rule.entries:
                yield from (entry.rows if isinstance(entry, Outline) else (entry,))

    @property
    def status(self) -> str:
        """The worst of its scenarios'."""
        return "failed" if self.error else worst_of_all(one.status for one in self.scenarios())

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of its scenarios have each status."""
        return count(one.status for one in self.scenarios())

    @property
    def seconds(self) -> float | None:
        """How long its scenarios took together."""
        known = [one.seconds for one in self.scenarios() if one.seconds is not None]
        return sum(known) if known else None


class Report(NamedTuple):
    """The whole page. `trouble` is what went wrong outside of any scenario."""

    project: str
    started: float | None
    seconds: float | None
    commit: str
    branch: str
    build: str
    build_url: str
    tool: str
    machine: str
    features: tuple[Feature, ...]
    counts: Mapping[str, int]
    finished: bool
    trouble: tuple[Failure, ...]
    success: bool
    evidence: tuple[Message, ...] = ()

    def scenarios(self) -> Iterator[Scenario]:
        """All scenarios of all features."""
        for feature in self.features:
            yield from feature.scenarios()
