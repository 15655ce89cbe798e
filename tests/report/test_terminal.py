"""What `-v` shows of a scenario's steps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import asgherkin.recording.terminal  # noqa: F401 - a nested run forgets what it imported
from tests.project import without_times
from tests.report.runs import SHOP, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.project import Project

FEATURE = """
Feature: Orders
  Scenario: all well
    Given nothing
    When I GET "/menu"
    Then the response status is 200

  Scenario: it differs
    When I GET "/menu"
    Then the response status is 404
    Given nothing
    Then nobody knows
"""
SHOWN = """
a.feature::all well
  ✓ passed     Given nothing
  ✓ passed     When I GET "/menu"
  ✓ passed     Then the response status is 200
  PASSED                                                                 [ 50%]
a.feature::it differs
  ✓ passed     When I GET "/menu"
  ✗ failed     Then the response status is 404
  - skipped    Given nothing
  ? undefined  Then nobody knows
  FAILED                                                                 [100%]
"""


def scenario(steps: str, *, tag: str = "") -> str:
    """A feature of one scenario."""
    lines = "".join(f"    {line}\n" for line in steps.splitlines())
    return f"Feature: f\n{tag}\n  Scenario: it\n{lines}"


def shown(project: Project, feature: str, *arguments: str, steps: str = "") -> str:
    """What a run prints of a feature's scenarios, before pytest's own sections."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS + steps, "a.feature": feature})
    return scenarios_in(project.run("-p", "no:rerunfailures", "--tb=no", *arguments).output)


def scenarios_in(output: str) -> str:
    """The part of an output that is about scenarios, without blanks at the ends of lines."""
    lines = [line.rstrip() for line in output.splitlines()]
    start = next(at for at, line in enumerate(lines) if line.endswith((" item", " items", "LoadScheduling")))
    end = next(at for at, line in enumerate(lines) if (at > start and "====" in line) or line.startswith("messages:"))
    return "\n".join(lines[start + 1 : end]).rstrip("\n")


def test_each_step_has_a_line(project: Project, client_name: str) -> None:
    """Below the scenario's name: its symbol, word and text, those that were not reached too; then pytest's word."""
    told = shown(project, FEATURE, "-v", "--asgi-client", client_name)

    assert told + "\n" == SHOWN


def test_the_whole_failure_follows(project: Project, client_name: str) -> None:
    """As without `-v`: what differed, the feature's lines, the exchange."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS, "a.feature": FEATURE})

    outcome = project.run("-v", "--asgi-client", client_name)

    quiet = project.run("--asgi-client", client_name)
    assert outcome.failures == quiet.failures
    assert list(outcome.failures) == ["it differs"]
    assert outcome.failure.splitlines()[0] in without_times(outcome.output)


def test_without_v_nothing_changes(project: Project) -> None:
    """The dots of pytest's own."""
    told = shown(project, FEATURE)

    assert told == f"\na.feature .F{'[100%]':>67}"


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        pytest.param(
            "Given nothing\nThen it is skipped\nGiven nothing",
            ["✓ passed     Given nothing", "- skipped    Then it is skipped", "- skipped    Given nothing", "SKIPPED"],
            id="skipped",
        ),
        pytest.param("Then it is expected to fail", ["~ pending    Then it is expected to fail", "XFAIL"], id="xfail"),
        pytest.param(
            "Then nobody knows\nGiven nothing",
            ["? undefined  Then nobody knows", "- skipped    Given nothing", "FAILED"],
            id="undefined",
        ),
        pytest.param("Then two fit", ["? ambiguous  Then two fit", "FAILED"], id="ambiguous"),
    ],
)
def test_a_step_has_its_status(project: Project, steps: str, lines: list[str]) -> None:
    """In the words of the report."""
    two = "\n@then('two fit')\ndef a(): pass\n\n@then(parsers.parse('two {what}'))\ndef b(what): pass\n"
    told = shown(project, scenario(steps), "-v", steps=two)

    assert [line[2:] for line in told.splitlines()[2:-1]] == lines[:-1]
    assert told.splitlines()[-1].split()[0] == lines[-1]


def test_other_tests_and_unreached_scenarios_are_as_ever(project: Project) -> None:
    """A test in Python, a scenario that is skipped by its tag, one without steps."""
    project.write({"test_a.py": "def test_a(): pass\n"})
    feature = "Feature: f\n  @skip\n  Scenario: a\n    Given nothing\n  Scenario: b\n"

    told = shown(project, feature, "-v")

    first, *others = [line.rsplit("[", 1)[0].strip() for line in told.splitlines()[1:]]
    assert first.startswith("a.feature::a SKIPPED")
    assert others == ["a.feature::b FAILED", "test_a.py::test_a PASSED"]


BROKEN_END = SHOP.replace('"lifespan.shutdown":', '"lifespan.shutdown":\n                raise OSError("no disk")')


