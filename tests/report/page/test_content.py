"""What the page says of a run: nothing that failed reads as passed, nothing specified vanishes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from asgherkin.report.model import Outline
from asgherkin.report.reading import read_report
from asgherkin.report.verdicts import is_bad, mood, verdict
from tests.report.page.shop import shop
from tests.report.page.streams import (
    EXCHANGE,
    TWO,
    WEBSOCKET,
    Message,
    Outcome,
    Stream,
    attachment,
    by_text,
    exchange,
    failed,
    run_of,
)

if TYPE_CHECKING:
    from asgherkin.report.model import Report, Scenario


def only(report: Report) -> Scenario:
    """The one scenario of a report."""
    (scenario,) = report.scenarios()
    return scenario


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        ("PASSED", "passed"),
        ("SKIPPED", "skipped"),
        ("PENDING", "pending"),
        ("UNDEFINED", "undefined"),
        ("AMBIGUOUS", "ambiguous"),
        ("FAILED", "failed"),
        ("UNKNOWN", "failed"),
        ("SPLENDID", "failed"),
        ("", "failed"),
    ],
)
def test_a_scenario_is_as_good_as_its_worst_step(status: str, seen: str) -> None:
    """One step decides, whichever it is; a status that nobody knows is a failure."""
    stream = run_of(by_text(works=Outcome(status))).finished()

    report = read_report(stream)

    assert only(report).status == seen
    assert report.counts == {seen: 1}


@pytest.mark.parametrize("hook", ["before", "after"])
def test_a_failing_hook_fails_the_scenario(hook: str) -> None:
    """The failure of a fixture counts, and is told as a step of its own."""
    stream = run_of(hooks={hook: failed("The fixture broke.")}).finished(success=False)

    scenario = only(read_report(stream))

    assert scenario.status == "failed"
    assert scenario.attempts[0].reason == "The fixture broke."
    first = scenario.attempts[0].steps[0]
    assert (first.text, first.part) == (hook, "hook")


def test_hooks_that_passed_are_not_shown() -> None:
    """What went well around a scenario is not part of what is written."""
    stream = run_of(hooks={"before": Outcome()}).finished()

    steps = only(read_report(stream)).attempts[0].steps

    assert [step.keyword for step in steps] == ["Given ", "Then "]


@pytest.mark.parametrize("hooks", [{}, {"before": Outcome(evidence=(exchange(),))}, {"b": Outcome("SKIPPED")}])
def test_a_scenario_without_steps_is_undefined(hooks: dict[str, Outcome]) -> None:
    """Nothing was checked, so nothing has passed."""
    stream = run_of(text="Feature: F\n  Scenario: empty\n", hooks=hooks).finished()

    assert only(read_report(stream)).status == "undefined"


def test_a_scenario_that_did_not_finish_has_failed() -> None:
    """Its last message is missing: whatever its steps say."""
    stream = run_of(complete=False)

    scenario = only(read_report(stream))

    assert scenario.status == "failed"
    assert scenario.attempts[0].reason == "The scenario did not finish: no result of this was recorded."


def test_a_step_without_a_result_is_a_failure() -> None:
    """As where a worker died in it."""
    stream = run_of().finished()
    last = max(at for at, one in enumerate(stream.envelopes) if "testStepFinished" in one)
    del stream.envelopes[last]

    scenario = only(read_report(stream))

    assert scenario.status == "failed"
    assert [step.status for step in scenario.attempts[0].steps] == ["passed", "unknown"]


def test_a_step_that_the_test_case_leaves_out_is_a_failure() -> None:
    """What is specified is to be run."""
    stream = run_of().finished()
    next(one["testCase"] for one in stream if "testCase" in one)["testSteps"].pop()

    assert only(read_report(stream)).status == "failed"


def test_the_last_attempt_counts() -> None:
    """Earlier attempts are shown after it."""
    stream = run_of(lambda _, attempt: Outcome() if attempt == 2 else failed("Not yet."), attempts=3).finished()

    scenario = only(read_report(stream))

    assert scenario.status == "passed"
    assert scenario.retried
    assert [(one.number, one.status) for one in scenario.attempts] == [(2, "passed"), (0, "failed"), (1, "failed")]


def test_what_was_retried_does_not_count_even_if_it_is_told_last() -> None:
    """As of a worker that died, where another tried again."""
    stream = run_of(lambda _, attempt: failed("It died.") if attempt else Outcome(), attempts=2).finished()
    ends = [one["testCaseFinished"] for one in stream if "testCaseFinished" in one]
    ends[0]["willBeRetried"], ends[1]["willBeRetried"] = False, True

    scenario = only(read_report(stream))

    assert [(one.number, one.status) for one in scenario.attempts] == [(0, "passed"), (1, "failed")]
    assert (scenario.status, scenario.retried, scenario.flaky) == ("passed", True, False)


def test_several_test_cases_of_a_scenario_are_as_good_as_the_worst() -> None:
    """As where it was run with two clients."""
    stream = Stream().started()
    (pickle,) = stream.feature("f.feature", TWO)
    stream.run(pickle)
    stream.run(pickle, failed())
    stream.run(pickle)

    scenario = only(read_report(stream.finished(success=False)))

    assert [one.status for one in scenario.attempts] == ["failed", "passed", "passed"]
    assert scenario.status == "failed"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (TWO, ["one"]),
        ("Feature: F\n  Scenario Outline: none\n    Given <a>\n    Examples:\n      | a |\n", ["none"]),
        ("Feature: F\n  Scenario: same\n    Given a\n  Rule: R\n    Scenario: same\n      Given a\n", ["same", "same"]),
        ("Feature: F\n  Scenario: same\n    Given a\n  Scenario: same\n    Given a\n", ["same", "same"]),
    ],
    ids=["a scenario", "an outline without rows", "equal names across rules", "equal names"],
)
def test_what_was_not_run_is_listed(text: str, names: list[str]) -> None:
    """A scenario without a test case is specified, and not run; each has a link of its own."""
    stream = Stream().started()
    stream.feature("f.feature", text)

    scenarios = list(read_report(stream.finished()).scenarios())

    assert [one.name for one in scenarios] == names
    assert {one.status for one in scenarios} == {"not-run"}
    assert len({one.link for one in scenarios}) == len(names)


def test_scenarios_whose_text_is_missing_are_shown_all_the_same() -> None:
    """The messages of the feature, or of the pickle, may be lost."""
    whole = run_of(failed())
    without_document = [one for one in whole if "gherkinDocument" not in one]
    without_pickle = [one for one in without_document if "pickle" not in one]

    assert only(read_report(without_document)).status == "failed"
    assert only(read_report(without_pickle)).status == "failed"


def test_messages_of_unknown_attempts_and_kinds_are_passed_over() -> None:
    """A stream may have kinds of messages that came after this page was written."""
    result = {"testCaseStartedId": "?", "testStepId": "?", "testStepResult": {"status": "PASSED"}}
    strange: list[Message] = [{"testStepFinished": result}, {"testCaseFinished": result}, {"news": {}}, {"meta": None}]

    assert only(read_report([*run_of(), *strange])).status == "passed"


def test_an_outline_row_has_its_name_and_values() -> None:
    """And the outline stands as it was written."""
    orders = next(feature for feature in read_report(shop()).features if feature.name == "Orders")

    outline = next(entry for rule in orders.rules for entry in rule.entries if isinstance(entry, Outline))

    assert outline.name == "A <item> costs <price>"
    assert [row.name for row in outline.rows] == [
        "A latte costs 3.80",
        "A espresso costs 2.40",
        "A iced tea costs 3.10",
    ]
    assert outline.amount == 3
    assert outline.rows[2].values == (("item", "iced tea"), ("price", "3.10"))
    assert outline.rows[2].tags == ("@orders", "@cold")
    assert [step.text for step in outline.steps] == ["I order a <item>", "the price is <price>"]


def test_links_survive_edits_above() -> None:
    """They come from names, not from lines."""
    before, after = Stream(), Stream()
    before.feature("f.feature", TWO)
    after.feature("f.feature", TWO.replace("Scenario: one", "Scenario: new\n    Given b\n\n  Scenario: one"))

    old, new = only(read_report(before)), list(read_report(after).scenarios())[1]

    assert old.link == new.link
    assert old.place != new.place


def test_a_failure_shows_the_exchange_of_an_earlier_step() -> None:
    """The last evidence before it, where it has none of its own."""
    stream = run_of(by_text(start=Outcome(evidence=(exchange(),)), works=failed("No.", "  $.a: expected 1")))

    failure = only(read_report(stream)).attempts[0].steps[1].failure

    assert failure is not None
    assert (failure.headline, failure.differences, failure.frames) == ("No.", "$.a: expected 1", "shop.py:3: in total")
    assert failure.evidence is not None
    assert failure.evidence["mediaType"] == EXCHANGE


def _socket(name: str, **read: object) -> Message:
    return attachment(WEBSOCKET, {"name": name, "target": f"/live?name={name}", "messages": [], **read})


@pytest.mark.parametrize("read_in", [[1], [0, 1], "[1]"], ids=["the failing step", "two steps", "no list of steps"])
def test_a_failure_shows_what_its_step_has_read(read_in: object) -> None:
    """Else the last, which may be of an earlier step that is about something else."""
    seen = (exchange(), _socket("Ann", read_in=read_in), _socket("Bob", read_in=[0]))

    stream = run_of(by_text(start=Outcome(evidence=seen), works=failed("No.")))

    failure = only(read_report(stream)).attempts[0].steps[1].failure
    assert failure is not None
    assert failure.evidence is not None
    assert json.loads(failure.evidence["body"])["name"] == ("Ann" if isinstance(read_in, list) else "Bob")


@pytest.mark.parametrize("broken", ["[]", "{", '{"read_in": null}', "7"])
def test_evidence_that_is_not_as_it_should_be_is_read_by_none(broken: str) -> None:
    """Anybody may have written it: the last stands for it."""
    seen = (_socket("Ann") | {"body": broken}, exchange())

    stream = run_of(by_text(start=Outcome(evidence=seen), works=failed("No.")))

    failure = only(read_report(stream)).attempts[0].steps[1].failure
    assert failure is not None
    assert failure.evidence is not None
    assert failure.evidence["mediaType"] == EXCHANGE


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Outcome("FAILED"), "It failed."),
        (Outcome("FAILED", "No.\n\nfeatures/f.feature:2, Scenario: one\n  >  3"), "No."),
        (Outcome("FAILED", "", {"type": "KeyError"}), "KeyError"),
        (Outcome("FAILED", "", {"type": "M", "message": "2 differences:\n  a\n  b"}), "2 differences: a"),
        (Outcome("AMBIGUOUS"), "More than one step definition matches this sentence."),
        (Outcome("UNDEFINED"), "This sentence is not defined: no step definition matches it."),
    ],
)
def test_a_failure_has_one_sentence(outcome: Outcome, sentence: str) -> None:
    """Whatever the messages have of it."""
    stream = run_of(by_text(works=outcome))

    assert only(read_report(stream)).attempts[0].reason == sentence


def _with(stream: Stream, **end: object) -> Stream:
    return stream.finished(**end)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stream", "sentence", "colour"),
    [
        (run_of().finished(), "The one scenario passed.", "good"),
        (run_of(failed()).finished(success=False), "1 of 1 scenario failed.", "bad"),
        (run_of(), "The one scenario passed; the run did not finish.", "bad"),
        (Stream().started().finished(), "No scenario was run.", "open"),
        (run_of(Outcome("PENDING")).finished(success=False), "No scenario has passed: 1 is pending.", "open"),
        (run_of(Outcome("UNDEFINED")).finished(success=False), "1 of 1 scenario is undefined.", "bad"),
        (run_of().finished(success=False), "The one scenario passed; the run as a whole was not successful.", "bad"),
        (shop(), "2 of 14 scenarios failed, 2 are undefined; 1 feature file cannot be read.", "bad"),
    ],
    ids=["passed", "failed", "unfinished", "nothing", "pending", "undefined", "unsuccessful", "all kinds"],
)
def test_the_verdict_is_one_sentence(stream: Stream, sentence: str, colour: str) -> None:
    """The worst comes first, and nothing bad is left out."""
    report = read_report(stream)

    assert verdict(report) == sentence
    assert mood(report) == colour
    assert is_bad(report) == (colour == "bad")


@pytest.mark.parametrize(
    ("passed", "skipped", "sentence"),
    [
        (2, 0, "All 2 scenarios passed."),
        (1, 1, "1 passed; 1 is skipped."),
        (2, 2, "All 2 scenarios that ran to the end passed; 2 are skipped."),
    ],
)
def test_the_verdict_of_a_good_run_tells_what_is_left(passed: int, skipped: int, sentence: str) -> None:
    """What was skipped has not passed."""
    stream = Stream().started()
    scenarios = "".join(f"  Scenario: {number}\n    Given a\n" for number in range(passed + skipped))
    for number, pickle in enumerate(stream.feature("f.feature", f"Feature: F\n{scenarios}")):
        stream.run(pickle, Outcome() if number < passed else Outcome("SKIPPED"))

    assert verdict(read_report(stream.finished())) == sentence
