"""Messages: valid by the standard, and complete."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cucumber_messages import Envelope, message_converter  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator

from asgherkin.report.merge import merge
from asgherkin.report.messages import Messages
from asgherkin.report.pickles import feature_messages
from tests.report.runs import envelopes, record, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.project import Project
    from tests.report.runs import Run


FEATURE = """# a comment
@t
Feature: f
  Some text.

  Rule: r
    Background:
      Given nothing

    Scenario Outline: row <n>
      When I send a POST request to "/<n>" with the body:
        \"\"\"application/json
        {"n": <n>}
        \"\"\"
      Then the response status is <n>
      And nothing with
        | X | y |
      Examples:
        | n   |
        | 200 |
        | 404 |

    @xfail
    Scenario: pending
      Then it fails
    @skip
    Scenario: skipped
      Then it fails
    Scenario: ambiguous
      Given two
    Scenario: groups
      Then one of two things
      Then one of two
    Scenario: empty
"""
TWO = """
@then("nothing with")
def nothing_with(datatable): pass
@given("two")
def first(): pass
@given("two")
def second(): pass
"""
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://git",
    "GITHUB_REPOSITORY": "a/b",
    "GITHUB_RUN_ID": "1",
    "GITHUB_SHA": "abc",
    "GITHUB_REF": "refs/heads/main",
}
RENDER = """
import fs from "node:fs"
import readline from "node:readline"
import { CucumberHtmlStream } from "@cucumber/html-formatter"

const html = new CucumberHtmlStream()
html.pipe(fs.createWriteStream("page.html"))
for await (const line of readline.createInterface({ input: fs.createReadStream(process.argv[2]) }))
  html.write(JSON.parse(line))
