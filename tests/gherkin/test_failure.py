"""How a failure reads: what differed, where, and the user's own frames; never the toolkit's or pytest's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Outcome, Project

STEPS = """
import asyncio
import json
import pytest
from asgherkin import given, step
from pytest_bdd import parsers

@step("it works")
def _():
    pass

"""
FRAMES = ("asgherkin/", "_pytest", "pluggy", "pytest_bdd", "pytest_asyncio", "site-packages")
FEATURE = "Feature: f\n  Scenario: s\n    Given it breaks\n"
PLACE = "a.feature:3, Scenario: s\n       2 |   Scenario: s\n  >    3 |     Given it breaks"


def run(project: Project, steps: str, *arguments: str, feature: str = FEATURE) -> Outcome:
    """A run of a feature with these steps."""
    project.write(
        {"shop.py": "async def app(scope, receive, send): ...", "conftest.py": STEPS + steps, "a.feature": feature}
    )
    return project.run(*arguments)


BREAKS = """@step("it breaks")
def _():
    number = 1
    inner(number)

def inner(number):
    assert number == 2
"""


@pytest.mark.parametrize(
    ("arguments", "frames"),
    [
        (
            (),
            "\n\nWhere it was raised\n"
            "conftest.py:15: in _\n    inner(number)\n"
            "conftest.py:18: in inner\n    assert number == 2\nE   assert 1 == 2",
        ),
        (
            ("--tb=short", "-l"),
            "\n\nWhere it was raised\n"
            "conftest.py:15: in _\n    inner(number)\n        number     = 1\n"
            "conftest.py:18: in inner\n    assert number == 2\nE   assert 1 == 2\n        number     = 1",
        ),
        (
            ("--tb=long",),
            "\n\nWhere it was raised\n"
            '@step("it breaks")\n    def _():\n        number = 1\n>       inner(number)\n\n'
            "conftest.py:15: \n_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ \n"
            "\n    def inner(number):\n>       assert number == 2\nE       assert 1 == 2\n"
            "\nconftest.py:18: AssertionError",
        ),
        (
            ("--tb=native",),
            "\n\nWhere it was raised\n"
            "conftest.py:15: in _\n    inner(number)\n"
            "conftest.py:18: in inner\n    assert number == 2\nE   assert 1 == 2",
        ),
        (("--tb=no",), ""),
    ],
    ids=["auto", "short", "long", "native", "no"],
)
def test_an_exception_in_a_users_step_shows_the_users_frames(
    project: Project, arguments: tuple[str, ...], frames: str
) -> None:
    """In the style that is asked for."""
    failure = run(project, BREAKS, *arguments).failure

    assert failure.replace(str(project.root), "PATH") == f"AssertionError: assert 1 == 2\n\n{PLACE}{frames}"


@pytest.mark.parametrize(
    ("body", "headline", "rest"),
    [
        (
            "    raise ValueError('one\\ntwo')",
            "ValueError: one\ntwo",
            "Where it was raised\nconftest.py:14: in _\n    raise ValueError('one\\ntwo')\n"
            "E   ValueError: one\nE   two",
        ),
        (
            "    try:\n        1 / 0\n    except ZeroDivisionError as error:\n        raise KeyError('a') from error",
            "KeyError: 'a'",
            "Where it was raised\nconftest.py:17: in _\n    raise KeyError('a') from error\nE   KeyError: 'a'\n\n"
            "Caused by\nconftest.py:15: in _\n    1 / 0\nE   ZeroDivisionError: division by zero",
        ),
        (
            "    try:\n        1 / 0\n    except ZeroDivisionError:\n        raise KeyError('a') from None",
            "KeyError: 'a'",
            "Where it was raised\nconftest.py:17: in _\n    raise KeyError('a') from None\nE   KeyError: 'a'",
        ),
        (
            "    try:\n        1 / 0\n    except ZeroDivisionError as error:\n        raise error from error",
            "ZeroDivisionError: division by zero",
            "Where it was raised\nconftest.py:17: in _\n    raise error from error\n"
            "conftest.py:15: in _\n    1 / 0\nE   ZeroDivisionError: division by zero",
        ),
        (
            "    error = ValueError('a')\n    error.add_note('a note')\n    raise error",
            "ValueError: a\na note",
            "Where it was raised\nconftest.py:16: in _\n    raise error\nE   ValueError: a\nE   a note",
        ),
        (
            "    pytest.fail('why')",
            "Failed: why",
            "Where it was raised\nconftest.py:14: in _\n    pytest.fail('why')\nE   Failed: why",
        ),
        ("    pytest.fail('why', pytrace=False)", "Failed: why", ""),
        (
            "    raise SystemExit(3)",
            "SystemExit: 3",
            "Where it was raised\nconftest.py:14: in _\n    raise SystemExit(3)\nE   SystemExit: 3",
        ),
        (
            "    json.loads('{')",
            "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            "Where it was raised\nconftest.py:14: in _\n    json.loads('{')\n"
            "E   json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 "
            "(char 1)",
        ),
    ],
    ids=[
        "several lines", "cause", "no context", "caused by itself", "note", "pytest.fail", "pytest.fail without frames",
        "SystemExit", "library",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_every_exception_is_told(project: Project, kind: str, body: str, headline: str, rest: str) -> None:
    """Its text first, and then where it was raised; in steps of both kinds."""
    outcome = run(project, f'@step("it breaks")\n{kind} _():\n{body}\n')

    # Python 3.11 underlines what failed in a line.
    failure = "\n".join(line for line in outcome.failure.split("\n") if set(line) - {" ", "^"} or not line)
    assert failure == f"{headline}\n\n{PLACE}" + (f"\n\n{rest}" if rest else "")
    assert outcome.counts == {"failed": 1}


@pytest.mark.parametrize(
    ("call", "counts", "told"),
    [
        ("skip", {"skipped": 1}, "SKIPPED [1] conftest.py:14: why"),
        ("xfail", {"xfailed": 1}, "XFAIL a.feature::s"),
    ],
)
def test_a_step_may_skip_or_xfail_its_scenario(project: Project, call: str, counts: dict[str, int], told: str) -> None:
    """As a test may; the steps after it are not reached."""
    outcome = run(
        project,
        f'@step("it breaks")\ndef _():\n    pytest.{call}("why")\n',
        "-rsx",
        feature=FEATURE + "    And nothing known\n",
    )

    assert outcome.counts == counts
    assert told in outcome.output


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "pytest.exit.Exception('bye')"])
def test_an_interruption_in_a_step_ends_the_run(project: Project, raised: str) -> None:
    """Ctrl-C is never taken for a failure of the scenario; its fixtures are torn down."""
    steps = f"""
