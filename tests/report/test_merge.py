"""Several runs as one."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.report.merge import merge
from asgherkin.report.output_files import line
from asgherkin.report.page.page_html import write_page
from asgherkin.report.reading import read_report
from asgherkin.report.summary import summary_of
from tests.report.runs import Run, run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.project import Project

FEATURE = "Feature: f\n  Scenario: first\n    Given nothing\n    Then it fails\n  Scenario: second\n    Given nothing\n"


def shard(project: Project, name: str, *arguments: str, feature: str = FEATURE, steps: str = "") -> Path:
    """The messages of a run of the same feature file."""
    left = run(project, feature, *arguments, steps=steps)
    return written(project.root / f"{name}.shard", left.messages)


def written(path: Path, messages: Iterable[dict[str, Any]]) -> Path:
    """A file of messages."""
    path.write_text("".join(map(line, messages)), encoding="utf-8")
    return path


def merged(*paths: Path) -> Run:
    """What the files say together."""
    messages = list(merge(paths))
    page = paths[0].with_name("merged.html")
    report = read_report(messages)
    write_page(report, page)
    return Run(messages, summary_of(report), "", page.read_text(encoding="utf-8"))


def test_shards_are_one_run(project: Project) -> None:
    """Each scenario once, in the order of the file, whatever the order of the shards; what neither ran is listed."""
    feature = f"{FEATURE}  Scenario: third\n    Given what\n"
    one, two = (shard(project, name, "-k", name, feature=feature) for name in ("second", "first"))

    both = merged(one, two)

    assert both.statuses == {"first": ["passed", "failed"], "second": ["passed"]}
    assert both.totals == {"failed": 1, "passed": 1, "not run": 1}
    assert both.not_run == ["third"]
    assert not both.success
    assert both.page.statuses == both.statuses
    assert both.page.totals == both.totals
    assert both.page.not_run == ["third"]
    assert both.page.verdict == "1 of 3 scenarios failed."
    kinds = ("meta", "testRunStarted", "source", "pickle", "testCase")
    assert [len(both.of(kind)) for kind in kinds] == [1, 1, 1, 3, 2]


def test_the_order_of_the_files_is_all_one(project: Project) -> None:
    """The same to the byte, also where a file is given twice."""
    paths = [shard(project, "one", "-k", "second"), shard(project, "two"), shard(project, "three", "-k", "first")]

    texts = {"".join(map(line, merge(order))) for order in itertools.permutations(paths)}
    again = "".join(map(line, merge([*paths, paths[0]])))

    assert texts == {again}


def test_a_second_run_is_another_attempt(project: Project) -> None:
    """Attempts are numbered by their time; the run is a success only if each was one."""
    both = merged(shard(project, "one"), shard(project, "two"))

    assert list(both.statuses) == ["first", "first, attempt 1", "second", "second, attempt 1"]
    assert [one["willBeRetried"] for one in both.of("testCaseFinished")] == [False] * 4
    assert both.totals == both.page.totals == {"failed": 1, "passed": 1}
    assert both.page.unsteady == ""
    assert len({one["testRunStartedId"] for one in (*both.of("testCase"), *both.of("testRunFinished"))}) == 1


def test_a_run_that_did_not_end_is_no_success(project: Project) -> None:
    """Half a line is left out; what stands before it counts."""
    path = shard(project, "one", "-k", "second")
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index('{"testRunFinished"') + 9], encoding="utf-8")

    alone = merged(path)

    (end,) = alone.of("testRunFinished")
    assert alone.statuses == {"second": ["passed"]}
    assert not alone.success
    assert end["message"] == "The run did not finish."
    assert "The run did not finish\\." in alone.summary
    assert alone.page.verdict == "1 passed; 1 is without a result; the run did not finish."
    assert alone.page.is_bad


DEPENDS = "Feature: f\n  Scenario: a\n    Then it depends\n  Scenario: b\n    Given nothing\n"
OUTCOMES = {"failed": "assert False, 'no luck'", "passed": "pass", "skipped": "pytest.skip('x')"}
OUTCOMES |= {"pending": "pytest.xfail('some day')"}


def run_with(project: Project, name: str, outcome: str, *arguments: str) -> Path:
    """A run in which something depends."""
    steps = f"\n@then('it depends')\ndef depends(): {OUTCOMES[outcome]}\n"
    return shard(project, name, *arguments, feature=DEPENDS, steps=steps)


@pytest.mark.parametrize(
    ("first", "last", "totals", "verdict"),
    [
        ("failed", "passed", {"passed": 2}, "All 2 scenarios passed; 1 did not pass in an earlier run."),
        ("failed", "skipped", {"passed": 1, "skipped": 1}, "1 passed; 1 is skipped; 1 did not pass in an earlier run."),
        ("failed", "pending", {"passed": 1, "pending": 1}, "1 passed; 1 is pending; 1 did not pass in an earlier run."),
        ("pending", "passed", {"passed": 2}, "All 2 scenarios passed; 1 did not pass in an earlier run."),
        ("passed", "failed", {"passed": 1, "failed": 1}, "1 of 2 scenarios failed."),
    ],
    ids=["failed, passed", "failed, skipped", "failed, pending", "pending, passed", "passed, failed"],
)
def test_a_scenario_with_two_results_is_flaky(
    project: Project, first: str, last: str, totals: dict[str, int], verdict: str
) -> None:
    """The last run counts, and what failed before is not taken for a retry: the whole is no success."""
    paths = [run_with(project, "one", first), run_with(project, "two", last)]

    both = merged(*paths)

    assert [one["willBeRetried"] for one in both.of("testCaseFinished")] == [False] * 4
    assert not both.success
    assert both.totals == both.page.totals == totals
    assert both.page.statuses == both.statuses
    assert both.page.verdict == verdict
    assert both.page.is_bad
    assert ">flaky</span>" in both.html
    assert ("1 of them did not pass in an earlier run" in both.summary) == (first != "passed")
    assert ("### flaky: a" in both.summary) == (first != "passed")
    told = both.page.unsteady if last in ("passed", "failed") else both.page.trouble
    assert ("In an earlier run: " in told) == (first != "passed")


def test_a_retry_that_passed_is_no_second_run(project: Project) -> None:
    """Its run is a success, and stays one when it is merged."""
    steps = "\ntries = []\n@then('it depends')\ndef depends():\n    tries.append(1)\n    assert len(tries) > 1\n"
    one = shard(project, "one", "--reruns=1", feature=DEPENDS, steps=steps)

    both = merged(one, run_with(project, "two", "passed"))

    assert [one["willBeRetried"] for one in both.of("testCaseFinished")] == [True, False, False, False, False]
    assert both.success
    assert both.totals == both.page.totals == {"passed": 2}
    assert both.page.verdict == "All 2 scenarios passed."
    assert "3 attempts" in both.page.unsteady


def test_what_was_merged_can_be_merged_again(project: Project) -> None:
    """With a run that is in it, whole or cut short, too: nothing is told twice, nothing of it is lost."""
    first, last = run_with(project, "one", "failed"), run_with(project, "two", "passed")
    both = merged(first, last)
    again = written(project.root / "both.shard", both.messages)
    text = first.read_text(encoding="utf-8")
    cut = project.root / "cut.shard"
    cut.write_text(text[: text.rindex('{"testCaseFinished"')], encoding="utf-8")

    for paths in ([again], [again, first], [last, again], [again, cut]):
        assert merged(*paths).of("testCaseStarted") == both.of("testCaseStarted")
        assert merged(*paths).of("testCaseFinished") == both.of("testCaseFinished")
        assert merged(*paths).of("testRunFinished") == both.of("testRunFinished")


def test_a_run_that_ended_before_its_retry_has_failed(project: Project) -> None:
    """Another run's attempt is not the retry that never came."""
    whole = shard(project, "one", "--reruns=1", "-k", "first")
    messages = [json.loads(one) for one in whole.read_text(encoding="utf-8").splitlines()]
    second = [at for at, one in enumerate(messages) if "testCaseStarted" in one][1]
    written(whole, messages[:second])

    alone = merged(whole)

    assert alone.statuses == alone.page.statuses == {"first": ["passed", "failed"]}
    assert [one["willBeRetried"] for one in alone.of("testCaseFinished")] == [False]
    assert alone.totals == alone.page.totals == {"failed": 1, "no result": 1}


