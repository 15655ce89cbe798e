"""What this toolkit raises.

    AsgherkinError
    ├── ConfigurationError   the run cannot work as configured
    ├── FeatureError         a feature file cannot be read
    ├── SentenceError        a sentence's slot, table or doc string is wrong
    ├── UndefinedStep        no sentence fits a step
    ├── AmbiguousStep        more than one sentence fits a step
    ├── NotObservable        only an app in this process can show it
    └── AppError             the app failed to start, crashed or hung
        └── Unreachable      a server over the network gave no whole answer
    Mismatch (AssertionError)  a value is not as the sentence expects

The texts are for the author of a feature: what was seen, what was expected, what to write. The place (feature, line,
sentence) is added when the failure is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDEST = 40  # characters of a column that others are aligned to


class AsgherkinError(Exception):
    """Anything that is wrong with a feature, its configuration or the app under test."""


class ConfigurationError(AsgherkinError):
    """The run cannot work as configured: an option, the app's location, a missing extra."""


class FeatureError(AsgherkinError):
    """A feature file, or a scenario in it, cannot be read. `line` is the first line of the file that is wrong."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class SentenceError(AsgherkinError):
    """A sentence is used wrongly: a bad number, bad JSON, a missing table, an unknown variable."""


class UndefinedStep(AsgherkinError):  # noqa: N818 - Cucumber's name for the status
    """No step definition fits a step. `headline` says so; `stub` is the code to start from, with its announcement."""

    def __init__(self, headline: str, stub: str = "") -> None:
        super().__init__("\n".join(filter(None, (headline, stub))))
        self.headline = headline


class AmbiguousStep(AsgherkinError):  # noqa: N818 - Cucumber's name for the status
    """More than one step definition of the same rank fits a step."""


class AppError(AsgherkinError):
    """The app failed to start or to shut down, crashed, or did not answer."""


class Unreachable(AppError):  # noqa: N818 - a name for users, like the others
    """A server over the network could not be reached, or gave no whole answer in time. Never taken for a response."""


class NotObservable(AsgherkinError):  # noqa: N818 - the reason why a scenario is skipped
    """Only an app in this process can show this; on a deployed server the scenario is skipped."""

    def __init__(self, what: str) -> None:
        """`what` cannot be observed: "the app's own exceptions"."""
        super().__init__(f"not observable here: {what}")


class DifferingRow(NamedTuple):
    """A row in a table of differences, with a remark and the numbers of the columns that differ."""

    cells: Sequence[str]
    remark: str = ""
    differing: Sequence[int] = ()

    @property
    def marked(self) -> list[str]:
        """The cells, with stars around those that differ."""
        return [f"*{cell}*" if number in self.differing else cell for number, cell in enumerate(self.cells)]


class DifferingRows(NamedTuple):
    """Rows that differ, below the names of their columns. `more` says how many rows are left out."""

    heading: Sequence[str]
    rows: Sequence[DifferingRow]
    more: str = ""

    def __str__(self) -> str:
        """The rows with aligned columns, and `more`."""
        table = [list(self.heading), *(row.marked for row in self.rows)]
        widths = [min(_WIDEST, max(map(len, column))) for column in zip(*table, strict=True)]
        lines = [
            f"  | {' | '.join(map(str.ljust, cells, widths))} |  {remark}".rstrip()
            for cells, remark in zip(table, ["", *(row.remark for row in self.rows)], strict=True)
        ]
        return "\n".join([*lines, *([f"  {self.more}"] if self.more else [])])


class Mismatch(AssertionError):  # noqa: N818 - a failed expectation, not an error of the toolkit's
    """A value is not as the sentence expects.

    `headline` says in one line what differs; `rows` and `differences` say how, as a table and as text below it. Of a
    headline with several lines, the first is the headline and the others are differences.
    """

    def __init__(self, headline: str = "", differences: str = "", *, rows: DifferingRows | None = None) -> None:
        self.headline, _, below = headline.partition("\n")
        self.differences = "\n".join(filter(None, (below, differences)))
        self.rows = rows
        super().__init__(self.headline)

    def __str__(self) -> str:
        """All of it: how a failure begins."""
        return "\n".join(filter(None, (self.headline, str(self.rows or ""), self.differences)))
