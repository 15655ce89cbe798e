"""What is recorded where: in workers, for JUnit, for the page, and nothing where nothing was asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from asgherkin.gherkin.variants import Variants
from asgherkin.recording.journal import Journal, Journals, features_in, unfinished_in
from asgherkin.recording.masked_features import FeatureReader, read_feature
from asgherkin.recording.scenario_recorder import Recorder
from tests.project import SETTINGS
from tests.report.runs import SHOP, STEPS, left_by, run

if TYPE_CHECKING:
    from tests.project import Project

ASYNC = Variants(("async",), lambda _: "")
FEATURE = "Feature: Orders\n  Scenario: first\n    Given nothing\n    Then it fails\n"
# A process that takes itself for a worker of pytest-xdist's.
WORKER = """
def pytest_cmdline_main(config):
    config.workerinput = {"workerid": "gw7", "asgherkin_journals": "told.journal"}
"""
IN_WORKER = ("-p", "worker", "-p", "no:rerunfailures", "-p", "no:xdist", "-s")


def worker(project: Project, feature: str) -> list[dict[str, Any]]:
    """What a worker notes while it runs a feature."""
    project.write({"worker.py": WORKER, "conftest.py": STEPS, "a.feature": feature, "shop.py": SHOP})
    # The worker takes the name that it is told away.
    (project.root / "gw7.journal").touch()
    (project.root / "told.journal").hardlink_to(project.root / "gw7.journal")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(project.root)
        project.run(*IN_WORKER)
    notes = (project.root / "gw7.journal").read_text(encoding="utf-8").splitlines()
    return [json.loads(one) for one in notes]


def journals(project: Project) -> list[bytes]:
    """What the worker has left."""
    return [(project.root / "gw7.journal").read_bytes()]


def test_a_worker_notes_what_it_does(project: Project) -> None:
    """Feature files, scenarios with their steps, each step, ends; other tests are none of its matter."""
    project.write({"test_a.py": "def test_a(): pass\n"})

    notes = worker(project, FEATURE)

    assert [next(iter(one)) for one in notes] == ["features", "started", "step", "step", "ended"]
    assert [one[0] for one in notes[0]["features"]] == ["a.feature"]


def test_a_journal_tells_the_features_and_what_did_not_end(project: Project) -> None:
    """The scenario that was running, and its step if there was one; nothing of a worker that lived."""
    worker(project, FEATURE)
    (whole,) = journals(project)
    lines = whole.splitlines()

    (in_step,) = unfinished_in([b"\n".join([*lines[:-1], b'{"ste'])], "The worker died")
    (in_fixture,) = unfinished_in([b"\n".join(lines[:2])], "The worker died")

    assert list(unfinished_in([whole], "The worker died")) == []
    assert [uri for uri, _, _ in features_in([whole])] == ["a.feature"]
    assert [one["status"] for one in in_step["steps"]] == ["passed", "failed"]
    assert in_step["steps"][1]["message"] == "The worker died in this step."
    assert in_step["worker"] == "gw7"
    assert in_fixture["before"]["message"] == "The worker died before the first step."
    assert [one["status"] for one in in_fixture["steps"]] == ["skipped", "skipped"]


NODE = """
from types import SimpleNamespace

def pytest_sessionstart(session):
    node = SimpleNamespace(workerinput={}, config=session.config)
    session.config.hook.pytest_configure_node(node=node)
    print("TOLD", sorted(one for one in node.workerinput if "journals" in one))
"""


def test_workers_are_told_where_their_journals_go(project: Project) -> None:
    """By the process that they report to."""
    left = run(project, FEATURE, "-s", "-p", "no:rerunfailures", steps=NODE)

    assert "TOLD ['asgherkin_journals']" in left.output


def test_a_journal_is_appended_to(project: Project) -> None:
    """A line for each note; the process that reports reads it while the worker writes."""
    kept = Journals()
    path = kept.begin()
    journal = Journal(path)

    journal.note(step=1)
    first = kept.read()
    journal.note(step=2)
    journal.close()

    assert [first, kept.read()] == [[b'{"step": 1}\n'], [b'{"step": 1}\n{"step": 2}\n']]
    assert not Path(path).exists()
    kept.close()


def test_a_journal_of_a_worker_that_never_started_is_removed() -> None:
    """Nothing stays behind."""
    kept = Journals()
    path = Path(kept.begin())

    kept.close()

    assert not path.exists()
    assert kept.read() == []


def test_a_worker_on_another_machine_notes_nothing(tmp_path: Path) -> None:
    """The file that it is told of is not there, and nobody could read what it would note."""
    journal = Journal(str(tmp_path / "gw0.journal"))

    journal.note(step=1)
    journal.close()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("-n1",)], ids=["one process", "a worker"])
def test_junit_names_feature_scenario_and_steps(project: Project, arguments: tuple[str, ...]) -> None:
    """In pytest's own file; a plain test keeps its names."""
    project.write({"test_a.py": "def test_a(): pass\n"})

    run(project, FEATURE, "--junitxml=a.xml", *arguments)

    first, plain = ET.parse(project.root / "a.xml").getroot().iter("testcase")  # noqa: S314 - pytest's own
    assert (first.get("classname"), first.get("name")) == ("Orders", "first")
    assert first.findtext("system-out") == "a.feature:2\npassed    Given nothing\nfailed    Then it fails"
    assert (plain.get("classname"), plain.get("name")) == ("test_a", "test_a")