def test_attempts_of_one_moment_keep_their_order(project: Project) -> None:
    """A clock may stand still; ids are no order."""
    path = shard(project, "one", "--reruns=11", "-k", "first")
    messages = [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]
    for one in messages:
        one.get("testCaseStarted", {})["timestamp"] = {"seconds": 1, "nanos": 0}
    written(path, messages)

    numbers = [one["id"].rpartition("-")[2] for one in merged(path).of("testCaseStarted")]

    assert numbers == [str(number) for number in range(12)]


def test_errors_and_pickles_without_their_file_are_kept(project: Project) -> None:
    """Whether or not their source is there, or known at all."""
    path = shard(project, "one")
    messages = [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]
    left = [one for one in messages if not one.keys() & {"source", "gherkinDocument"}]
    lost = [{"source": {"uri": "lost.feature"}, "message": "broken"}, {"source": {}, "message": "nowhere"}]
    written(path, [*left[:-1], *({"parseError": one} for one in lost), left[-1]])

    alone = merged(path)

    assert sorted(one["message"] for one in alone.of("parseError")) == ["broken", "nowhere"]
    assert len(alone.of("pickle")) == 2
    assert alone.page.totals == {"failed": 1, "passed": 1}
    assert alone.totals == {"failed": 3, "passed": 1}
    assert "2 feature files cannot be read" in alone.page.verdict


