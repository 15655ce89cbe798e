"""`asgherkin steps`: the catalogue of a project's sentences."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.commands.running import CommandLine
    from tests.project import Project

CATS = '''
from pytest_bdd import parsers

from asgherkin import given, step, when


@given(parsers.parse("there are {number:d} cats"))
def cats(number):
    """So many cats
    live here.

    They sleep.
    """


@step("the cat purrs")
async def purr():
    pass


@given("these cats:")
def these(datatable):
    """Each by its name."""
'''
DOGS = """
from asgherkin import when


@when("the dog barks")
def bark():
    pass
"""
FEATURE = """\
Feature: Cats
  Scenario Outline: They purr
    Given there are <number> cats
    Given these cats:
      | name  | says |
      | Tom\\|x | é    |
    Then the cat purrs
    And nobody knows this

    Examples:
      | number |
      | 3      |
"""


@pytest.fixture
def cats(project: Project) -> Project:
    """A project with sentences of its own: for all features, and for those of one folder."""
    project.write(
        {
            "conftest.py": CATS,
            "features/dogs/conftest.py": DOGS,
            "features/cats.feature": FEATURE,
            "features/dogs/dogs.feature": "Feature: Dogs\n  Scenario: One\n    When the dog barks\n",
        }
    )
    return project


def test_the_project_s_own_sentences_stand_at_the_end(cats: Project, asgherkin: CommandLine) -> None:
    """Each with its kind, its meaning, its pattern, its place, and a step that uses it."""
    told = asgherkin("steps")

    assert told.code == 0
    assert told.err == ""
    assert told.out.startswith("The app and the client\n----------------------\n\nGiven  the app is")
    assert told.out[told.out.index("conftest.py\n---") :] == (
        "conftest.py\n"
        "-----------\n"
        "\n"
        "Given  there are {number:d} cats\n"
        "       So many cats live here.\n"
        "       conftest.py:7\n"
        "         Given there are 3 cats\n"
        "\n"
        "any    the cat purrs\n"
        "       conftest.py:16\n"
        "\n"
        "Given  these cats:\n"
        "       Each by its name.\n"
        "       conftest.py:21\n"
        "         Given these cats:\n"
        "           | name   | says |\n"
        "           | Tom\\|x | é    |\n"
        "\n"
        "features/dogs/conftest.py\n"
        "-------------------------\n"
        "\n"
        "When   the dog barks\n"
        "       features/dogs/conftest.py:5 (seen from features/dogs)\n"
        "\n"
    )


def test_a_sentence_of_the_toolkit_is_shown_with_its_example(cats: Project, asgherkin: CommandLine) -> None:
    """The example has the table that the sentence takes."""
    told = asgherkin("steps", "the request headers are:")

    assert told.code == 0
    assert [line for line in told.out.splitlines() if "request.py" not in line] == [
        "Requests",
        "--------",
        "",
        "Given  the request headers are:",
        "       Send headers with every request of the scenario: a table with `name` and `value`.",
        "         Given the request headers are:",
        "           | name            | value |",
        "           | X-Tenant        | acme  |",
        "           | Accept-Language | de    |",
        "",
    ]


def test_json_has_the_documented_keys(cats: Project, asgherkin: CommandLine) -> None:
    """One object for each sentence, of whatever origin."""
    told = asgherkin("steps", "--json")

    sentences: list[dict[str, Any]] = json.loads(told.out)["sentences"]
    assert json.loads(told.out)["version"] == 1
    assert sentences[-4] == {
        "kind": "Given",
        "sentence": "there are {number:d} cats",
        "pattern": "there are {number:d} cats",
        "meaning": "So many cats live here.",
        "example": "Given there are 3 cats",
        "subject": "conftest.py",
        "file": "conftest.py",
        "line": 7,
        "seen_from": "",
        "own": True,
    }
    status = next(one for one in sentences if one["sentence"] == "the response status is 201")
    assert status["pattern"] == "the response status {expected:status}[ within {within:span}]"
    assert status["example"] == "Then the response status is 201"
    assert (status["subject"], status["own"]) == ("Responses", False)
    assert all(one["line"] and one["file"] for one in sentences)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("And there are 7 cats", "Given  there are {number:d} cats"),
        ("purrs", "any    the cat purrs"),
    ],
)
def test_words_find_sentences(cats: Project, asgherkin: CommandLine, words: str, first: str) -> None:
    """By a whole step and by words; tests/gherkin/test_search.py tells how."""
    told = asgherkin("steps", *words.split(" "))

    found = [line for line in told.out.splitlines() if line[:6].strip() in ("Given", "When", "Then", "any")]
    assert told.code == 0
    assert found[0] == first
    assert len(found) <= 10


def test_words_that_no_sentence_has_get_the_nearest_ones(cats: Project, asgherkin: CommandLine) -> None:
    """With an exit code of its own, so that a script can tell. The nearest are for people: JSON has none."""
    told, as_json = asgherkin("steps", "zzyzx qqq"), asgherkin("steps", "zzyzx", "--json")

    assert (told.code, as_json.code) == (1, 1)
    assert told.out.startswith('No sentence has a word of "zzyzx qqq". The nearest:\n\n')
    assert told.out.count("conftest.py") or told.out.count(".py:") == 3
    assert json.loads(as_json.out) == {"version": 1, "sentences": []}


def test_a_conftest_that_replaces_a_sentence_hides_it(project: Project, asgherkin: CommandLine) -> None:
    """A folder's or a test module's replaces nothing elsewhere, and says from where it is seen."""
    own = DOGS.replace("the dog barks", "the app starts")
    project.write({"conftest.py": own, "features/x/conftest.py": own, "features/x/a.feature": FEATURE})
    project.write({"tests/test_dogs.py": own})

    told = asgherkin("steps", "--json", "the app starts")

    places = {(sentence["file"], sentence["seen_from"]) for sentence in json.loads(told.out)["sentences"][-3:]}
    assert places == {
        ("conftest.py", ""), ("features/x/conftest.py", "features/x"), ("tests/test_dogs.py", "tests/test_dogs.py"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "where"), [("", "pytest cannot collect this project."), ("features/", "features/conftest.py cannot be")]
)
def test_a_conftest_that_cannot_be_imported_is_told(
    cats: Project, asgherkin: CommandLine, folder: str, where: str
) -> None:
    """With its line and its exception, and without the frames of importlib and pytest."""
    cats.write({f"{folder}conftest.py": "import nowhere\n"})

    told = asgherkin("steps")

    assert told.code == 2
    assert told.out == ""
    assert where in told.err
    assert "conftest.py:1: in <module>\n    import nowhere\n" in told.err
    assert told.err.endswith("E   ModuleNotFoundError: No module named 'nowhere'\n")
    assert "importlib" not in told.err


def test_a_wrong_option_of_pytest_is_told(cats: Project, asgherkin: CommandLine) -> None:
    """As pytest tells it."""
    cats.write({"pyproject.toml": '[tool.pytest.ini_options]\nasgi_client = "fax"\n'})

    told = asgherkin("steps")

    assert told.code == 2
    assert "pytest cannot collect this project. " in told.err
    assert "asgi_client: 'fax' is none of" in told.err


def test_a_test_module_that_cannot_be_imported_is_told_and_the_rest_listed(
    cats: Project, asgherkin: CommandLine
) -> None:
    """Its sentences are missing, and that is said."""
    cats.write({"tests/test_broken.py": "import nowhere\n"})

    told = asgherkin("steps", "purrs")

    assert told.code == 0
    assert "any    the cat purrs" in told.out
    assert told.err.startswith("asgherkin: tests/test_broken.py could not be read, and its sentences are missing here:")
    assert "No module named 'nowhere'" in told.err


def test_what_an_earlier_run_has_written_stays(cats: Project, asgherkin: CommandLine) -> None:
    """Options of the project that write files write none: nothing is run."""
    options = 'addopts = "--junit-xml=junit.xml --asgi-messages=run.ndjson"'
    cats.write({"pyproject.toml": f"[tool.pytest.ini_options]\n{options}\n", "run.ndjson": "old", "junit.xml": "old"})

    told = asgherkin("steps", "purrs")

    assert told.code == 0
    assert [(cats.root / name).read_text(encoding="utf-8") for name in ("run.ndjson", "junit.xml")] == ["old", "old"]


def test_characters_that_the_terminal_lacks_are_escaped(
    cats: Project, asgherkin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of an exception."""
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", terminal)

    told = asgherkin("steps", "these", "cats:")

    assert told.code == 0
    assert b"| Tom\\|x | \\xe9    |" in terminal.buffer.getvalue()


def test_examples_come_from_scenarios_alone(project: Project, asgherkin: CommandLine) -> None:
    """What else pytest collects, or takes for a step, is passed over: it is for `asgherkin lint` to tell."""
    decoy = '@pytest.fixture(name="pytestbdd_stepdef_decoy")\ndef decoy():\n    pass\n'
    project.write(
        {
            "conftest.py": f"import pytest\n{DOGS}\n\n{decoy}",
            "tests/test_one.py": "def test_one():\n    pass\n",
            "features/a.feature": "Feature: A\n  Scenario: B\n    And the dog barks\n",
        }
    )

    told = asgherkin("steps", "--json", "dog barks")

    assert [one["example"] for one in json.loads(told.out)["sentences"]] == [""]


def test_control_characters_are_shown_and_not_written(project: Project, asgherkin: CommandLine) -> None:
    """A pattern or docstring could move the cursor or set colours."""
    project.write({"conftest.py": DOGS.replace("barks", "barks\\x1b[2J").replace("pass", '"""A \\x1b[31mred."""')})

    told = asgherkin("steps", "dog")

    assert "\x1b" not in told.out
    assert "When   the dog barks\\x1b[2J\n       A \\x1b[31mred.\n" in told.out