@pytest.fixture
def cup():
    yield
    print("torn down")

@step("it breaks")
def _(cup):
    raise {raised}
"""

    outcome = run(project, steps, "-s", feature=FEATURE + "  Scenario: t\n    Given it works\n")

    assert outcome.exit_code == pytest.ExitCode.INTERRUPTED
    assert "torn down" in outcome.output
    assert "passed" not in outcome.output


@pytest.mark.parametrize(
    ("fixture", "failure"),
    [
        (
            "@pytest.fixture\ndef cup():\n    raise ValueError('broke')",
            f"ValueError: broke\n\n{PLACE}\n\nWhere it was raised\nconftest.py:14: in cup\n"
            "    raise ValueError('broke')\nE   ValueError: broke",
        ),
        (
            "@pytest.fixture(autouse=True)\ndef cup():\n    raise ValueError('broke')",
            "ValueError: broke\n\nWhere it was raised\nconftest.py:14: in cup\n"
            "    raise ValueError('broke')\nE   ValueError: broke",
        ),
        (
            "@pytest.fixture\ndef cup():\n    yield\n    raise ValueError('broke')",
            "ValueError: broke\n\na.feature:2, Scenario: s\n  >    2 |   Scenario: s\n       3 |     Given it breaks\n"
            "         after the last step\n\nWhere it was raised\nconftest.py:15: in cup\n"
            "    raise ValueError('broke')\nE   ValueError: broke",
        ),
    ],
    ids=["when a step asks for it", "before the first step", "after the last step"],
)
def test_a_fixture_that_fails_is_told_as_a_step_that_does(project: Project, fixture: str, failure: str) -> None:
    """Whenever that is."""
    steps = f'{fixture}\n@step("it breaks")\ndef _(cup):\n    pass\n'

    outcome = run(project, steps)

    assert without_marks(outcome.failure) == failure


def without_marks(failure: str) -> str:
    """A failure without the lines that underline what failed."""
    return "\n".join(line for line in failure.split("\n") if set(line) - {" ", "^"} or not line)


def test_a_failure_after_the_failing_step_marks_no_step(project: Project) -> None:
    """A scenario may fail twice: in a step, and when its fixtures are torn down."""
    steps = """
@step("it breaks")
def _():
    yield
    raise ValueError("at the end")

@step("it fails")
def _():
    raise ValueError("first")
"""

    outcome = run(project, steps, feature=FEATURE + "    And it fails\n")

    first, at_the_end = (text for text in outcome.output.split("\n_") if "ValueError" in text and "|" in text)
    assert "  >    4 |     And it fails" in first + at_the_end
    assert without_marks(outcome.failure) == (
        "ValueError: at the end\n"
        "\n"
        "a.feature:2, Scenario: s\n"
        "  >    2 |   Scenario: s\n"
        "       3 |     Given it breaks\n"
        "       4 |     And it fails\n"
        "         after the last step\n"
        "\n"
        "Where it was raised\n"
        "conftest.py:16: in _\n"
        '    raise ValueError("at the end")\n'
        "E   ValueError: at the end"
    )


def test_a_failing_shut_down_is_added_to_the_first_failure(project: Project) -> None:
    """Neither hides the other."""
    steps = 'import sys\n@step("it breaks")\nasync def _():\n    sys.exit("first")\n'
    steps += '@step("it errs")\nasync def _(client):\n    raise asgherkin.Mismatch("second")\n'
    app = """
