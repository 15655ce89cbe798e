"""`--asgi-dry-run`: every step is looked up and none is called; what would stop a run is listed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from asgherkin.recording.dry_run import printable

if TYPE_CHECKING:
    from tests.project import Outcome, Project

EXPLOSIVE = """
import pytest
from asgherkin import given, then
from pytest_bdd import parsers

@pytest.fixture(autouse=True)
def asgi_app():
    raise SystemExit("a fixture was set up")

@given("a clean shop")
def one():
    raise SystemExit("a step was called")

@then(parsers.parse("it is {size:d}"))
def two(size):
    raise SystemExit("a step was called")
"""
FINE = """Feature: f
  Background:
    Given a clean shop

  Scenario: plain
    When I send a GET request to "/"
    Then it is 3

  Scenario Outline: rows
    When I send a GET request to "/<n>"
    Then it is <n>
    Examples:
      | n |
      | 4 |
      | 5 |
"""


@pytest.fixture
def dry(project: Project) -> Project:
    """A project whose app does not exist, and whose fixtures and steps end the process."""
    project.write({"conftest.py": EXPLOSIVE})
    return project


def section(outcome: Outcome) -> str:
    """What the dry run has told."""
    found = re.search(r"^=+ dry run =+\n(.*?)\n=+ [^\n]* =+$", outcome.output, re.MULTILINE | re.DOTALL)
    assert found, outcome.output
    return found[1]


def test_nothing_is_called(dry: Project) -> None:
    """No step, no fixture, and the app is not imported: there is none. All is well, so the run ends with 0."""
    dry.write({"features/a.feature": FINE})

    outcome = dry.run("--asgi-dry-run")

    assert section(outcome) == ("3 scenarios, 9 steps: all looked up, none called.\n\nEvery step has its sentence.")
    assert outcome.exit_code == 0


WRONG = """Feature: f
  Scenario: steps
    Given a clean bar
    When it is 3
    Then the response status are 200
    And the response status are 200

  Scenario: empty

  Scenario: table
    Given the request header "a" is "b"
      | c | d |
"""
AMBIGUOUS = """
from asgherkin import given
from pytest_bdd import parsers

@given(parsers.parse("a clean {place}"))
def three(place): pass

@given(parsers.re("a (?P<how>clean) bar"))
def four(how): pass
"""


def test_what_would_stop_a_run_is_listed(dry: Project) -> None:
    """Undefined steps with what to write instead, ambiguous ones with all that fit, all else; and what is unused."""
    files = {"features/a.feature": WRONG, "features/b.feature": "Feature: b\n  Scenari: x\n    Given y\n"}
    dry.write({**files, "features/conftest.py": AMBIGUOUS})

    outcome = dry.run("--asgi-dry-run")

    assert section(outcome) == (
        "3 scenarios, 5 steps: all looked up, none called.\n"
        "\n"
        "No sentence fits: 2 steps\n"
        "\n"
        "  When it is 3\n"
        "    features/a.feature:4\n"
        "    The same text is a Then sentence: check the keyword.\n"
        "  Then the response status are 200\n"
        "    features/a.feature:5, features/a.feature:6\n"
        "    The nearest sentences:\n"
        "      Then the response statuses are:\n"
        "      Then the response status is 201\n"
        '      Then the response body at "$.lives" is 9\n'
        "\n"
        "Several sentences fit: 1 step\n"
        "\n"
        "  Given a clean bar\n"
        "    features/a.feature:3\n"
        "    It fits:\n"
        "      features/conftest.py:5: Given a clean {place}\n"
        "      features/conftest.py:8: Given a (?P<how>clean) bar\n"
        "\n"
        "Cannot run as written: 3 places\n"
        "\n"
        "  features/a.feature:8: This scenario has no steps, so it checks nothing. Add steps, or remove it.\n"
        "  features/a.feature:11: This sentence takes neither a doc string nor a data table, and a data table stands "
        "under it. The sentence that fits: Given the request headers are:\n"
        "  features/b.feature:2: features/b.feature cannot be read.\n"
        "      line 2: this was read as a description, and steps follow it. Is its keyword misspelt?\n"
        "         2 |   Scenari: x\n"
        "\n"
        "In no scenario: 2 sentences of this project\n"
        "\n"
        "  conftest.py:10: Given a clean shop\n"
        "  conftest.py:14: Then it is {size:d}\n"
        "\n"
        "To write the sentences that are missing, put this into conftest.py:\n"
        "\n"
        "    from asgherkin import then\n"
        "    from pytest_bdd import parsers\n"
        "\n"
        "\n"
        '    @then(parsers.parse("the response status are {number:d}"))\n'
        "    def the_response_status_are(number: int) -> None:\n"
        "        raise NotImplementedError"
    )
    assert outcome.exit_code == 1


UNDEFINED = "Feature: f\n  Scenario: s\n    Then zzz {}\n"


def test_a_stub_fits_all_steps_that_differ_in_their_slots_alone(dry: Project) -> None:
    """Two of the same sentence would be ambiguous."""
    dry.write({"a.feature": UNDEFINED.format(1), "b.feature": UNDEFINED.format(2)})

    assert section(dry.run("--asgi-dry-run")).count("@then(") == 1


def test_many_places_are_counted(dry: Project) -> None:
    """Five are enough to find out what is wrong."""
    steps = "    And zzz\n" * 6
    dry.write({"a.feature": f"Feature: f\n  Scenario: s\n    Then zzz\n{steps}"})

    assert "    a.feature:3, a.feature:4, a.feature:5, a.feature:6, a.feature:7 and 2 more\n" in section(
        dry.run("--asgi-dry-run")
    )


def test_tests_in_python_are_left_out(dry: Project) -> None:
    """They have no steps to look up; it is told."""
    dry.write({"a.feature": FINE, "test_a.py": "def test_a():\n    raise SystemExit\n"})

    outcome = dry.run("--asgi-dry-run")

    assert "1 test in Python left out: only scenarios have steps.\n" in section(outcome)
    assert outcome.counts == {"deselected": 1}
    assert outcome.exit_code == 0


def test_bound_scenarios_are_looked_up_where_they_are_bound(dry: Project) -> None:
    """The test module's own definitions count, and each row of an outline does."""
    own = "from asgherkin import then\n@then('it is <3>')\ndef _(): raise SystemExit\n"
    bound = "  Scenario: own\n    Then it is <3>\n    And it isn't\n      | a |\n"
    dry.write(
        {
            "features/a.feature": FINE + bound,
            "features/b.feature": "Feature: g\n  Scenario: empty\n",
            "test_a.py": f"from pytest_bdd import scenarios\nscenarios('features')\n{own}",
        }
    )

    told = section(dry.run("--asgi-dry-run"))

    assert told.startswith("5 scenarios, 12 steps: all looked up")
    assert "  Then it isn't\n    features/a.feature:18\n" in told
    assert "  features/b.feature:2: This scenario has no steps, so it checks nothing." in told


