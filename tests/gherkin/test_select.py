"""`pytest features/orders.feature:12`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import ConfigurationError
from asgherkin.gherkin.select import without_lines
from asgherkin.gherkin.variants import Variants

if TYPE_CHECKING:
    from tests.project import Project

ONE_CLIENT = Variants(("async",), lambda _: "")
STEPS = """
from asgherkin import step

@step("it works")
def works():
    pass
"""
FEATURE = '''@shop
Feature: f
  Background:
    Given it works

  @tag
  @other
  Scenario: Pay
    When it works
      """
      @not a tag
      """

  Scenario Outline: Order
    When it works

    @few
    Examples:
      | n |
      | 1 |
      | 2 |

    Examples:
      | n |
      | 3 |

  Rule: Sundays
    Background:
      Given it works

    Scenario: Pay
      When it works
    Scenario: Rest
      When it works

  Rule: Nothing yet
'''
ALL = ["Pay", "Order[1]", "Order[2]", "Order[3]", "Pay #2", "Rest"]


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with that feature."""
    project.write({"conftest.py": STEPS, "features/a.feature": FEATURE, "features/b.feature": FEATURE})
    return project


@pytest.mark.parametrize(
    ("lines", "selected"),
    [
        ("8", ["Pay"]),
        ("9", ["Pay"]),
        ("11", ["Pay"]),
        ("6", ["Pay"]),
        ("7", ["Pay"]),
        ("14", ["Order[1]", "Order[2]", "Order[3]"]),
        ("15", ["Order[1]", "Order[2]", "Order[3]"]),
        ("17", ["Order[1]", "Order[2]", "Order[3]"]),
        ("20", ["Order[1]"]),
        ("25", ["Order[3]"]),
        ("27", ["Pay #2", "Rest"]),
        ("29", ["Pay #2", "Rest"]),
        ("32", ["Pay #2"]),
        ("33", ["Rest"]),
        ("8:20:33:8", ["Pay", "Order[1]", "Rest"]),
        ("1", ALL),
        ("2", ALL),
        ("4", ALL),
        ("8:4", ALL),
    ],
    ids=[
        "heading", "step", "doc string", "tag", "second tag", "outline", "outline's step", "examples' tag", "row",
        "row of the second examples", "rule", "rule's background", "equal name", "next", "several", "feature's tag",
        "feature", "background", "a scenario and the background",
    ],
)  # fmt: skip
def test_a_line_selects_what_stands_there(shop: Project, lines: str, selected: list[str]) -> None:
    """A scenario, one row, all rows, a rule, or the whole file."""
    chosen = without_lines([f"features/a.feature:{lines}"], shop.root, ONE_CLIENT)

    every = [f"features/a.feature::{name}" for name in selected]
    assert chosen == (["features/a.feature"] if selected == ALL else every)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (0, "features/a.feature:0: the file has 36 lines."),
        (37, "features/a.feature:37: the file has 36 lines."),
        (36, "features/a.feature:36: no scenario stands there, but a rule without any."),
    ],
)
def test_a_line_where_nothing_stands_is_an_error(shop: Project, line: int, message: str) -> None:
    """It never selects everything, or nothing, in silence."""
    with pytest.raises(ConfigurationError) as caught:
        without_lines([f"features/a.feature:{line}"], shop.root, ONE_CLIENT)

    assert str(caught.value) == message


def test_an_error_ends_the_run(shop: Project) -> None:
    """As a usage error."""
    outcome = shop.run("features/a.feature:37")

    assert outcome.output.strip() == "ERROR: features/a.feature:37: the file has 36 lines."
    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR


def test_several_files_may_have_lines(shop: Project) -> None:
    """Each argument is read on its own; absolute paths and folders work too."""
    outcome = shop.run("features/a.feature:8:20:33", f"{shop.root}/features/b.feature:33")

    selected = ["a.feature::Pay", "a.feature::Order[1]", "a.feature::Rest", "b.feature::Rest"]
    assert outcome.names == [f"features/{name}" for name in selected]
    assert outcome.counts == {"passed": 4}


def test_what_is_no_file_with_a_line_is_left_to_pytest(shop: Project) -> None:
    """A missing file is pytest's to complain of."""
    outcome = shop.run("features/none.feature:3")

    assert "ERROR: file or directory not found: features/none.feature:3" in outcome.output


def test_a_broken_file_tells_its_own_error(shop: Project) -> None:
    """The line does not matter then."""
    shop.write({"features/a.feature": "Feature: f\n"})

    outcome = shop.run("features/a.feature:1")

    assert outcome.failure == "features/a.feature has no scenario, so it checks nothing. Add one, or remove the file."


def test_a_line_works_on_several_processes(shop: Project) -> None:
    """pytest-xdist's workers select the same."""
    run = shop.run_in_a_process("-n2", "-v", "features/a.feature:20:33")

    passed = sorted(line.partition("PASSED ")[2].strip() for line in run.stdout.split("\n") if "PASSED " in line)
    assert passed == ["features/a.feature::Order[1]", "features/a.feature::Rest"], run.stdout + run.stderr
