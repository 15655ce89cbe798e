"""The summary: totals, failures, nothing that Markdown or HTML would take for its own."""

from __future__ import annotations

from typing import Any

import pytest

from asgherkin.report.summary import LARGEST, escape, summary_of


def messages(count: int, result: dict[str, Any], *, finished: bool = True) -> list[dict[str, Any]]:
    """The messages of scenarios with one step, which all had the same result."""
    told: list[dict[str, Any]] = []
    for number in range(count):
        case, started = f"case {number}", f"started {number}"
        place = {"name": f"n{number}", "uri": "a.feature", "location": {"line": 3}}
        told += [
            {"pickle": {"id": f"pickle {number}", "steps": [{}], **place}},
            {"testCase": {"id": case, "pickleId": f"pickle {number}"}},
            {"testCaseStarted": {"id": started, "testCaseId": case}},
            {"testStepFinished": {"testCaseStartedId": started, "testStepResult": result}},
        ]
        if finished:
            told.append({"testCaseFinished": {"testCaseStartedId": started, "willBeRetried": False}})
    return told


def test_what_failed_is_told_as_it_is() -> None:
    """Name, place and text."""
    failed = {"status": "FAILED", "message": "a <b>\n\n</pre><script>x</script> `c`"}

    end = {"testRunFinished": {"success": False, "message": "The run was *interrupted*."}}

    assert summary_of([*messages(1, failed), end]) == (
        "| scenarios | |\n|---|---:|\n| failed | 1 |\n"
        "\nThe run was \\*interrupted\\*\\.\n"
        "\n### failed: n0\n\na\\.feature\\:3\n"
        "\n<pre>a &lt;b&gt;\n&#8203;\n&lt;/pre&gt;&lt;script&gt;x&lt;/script&gt; `c`</pre>\n"
    )


def test_a_run_of_nothing_says_so() -> None:
    """No table without rows."""
    assert summary_of([{"testRunFinished": {"success": True}}]) == "No scenario was found.\n"


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ([], "The run did not finish."),
        ([{"testRunFinished": {"success": False}}], "The run as a whole was not successful."),
        ([{"testRunFinished": {"success": False, "message": "enough"}}], "enough"),
    ],
    ids=["no end", "no success", "a message"],
)
def test_a_run_without_failures_may_be_no_success(end: list[dict[str, Any]], sentence: str) -> None:
    """Whatever the numbers say."""
    told = summary_of([*messages(1, {"status": "PASSED"}), *end])

    assert told == f"| scenarios | |\n|---|---:|\n| passed | 1 |\n\n{escape(sentence)}\n"


def test_results_without_a_feature_are_told() -> None:
    """A test case whose scenario is missing from the messages."""
    told = summary_of([one for one in messages(1, {"status": "FAILED", "message": "why"}) if "pickle" not in one])

    assert "| failed | 1 |" in told
    assert "### failed: pickle 0" in told


@pytest.mark.parametrize(
    ("result", "finished", "expected"),
    [
        ({"status": "PASSED"}, False, "failed"),
        ({"status": "UNKNOWN"}, True, "failed"),
        ({"status": "SPLENDID"}, True, "failed"),
        ({"status": "NOT OBSERVABLE"}, True, "failed"),
        ({"status": "FAILED", "message": "not observable here: a trick"}, True, "failed"),
        ({"status": "AMBIGUOUS"}, True, "ambiguous"),
    ],
    ids=["did not end", "unknown", "no status", "one of ours", "a failure that says so", "ambiguous"],
)
def test_what_is_not_known_is_a_failure(result: dict[str, Any], *, finished: bool, expected: str) -> None:
    """Nothing that failed reads as passed."""
    told = summary_of(messages(1, result, finished=finished))

    assert f"| {expected} | 1 |" in told
    assert f"### {expected}: n0" in told


def test_a_scenario_of_several_runs_is_as_good_as_the_worst() -> None:
    """As where a test module binds it a second time."""
    told = messages(1, {"status": "FAILED", "message": "why"})
    again: list[dict[str, Any]] = [
        {"testCase": {"id": "b", "pickleId": "pickle 0"}},
        {"testCaseStarted": {"id": "b0", "testCaseId": "b"}},
        {"testStepFinished": {"testCaseStartedId": "b0", "testStepResult": {"status": "PASSED"}}},
        {"testCaseFinished": {"testCaseStartedId": "b0", "willBeRetried": False}},
    ]

    assert "| failed | 1 |" in summary_of([*told, *again])
    assert "<pre>why</pre>" in summary_of([*told, *again])


def test_what_was_retried_does_not_count_even_if_it_is_told_last() -> None:
    """As of a worker that died, where another tried again."""
    died = messages(1, {"status": "FAILED", "message": "why"})
    died[-1]["testCaseFinished"]["willBeRetried"] = True
    passed = messages(1, {"status": "PASSED"})[2:]
    for one in passed:
        one[next(iter(one))]["id" if "testCaseStarted" in one else "testCaseStartedId"] = "again"

    assert "| failed | 1 |" in summary_of(died)
    for told in ([*died, *passed], [*died[:2], *passed, *died[2:]]):
        assert "| passed | 1 |" in summary_of(told)
        assert "failed" not in summary_of(told)


def test_it_does_not_grow_too_large() -> None:
    """Long texts are cut, and what finds no room is counted."""
    told = summary_of(messages(1000, {"status": "FAILED", "message": "ü" * 9000}))

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