@pytest.mark.parametrize(
    "arguments",
    [("-k", "plain"), ("--asgi-tags=not @later",), ("features/a.feature:5",)],
    ids=["name", "tags", "line"],
)
def test_only_what_is_selected_is_looked_up(dry: Project, arguments: tuple[str, ...]) -> None:
    """As in a run; a sentence that others use is in use."""
    later = "  @later\n  Scenario: later\n    Then not yet\n"
    dry.write({"features/a.feature": FINE.replace("  Scenario Outline", "  @later\n  Scenario Outline") + later})

    outcome = dry.run("--asgi-dry-run", *arguments)

    assert section(outcome).startswith("1 scenario, 3 steps: all looked up, none called.\n\nEvery step")
    assert outcome.exit_code == 0


def test_what_is_unused_in_some_files_may_be_in_use_elsewhere(dry: Project) -> None:
    """That is said where paths were chosen."""
    dry.write({"features/a.feature": FINE, "features/b.feature": "Feature: f\n  Scenario: s\n    Given a clean shop\n"})

    outcome = dry.run("--asgi-dry-run", "features/b.feature")

    assert section(outcome) == (
        "1 scenario, 1 step: all looked up, none called.\n"
        "\n"
        "In no scenario: 1 sentence of this project\n"
        "\n"
        "  conftest.py:14: Then it is {size:d}\n"
        "Only features/b.feature was looked at: features elsewhere may use them.\n"
        "\n"
        "Every step has its sentence."
    )
    assert outcome.exit_code == 0


def test_a_scenario_on_several_clients_is_one(dry: Project) -> None:
    """Its steps are counted and told once."""
    dry.write({"a.feature": FINE + "  Scenario: wrong\n    Then zzz\n"})

    told = section(dry.run("--asgi-dry-run", "--asgi-client=async,test"))

    assert told.startswith("4 scenarios, 11 steps: ")
    assert "  Then zzz\n    a.feature:17\n" in told


def test_workers_of_xdist_are_not_needed(dry: Project) -> None:
    """Nothing is run that they could share."""
    dry.write({"a.feature": FINE})

    outcome = dry.run("--asgi-dry-run", "-n", "2")

    assert section(outcome).startswith("3 scenarios, 9 steps:")
    assert "2 workers" not in outcome.output


@pytest.mark.parametrize("flag", ["--asgi-report", "--asgi-messages", "--asgi-summary", "--asgi-history"])
def test_a_report_of_nothing_is_refused(dry: Project, flag: str) -> None:
    """Whoever asks for both has mistaken one for something else."""
    outcome = dry.run("--asgi-dry-run", flag, "out")

    assert f"ERROR: --asgi-dry-run runs nothing that {flag} could tell of. Leave one of them out." in outcome.output
    assert outcome.exit_code == 4


