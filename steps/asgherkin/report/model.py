"""A run as its outputs show it: features as written, their scenarios, the attempts at them with their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from asgherkin.report.verdicts import NOT_OBSERVABLE, Status, count, of_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asgherkin.errors import DifferingRows

Message = dict[str, Any]
"""A part of an envelope, as JSON has it."""


class Failure(NamedTuple):
    """Why a step did not pass. `evidence` is that of an earlier step, where the failing one has none.

    `rows` are the differences, where they are a table; `whole` is the text of the terminal, if it says more.
    """

    headline: str
    differences: str
    whole: str
    frames: str
    evidence: Message | None
    rows: DifferingRows | None = None

    @property
    def first(self) -> str:
        """The first difference, where the headline only announces them; of rows, what differs in the nearest one."""
        if not self.headline.rstrip().endswith(":"):
            return ""
        if self.rows is None:
            return self.differences.strip().partition("\n")[0]
        heading = self.rows.heading
        names = next(([heading[at] for at in row.differing] for row in self.rows.rows if row.differing), [])
        listed = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
        return f"the nearest row differs in {listed}" if names else ""

    @property
    def short(self) -> str:
        """The headline, with the first difference."""
        if self.first:
            return f"{self.headline} {self.first}"
        return f"{self.headline.rstrip()[:-1]}." if self.rows else self.headline


class Step(NamedTuple):
    """A step as it ran, or as it is written: then without a status. The template takes it apart in this order.

    `part` says where it comes from, if not from the scenario itself: "background", or "hook" for what is before and
    after the steps. `message` is the text of its result.
    """

    keyword: str
    text: str
    status: Status | None
    seconds: float | None = None
    argument: Message | None = None
    part: str = ""
    message: str = ""
    failure: Failure | None = None
    evidence: tuple[Message, ...] = ()
    snippets: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """Why it was skipped or is pending."""
        is_noted = self.status in (Status.SKIPPED, Status.UNSEEN, Status.PENDING)
        return self.message.removeprefix(NOT_OBSERVABLE) if is_noted else ""


class Attempt(NamedTuple):
    """One run of a scenario. `retried`: a next one followed in the same run of the tests."""

    number: int
    status: Status
    steps: tuple[Step, ...]
    seconds: float | None
    evidence: tuple[Message, ...] = ()
    retried: bool = False

    @property
    def failing(self) -> Step | None:
        """The first step with a failure."""
        return next((step for step in self.steps if step.failure), None)

    @property
    def reason(self) -> str:
        """The first failure in one sentence."""
        return self.failing.failure.short if self.failing and self.failing.failure else ""

    @property
    def note(self) -> str:
        """Why it was skipped or is pending."""
        return next((step.note for step in self.steps if step.note), "")

    @property
    def messages(self) -> tuple[str, ...]:
        """The messages of steps that did not pass."""
        return tuple(step.message for step in self.steps if step.message)


class Scenario(NamedTuple):
    """A scenario, or a row of an outline, with the attempts at it.

    `judged` is how many of them it is judged by, of each test case one: they come first, the worst before the others.
    `worse` are attempts that an earlier run was judged by, and that went worse than the one that counts; `flaky`: runs
    that were merged have different results.
    """

    link: str
    keyword: str
    name: str
    place: str
    feature: str
    status: Status
    rule: str = ""
    values: tuple[tuple[str, str], ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    judged: int = 0
    flaky: bool = False
    worse: tuple[Attempt, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long the attempt took that counts."""
        return self.attempts[0].seconds if self.attempts else None

    @property
    def note(self) -> str:
        """Why it was skipped or is pending."""
        return self.attempts[0].note if self.attempts else ""

    @property
    def retried(self) -> bool:
        """Whether an attempt was followed by another in the same run."""
        return any(attempt.retried for attempt in self.attempts[self.judged :])

    @property
    def has_recovered(self) -> bool:
        """Whether it fails no more, and did so in an earlier run."""
        return bool(self.worse) and not self.status.is_problem


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
        return sum(max(0, len(table.rows) - 1) for table in self.examples)


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
    """A feature file. `errors` say why it cannot be read."""

    link: str
    uri: str
    keyword: str
    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    language: str = "en"
    rules: tuple[Rule, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return self.uri.rpartition("/")[0]

    def scenarios(self) -> Iterator[Scenario]:
        """All of its scenarios; each row of an outline is one."""
        for rule in self.rules:
            for entry in rule.entries:
                yield from (entry.rows if isinstance(entry, Outline) else (entry,))

    @property
    def status(self) -> Status:
        """The worst of its scenarios'."""
        return Status.FAILED if self.errors else of_scenarios(scenario.status for scenario in self.scenarios())

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many of its scenarios have each status."""
        return count(scenario.status for scenario in self.scenarios())

    @property
    def seconds(self) -> float | None:
        """How long its scenarios took together."""
        known = [scenario.seconds for scenario in self.scenarios() if scenario.seconds is not None]
        return sum(known) if known else None


class Report(NamedTuple):
    """A run. Its features stand in the order of the messages; `trouble` is what went wrong outside of any scenario.

    `end` is what the run says of its end, a line each.
    """

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
    counts: Mapping[Status, int]
    finished: bool
    end: str
    trouble: tuple[Failure, ...]
    success: bool
    evidence: tuple[Message, ...] = ()

    def scenarios(self) -> Iterator[Scenario]:
        """All scenarios of all features."""
        for feature in self.features:
            yield from feature.scenarios()

    @property
    def recovered(self) -> int:
        """How many scenarios failed in an earlier run only."""
        return sum(scenario.has_recovered for scenario in self.scenarios())
