"""Runs of all kinds, each with the exact statuses that are expected of it."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A run: a feature, arguments and further definitions, and what is expected of it."""

    feature: str
    statuses: dict[str, list[str]]
    totals: dict[str, int]
    arguments: tuple[str, ...] = ()
    steps: str = ""
    not_run: tuple[str, ...] = ()
    success: bool = False
    reason: tuple[str, str] = ("", "")
    """A status, and what is told of the first step that has it."""


TWICE = '\n@given("two")\ndef first(): pass\n@given("two")\ndef second(): pass\n'
BEFORE = "\n@pytest.fixture(autouse=True)\ndef broken():\n    raise OSError('no disk')\n"
AFTER = "\n@pytest.fixture(autouse=True)\ndef broken():\n    yield\n    raise OSError('no disk')\n"
SKIPPING = "\n@pytest.fixture(autouse=True)\ndef skipping():\n    pytest.skip('no disk')\n"
DIES = "\n@when('it dies')\ndef dies(): os._exit(3)\n"
DIES_BEFORE = "\n@pytest.fixture(autouse=True)\ndef dying():\n    os._exit(3)\n"
CTRL_C = "\n@when('it is interrupted')\ndef ends(): os.kill(os.getpid(), signal.SIGINT)\n"
EXITS = "\n@when('it is interrupted')\ndef ends(): pytest.exit('enough')\n"
FLAKY = "\ntries = []\n@then('it passes at last')\ndef at_last():\n    tries.append(1)\n    assert len(tries) > 2\n"
ORDINARY = (
    "  Scenario: first\n    Given nothing\n    Then it fails\n    And it fails\n  Scenario: second\n    Given nothing\n"
)