def test_what_fails_after_the_last_step_is_told(project: Project) -> None:
    """Where all steps have passed, and the scenario has not."""
    project.write({"broken.py": BROKEN_END})

    told = shown(project, scenario('When I GET "/"'), "-v", "--asgi-app=broken:app")

    assert told.splitlines()[2:4] == ['  ✓ passed     When I GET "/"', "  ✗ failed     after the last step"]


ASYNC_FIXTURE = """
import pytest_asyncio

@pytest_asyncio.fixture
async def engine():
    yield

@then("the engine runs")
async def runs(engine): pass
"""


def test_what_fails_before_the_first_step_is_told(project: Project) -> None:
    """Where no step was reached."""
    told = shown(project, scenario("Then the engine runs"), "-v", "--asgi-client=test", steps=ASYNC_FIXTURE)

    assert told.splitlines()[2:4] == ["  ✗ failed     before the first step", "  - skipped    Then the engine runs"]


def test_secrets_are_masked(project: Project) -> None:
    """Those of the sentence itself, those of a table further down, wherever they turn up."""
    steps = (
        'Given I am authenticated with the bearer token "sesame-4711"\n'
        'When I GET "/open-4712?token=sesame-4713"\n'
        "Given the request headers are:\n  | name      | value     |\n  | X-Api-Key | open-4712 |\n"
    )

    told = shown(project, scenario(steps), "-v")

    assert told.splitlines()[2:5] == [
        '  ✓ passed     Given I am authenticated with the bearer token "[redacted]"',
        '  ✓ passed     When I GET "/[redacted]?token=[redacted]"',
        "  ✓ passed     Given the request headers are:",
    ]


def test_control_characters_do_nothing(project: Project) -> None:
    """They are shown, and do not reach the terminal."""
    told = shown(project, scenario("Given \x1b[31mred"), "-v")

    assert told.splitlines()[2] == r"  ? undefined  Given \x1b[31mred"


def test_colours_are_for_terminals(project: Project) -> None:
    """That is for pytest to know: a symbol and a word say the same without."""
    coloured = shown(project, scenario("Given nothing"), "-v", "--color=yes")

    assert "  \x1b[32m✓ passed   \x1b[0m  Given nothing" in coloured.splitlines()
    assert "\x1b" not in shown(project, scenario("Given nothing"), "-v")


def test_a_terminal_without_symbols_gets_plain_ones(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with an old code page."""
    monkeypatch.setattr("asgherkin.recording.terminal.sys", SimpleNamespace(stdout=SimpleNamespace(encoding="ascii")))

    told = shown(project, scenario("Given nothing\nThen it fails"), "-v")

    assert told.splitlines()[2:4] == ["  + passed     Given nothing", "  x failed     Then it fails"]


@pytest.mark.parametrize("arguments", [(), ("-n1",)], ids=["one process", "a worker"])
def test_a_failure_keeps_its_lines_where_characters_are_missing(project: Project, arguments: tuple[str, ...]) -> None:
    """As in a file with an old code page: what that does not have is escaped, and what it has is not."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS, "a.feature": scenario("Given nothing\nThen é → fails")})
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}

    ended = subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, encoding="cp1252", check=False
    )

    assert r"  >    5 |     Then é \u2192 fails" in ended.stdout.splitlines()


def test_steps_are_shown_without_pytests_capturing(project: Project) -> None:
    """What steps print stands between them then."""
    told = shown(project, scenario("Given nothing"), "-v", "-p", "no:capture")

    assert "  ✓ passed     Given nothing" in told.splitlines()


def test_a_report_and_the_terminal_get_the_same(project: Project) -> None:
    """Both watch the scenario."""
    told = shown(project, FEATURE, "-v", "--asgi-messages=a.ndjson")

    messages = (project.root / "a.ndjson").read_text(encoding="utf-8")
    assert told + "\n" == SHOWN
    assert [messages.count(f'"status":"{one}"') for one in ("FAILED", "UNDEFINED")] == [1, 1]


def test_a_retry_is_shown_again(project: Project) -> None:
    """With pytest-rerunfailures: each attempt and its steps."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS, "a.feature": scenario("Then it fails")})
    command = [sys.executable, "-m", "pytest", "-v", "--tb=no", "-p", "no:cacheprovider", "--reruns=1"]

    ended = subprocess.run(command, cwd=project.root, capture_output=True, encoding="utf-8", check=False)

    words = [line.split("[")[0].strip() for line in scenarios_in(ended.stdout).splitlines() if line]
    attempt = ["a.feature::it", "✗ failed     Then it fails"]
    assert words == [*attempt, "RERUN", *attempt, "FAILED"]


def test_with_workers_the_steps_stand_below_the_result(project: Project) -> None:
    """The process that reports prints them when the scenario has ended."""
    project.write({"shop.py": SHOP, "conftest.py": STEPS, "a.feature": scenario("Given nothing\nThen it fails")})
    command = [sys.executable, "-m", "pytest", "-v", "--tb=no", "-p", "no:cacheprovider", "-n1"]

    ended = subprocess.run(command, cwd=project.root, capture_output=True, encoding="utf-8", check=False)

    assert scenarios_in(ended.stdout).splitlines()[-3:] == [
        "[gw0] [100%] FAILED a.feature::it",
        "  ✓ passed     Given nothing",
        "  ✗ failed     Then it fails",
    ]


CTRL_C = """
@given("it is interrupted")
def is_interrupted(): raise KeyboardInterrupt

