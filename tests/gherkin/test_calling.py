"""Step functions of every kind, and what they are called with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gherkin.notes import failure_of, notes_of

if TYPE_CHECKING:
    from tests.project import Project


def test_slots_converters_and_fixtures_are_arguments(project: Project) -> None:
    """By every parser of pytest-bdd's and one of the user's own; what the function does not ask for is left out."""
    steps = """
class Ends(parsers.StepParser):
    def is_matching(self, name):
        return name.endswith(self.name)
    def parse_arguments(self, name):
        return {"start": name.removesuffix(self.name)}

@given("plain")
def _(request, tmp_path):
    notes.append(f"{type(request.node).__name__},{tmp_path.is_dir()}")

@given(parsers.parse("parse {n:d} {other}"), converters={"other": str.upper})
def _(other, n, more="default", *, tmp_path):
    notes.append(f"{n + 1},{other},{more}")

@given(parsers.cfparse("cfparse {n:N+}", extra_types={"N": int}))
def _(n):
    notes.append(str(sum(n)))

@given(parsers.re(r"re (?P<n>\\\\d+)(?P<unused> .*)?"), converters={"n": int})
def _(n):
    notes.append(str(n + 1))

@given(Ends("own"))
def _(start):
    notes.append(start.strip())

@given("partial")
@functools.partial
def _():
    notes.append("partial")
""".replace("\\\\\\\\", "\\\\")
    scenario = """  Scenario: s
    Given plain
    And parse 3 x
    And cfparse 1, 2
    And re 7 and more
    And my own
    And partial
"""

    notes = notes_of(project, steps.replace("\\\\", "\\"), scenario)

    assert notes == ["ScenarioItem,True", "4,X,default", "3", "8", "my", "partial"]


def test_a_target_fixture_is_the_value_of_its_step(project: Project) -> None:
    """For all later steps, over an earlier value and over a fixture of the same name, in this scenario alone."""
    steps = """
@pytest.fixture
def cup():
    return "empty"

@given("a cup", target_fixture="cup")
def _():
    return "full"

@given("a new cup", target_fixture="cup")
async def _(cup):
    return cup + "er"

@then("noted")
def _(cup):
    notes.append(cup)
"""
    scenarios = """  Scenario: 1
    Given a cup
    Then noted
    Given a new cup
    Then noted
  Scenario: 2
    Then noted
"""

    assert notes_of(project, steps, scenarios) == ["full", "fuller", "empty"]


def test_remembered_values_are_put_into_a_users_own_steps(project: Project) -> None:
    """In slots, cells and doc strings alike."""
    steps = """
@given("remembered")
def _(variables):
    variables["n"] = 3

@then(parsers.parse('noted "{text}"'))
def _(text, docstring):
    notes.append(text + docstring)

@then("noted all")
def _(datatable):
    notes.extend(cell for row in datatable for cell in row)
"""
    scenario = '''  Scenario: s
    Given remembered
    Then noted "<{{n}}>"
      """
      [{{n}}]
      """
    Then noted all
      | {{n}} | n |
'''

    assert notes_of(project, steps, scenario) == ["<3>[3]", "3", "n"]


def test_what_follows_a_yield_runs_after_the_scenario(project: Project) -> None:
    """The last first; sync and async, under a decorator of the user's own too."""
    steps = """
def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

@given("one", target_fixture="cup")
def _():
    notes.append("1")
    yield "cup"
    notes.append("-1")

@given("two")
async def _(cup):
    notes.append("2" + cup)
    yield
    await asyncio.sleep(0)
    notes.append("-2")

@given("three")
@decorated
def _():
    notes.append("3")
    yield
    notes.append("-3")

@given("four")
@decorated
async def _():
    notes.append("4")
    yield
    notes.append("-4")

@then("done")
def _():
    notes.append("done")
"""
    scenario = """  Scenario: s
    Given one
    And two
    And three
    And four
    Then done
"""

    assert notes_of(project, steps, scenario) == ["1", "2cup", "3", "4", "done", "-4", "-3", "-2", "-1"]


@pytest.mark.parametrize("client", ["async", "test"])
@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
def test_every_async_step_is_awaited(project: Project, client: str, loop: str) -> None:
    """Under our decorators and pytest-bdd's, also a function that returns a coroutine, on each kind of loop."""
    steps = """
import sniffio_free as running

@given("ours")
async def _():
    notes.append(running.library())

@pytest_bdd.given("pytest-bdd's")
async def _():
    notes.append(running.library())

async def later(text):
    notes.append(text)
    return text

@given("a coroutine", target_fixture="text")
def _():
    return later("coroutine")

@given("a generator")
async def _(text):
    notes.append(text)
    yield
    notes.append("end:" + running.library())
"""
    project.write(
        {
            "sniffio_free.py": """
def library():
    try:
        import trio
        trio.lowlevel.current_task()
        return "trio"
    except RuntimeError:
        import asyncio
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]
"""
        }
    )
    scenario = f"""  Scenario: s
    Given the client is "{client}"
    And the app runs on "{loop}"
    And ours
    And pytest-bdd's
    And a coroutine
    And a generator
"""

    notes = notes_of(project, steps, scenario)

    assert notes == [loop, loop, "coroutine", "coroutine", f"end:{loop}"]


def test_a_failing_async_step_fails_its_scenario(project: Project) -> None:
    """pytest-bdd alone would let it pass, never awaited."""
    steps = """
@pytest_bdd.given("it fails")
async def _():
    assert 1 == 2
"""

    assert failure_of(project, steps, "Given it fails") == (
        "AssertionError: assert 1 == 2\n\na.feature:3, Scenario: s\n       2 |   Scenario: s\n"
        "  >    3 |     Given it fails\n\nWhere it was raised\nconftest.py:17: in _\n    assert 1 == 2\n"
        "E   assert 1 == 2"
    )