CASES = {
    "passing": Case("  Scenario: a\n    Given nothing\n", {"a": ["passed"]}, {"passed": 1}, success=True),
    "failing in the middle": Case(
        ORDINARY, {"first": ["passed", "failed", "skipped"], "second": ["passed"]}, {"failed": 1, "passed": 1}
    ),
    "undefined first": Case(
        "  Scenario: a\n    Given what\n    And nothing\n    Then what else\n",
        {"a": ["undefined", "skipped", "undefined"]},
        {"undefined": 1},
    ),
    "undefined in the middle": Case(
        "  Scenario: a\n    Given nothing\n    And what\n    Then it fails\n  Scenario: b\n    Given nothing\n",
        {"a": ["passed", "undefined", "skipped"], "b": ["passed"]},
        {"undefined": 1, "passed": 1},
    ),
    "undefined in the middle, after a failure": Case(
        "  Scenario: a\n    Given nothing\n    Then it fails\n    And what\n    And it fails\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1},
    ),
    "ambiguous": Case(
        "  Scenario: a\n    Given nothing\n    And two\n    And nothing\n    And two\n",
        {"a": ["passed", "ambiguous", "skipped", "ambiguous"]},
        {"ambiguous": 1},
        steps=TWICE,
    ),
    "skipped by tag": Case(
        "  @skip\n  Scenario: a\n    Given nothing\n    And what\n",
        {"a": ["before skipped", "skipped", "skipped"]},
        {"skipped": 1},
        reason=("skipped", "This is left out on purpose."),
        success=True,
    ),
    "skipped at run time": Case(
        "  Scenario: a\n    Given nothing\n    Then it is skipped\n    And what\n    And it fails\n",
        {"a": ["passed", "skipped", "skipped", "skipped"]},
        {"skipped": 1},
        reason=("skipped", "not today"),
        success=True,
    ),
    "skipped by a fixture": Case(
        "  Scenario: a\n    Given nothing\n",
        {"a": ["before skipped", "skipped"]},
        {"skipped": 1},
        steps=SKIPPING,
        success=True,
    ),
    "expected to fail, by tag": Case(
        "  @xfail\n  Scenario: a\n    Given nothing\n    Then it fails\n    And what\n    And it fails\n",
        {"a": ["passed", "pending", "undefined", "skipped"]},
        {"undefined": 1},
    ),
    "expected to fail, at run time": Case(
        "  Scenario: a\n    Given nothing\n    Then it is expected to fail\n    And it fails\n",
        {"a": ["passed", "pending", "skipped"]},
        {"pending": 1},
        reason=("pending", "some day"),
    ),
    "passing though expected to fail": Case(
        "  @xfail\n  Scenario: a\n    Given nothing\n", {"a": ["passed"]}, {"passed": 1}, success=True
    ),
    "passing though strictly expected to fail": Case(
        "  @xfail\n  Scenario: a\n    Given nothing\n",
        {"a": ["passed", "after failed"]},
        {"failed": 1},
        ("-o", "xfail_strict=true"),
    ),
    "a fixture fails before": Case(
        "  Scenario: a\n    Given nothing\n    And what\n",
        {"a": ["before failed", "skipped", "undefined"]},
        {"failed": 1},
        steps=BEFORE,
    ),
    "a fixture fails after": Case(
        "  Scenario: a\n    Given nothing\n", {"a": ["passed", "after failed"]}, {"failed": 1}, steps=AFTER
    ),
    "retries": Case(
        "  Scenario: a\n    Given nothing\n    Then it passes at last\n",
        {"a": ["passed", "failed"], "a, attempt 1": ["passed", "failed"], "a, attempt 2": ["passed", "passed"]},
        {"passed": 1},
        ("--reruns=5",),
        FLAKY,
        success=True,
    ),
    "retries that are used up": Case(
        "  Scenario: a\n    Then it fails\n",
        {"a": ["failed"], "a, attempt 1": ["failed"]},
        {"failed": 1},
        ("--reruns=1",),
    ),
    "rows of an outline": Case(
        "  Scenario Outline: <w> a\n    Given <w>\n    Examples:\n      | w |\n      | nothing |\n      | what |\n"
        "    @skip\n    Examples:\n      | w |\n      | nothing |\n",
        {"nothing a": ["passed"], "what a": ["undefined"], "nothing a, again": ["before skipped", "skipped"]},
        {"undefined": 1, "passed": 1, "skipped": 1},
    ),
    "rules with equal names": Case(
        "  Background:\n    Given nothing\n  Rule: x\n    Background:\n      Given nothing\n    Scenario: a\n"
        "      Then it fails\n  Rule: y\n    Scenario: a\n      Given nothing\n",
        {"a": ["passed", "passed", "failed"], "a, again": ["passed", "passed"]},
        {"failed": 1, "passed": 1},
    ),
    # The standard knows undefined steps only: what stands in the way of such a scenario is a failure before the first.
    "no steps": Case("  Scenario: a\n", {"a": ["before failed"]}, {"undefined": 1}),
    "no steps, and what is made ready fails": Case(
        "  Scenario: a\n", {"a": ["before failed"]}, {"undefined": 1}, steps=BEFORE
    ),
    "And first": Case("  Scenario: a\n    And nothing\n", {"a": ["before failed", "undefined"]}, {"failed": 1}),
    "an outline without rows": Case(
        "  Scenario Outline: a <w>\n    Given <w>\n    Examples:\n      | w |\n",
        {"a <w>": ["before failed", "undefined"]},
        {"failed": 1},
    ),
    "stopped at the first failure": Case(
        ORDINARY, {"first": ["passed", "failed", "skipped"]}, {"failed": 1, "not run": 1}, ("-x",), not_run=("second",)
    ),
    "deselected by name": Case(
        ORDINARY,
        {"second": ["passed"]},
        {"passed": 1, "not run": 1},
        ("-k", "second"),
        not_run=("first",),
        success=True,
    ),
    "all deselected": Case(
        ORDINARY, {}, {"not run": 2}, ("--asgi-tags=@none",), not_run=("first", "second"), success=True
    ),
    "interrupted": Case(
        "  Scenario: a\n    Given nothing\n    When it is interrupted\n    Then what\n    And it fails\n"
        "  Scenario: b\n    Given nothing\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1, "not run": 1},
        steps=CTRL_C,
        not_run=("b",),
    ),
    "ended by pytest.exit": Case(
        "  Scenario: a\n    When it is interrupted\n", {"a": ["failed"]}, {"failed": 1}, steps=EXITS
    ),
    "two processes": Case(
        ORDINARY, {"first": ["passed", "failed", "skipped"], "second": ["passed"]}, {"failed": 1, "passed": 1}, ("-n2",)
    ),
    "two processes, all deselected": Case(
        ORDINARY, {}, {"not run": 2}, ("-n2", "--asgi-tags=@none"), not_run=("first", "second"), success=True
    ),
    "two processes, retries": Case(
        "  Scenario: a\n    Given nothing\n    Then it passes at last\n",
        {"a": ["passed", "failed"], "a, attempt 1": ["passed", "failed"], "a, attempt 2": ["passed", "passed"]},
        {"passed": 1},
        ("-n1", "--reruns=5"),
        FLAKY,
        success=True,
    ),
    "a worker dies in a step": Case(
        "  Scenario: a\n    Given nothing\n    When it dies\n    Then what\n    And it fails\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1},
        ("-n1",),
        DIES,
        reason=("failed", "The worker died in this step."),
    ),
    "a worker is interrupted": Case(
        "  Scenario: a\n    Given nothing\n    When it is interrupted\n    Then what\n    And it fails\n"
        "  Scenario: b\n    Given nothing\n",
        {"a": ["passed", "failed", "undefined", "skipped"]},
        {"failed": 1, "not run": 1},
        ("-n1",),
        CTRL_C,
        not_run=("b",),
    ),
    "a worker stops at the first failure": Case(
        ORDINARY,
        {"first": ["passed", "failed", "skipped"]},
        {"failed": 1, "not run": 1},
        ("-n1", "-x"),
        not_run=("second",),
    ),
    "a worker dies, and another goes on": Case(
        "  Scenario: a\n    When it dies\n  Scenario: b\n    Given nothing\n",
        {"a": ["failed"], "b": ["passed"]},
        {"failed": 1, "passed": 1},
        ("-n1",),
        DIES,
    ),
    "a worker dies before the first step": Case(
        "  Scenario: a\n    Given nothing\n", {"a": ["before failed", "skipped"]}, {"failed": 1}, ("-n1",), DIES_BEFORE
    ),
    "several clients": Case(
        ORDINARY,
        {
            "first [async]": ["passed", "failed", "skipped"],
            "first [test]": ["passed", "failed", "skipped"],
            "second [async]": ["passed"],
            "second [test]": ["passed"],
        },
        {"failed": 2, "passed": 2},
        ("--asgi-client=async,test",),
    ),
    "several clients, one of them deselected": Case(
        ORDINARY,
        {"second [test]": ["passed"]},
        {"passed": 1, "not run": 3},
        ("--asgi-client=async,test", "-k", "second and test"),
        not_run=("first [async]", "first [test]", "second [async]"),
        success=True,
    ),
}
