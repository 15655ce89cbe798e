"""The summary: totals, failures, nothing that Markdown or HTML would take for its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.report import summary
from asgherkin.report.reading import read_report
from asgherkin.report.summary import LARGEST, escape
from tests.report.page.streams import Outcome, Stream

if TYPE_CHECKING:
    from tests.report.page.streams import Message

PASSED, FAILED = Outcome(), Outcome("FAILED", "why")


def run(count: int, outcome: Outcome, *, complete: bool = True) -> Stream:
    """Scenarios with one step, which all had the same outcome."""
    stream = Stream()
    scenarios = "".join(f"  Scenario: n{number}\n    Given it\n" for number in range(count))
    for pickle in stream.feature("a.feature", f"Feature: f\n{scenarios}"):
        stream.run(pickle, outcome, complete=complete)
    return stream


def summary_of(stream: Stream) -> str:
    """The summary of a run's messages."""
    return summary.summary_of(read_report(stream))


def test_what_failed_is_told_as_it_is() -> None:
    """Name, place and text."""
    stream = run(1, Outcome("FAILED", "a <b>\n\n</pre><script>x</script> `c`"))

    assert summary_of(stream.finished(success=False, message="The run was *interrupted*.")) == (
        "| scenarios | |\n|---|---:|\n| failed | 1 |\n"
        "\nThe run was \\*interrupted\\*\\.\n"
        "\n### failed: n0\n\na\\.feature\\:2\n"
        "\n<pre>a &lt;b&gt;\n&#8203;\n&lt;/pre&gt;&lt;script&gt;x&lt;/script&gt; `c`</pre>\n"
    )


def test_a_run_of_nothing_says_so() -> None:
    """No table without rows."""
    assert summary_of(Stream().finished()) == "No scenario was found.\n"


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ([], "The run did not finish."),
        ([{"testRunFinished": {"success": False}}], "The run as a whole was not successful."),
        ([{"testRunFinished": {"success": False, "message": "enough"}}], "enough"),
    ],
    ids=["no end", "no success", "a message"],
)
def test_a_run_without_failures_may_be_no_success(end: list[Message], sentence: str) -> None:
    """Whatever the numbers say."""
    stream = run(1, PASSED)
    stream.envelopes += end

    assert summary_of(stream) == f"| scenarios | |\n|---|---:|\n| passed | 1 |\n\n{escape(sentence)}\n"


def test_results_without_a_feature_are_told() -> None:
    """A test case whose scenario is missing from the messages."""
    stream = run(1, FAILED)
    pickle = next(one["pickle"]["id"] for one in stream if "pickle" in one)
    stream.envelopes = [one for one in stream if "pickle" not in one and "gherkinDocument" not in one]

    told = summary_of(stream)

    assert "| failed | 1 |" in told
    assert f"### failed: {pickle}\n\nits feature is missing from the messages\n" in told


@pytest.mark.parametrize(
    ("outcome", "finished", "expected"),
    [
        (Outcome("PASSED"), False, "failed"),
        (Outcome("UNKNOWN"), True, "failed"),
        (Outcome("SPLENDID"), True, "failed"),
        (Outcome("UNSEEN"), True, "failed"),
        (Outcome("FAILED", "not observable here: a trick"), True, "failed"),
        (Outcome("AMBIGUOUS"), True, "ambiguous"),
    ],
    ids=["did not end", "unknown", "no status", "one of ours", "a failure that says so", "ambiguous"],
)
def test_what_is_not_known_is_a_failure(outcome: Outcome, *, finished: bool, expected: str) -> None:
    """Nothing that failed reads as passed."""
    told = summary_of(run(1, outcome, complete=finished))

    assert f"| {expected} | 1 |" in told
    assert f"### {expected}: n0" in told


def test_a_scenario_of_several_runs_is_as_good_as_the_worst() -> None:
    """As where a test module binds it a second time."""
    stream = run(1, FAILED)
    stream.run(next(one["pickle"] for one in stream if "pickle" in one))

    told = summary_of(stream)

    assert "| failed | 1 |" in told
    assert "<pre>why</pre>" in told


def test_it_does_not_grow_too_large() -> None:
    """Long texts are cut, and what finds no room is counted."""
    told = summary_of(run(1000, Outcome("FAILED", "ü" * 9000)))

    assert len(told.encode()) <= LARGEST
    assert "| failed | 1000 |" in told
    assert "more, which find no room here." in told


@pytest.mark.parametrize("text", ["<b>", "[a](http://x)", "a | b", "# a", "&#60;b", "@someone", "a\nb"])
def test_text_is_shown_as_it_is(text: str) -> None:
    """No sign of Markdown or HTML is left with its meaning."""
    shown = escape(text)

    assert "<" not in shown
    assert "\n" not in shown
    assert not any(sign in shown.replace(f"\\{sign}", "") for sign in "[]|@")