def test_reports_that_the_project_asks_for_stay_as_they_are(dry: Project) -> None:
    """They are of the last real run."""
    settings = (dry.root / "pyproject.toml").read_text(encoding="utf-8")
    dry.write({"a.feature": FINE, "run.ndjson": "old", "pyproject.toml": f'{settings}asgi_messages = "run.ndjson"\n'})

    assert dry.run("--asgi-dry-run").exit_code == 0
    assert (dry.root / "run.ndjson").read_text(encoding="utf-8") == "old"


def test_a_module_that_cannot_be_imported_stops_it(dry: Project) -> None:
    """As it stops a run: its sentences would be missed."""
    dry.write({"a.feature": FINE, "test_a.py": "import nowhere\n"})

    outcome = dry.run("--asgi-dry-run")

    assert "Interrupted: 1 error during collection" in outcome.output
    assert "= dry run =" not in outcome.output
    assert outcome.exit_code == 2


def test_a_parser_that_fails_is_told_where_the_step_stands(dry: Project) -> None:
    """A project may have parsers of its own."""
    dry.write(
        {
            "conftest.py": """
from asgherkin import given
from pytest_bdd.parsers import StepParser

class Broken(StepParser):
    def parse_arguments(self, text): return {}
    def is_matching(self, text): raise LookupError("no table")

@given(Broken("x"))
def x(): pass
""",
            "a.feature": "Feature: f\n  Scenario: s\n    Given y\n",
        }
    )

    assert "  a.feature:3: Looking up this step failed: LookupError: no table\n" in section(dry.run("--asgi-dry-run"))


def test_secrets_and_control_characters_are_not_printed(dry: Project) -> None:
    """A step may have both, by accident or not."""
    dry.write({"a.feature": "Feature: f\n  Scenario: s\n    Then zzz \x1b[31m password=hunter22\n"})

    told = section(dry.run("--asgi-dry-run"))

    assert "\x1b" not in told
    assert "hunter22" not in told
    assert "\\x1b[31m" in told


def test_a_line_feed_stays() -> None:
    """It ends a line of the list."""
    assert printable("a\nb\x07") == "a\nb\\x07"


def test_a_collection_alone_stays_one(dry: Project) -> None:
    """With `--collect-only` pytest lists what it has found, as ever."""
    dry.write({"a.feature": FINE})

    outcome = dry.run("--asgi-dry-run", "--collect-only")

    assert "= dry run =" not in outcome.output
    assert outcome.exit_code == 0


def test_a_table_that_belongs_under_its_step_is_none_of_the_findings(dry: Project) -> None:
    """Of this toolkit's sentences and of the project's own; a sentence in two kinds of scenarios stays one."""
    steps = "    Given the request headers are:\n      | name | value |\n      | a | b |\n    And a clean shop\n"
    dry.write({"a.feature": f"Feature: f\n  Scenario: s\n{steps}    Then it is 1\n"})

    assert section(dry.run("--asgi-dry-run")).endswith("\n\nEvery step has its sentence.")


def test_what_is_no_missing_sentence_has_no_stub(dry: Project) -> None:
    """A wrong keyword is mended where it stands."""
    dry.write({"a.feature": "Feature: f\n  Scenario: s\n    Given a clean shop\n    When it is 3\n    Then it is 3\n"})

    assert section(dry.run("--asgi-dry-run")).endswith("\n    The same text is a Then sentence: check the keyword.")


def test_the_nearest_sentences_are_looked_for_a_limited_number_of_times(
    dry: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking takes milliseconds; whoever has left out a file of sentences has thousands of undefined steps."""
    monkeypatch.setattr("asgherkin.recording.dry_run._MOST_HINTS", 1)
    dry.write({"a.feature": "Feature: f\n  Scenario: s\n    Then it are 3\n    Then it were 3\n"})

    told = section(dry.run("--asgi-dry-run"))

    assert told.count("The nearest sentences:") == 1
    assert "  Then it were 3\n    a.feature:4\n\n" in told


def test_files_of_sentences_that_were_not_loaded_are_told(dry: Project) -> None:
    """They may have what is missing."""
    own = "from asgherkin import given\n@given('zzz')\ndef zzz(): pass\n"
    dry.write({"features/a.feature": "Feature: f\n  Scenario: s\n    Given zzz\n", "features/steps/own.py": own})

    assert (
        "    features/a.feature:3\n"
        "\n"
        "In no scenario: 2 sentences of this project\n"
        "\n"
        "  conftest.py:10: Given a clean shop\n"
        "  conftest.py:14: Then it is {size:d}\n"
        "\n"
        "Not loaded, and with step definitions: features/steps/own.py\n"
        "pytest loads conftest.py and test modules by itself. In the conftest.py of the project's root, write:\n"
        "\n"
        '    pytest_plugins = ["features.steps.own"]\n'
        "\n"
        "To write the sentences that are missing, put this into conftest.py:\n"
    ) in section(dry.run("--asgi-dry-run"))
