"""The plugin as a whole: what is loaded, several processes, other options of pytest's."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

import asgherkin
from tests.project import without_times

if TYPE_CHECKING:
    from tests.project import Project

SHOP = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""
LOOK = """
import gc
import sys

before = gc.get_freeze_count()
counts = []

def pytest_runtest_setup():
    counts.append(gc.get_freeze_count())

def pytest_unconfigure():
    print("spared before the run:", counts[0] > before)
    loaders = (f"{name} {type(sys.modules[name].__spec__.loader).__name__}" for name in NAMES)
    print("loaders:", ", ".join(loaders))

NAMES = ("asgherkin.gherkin.run", "asgherkin.fixtures")
"""
FEATURE = """Feature: f
  @t
  Scenario: passes
    When I GET "/"
    Then the response status is 200

  Scenario Outline: row <n>
    When I GET "/"
    Then the response status is <n>
    Examples:
      | n   |
      | 200 |
      | 404 |

  @skip
  Scenario: skipped
    When I GET "/"
"""


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with a feature of all outcomes, and a broken one."""
    project.write({"shop.py": SHOP, "a.feature": FEATURE, "b.feature": "Feature: b\n"})
    return project


def in_a_process(project: Project, feature: str) -> str:
    """What a conftest.py prints at the end of a run in a process of its own."""
    project.write({"a.feature": feature, "test_a.py": "def test_a():\n    pass\n", "conftest.py": LOOK})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)
    return run.stdout


def test_what_is_collected_is_spared_the_garbage_collector(project: Project) -> None:
    """From the end of collection on, where there are scenarios; a run without them is left as it is."""
    with_scenarios = in_a_process(project, FEATURE)
    without = in_a_process(project, "# nothing\n")

    assert "spared before the run: True" in with_scenarios
    assert "spared before the run: False" in without


def test_own_modules_are_imported_as_python_does_it(project: Project) -> None:
    """Only what pytest is told of by name is left to its rewriting of assertions."""
    output = in_a_process(project, FEATURE)

    assert "loaders: asgherkin.gherkin.run SourceFileLoader, asgherkin.fixtures AssertionRewritingHook" in output


def test_the_api_is_what_all_names() -> None:
    """Each name can be had, and no other."""
    assert [name for name in asgherkin.__all__ if not hasattr(asgherkin, name)] == []
    assert asgherkin.__version__ == version("asgherkin")
    with pytest.raises(AttributeError, match=r"^module 'asgherkin' has no attribute 'nothing'$"):
        _ = asgherkin.nothing


def test_a_family_of_sentences_can_be_left_out(shop: Project) -> None:
    """By pytest's own way; the others stay."""
    outcome = shop.run("-p", "no:asgherkin.vocabulary.response", "-k", "passes")

    assert outcome.failure.startswith("No sentence fits this Then step.\n")
    assert "a.feature:5, Scenario: passes" in outcome.failure


def test_several_processes_tell_the_same(shop: Project) -> None:
    """Outcomes and failures' texts, under pytest-xdist."""
    here = shop.run()

    there = shop.run("-n2")

    assert here.counts == there.counts == {"passed": 2, "failed": 2, "skipped": 1}
    for failure in here.failures.values():
        assert failure in without_times(there.output)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--collect-only",), ("--setup-show",), ("--setup-plan",), ("--fixtures",), ("--fixtures-per-test", "-v"),
        ("--markers",), ("--durations=3", "-vv"), ("--junitxml=out.xml",), ("--tb=line",), ("-l", "--tb=long"),
        ("--doctest-modules",), ("--trace-config",), ("-x", "--full-trace"), ("--import-mode=importlib",), ("-rA",),
    ],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_other_options_of_pytest_work(shop: Project, arguments: tuple[str, ...]) -> None:
    """None of them ends in an internal error."""
    outcome = shop.run(*arguments)

    assert outcome.exit_code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    assert "INTERNALERROR" not in outcome.output


def test_last_failed_scenarios_run_again(shop: Project) -> None:
    """--lf knows scenarios by their node ids."""
    shop.write({"c.feature": 'Feature: c\n  Scenario: a [b] c\n    When I PUT "/"\n    Then the app raised "A"\n'})
    command = [sys.executable, "-m", "pytest", "-q"]
    subprocess.run(command, cwd=shop.root, capture_output=True, check=False)

    run = subprocess.run([*command, "--lf"], cwd=shop.root, capture_output=True, text=True, check=False)

    assert "3 failed" in run.stdout
    assert "passed" not in run.stdout


def test_a_run_without_features_is_as_before(project: Project) -> None:
    """The plugin is no burden on other tests: no warning, no app, no loop."""
    project.write({"pyproject.toml": '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n'})
    project.write({"test_it.py": "def test_it(request):\n    assert request.node.name == 'test_it'\n"})

    outcome = project.run("--strict-config", "--strict-markers")

    assert outcome.counts == {"passed": 1}


def test_a_users_failure_in_a_plain_test_is_pytests(project: Project) -> None:
    """What is no scenario keeps pytest's own report."""
    project.write(
        {
            "test_it.py": "import pytest\n@pytest.fixture\ndef f():\n    raise KeyError('a')\n"
            "def test_a(f): pass\ndef test_b():\n    assert 0\n"
        }
    )

    failures = project.run().failures

    assert "@pytest.fixture" in failures["test_a"]
    assert failures["test_b"].startswith("def test_b():\n>       assert 0")
