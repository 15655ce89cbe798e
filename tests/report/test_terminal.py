"""What `-v` shows of a scenario's steps on terminals of all kinds; what it shows is in tests/golden/terminal.txt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import asgherkin.recording.terminal
from tests.report.runs import SHOP, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.project import Project

FILES = {"shop.py": SHOP, "conftest.py": STEPS}
RUN = (sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider")


def scenario(*steps: str) -> dict[str, str]:
    """A feature of one scenario."""
    return {"a.feature": "Feature: f\n\n  Scenario: it\n" + "".join(f"    {step}\n" for step in steps)}


def test_a_terminal_without_symbols_gets_plain_ones(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with an old code page."""
    old = SimpleNamespace(stdout=SimpleNamespace(encoding="ascii"))
    monkeypatch.setattr(asgherkin.recording.terminal, "sys", old)
    project.write(FILES | scenario("Given nothing", "Then it fails"))

    output = project.run("-v", "--tb=no").output

    assert "\n  + passed     Given nothing\n  x failed     Then it fails\n" in output


@pytest.mark.parametrize("arguments", [(), ("-n1",)], ids=["one process", "a worker"])
def test_a_failure_keeps_its_lines_where_characters_are_missing(project: Project, arguments: tuple[str, ...]) -> None:
    """As in a file with an old code page: what that does not have is escaped, and what it has is not."""
    project.write(FILES | scenario("Given nothing", "Then é → fails"))

    ended = project.run_in_a_process(*arguments, PYTHONIOENCODING="cp1252", encoding="cp1252")

    assert r"  >    5 |     Then é \u2192 fails" in ended.stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_ctrl_c_shows_the_step_that_runs(project: Project) -> None:
    """A step that waits for long."""
    waits = "\n@given('it takes long')\ndef takes_long():\n    print('begun', flush=True)\n    signal.pause()\n"
    project.write(FILES | scenario("Given it takes long") | {"conftest.py": STEPS + waits})

    with subprocess.Popen([*RUN, "-s"], cwd=project.root, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        begun = next(line for line in process.stdout if "begun" in line)
        process.send_signal(signal.SIGINT)
        told = process.stdout.read()

    assert begun.startswith("a.feature::it begun")
    assert told.lstrip("\n").startswith("  ! interrupted  Given it takes long\n\n!!!")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=["one process", "workers"])
def test_a_terminal_gets_colours(project: Project, arguments: tuple[str, ...]) -> None:
    """Without being told, and from workers too, which have none."""
    import pty

    project.write(FILES | scenario("Given nothing", "Then it fails"))
    command = [*RUN, "--tb=no", *arguments]
    plain = {name: value for name, value in os.environ.items() if "COLOR" not in name} | {"TERM": "xterm"}
    terminal, end = pty.openpty()

    with subprocess.Popen(command, cwd=project.root, env=plain, stdout=end, stderr=end) as process:
        os.close(end)
        seen = b"".join(_pieces(terminal))
        process.wait()
    os.close(terminal)

    assert b"  \x1b[32m\xe2\x9c\x93 passed   \x1b[0m  Given nothing" in seen
    assert b"  \x1b[31m\xe2\x9c\x97 failed   \x1b[0m  Then it fails" in seen


def test_a_file_gets_no_colours(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pipe takes has no escape in it, unless pytest is asked for colours."""
    monkeypatch.delenv("PY_COLORS")
    project.write(FILES | scenario("Given nothing", "Then it fails"))

    assert "\x1b" not in project.run("-v").output
    assert "  \x1b[32m✓ passed   \x1b[0m  Given nothing" in project.run("-v", "--color=yes").output.splitlines()


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
    project.write(FILES | scenario("Then what") | {"worker.py": WORKER})
    monkeypatch.syspath_prepend(project.root)

    outcome = project.run("-v", "-s", "-p", "worker", "-p", "no:rerunfailures", "-p", "no:xdist")

    assert 'SENT [["undefined", "Then what"]]' in outcome.output
    assert "? undefined" not in outcome.output