def test_junit_alone_is_enough(project: Project) -> None:
    """No other output has to be asked for."""
    project.write({"a.feature": "Feature: f\n  Scenario: a\n    Then what\n"})

    project.run("--junitxml=a.xml")

    assert "undefined Then what" in (project.root / "a.xml").read_text(encoding="utf-8")


def test_page_and_history_are_written(project: Project) -> None:
    """The page shows the run; the history has a line for each."""
    for _ in range(2):
        left = run(project, FEATURE, "--asgi-report=out/a.html", "--asgi-history=out/h.ndjson")

    assert "report: out/a.html" in left.output
    assert "Orders" in (project.root / "out" / "a.html").read_text(encoding="utf-8")
    assert len((project.root / "out" / "h.ndjson").read_text(encoding="utf-8").splitlines()) == 2


ROWS = """
from asgherkin.errors import DifferingRow, DifferingRows, Mismatch

@then("a row is missing")
def row_is_missing():
    rows = [DifferingRow(["7.00"], "missing"), DifferingRow(["7.60"], "the nearest row", [0])]
    raise Mismatch("It lacks a row:", rows=DifferingRows(["total"], rows))
"""


def test_rows_that_differ_are_a_table_of_the_page(project: Project) -> None:
    """They are on their way as data, whatever other outputs there are."""
    feature = "Feature: f\n  Scenario: a\n    Then a row is missing\n"
    project.write({"shop.py": SHOP, "conftest.py": STEPS + ROWS, "a.feature": feature})

    project.run("--asgi-report=a.html")

    page = (project.root / "a.html").read_text(encoding="utf-8")
    assert "<td><mark>7.60</mark></td>" in page
    assert "the nearest row differs in total" in page


def test_what_a_worker_did_not_end_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its journal: the failed step, and feature files that this process has not collected."""
    worker(project, FEATURE)
    (journal,) = journals(project)
    left_early = b"\n".join(journal.splitlines()[:-1])
    monkeypatch.setattr(Journals, "read", lambda _: [left_early])
    project.write({"test_a.py": "def test_a(): pass\n"})

    outcome = project.run("test_a.py", "--asgi-messages=a.ndjson", "--asgi-summary=a.md")

    left = left_by(project.root, "a", outcome.output)
    assert left.statuses == {"first": ["passed", "failed"]}
    assert left.message("failed") == "The worker died in this step."


def test_a_feature_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """As where a step removes it."""
    feature = read_feature("a.feature", tmp_path / "a.feature", "", (), FeatureReader(), ASYNC)

    assert feature.broken
    assert "a.feature cannot be read: " in feature.envelopes[1]["parseError"]["message"]


SECRETS = """Feature: f
  Scenario Outline: a
    Given the account
      | password |
      | hunter22 |
    And a pass<rest> = swordfish

    Examples:
      | rest | api_key  |
      | word | 8f2c1d7e |
"""


def test_a_feature_files_secrets_are_masked(tmp_path: Path) -> None:
    """In tables, in the rows of outlines, and where a secret name comes about when a row's values are put in."""
    (tmp_path / "a.feature").write_text(SECRETS, encoding="utf-8")

    feature = read_feature("a.feature", tmp_path / "a.feature", "", (), FeatureReader(), ASYNC)

    text = json.dumps(feature.envelopes)
    assert "hunter22" not in text
    assert "8f2c1d7e" not in text
    assert feature.envelopes[-1]["pickle"]["steps"][-1]["text"] == "a password = [redacted]"


TWICE = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    for _ in range(2):
        for item in session.items:
            item._initrequest()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
    return True