html.end()
"""


@pytest.fixture
def whole(project: Project) -> Run:
    """A run with some of everything."""
    project.write({"b.feature": "Feature: b\n  nonsense\n  Given x\n"})
    return run(project, FEATURE, steps=TWO)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the standard's own packages, from npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is missing")
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    names = ["@cucumber/messages@34", "@cucumber/html-formatter"]
    command = [npm, "install", "--no-audit", "--no-fund", *names]
    installed = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if installed.returncode:
        pytest.skip("npm has no @cucumber/messages")
    return folder


def test_messages_are_valid_by_the_official_schema(whole: Run, project: Project, packages: Path) -> None:
    """Each of them, those of merged runs too."""
    schema = json.loads((packages / "node_modules/@cucumber/messages/messages.schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    merged = list(merge([project.root / "a.ndjson"]))

    wrong = [error.message for one in (*whole.messages, *merged) for error in validator.iter_errors(one)]

    assert wrong == []


def test_the_official_formatter_counts_alike(whole: Run, project: Project, packages: Path) -> None:
    """It makes its page, which reads the messages in a browser: one that it does not understand leaves it empty."""
    (packages / "render.mjs").write_text(RENDER, encoding="utf-8")
    command = ["node", "render.mjs", str(project.root / "a.ndjson")]
    made = subprocess.run(command, cwd=packages, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    page = packages / "page.html"
    assert page.read_text(encoding="utf-8").count('"testCaseFinished"') == len(whole.of("testCaseFinished"))
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    errors: list[str] = []

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(page.as_uri())
        tab.get_by_text("% (").first.wait_for(timeout=20_000)
        shown = tab.locator("body").inner_text()
        browser.close()

    found = re.findall(r"(?m)^(PASSED|SKIPPED|PENDING|UNDEFINED|AMBIGUOUS|FAILED)\s+(\d+)$", shown)
    assert errors == []
    both = {"passed": 2, "pending": 1, "skipped": 1, "ambiguous": 1}
    # Its failures: a row, and the scenario without steps, undefined here: the standard knows undefined steps only.
    assert {word.lower(): int(number) for word, number in found} == {**both, "failed": 2}
    # Ours: the row, and the feature file that cannot be read, which the formatter leaves out of its numbers.
    assert whole.totals == {**both, "failed": 2, "undefined": 1}


def test_nothing_is_lost_on_the_way_through_cucumber_messages(whole: Run) -> None:
    """The official data classes give back what they were given."""
    there_and_back = [message_converter.to_dict(message_converter.from_dict(one, Envelope)) for one in whole.messages]

    assert there_and_back == whole.messages


def test_ids_are_unique_and_known(whole: Run) -> None:
    """What one message refers to is in another before it."""
    known: set[str] = set()
    for envelope in whole.messages:
        ((kind, message),) = envelope.items()
        fields = list(_fields(message))
        referred = {value for name, value in fields if name.endswith("Id") and name != "workerId"}
        referred |= {id_ for name, value in fields if name.endswith("Ids") for id_ in value}
        assert referred <= known, (kind, referred - known)
        ids = [value for name, value in fields if name == "id"]
        assert not known & set(ids)
        assert len(ids) == len(set(ids))
        known.update(ids)


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """All names and values in a message, at any depth."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield name, inner
        yield from _fields(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _fields(inner)


def _arguments(left: Run, step: str) -> list[Any]:
    steps = {one["id"]: one["text"] for pickle in left.of("pickle") for one in pickle["steps"]}
    found = [
        one["stepMatchArgumentsLists"]
        for case in left.of("testCase")
        for one in case["testSteps"]
        if steps.get(one.get("pickleStepId")) == step
    ]
    return [argument["group"] for argument in found[0][0]["stepMatchArguments"]]


def test_groups_are_those_of_the_text(whole: Run) -> None:
    """All groups of a regular expression, `{}` for one that took no part; slots of sentences as written."""
    patterns = {one["pattern"]["source"]: one["pattern"]["type"] for one in whole.of("stepDefinition")}

    assert _arguments(whole, "one of two things") == [
        {"start": 4, "value": "of two"},
        {"start": 10, "value": " things"},
    ]
    assert _arguments(whole, "one of two") == [{"start": 4, "value": "of two"}, {}]
    assert _arguments(whole, "the response status is 404")[0] == {"start": 20, "value": "is 404"}
    assert patterns["one (of two|of many)( things)?"] == "REGULAR_EXPRESSION"
    assert patterns["it fails"] == "CUCUMBER_EXPRESSION"


def test_an_ambiguous_step_names_all_that_fit(whole: Run) -> None:
    """Each with its arguments."""
    steps = [one for case in whole.of("testCase") for one in case["testSteps"]]

    (ambiguous,) = [one for one in steps if len(one.get("stepDefinitionIds", ())) > 1]
    assert len(ambiguous["stepMatchArgumentsLists"]) == 2


def test_undefined_steps_have_a_suggestion(project: Project) -> None:
    """Code to paste, once for each step."""
    left = run(project, "Feature: f\n  Scenario: a\n    Given what\n", "--reruns=1")

    (suggestion,) = left.of("suggestion")
    assert suggestion["pickleStepId"] == left.of("pickle")[0]["steps"][0]["id"]
    assert suggestion["snippets"][0]["code"].endswith(
        '@given("what")\ndef what() -> None:\n    raise NotImplementedError'
    )


def test_events_of_an_attempt_are_in_order(whole: Run) -> None:
    """No message is older than the one before it."""
    times: dict[str, list[tuple[int, int]]] = {}
    for envelope in whole.messages:
        ((_, message),) = envelope.items()
        started = message.get("testCaseStartedId")
        if started and "timestamp" in message:
            times.setdefault(started, []).append((message["timestamp"]["seconds"], message["timestamp"]["nanos"]))

    assert times
    assert all(one == sorted(one) for one in times.values())


def test_evidence_stands_at_its_step(whole: Run) -> None:
    """A request at the step that sent it."""
    steps = {one["id"]: one["text"] for pickle in whole.of("pickle") for one in pickle["steps"]}
    of_case = {
        step["id"]: steps[step["pickleStepId"]]
        for case in whole.of("testCase")
        for step in case["testSteps"]
        if "pickleStepId" in step
    }

    evidence = [
        (of_case[one["testStepId"]], json.loads(one["body"])["request"]["target"]) for one in whole.of("attachment")
    ]

    assert evidence == [
        ('I send a POST request to "/200" with the body:', "/200"),
        ('I send a POST request to "/404" with the body:', "/404"),
    ]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        (GITHUB, "GitHub Actions"),
        ({**GITHUB, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/nowhere"}, None),
    ],
    ids=["none", "known", "one that is not understood"],
)
def test_the_build_is_told(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str | None) -> None:
    """Where there is one, and it can be told."""
    monkeypatch.setattr("os.environ", environment)

    meta = json.loads(next(Messages("1", "run", 0.0).begin()))["meta"]

    assert meta.get("ci", {}).get("name") == expected


def test_a_record_of_no_known_scenario_is_no_success() -> None:
    """As where a file was changed while it ran; its definitions are told all the same."""
    messages = Messages("1", "run", 0.0)
    messages.feature("a.feature", feature_messages("a.feature", "Feature: f\n  Scenario: a\n    Given b\n"))

    told = list(messages.scenario(record(line=9)))
    success = messages.success
    results = [one["testStepFinished"] for one in envelopes(messages.scenario(record())) if "testStepFinished" in one]

    assert told == []
    assert not success
    assert [one["testStepResult"]["status"] for one in results] == ["PASSED", "UNKNOWN", "PASSED"]


def test_definitions_are_told_once() -> None:
    """Each worker of a run sends them."""
    messages = Messages("1", "run", 0.0)
    one: Any = {"id": "d", "pattern": "a", "regular": False, "uri": "conftest.py", "line": None}

    assert len([*messages.definitions([one]), *messages.definitions([one])]) == 1