@given("pytest is left")
def leaves(): pytest.exit("enough")
"""
INTERRUPTED_END = SHOP.replace('"lifespan.shutdown":', '"lifespan.shutdown":\n                raise KeyboardInterrupt')


@pytest.mark.parametrize("step", ["it is interrupted", "pytest is left"])
def test_the_step_that_was_interrupted_is_shown(project: Project, step: str) -> None:
    """Before pytest's own text; what was not reached is left out."""
    told = shown(project, scenario(f"Given nothing\nGiven {step}\nThen it fails"), "-v", steps=CTRL_C)

    interruption = told.index("!!!!!")
    assert told[:interruption].splitlines() == [
        "",
        "a.feature::it",
        "  ✓ passed     Given nothing",
        f"  ! interrupted  Given {step}",
        "",
    ]


def test_a_run_that_was_interrupted_after_the_last_step_says_so(project: Project) -> None:
    """While the app shuts down."""
    project.write({"broken.py": INTERRUPTED_END})

    told = shown(project, scenario('When I GET "/"'), "-v", "--asgi-app=broken:app")

    assert told.splitlines()[2:4] == ['  ✓ passed     When I GET "/"', "  ! interrupted  after the last step"]


def test_nothing_is_shown_of_a_test_that_is_no_scenario(project: Project) -> None:
    """Only pytest's own text."""
    project.write({"test_a.py": "def test_a(): raise KeyboardInterrupt\n"})

    told = shown(project, "Feature: f\n", "-v", "test_a.py")

    assert told.splitlines()[1].strip() == "test_a.py::test_a"
    assert "interrupted" not in told


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_ctrl_c_shows_the_step_that_runs(project: Project) -> None:
    """A step that waits for long."""
    waits = "\n@given('it takes long')\ndef takes_long():\n    print('begun', flush=True)\n    signal.pause()\n"
    project.write({"shop.py": SHOP, "conftest.py": STEPS + waits, "a.feature": scenario("Given it takes long")})
    command = [sys.executable, "-m", "pytest", "-v", "-s", "-p", "no:cacheprovider"]

    with subprocess.Popen(command, cwd=project.root, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        begun = next(line for line in process.stdout if "begun" in line)
        process.send_signal(signal.SIGINT)
        told = process.stdout.read()

    assert begun.startswith("a.feature::it begun")
    assert told.lstrip("\n").startswith("  ! interrupted  Given it takes long\n\n!!!")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=["one process", "workers"])
def test_a_terminal_gets_colours_and_a_file_none(project: Project, arguments: tuple[str, ...]) -> None:
    """Without being told: what a pipe takes has no escape in it."""
    import pty

    project.write({"shop.py": SHOP, "conftest.py": STEPS, "a.feature": scenario("Given nothing\nThen it fails")})
    command = [sys.executable, "-m", "pytest", "-v", "--tb=no", "-p", "no:cacheprovider", *arguments]
    plain = {name: value for name, value in os.environ.items() if "COLOR" not in name} | {"TERM": "xterm"}
    terminal, end = pty.openpty()

    piped = subprocess.run(command, cwd=project.root, env=plain, capture_output=True, check=False)
    with subprocess.Popen(command, cwd=project.root, env=plain, stdout=end, stderr=end) as process:
        os.close(end)
        seen = b"".join(_pieces(terminal))
        process.wait()
    os.close(terminal)

    assert b"\x1b" not in piped.stdout
    assert b"  \x1b[32m\xe2\x9c\x93 passed   \x1b[0m  Given nothing" in seen
    assert b"  \x1b[31m\xe2\x9c\x97 failed   \x1b[0m  Then it fails" in seen


def _pieces(terminal: int) -> Iterator[bytes]:
    with suppress(OSError):  # Linux ends a pseudo-terminal with an error
        while piece := os.read(terminal, 4096):
            yield piece


WORKER = """
import pytest

def pytest_cmdline_main(config):
    config.workerinput = {"workerid": "gw7"}

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    if report.when == "call":
        print("SENT", report.asgherkin_lines)
"""


def test_a_worker_sends_its_lines_along(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """And prints none."""
    project.write({"worker.py": WORKER, "shop.py": SHOP, "conftest.py": STEPS, "a.feature": scenario("Then what")})
    monkeypatch.syspath_prepend(project.root)

    outcome = project.run("-v", "-s", "-p", "worker", "-p", "no:rerunfailures", "-p", "no:xdist")

    assert 'SENT [["UNDEFINED", "Then what"]]' in outcome.output
    assert "? undefined" not in outcome.output