"""


def test_attempts_with_another_scenario_between_them(project: Project) -> None:
    """As where a plugin runs all that failed again at the end: each attempt is there once."""
    feature = "Feature: f\n  Scenario: a\n    Given nothing\n  Scenario: b\n    Given nothing\n"
    project.write({"conftest.py": STEPS + TWICE, "a.feature": feature, "shop.py": SHOP})

    project.run("--asgi-messages=a.ndjson", "-p", "no:rerunfailures")

    lines = (project.root / "a.ndjson").read_text(encoding="utf-8").splitlines()
    started = [one["testCaseStarted"] for one in map(json.loads, lines) if "testCaseStarted" in one]
    assert [one["attempt"] for one in started] == [0, 0, 1, 1]


AT_THE_END = "def pytest_bdd_after_scenario():\n    raise RuntimeError('no ink')\n"


@pytest.mark.parametrize(
    ("tag", "steps", "first", "second"),
    [
        ("", AT_THE_END, "RuntimeError: no ink", "OSError: no disk"),
        ("@xfail", "", "[XPASS(strict)]", "This is expected to fail."),
    ],
    ids=["a hook", "passing though strictly expected to fail"],
)
def test_a_failure_before_and_after_is_told_together(
    project: Project, tag: str, steps: str, first: str, second: str
) -> None:
    """What goes wrong at the end does not hide why the scenario failed there already, and is not hidden by it."""
    steps += "\n@pytest.fixture(autouse=True)\ndef broken():\n    yield\n    raise OSError('no disk')\n"
    project.write({"pyproject.toml": f"{SETTINGS}\nxfail_strict = true\n"})

    left = run(project, f"Feature: f\n  {tag}\n  Scenario: a\n    Given nothing\n", steps=steps)

    assert left.statuses == {"a": ["passed", "after failed"]}
    before, _, after = left.message("failed").partition("\n\nAfter that:\n")
    assert first in before
    assert second in after


def test_groups_inside_of_groups_are_their_children(project: Project) -> None:
    """As the pattern has them; a function in C has no line."""
    steps = "\n@then(parsers.re('((a)(b)?) (c)( d)?'))\ndef nested(): pass\n\nthen('in C')(len)\n"
    left = run(project, "Feature: f\n  Scenario: a\n    Then a c d\n", steps=steps)

    (case,) = left.of("testCase")
    groups = [one["group"] for one in case["testSteps"][1]["stepMatchArgumentsLists"][0]["stepMatchArguments"]]
    assert groups == [
        {"start": 0, "value": "a", "children": [{"start": 0, "value": "a"}]},
        {},
        {"start": 2, "value": "c"},
        {"start": 3, "value": " d"},
    ]
    assert {"uri": "<built-in function len>"} in [one["sourceReference"] for one in left.of("stepDefinition")]


def test_a_scenario_that_was_not_begun_is_none(pytestconfig: pytest.Config) -> None:
    """As where another plugin runs it in its own way: nothing is recorded, and nothing fails."""
    recorder = Recorder(pytestconfig)

    recorder.begin(None)  # type: ignore[arg-type] # not looked at
    recorder.reach(0)
    recorder.leave()

    assert recorder.interrupted("why") == []


LOOK = """
import sys

def pytest_unconfigure():
    print("imported:", [one for one in sys.modules if one.startswith(("asgherkin.recording", "asgherkin.report.m"))])
"""


def test_nothing_is_recorded_where_nothing_was_asked(project: Project) -> None:
    """Not even imported: pytest starts as fast as ever."""
    project.write({"conftest.py": LOOK, "a.feature": "Feature: f\n  Scenario: a\n    Given what\n"})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    ended = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)

    assert "imported: []" in ended.stdout


@pytest.mark.parametrize("package", ["jinja2", "markdown_it"])
def test_a_page_without_its_packages_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """Before anything is run, with what to install; the other outputs need none of them."""
    for name in [one for one in sys.modules if one.startswith("asgherkin.report.page")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)

    outcome = project.run("--asgi-report=a.html")

    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR
    told = f'The page needs the package {package}, which is not installed: pip install "asgherkin[report]"'
    assert outcome.output.strip() == f"ERROR: {told}"
    assert project.run("--asgi-messages=a.ndjson").exit_code == pytest.ExitCode.NO_TESTS_COLLECTED


def test_what_was_read_is_handed_over_once(tmp_path: Path) -> None:
    """Of the feature file that was read last, and only for the text that it is of."""
    path, reader = tmp_path / "a.feature", FeatureReader()
    path.write_text(FEATURE, encoding="utf-8")

    source = reader.read(path, "a.feature")
    handed = reader.take("a.feature", FEATURE)
    again = reader.take("a.feature", FEATURE)
    reader.read(path, "a.feature")
    changed = reader.take("a.feature", f"{FEATURE}\n")

    assert handed is not None
    assert handed.source is source
    assert (again, changed) == (None, None)


def test_a_feature_is_told_alike_by_a_tree_and_without(tmp_path: Path) -> None:
    """A worker's features are parsed by the process that reports: their ids are those of the same file."""
    path = tmp_path / "a.feature"
    path.write_text(FEATURE, encoding="utf-8")
    reader = FeatureReader()
    reader.read(path, "a.feature")

    handed, parsed = (read_feature("a.feature", path, "", (), each, ASYNC) for each in (reader, FeatureReader()))

    assert handed == parsed
