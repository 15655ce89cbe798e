"""How a failure reads: what differed, where, and the user's own frames; never the toolkit's or pytest's."""

from __future__ import annotations

import os
import textwrap
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


def without_marks(failure: str) -> str:
    """A failure without the lines that underline what failed, from Python 3.11 on."""
    return "\n".join(line for line in failure.split("\n") if set(line) - {" ", "^"} or not line)


BREAKS = """@step("it breaks")
def _():
    number = 1
    inner(number)

def inner(number):
    assert number == 2
"""


SHORT = "conftest.py:15: in _\n    inner(number)\nconftest.py:18: in inner\n    assert number == 2\nE   assert 1 == 2"


@pytest.mark.parametrize(
    ("arguments", "frames"),
    [
        ((), SHORT),
        (
            ("--tb=short", "-l"),
            "conftest.py:15: in _\n    inner(number)\n        number     = 1\n"
            "conftest.py:18: in inner\n    assert number == 2\nE   assert 1 == 2\n        number     = 1",
        ),
        (
            ("--tb=long",),
            '@step("it breaks")\n    def _():\n        number = 1\n>       inner(number)\n\n'
            f"conftest.py:15: \n{'_ ' * 40}\n\n    def inner(number):\n>       assert number == 2\n"
            "E       assert 1 == 2\n\nconftest.py:18: AssertionError",
        ),
        (("--tb=native",), SHORT),
        (("--tb=no",), ""),
    ],
    ids=["auto", "short", "long", "native", "no"],
)
def test_an_exception_in_a_users_step_shows_the_users_frames(
    project: Project, arguments: tuple[str, ...], frames: str
) -> None:
    """In the style that is asked for."""
    failure = run(project, BREAKS, *arguments).failure

    shown = f"\n\nWhere it was raised\n{frames}" if frames else ""
    assert failure.replace(str(project.root), "PATH") == f"AssertionError: assert 1 == 2\n\n{PLACE}{shown}"


DIVIDES = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    "


@pytest.mark.parametrize(
    ("body", "headline", "lines", "cause"),
    [
        pytest.param("raise ValueError('one\\ntwo')", "ValueError: one\ntwo", [1], False, id="several lines"),
        pytest.param(f"{DIVIDES}raise KeyError('a') from error", "KeyError: 'a'", [4], True, id="cause"),
        pytest.param(f"{DIVIDES}raise KeyError('a') from None", "KeyError: 'a'", [4], False, id="no context"),
        pytest.param(
            f"{DIVIDES}raise error from error", "ZeroDivisionError: division by zero", [4, 2], False,
            id="caused by itself",
        ),
        pytest.param(
            "error = ValueError('a')\nerror.add_note('a note')\nraise error", "ValueError: a\na note", [3], False,
            id="note",
        ),
        pytest.param("pytest.fail('why')", "Failed: why", [1], False, id="pytest.fail"),
        pytest.param("pytest.fail('why', pytrace=False)", "Failed: why", [], False, id="pytest.fail without frames"),
        pytest.param("raise SystemExit(3)", "SystemExit: 3", [1], False, id="SystemExit"),
        pytest.param(
            "json.loads('{')",
            "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            [1], False, id="library",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_every_exception_is_told(
    project: Project, kind: str, body: str, headline: str, lines: list[int], *, cause: bool
) -> None:
    """Its text first, and then the lines where it was raised, and its cause; in steps of both kinds."""
    outcome = run(project, f'@step("it breaks")\n{kind} _():\n{textwrap.indent(body, "    ")}\n')

    frames = "".join(f"conftest.py:{13 + line}: in _\n    {body.splitlines()[line - 1].strip()}\n" for line in lines)
    raised = f"\n\nWhere it was raised\n{frames}{textwrap.indent(headline, 'E   ')}" if lines else ""
    if cause:
        raised += "\n\nCaused by\nconftest.py:15: in _\n    1 / 0\nE   ZeroDivisionError: division by zero"
    assert without_marks(outcome.failure) == f"{headline}\n\n{PLACE}{raised}"
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


AFTER_LAST = """

a.feature:2, Scenario: s
  >    2 |   Scenario: s
       3 |     Given it breaks
         after the last step"""


@pytest.mark.parametrize(
    ("decorator", "before", "place", "line"),
    [("", "", f"\n\n{PLACE}", 14), ("(autouse=True)", "", "", 14), ("", "    yield\n", AFTER_LAST, 15)],
    ids=["when a step asks for it", "before the first step", "after the last step"],
)
def test_a_fixture_that_fails_is_told_as_a_step_that_does(
    project: Project, decorator: str, before: str, place: str, line: int
) -> None:
    """Whenever that is."""
    steps = f"@pytest.fixture{decorator}\ndef cup():\n{before}    raise ValueError('broke')\n"

    outcome = run(project, steps + '@step("it breaks")\ndef _(cup):\n    pass\n')

    assert without_marks(outcome.failure) == (
        f"ValueError: broke{place}\n\nWhere it was raised\nconftest.py:{line}: in cup\n"
        "    raise ValueError('broke')\nE   ValueError: broke"
    )


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
        "ValueError: at the end\n\na.feature:2, Scenario: s\n  >    2 |   Scenario: s\n"
        "       3 |     Given it breaks\n       4 |     And it fails\n         after the last step\n\n"
        "Where it was raised\nconftest.py:16: in _\n"
        '    raise ValueError("at the end")\nE   ValueError: at the end'
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


OUTLINE = """Feature: f
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
OF_OUTLINE = """a.feature:11, Scenario Outline: s breaks
       5 |   Scenario Outline: s <n>
       …
       7 |     And it works
       8 |     And it works
       9 |     And it works
      10 |     And it works
  >   11 |     And it <n>:
      12 |       | a |
      13 |       | b |
         with the example's values: And it breaks:"""
BACKGROUND = "Feature: f\n  Background:\n    Given it breaks\n  Scenario: s\n    Given it works\n"
OF_BACKGROUND = """a.feature:3, Scenario: s
       1 | Feature: f
       2 |   Background:
  >    3 |     Given it breaks
       4 |   Scenario: s
       5 |     Given it works"""


@pytest.mark.parametrize(
    ("feature", "excerpt"), [(OUTLINE, OF_OUTLINE), (BACKGROUND, OF_BACKGROUND)], ids=["outline", "background"]
)
def test_the_excerpt_shows_heading_and_what_stands_around(project: Project, feature: str, excerpt: str) -> None:
    """Not the whole of a long scenario; what stands under the last step; the row's values; a background by itself."""
    steps = f'{BREAKS}\n@step("it breaks:")\ndef _(datatable):\n    raise ValueError(datatable)\n'

    outcome = run(project, steps, feature=feature)

    assert outcome.failure.split("\n\n")[1] == excerpt


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