async def app(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    raise ValueError("no way down")
"""
    project.write({"an_app.py": app})
    feature = "Feature: f\n" + "".join(
        f'  Scenario: s{number}\n    Given the app is "an_app:app"\n    When the app starts\n    And it {does}\n'
        for number, does in enumerate(("breaks", "errs"))
    )

    outcome = run(project, "import asgherkin\n" + steps, feature=feature)

    added = "After that, at the end of the scenario: The app raised ValueError: no way down"
    assert outcome.failures["s0"].startswith(f"SystemExit: first\n{added}")
    assert outcome.failures["s1"].startswith("second\n\n")
    assert f"\n\n{added}" in outcome.failures["s1"]


def test_frames_outside_of_the_project_are_shown_where_there_is_no_other(
    project: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps that come from an installed package."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "borrowed.py").write_text(
        "from asgherkin import step\n@step('it breaks')\ndef _():\n    raise ValueError('a')\n"
    )
    monkeypatch.syspath_prepend(folder)

    outcome = run(project, 'pytest_plugins = ["borrowed"]')

    failure = without_marks(outcome.failure).replace(os.path.relpath(folder, project.root), "FOLDER")
    assert failure.replace(str(folder), "FOLDER") == (
        f"ValueError: a\n\n{PLACE}\n\nWhere it was raised\nFOLDER/borrowed.py:4: in _\n"
        "    raise ValueError('a')\nE   ValueError: a"
    )


def test_the_excerpt_shows_heading_and_what_stands_around(project: Project) -> None:
    """Not the whole scenario, where that is long; what stands under the last step; the row's values."""
    feature = """Feature: f
  Background:
    Given it works

  Scenario Outline: s <n>
    Given it works
    And it works
    And it works
    And it works
    And it works
    And it <n>:
      | a |
      | b |
    Examples:
      | n      |
      | breaks |
"""

    outcome = run(project, '@step("it breaks:")\ndef _(datatable):\n    raise ValueError(datatable)\n', feature=feature)

    assert outcome.failure.split("\n\n")[1] == (
        "a.feature:11, Scenario Outline: s breaks\n"
        "       5 |   Scenario Outline: s <n>\n"
        "       …\n"
        "       7 |     And it works\n"
        "       8 |     And it works\n"
        "       9 |     And it works\n"
        "      10 |     And it works\n"
        "  >   11 |     And it <n>:\n"
        "      12 |       | a |\n"
        "      13 |       | b |\n"
        "         with the example's values: And it breaks:"
    )


def test_a_failing_background_is_shown_by_itself(project: Project) -> None:
    """It stands above the scenario."""
    feature = "Feature: f\n  Background:\n    Given it breaks\n  Scenario: s\n    Given it works\n"

    outcome = run(project, BREAKS, feature=feature)

    assert outcome.failure.split("\n\n")[1] == (
        "a.feature:3, Scenario: s\n"
        "       1 | Feature: f\n"
        "       2 |   Background:\n"
        "  >    3 |     Given it breaks\n"
        "       4 |   Scenario: s\n"
        "       5 |     Given it works"
    )


@pytest.mark.parametrize(
    "change", ["path.unlink()", "path.write_bytes(b'\\\\xff')", "path.write_text('a')"], ids=["gone", "binary", "short"]
)
def test_a_file_that_changed_meanwhile_is_no_second_error(project: Project, change: str) -> None:
    """The step is still named."""
    steps = f"""
from pathlib import Path

@step("it breaks")
def _(request):
    path = Path(request.path)
    {change.replace(chr(92) * 2, chr(92))}
    raise ValueError("a")
"""

    outcome = run(project, steps)

    assert outcome.failure.split("\n\n")[:2][1].split("\n")[0] == "a.feature:3, Scenario: s"
    assert "Traceback" not in outcome.output


def test_no_failure_shows_what_is_not_the_users(project: Project) -> None:
    """Over all the kinds of failure that a scenario may have, as pytest prints them."""
    scenarios = ["it breaks", "nobody knows this", 'I GET "/"', "the response status is 200", "it ends badly"]
    steps = BREAKS + '\n@step("it ends badly")\nasync def _():\n    yield\n    raise ValueError("a")\n'
    feature = "Feature: f\n" + "".join(f"  Scenario: {n}\n    Given {one}\n" for n, one in enumerate(scenarios))

    outcome = run(project, steps, "--tb=long", feature=feature)

    failures = "\n".join(outcome.failures.values()).replace("from pytest_bdd import", "")
    assert [one for one in FRAMES if one in failures] == []
