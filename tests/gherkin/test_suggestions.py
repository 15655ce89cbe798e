"""What is said of a step without a definition: the nearest sentences, and a stub that works as it is pasted."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project


def test_an_undefined_step_is_told_with_the_nearest_sentences(project: Project) -> None:
    """Three of them, our own and the user's, and a stub."""
    project.write(
        {
            "conftest.py": """
from asgherkin import step
from pytest_bdd import parsers
@step(parsers.parse("the response status isn't {n:d}"))
def _(n): pass
""",
            "a.feature": 'Feature: f\n  Scenario: s\n    Then the response status was "a" 404 times\n',
        }
    )

    outcome = project.run()

    assert outcome.failure == (
        "No sentence fits this Then step.\n"
        "The nearest sentences:\n"
        "  Then the response status is 201\n"
        "  Then the response status isn't {n:d}\n"
        "  Then the response statuses are:\n"
        "To write it yourself, put this into conftest.py:\n"
        "\n"
        "    from asgherkin import then\n"
        "    from pytest_bdd import parsers\n"
        "\n"
        "\n"
        "    @then(parsers.parse('the response status was \"{text}\" {number:d} times'))\n"
        "    def the_response_status_was_times(text: str, number: int) -> None:\n"
        "        raise NotImplementedError\n"
        "\n"
        "a.feature:3, Scenario: s\n"
        "       2 |   Scenario: s\n"
        '  >    3 |     Then the response status was "a" 404 times'
    )


TEXTS = [
    "plain",
    'a "quoted" text and "another one"',
    'empty "" and "full"',
    r'an "escaped \" quote"',
    "3 cups of 2.5 litres, 4",
    "-5 degrees and 3-4 cups",
    "braces {n} and {{m}}",
    'braces {n} and "a {quoted} one"',
    "it's",
    'it\'s a "quote"',
    "back\\slash \\n",
    'back\\slash "x"',
    "given",
    "then when parsers",
    "class",
    "class",
    "!?",
    "42",
    "ein Käffchen für 3 Gäste ☕",
    "twice",
    "twice 1",
    "twice 2 3",
    'text "a" number 1',
]


def test_stubs_work_as_they_are_pasted(project: Project) -> None:
    """One block holds them all: no name hides another, each step finds its own, none finds two."""
    steps = "".join(f"    {kind} {text}\n" for text in TEXTS for kind in ("Given", "When", "Then"))
    project.write({"a.feature": f"Feature: f\n  Scenario: s\n{steps}"})
    outcome = project.run()
    block = outcome.output.split("To write them yourself, put this into conftest.py:\n\n")[1].split("\n===")[0]
    code = "\n".join(line.removeprefix("    ") for line in block.split("\n"))
    project.write({"conftest.py": code.replace("raise NotImplementedError", "pass")})

    again = project.run()

    assert code.startswith("from asgherkin import given, then, when\nfrom pytest_bdd import parsers\n\n\n@given")
    assert again.counts == {"passed": 1}, again.output


TWO = {
    "a.feature": "Feature: f\n  Background:\n    Given a\n  Scenario: s\n    Given b\n    And b\n"
    "  Scenario: t\n    When c\n    Then 1\n",
    "sub/b.feature": "Feature: g\n  Scenario: s\n    Given b\n    Given nothing\n",
    "sub/conftest.py": "from asgherkin import given\n@given('nothing')\ndef _(): pass\n",
}
SUMMARY = """
Given a
  a.feature:3
Given b
  a.feature:5, a.feature:6, sub/b.feature:3
When c
  a.feature:8
Then 1
  a.feature:9

To write them yourself, put this into conftest.py:

    from asgherkin import given, then, when
    from pytest_bdd import parsers


    @given("a")
    def a() -> None:
        raise NotImplementedError


    @given("b")
    def b() -> None:
        raise NotImplementedError


    @when("c")
    def c() -> None:
        raise NotImplementedError


    @then(parsers.parse("{number:d}"))
    def step(number: int) -> None:
        raise NotImplementedError
"""


def test_all_undefined_steps_are_listed_in_one_pass(project: Project) -> None:
    """Those that were not reached too, each text once with all its places."""
    project.write(TWO)

    output = project.run().output

    section = output.partition(" undefined steps ")[2].partition("=\n")[2].partition("\n===")[0]
    assert f"\n{section}\n" == SUMMARY


def test_several_processes_list_the_same(project: Project) -> None:
    """pytest-xdist's workers hand theirs on."""
    project.write(TWO)

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n2", "-p", "no:cacheprovider"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )

    listed = run.stdout.partition(" undefined steps ")[2].partition("=\n")[2].partition("\n\nTo write")[0].split("\n")
    places = dict(zip(listed[::2], (sorted(line.strip().split(", ")) for line in listed[1::2]), strict=True))
    assert places == {
        "Given a": ["a.feature:3"],
        "Given b": ["a.feature:5", "a.feature:6", "sub/b.feature:3"],
        "When c": ["a.feature:8"],
        "Then 1": ["a.feature:9"],
    }, run.stdout + run.stderr


def test_a_run_without_undefined_steps_has_no_such_section(project: Project) -> None:
    """Nothing is said where nothing is to say."""
    project.write(
        {"a.feature": "Feature: f\n  Scenario: s\n    Given nothing\n", "conftest.py": TWO["sub/conftest.py"]}
    )

    assert "undefined steps" not in project.run().output


@pytest.mark.parametrize("text", ["zzz qqq", "%%%"])
def test_nothing_near_is_not_made_up(project: Project, text: str) -> None:
    """Far sentences are no help."""
    project.write({"a.feature": f"Feature: f\n  Scenario: s\n    Given {text}\n"})

    assert "nearest" not in project.run().output
