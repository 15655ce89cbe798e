"""Feature files as pytest sees them: names, order, places, marks, what each scenario is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.project import Project

STEPS = """
from asgherkin import step

@step("it works")
def works():
    pass
"""
WORKS = "    Given it works\n"


def names(project: Project, *arguments: str) -> list[str]:
    """The node ids that pytest collects."""
    output = project.run("--collect-only", "-q", *arguments).output
    return [line for line in output.split("\n") if "::" in line]


def test_node_ids_read_as_the_scenarios_do(project: Project) -> None:
    """Rows carry their values; equal names are numbered, across Rules and where a name looks like a number too."""
    project.write(
        {
            "features/a.feature": "Feature: f\n"
            f"  Scenario: Pay\n{WORKS}  Scenario: Pay\n{WORKS}  Scenario: Pay #2\n{WORKS}"
            f"  Rule: r\n    Scenario: Pay\n{WORKS}"
            f"  Scenario: a::b:::c [d] é \t e\n{WORKS}  Scenario:\n{WORKS}  Scenario: \x01\n{WORKS}"
            "  Scenario Outline: Order <n>\n    Given it works\n    Examples:\n"
            "      | n | m |\n      | 1 | x::y |\n      | 1 | x::y |\n      |  | a\\nb |\n"
        }
    )

    found = names(project)

    assert found == [
        "features/a.feature::Pay",
        "features/a.feature::Pay #2",
        "features/a.feature::Pay #2 #2",
        "features/a.feature::Pay #3",
        r"features/a.feature::a: :b: : :c [d] é \t e",
        "features/a.feature::line 13",
        r"features/a.feature::\x01",
        "features/a.feature::Order <n>[1-x: :y]",
        "features/a.feature::Order <n>[1-x: :y] #2",
        r"features/a.feature::Order <n>[-a\nb]",
    ]


def test_a_node_id_selects_its_scenario(project: Project) -> None:
    """What pytest prints can be given back to it."""
    odd = ["a::b", "x [y] z", "ends with:", ":starts", "a-[b", "é ✓", "Pay #1"]
    scenarios = "".join(f"  Scenario: {name}\n{WORKS}" for name in ["first", *odd, "last"])
    project.write({"conftest.py": STEPS, "features/a.feature": f"Feature: f\n{scenarios}"})
    _, *node_ids, _ = names(project)

    outcome = project.run(*node_ids)

    assert outcome.counts == {"passed": len(odd)}
    assert outcome.names == node_ids


def test_a_keyword_expression_selects_by_name(project: Project) -> None:
    """-k knows the scenario's name, its file's, and its tags."""
    project.write(
        {"features/a.feature": f"Feature: f\n  @slow\n  Scenario: Pay by card\n{WORKS}  Scenario: Pay in cash\n{WORKS}"}
    )

    assert names(project, "-k", "card") == ["features/a.feature::Pay by card"]
    assert names(project, "-k", "slow") == ["features/a.feature::Pay by card"]
    assert len(names(project, "-k", "a.feature and not other")) == 2


def test_broken_files_fail_and_the_others_run(project: Project) -> None:
    """Each file that cannot be read is one failure with its whole message; nothing else is lost."""
    project.write(
        {
            "conftest.py": STEPS,
            "features/broken.feature": "Feature: f\n  Scenario: s\n    Given it works\n    Gven b\n",
            "features/empty.feature": "",
            "features/works.feature": f"Feature: f\n  Scenario: s\n{WORKS}",
        }
    )
    (project.root / "features/latin.feature").write_bytes("Feature: é".encode("latin-1"))

    outcome = project.run("--asgi-tags", "not @x")

    assert outcome.counts == {"failed": 3, "passed": 1}
    failed = [line.partition(" - ")[0] for line in outcome.output.split("\n") if line.startswith("FAILED")]
    assert failed == [f"FAILED features/{one}.feature::(the feature file)" for one in ("broken", "empty", "latin")]
    assert outcome.failures["(the feature file)"] == (
        "features/latin.feature is not UTF-8 text: byte 9 is 0xe9. Save the file as UTF-8."
    )


def test_a_scenario_that_cannot_run_fails(project: Project) -> None:
    """It is never green and never missing; test_document.py has the other reasons."""
    scenarios = "  Scenario: empty\n  Scenario Outline: no rows\n    Given it works\n    Examples:\n      | a |\n"
    project.write({"conftest.py": STEPS, "a.feature": f"Feature: f\n{scenarios}"})

    outcome = project.run()

    assert outcome.counts == {"failed": 2}
    assert outcome.failures == {
        "empty": "This scenario has no steps, so it checks nothing. Add steps, or remove it.\n\n"
        "a.feature:2, Scenario: empty\n  >    2 |   Scenario: empty",
        "no rows": "This outline has no rows under Examples:, so nothing of it would run. Add a row.\n\n"
        "a.feature:3, Scenario Outline: no rows\n  >    3 |   Scenario Outline: no rows\n"
        "       4 |     Given it works",
    }


def test_what_a_step_function_gets(project: Project) -> None:
    """Values of a row are put in everywhere, once and literally; the doc string has its media type."""
    project.write(
        {
            "conftest.py": """
from pytest_bdd import given, parsers, then

@given(parsers.parse("a {thing}:"), target_fixture="got")
def _(thing, datatable):
    return thing, datatable

@then(parsers.parse("it is {thing} with:"))
def _(thing, docstring, got):
    assert got == ("<b>", [["<b>", "a|b"], ["", "<a.x>"]])
    assert (thing, docstring, docstring.media_type) == (r"\\1", "<b>\\n  {}", "text/<b>")
""",
            "a.feature": """Feature: f
  Scenario Outline: s <a(b>
    Given a <a(b>:
      | <a(b> | a\\|b |
      |       | <a.x> |
    Then it is <b> with:
      ```text/<a(b>
      <a(b>
        {}
      ```
    Examples:
      | a(b | b   |
      | <b> | \\\\1 |
""",
        }
    )

    assert project.run().counts == {"passed": 1}


def test_module_scoped_fixtures_live_as_long_as_a_feature_file(project: Project) -> None:
    """A feature file is a module to pytest's scopes, its folder a package's place."""
    project.write(
        {
            "conftest.py": """
import pytest
from asgherkin import given

made = []

@pytest.fixture(scope="module")
def house():
    made.append("house")
    yield len(made)

@given("a house")
def _(house):
    assert house == len(made)
""",
            "a.feature": "Feature: f\n  Scenario: 1\n    Given a house\n  Scenario: 2\n    Given a house\n",
            "b.feature": "Feature: f\n  Scenario: 3\n    Given a house\n",
            "test_it.py": "import conftest\ndef test_two():\n    assert conftest.made == ['house', 'house']\n",
        }
    )

    assert project.run().counts == {"passed": 4}


def test_features_outside_of_the_root_are_named_by_their_path(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A failure says where the file is, wherever that is."""
    path = tmp_path_factory.mktemp("elsewhere") / "a.feature"
    path.write_text("Feature: f\n")

    outcome = project.run(str(path), f"--rootdir={project.root}")

    assert outcome.failure == f"{path} has no scenario, so it checks nothing. Add one, or remove the file."