def test_broken_files_and_ends_are_kept(project: Project) -> None:
    """Errors once, with their file; what the runs say at their end."""
    project.write({"b.feature": "Feature: b\n  nonsense\n  Given x\n"})
    steps = "\n@when('it is interrupted')\ndef ends(): pytest.exit('enough')\n"
    left = run(project, "Feature: f\n  Scenario: a\n    When it is interrupted\n", steps=steps)
    messages: list[dict[str, Any]] = [*left.messages[:-1], {"undefinedParameterType": {"name": "x", "expression": "y"}}]
    for name in ("one", "two"):
        written(project.root / f"{name}.shard", [*messages, left.messages[-1]])

    both = merged(project.root / "one.shard", project.root / "two.shard")

    assert len(both.of("parseError")) == 1
    assert len(both.of("undefinedParameterType")) == 1
    assert both.of("testRunFinished")[0]["message"] == "enough"
    assert "enough" in both.page.trouble
    assert "b.feature" in both.page.trouble
    assert both.page.verdict == "1 of 1 scenario failed; 1 feature file cannot be read."


def test_two_texts_of_one_file_are_refused(project: Project) -> None:
    """Runs of two commits are no one run."""
    one, two = shard(project, "one"), shard(project, "two", feature=f"{FEATURE}\n# changed\n")

    with pytest.raises(ConfigurationError) as caught:
        merged(one, two)

    assert str(caught.value) == (
        "two.shard has another text of a.feature than the files before it. Merge runs of one commit only."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a.ndjson has no Cucumber Messages. Write some with: --asgi-messages a.ndjson"),
        ("{}\n", "a.ndjson has no Cucumber Messages. Write some with: --asgi-messages a.ndjson"),
        ("<html>\n", "a.ndjson, line 1: this is no Cucumber Message."),
        ('{"meta": 1}\n', "a.ndjson, line 1: this is no Cucumber Message."),
        ("{}\n[1]\n", "a.ndjson, line 2: this is no Cucumber Message."),
        ('{"pickle": {"id": "1"}}\n', "a.ndjson, line 1: this is no Cucumber Message."),
        ('{"testRunFinished": {}}\n', "a.ndjson, line 1: this is no Cucumber Message."),
        ("[" * 9999 + "\n", "a.ndjson, line 1: this is no Cucumber Message."),
        (
            '{"meta": {}}\n{"testCaseStarted": {"id": "1", "testCaseId": "2", "timestamp": {"seconds":1,"nanos":1}}}\n',
            "a.ndjson is not whole: it has results of a test case that it does not have.",
        ),
    ],
    ids=[
        "empty", "no kinds", "no JSON", "no message", "no object", "no file of a pickle", "no time", "deep",
        "no test case",
    ],
)  # fmt: skip
def test_other_files_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    """With the file's name and line."""
    path = tmp_path / "a.ndjson"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        list(merge([path]))

    assert str(caught.value) == expected
