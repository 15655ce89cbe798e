"""`asgherkin steps --stubs` and `--vscode`: what editors read. tests/commands/test_editors.py runs editors."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest

from asgherkin.commands.editor_stubs import patterns

if TYPE_CHECKING:
    from tests.commands.running import CommandLine
    from tests.project import Project

CONFTEST = r"""
import re

from pytest_bdd import parsers

from asgherkin import given, step, then


@given(parsers.parse("{number:d} of {name} {word} are {:w} at {price:.2f}"))
def cats():
    pass


@then(parsers.re("a dog (?P<how>barks|bites)"))
def dog():
    pass


@step(parsers.re("(?P<a>.)(?P=a)"))
@step(parsers.re("a # verbose one", re.VERBOSE))
@step(parsers.re("it's \"quoted\""))
@step(parsers.re("a [cat]+ or \"two\""))
def others():
    "It's '''one''' of \\ these."


@step(parsers.parse("{{braces}} (and {price:.2f})"))
def braces():
    pass


exec("def made(): pass")
step("made of nothing")(made)
"""
STUBS = ".vscode/asgherkin_steps.py"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("the app starts", ["the app starts"]),
        ("the app is {location:text}", ['the app is "{location}"']),
        ("I {method:method} {path:text}", ['I {method:w} "{path}"']),
        ("the table has {count:rows}", ["the table has {count:S} rows", "the table has {count:S} row"]),
        ("the status {expected:expected}", ["the status is {expected}", "the status {comparison}"]),
        ("it is:[ within {within:span}]:", ["it is::", "it is: within {within}:"]),
        (
            "closed[ with {code:count}[ and {reason:text}]]",
            ["closed", "closed with {code:S}", 'closed with {code:S} and "{reason}"'],
        ),
    ],
    ids=["no slot", "text", "method", "rows", "comparator", "within", "brackets in brackets"],
)
def test_each_way_to_write_a_sentence_is_a_pattern(template: str, expected: list[str]) -> None:
    """With and without what stands in brackets, and for each form of its slots."""
    assert patterns(template) == expected


def test_vs_code_is_told_where_features_and_sentences_are(project: Project, asgherkin: CommandLine) -> None:
    """Features wherever they are, but for other people's; sentences of this toolkit and of the project."""
    scenario = "Feature: A\n  Scenario: B\n    When the app starts\n"
    project.write({f"{folder}a.feature": scenario for folder in ("spec/", "features/x/", "", "node_modules/", ".x/")})
    project.write({"conftest.py": CONFTEST, "spec/conftest.py": CONFTEST, "features/conftest.py": CONFTEST})

    told = asgherkin("steps", "--vscode")

    assert told.code == 0
    assert told.out.startswith(
        ".vscode/asgherkin_steps.py has the sentences.\n"
        'The extension "Cucumber" (CucumberOpen.cucumber-official) reads them. Add to .vscode/settings.json:\n\n'
    )
    assert json.loads(told.out.partition("\n\n")[2]) == {
        "cucumber.features": ["*.feature", "features/**/*.feature", "spec/**/*.feature"],
        "cucumber.glue": [STUBS, "conftest.py", "features/**/*.py", "tests/**/*.py", "spec/conftest.py"],
    }
    assert (project.root / STUBS).exists()


def test_stubs_are_python_and_lead_to_the_sentences_source(project: Project, asgherkin: CommandLine) -> None:
    """With the meaning and an example, and with what the project's own slots may hold."""
    project.write({"conftest.py": CONFTEST})

    told = asgherkin("steps", "--stubs", "editor/steps.py")

    text = (project.root / "editor" / "steps.py").read_text(encoding="utf-8")
    functions = {one.name: one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)}
    assert told.out == "editor/steps.py has the sentences.\n"
    assert 'slot(name="number:d", regexp="[+-]?[0-9]+")\n' in text
    assert text.count('slot(name="name", ') == 1
    assert ".2f" not in text
    assert 'name="word"' not in text
    headers = functions["the_request_headers"]
    assert ast.get_docstring(headers) == (
        "Send headers with every request of the scenario: a table with `name` and `value`.\n\n"
        "Given the request headers are:\n"
        "  | name            | value |\n"
        "  | X-Tenant        | acme  |\n"
        "  | Accept-Language | de    |"
    )
    assert ast.unparse(headers.body[-1]) == "return asgherkin.vocabulary.request.the_request_headers"


def test_stubs_have_what_editors_cannot_read_where_it_is(project: Project, asgherkin: CommandLine) -> None:
    """Of the project's own for Cucumber's server, of other packages for both; what Python alone knows is left out."""
    project.write({"conftest.py": CONFTEST})

    asgherkin("steps", "--stubs", "steps.py")

    text = (project.root / "steps.py").read_text(encoding="utf-8")
    functions = [one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)]
    copies = {one.name: one for one in functions if one.name.startswith("copy_")}
    assert {name: [ast.unparse(one) for one in copy.decorator_list] for name, copy in copies.items()} == {
        "copy_0": ["given(parsed_by_cucumber('/^trace$/'))", "given(parsers.re('^trace$'))"],
        "copy_1": ["then(parsed_by_cucumber('/^trace$/'))", "then(parsers.re('^trace$'))"],
        "copy_2": ["when(parsed_by_cucumber('/^trace$/'))", "when(parsers.re('^trace$'))"],
        "copy_3": ["given(parsed_by_cucumber('/^made of nothing$/'))"],
        "copy_4": ["given(parsed_by_cucumber('/^(.+) of (.+) (.+) are (.+) at (.+)$/'))"],
        "copy_5": ["then(parsed_by_cucumber('/^(?:a dog (barks|bites))$/'))"],
        "copy_8": ["given(parsed_by_cucumber('/^(?:a [cat]+ or \"two\")$/'))"],
        "copy_10": ["given(parsed_by_cucumber('/^.braces. .and (.+).$/'))"],
    }
    assert ast.get_docstring(copies["copy_0"]) == "Enter pytest's pdb trace.\n\npytest_bdd.plugin._"
    assert (ast.get_docstring(copies["copy_5"]) or "").strip() == "conftest.py:14"
    assert ast.get_docstring(copies["copy_8"]) == "It's '''one''' of \\ these.\n\nconftest.py:19"


def test_another_file_is_not_written_over(project: Project, asgherkin: CommandLine) -> None:
    """What asgherkin wrote before is."""
    project.write({"mine.py": "x = 1\n"})

    told = asgherkin("steps", "--stubs", "mine.py")

    assert told.code == 2
    assert told.err == "asgherkin: mine.py is not written by asgherkin, and is left as it is: choose another name.\n"
    assert [asgherkin("steps", "--stubs", "new.py").code for _ in range(2)] == [0, 0]
