"""Tags as marks, and tag expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.gherkin.select import tag_filter

if TYPE_CHECKING:
    from tests.project import Project

STEPS = """
from asgherkin import step

@step("it works")
def works():
    pass

@step("it fails")
def fails():
    assert False
"""
ODD = ["smoke:1", "JIRA-12", "a.b", "id=3", "a(b)", "é", "_private", "parametrize", "usefixtures", "asyncio", "anyio"]


def selected(project: Project, *arguments: str) -> list[str]:
    """The names of the scenarios that ran."""
    return [name.split("::")[1] for name in project.run(*arguments).names]


@pytest.fixture
def tagged(project: Project) -> Project:
    """Scenarios with tags from everywhere."""
    feature = """@shop
Feature: f
  @smoke
  Scenario: one
    Given it works
  @slow
  Rule: r
    @smoke
    Scenario: two
      Given it works
    Scenario Outline: three
      Given it works
      @few
      Examples:
        | n |
        | 1 |
      Examples:
        | n |
        | 2 |
"""
    project.write({"conftest.py": STEPS, "a.feature": feature})
    return project


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("@smoke", ["one", "two"]),
        ("@smoke and not @slow", ["one"]),
        ("@few or (@smoke and @slow)", ["two", "three[1]"]),
        ("@shop", ["one", "two", "three[1]", "three[2]"]),
        ("not @shop", []),
        ("smoke and not slow", ["one"]),
    ],
)
def test_tag_expressions_select_scenarios(tagged: Project, expression: str, names: list[str]) -> None:
    """The standard's expressions, over the tags of feature, rule, scenario and examples."""
    assert selected(tagged, f"--asgi-tags={expression}") == names


def test_tag_expressions_keep_other_tests(tagged: Project) -> None:
    """What is no scenario has no tags."""
    tagged.write({"test_it.py": "def test_it(): pass"})

    outcome = tagged.run("--asgi-tags=@few")

    assert outcome.counts == {"passed": 2, "deselected": 3}


def test_marks_select_scenarios_too(tagged: Project) -> None:
    """-m takes tags without their @."""
    assert selected(tagged, "-m", "smoke and not slow") == ["one"]
    assert selected(tagged, "-m", "few") == ["three[1]"]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("@a and", "and: Too few operands (expressions=[Literal('@a')])"),
        ("(@a", "Unclosed '(': Too many open-parens in: (@a"),
        ("@a @b", "Syntax error. Expected operator after @a"),
    ],
    ids=["no operand", "no bracket", "no operator"],
)
def test_a_bad_tag_expression_is_an_error(tagged: Project, expression: str, reason: str) -> None:
    """One line says what is wrong, and shows a right one."""
    outcome = tagged.run(f"--asgi-tags={expression}")

    assert outcome.output.strip() == (
        f"ERROR: --asgi-tags: '{expression}' is not a tag expression: {reason}. "
        'Write for example: --asgi-tags="@smoke and not @slow"'
    )
    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR


def test_skip_and_xfail_work_as_tags(project: Project) -> None:
    """Those of pytest's marks that need no values do what they do on a test."""
    scenario = "  @{tag}\n  Scenario: {name}\n    Given it {does}\n"
    project.write(
        {
            "conftest.py": STEPS,
            "a.feature": "Feature: f\n"
            + scenario.format(tag="skip", name="a", does="fails")
            + scenario.format(tag="xfail", name="b", does="fails")
            + scenario.format(tag="xfail", name="c", does="works"),
        }
    )

    lenient = project.run()
    strict = project.run("-o", "xfail_strict=true")

    assert lenient.counts == {"skipped": 1, "xfailed": 1, "xpassed": 1}
    assert strict.counts == {"skipped": 1, "xfailed": 1, "failed": 1}
    assert strict.failure == "[XPASS(strict)]"


@pytest.mark.parametrize("arguments", [(), ("--strict-markers",)], ids=["", "strict"])
def test_tags_need_no_registration(project: Project, arguments: tuple[str, ...]) -> None:
    """Whatever a tag is made of, and whatever pytest would make of a mark of that name."""
    scenarios = "".join(f"  @{tag}\n  Scenario: {number}\n    Given it works\n" for number, tag in enumerate(ODD))
    project.write({"conftest.py": STEPS, "a.feature": f"Feature: f\n{scenarios}"})

    assert project.run(*arguments).counts == {"passed": len(ODD)}
    assert selected(project, "--asgi-tags=@_private or @smoke:1 or @asyncio", *arguments) == ["0", "6", "9"]


@pytest.mark.parametrize("tag", ODD)
def test_any_tag_can_be_asked_for(tag: str) -> None:
    """With its brackets escaped, and with or without its @."""
    expression = tag.replace("(", r"\(").replace(")", r"\)")

    for written in (expression, f"@{expression}"):
        assert [one for one in ODD if tag_filter(written)([one])] == [tag]


def test_a_project_may_have_its_own_way_with_tags(project: Project) -> None:
    """pytest_bdd_apply_tag is asked first, as pytest-bdd does, for each scenario's own function."""
    hook = """
import pytest

def pytest_bdd_apply_tag(tag, function):
    if tag.startswith("todo:"):
        pytest.mark.skip(reason=tag)(function)
        return True
"""
    project.write(
        {
            "conftest.py": STEPS + hook,
            "a.feature": "Feature: f\n  @todo:x @a\n  Scenario: s\n    Given it fails\n"
            "  @a\n  Scenario: t\n    Given it works\n",
        }
    )

    outcome = project.run("-rs", "--strict-markers")

    assert outcome.counts == {"passed": 1, "skipped": 1}
    assert "SKIPPED [1] a.feature:3: todo:x" in outcome.output
