"""`asgherkin lint`: what each code finds, as docs/lint.md has it; its formats and its exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from asgherkin.commands import lint_findings
from asgherkin.commands.lint_findings import CODES, Finding, Linted, as_github, as_json, as_text

if TYPE_CHECKING:
    from tests.commands.running import CommandLine
    from tests.project import Project

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```\{\.(\w+) \.(bad|good|both)\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Section(NamedTuple):
    """A code as the document has it: its title, and the files of its bad and its good example."""

    code: str
    title: str
    bad: dict[str, str]
    good: dict[str, str]


def _section(text: str) -> Section:
    code, title = text.partition("\n")[0].split(": ", 1)
    files: dict[str, dict[str, str]] = {"bad": {}, "good": {}}
    for kind, quality, content in _BLOCK.findall(text):
        for one in ("bad", "good") if quality == "both" else (quality,):
            files[one]["features/it.feature" if kind == "gherkin" else "conftest.py"] = content
    return Section(code, title, files["bad"], files["good"])


_DOCUMENT = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
SECTIONS = [_section(text) for text in _DOCUMENT.split("\n## ")[1:]]
FEATURE = """Feature: f
  Scenario: s
    When I send a GET request to "/"
    Then the response status is 200
"""
TYPO = FEATURE.replace("status is", "status are")


def test_each_code_has_its_place_in_the_document() -> None:
    """With the title that the table of codes has, and both examples."""
    assert {one.code: one.title for one in SECTIONS} == CODES
    assert [one.code for one in SECTIONS if not (one.bad and one.good)] == []


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.code)
def test_the_bad_example_of_a_code_has_it_and_the_good_one_has_none(
    asgherkin: CommandLine, project: Project, section: Section
) -> None:
    """Once, and no other code. That nothing is found is said."""
    project.write(section.bad)

    bad = asgherkin("lint")

    assert re.findall(r"^\S+:\d+: (AG\d+) ", bad.out, re.MULTILINE) == [section.code], bad
    assert bad.code == 1
    for name in section.bad:
        (project.root / name).unlink()
    project.write(section.good)
    assert asgherkin("lint") == (0, "1 feature file, no finding.\n", "")


def test_all_there_is_to_say_of_a_finding_stands_below_it(
    asgherkin: CommandLine, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the nearest sentences of an undefined step; which those are, tests/gherkin holds."""
    monkeypatch.setattr(lint_findings, "hints", lambda kind, text, _: ["Nearest:", f"  {kind} of {text}"])
    project.write({"features/a.feature": TYPO})

    assert asgherkin("lint").out == (
        "features/a.feature:4: AG002 No sentence fits: Then the response status are 200\n"
        "    Nearest:\n"
        "      then of the response status are 200\n"
        "1 finding in 1 feature file.\n"
    )


def test_only_some_paths_can_be_looked_at(asgherkin: CommandLine, project: Project) -> None:
    """A sentence that they do not use may be in use elsewhere."""
    conftest = 'from asgherkin import given\n@given("x")\ndef x(): pass\n'
    project.write({"features/a.feature": TYPO, "features/b.feature": FEATURE, "conftest.py": conftest})

    assert asgherkin("lint", "features/b.feature") == (0, "1 feature file, no finding.\n", "")


def test_scenarios_that_the_project_deselects_are_looked_at_too(asgherkin: CommandLine, project: Project) -> None:
    """What `addopts` leaves out of a run is no less a feature."""
    settings = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    project.write({"features/a.feature": TYPO, "pyproject.toml": f"{settings}addopts = '-k nothing'\n"})

    assert asgherkin("lint").code == 1


def test_two_files_with_the_same_scenario_name_each_other(asgherkin: CommandLine, project: Project) -> None:
    """The second one is reported."""
    project.write({"features/a.feature": FEATURE, "features/b.feature": FEATURE})

    assert asgherkin("lint").out.startswith(
        "features/b.feature:2: AG103 The scenario at features/a.feature:2 has the same steps. Remove one of them.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--select", "AG002"), 1),
        (("--select", "ag0"), 1),
        (("--select", "AG1,AG005"), 0),
        (("--ignore", "AG002"), 0),
        (("--select", "AG0", "--ignore", "AG00"), 0),
    ],
    ids=["one", "start", "others", "ignored", "both"],
)
def test_codes_can_be_chosen(asgherkin: CommandLine, project: Project, arguments: tuple[str, ...], code: int) -> None:
    """By their whole names or by how they start; the exit code is that of what is left."""
    project.write({"features/a.feature": TYPO})

    assert asgherkin("lint", *arguments).code == code


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--ignore", "AG999"), f"AG999 is no code. There are: {', '.join(CODES)}."),
        ((), "pytest finds no feature file in this project."),
        (("fetures",), "there is no file or folder fetures here."),
        (("pyproject.toml",), "pytest finds no feature file in pyproject.toml."),
    ],
    ids=["wrong code", "no feature", "no path", "no feature in a path"],
)
def test_what_would_find_nothing_by_mistake_is_an_error(
    asgherkin: CommandLine, arguments: tuple[str, ...], reason: str
) -> None:
    """A wrong folder, path or code must not look like a clean project."""
    assert asgherkin("lint", *arguments) == (2, "", f"asgherkin: {reason}\n")


def test_a_test_module_that_cannot_be_imported_is_an_error(asgherkin: CommandLine, project: Project) -> None:
    """The features are looked at all the same."""
    project.write({"features/a.feature": FEATURE, "test_a.py": "import nowhere\n"})

    told = asgherkin("lint")

    assert (told.code, told.out) == (2, "1 feature file, no finding.\n")
    assert told.err.startswith("asgherkin: test_a.py could not be read:\n")


HOSTILE = Finding("features/a,b:c.feature", 3, "AG002", "100 % wrong:\r\n::warning::x, \x1b[31my")
WITHOUT_LINE = Finding("<built-in>", None, "AG005", "Nobody uses it")


def test_github_gets_one_command_a_finding() -> None:
    """Whatever stands in a message or a path, it stays one line and one command."""
    assert as_github(Linted(1, [HOSTILE, WITHOUT_LINE])).split("\n") == [
        "::error file=features/a%2Cb%3Ac.feature,line=3,title=AG002::100 %25 wrong:%0D%0A::warning::x, \x1b[31my",
        "::warning file=<built-in>,title=AG005::Nobody uses it",
    ]


def test_a_terminal_gets_no_control_characters() -> None:
    """They are shown instead."""
    assert as_text(Linted(2, [HOSTILE, WITHOUT_LINE])) == (
        "features/a,b:c.feature:3: AG002 100 % wrong:\n"
        "    ::warning::x, \\x1b[31my\n"
        "<built-in>: AG005 Nobody uses it\n"
        "2 findings in 2 feature files."
    )


def test_tools_get_json() -> None:
    """All of it."""
    assert json.loads(as_json(Linted(1, [WITHOUT_LINE]))) == {
        "version": 1,
        "files": 1,
        "findings": [{"file": "<built-in>", "line": None, "code": "AG005", "message": "Nobody uses it"}],
    }


def test_github_gets_nothing_where_nothing_was_found(asgherkin: CommandLine, project: Project) -> None:
    """An empty output, and exit code 0."""
    project.write({"features/a.feature": FEATURE})

    assert asgherkin("lint", "--format", "github") == (0, "", "")


def test_the_toolkits_own_features_have_no_finding() -> None:
    """They are what a reader learns from."""
    command = "import sys; from asgherkin.cli import main; sys.exit(main(['lint', 'features']))"

    run = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (0, ""), run.stdout
