"""Editors: real language servers complete this toolkit's sentences, and find where they are defined.

Cucumber's server is what VS Code's extension "Cucumber" runs. `npm install --no-save --install-strategy=shallow
@cucumber/language-server@1.7.0` in the repository's folder puts it where these tests look for it.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.commands.language_server import LanguageServer
from tests.commands.running import CommandLine
from tests.project import SETTINGS, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "node_modules" / "@cucumber" / "language-server" / "bin" / "cucumber-language-server.cjs"
STUBS = ".vscode/asgherkin_steps.py"
SETTINGS_FILE = ".vscode/settings.json"
FOLDERS = [ROOT / "features", *(ROOT / "steps" / "asgherkin").glob("*/examples")]
CONFTEST = r"""
from asgherkin import given, then
from pytest_bdd import parsers


@given(parsers.parse("there are {number:d} cats"))
def cats(number):
    pass


@then("the cats purr")
async def purr():
    pass


@then(parsers.re(r"the cat (?P<does>sleeps|eats) \d+ mice"))
def does():
    pass


@then(parsers.parse("a cat named \"{name}\""))
@then("cats and/or (dogs)")
def named():
    pass


@then(parsers.parse("these are {name}, at {price:.2f}"))
def these():
    pass
"""
CATS = """\
Feature: Cats
  Scenario: They purr
    Given there are 3 cats
    And the request header "Accept" is "text/plain"
    When I GET "/cats"
    Then the response header "Cats" matches "^3" within 2 seconds
    And the cats purr
    And the cat eats 3 mice
    And a cat named "Tom"
    And cats and/or (dogs)
    And these are cats, at 3.20
    And "alice"'s subprotocol is "chat.v1"
    And the dogs bark
"""


@pytest.fixture
def told(project: Project, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project with features and sentences of its own, of which VS Code has been told; the path of one feature."""
    for number, folder in enumerate(FOLDERS):
        no_code = shutil.ignore_patterns("*.py", "__pycache__")
        shutil.copytree(folder, project.root / "features" / str(number), ignore=no_code)
    project.write({"conftest.py": CONFTEST, "features/cats.feature": CATS, "pyproject.toml": SETTINGS})
    printed = CommandLine(capsys)("steps", "--vscode").out.partition("\n\n")[2]
    project.write({SETTINGS_FILE: printed})
    return project.root / "features" / "cats.feature"


@pytest.fixture
def cucumber(told: Path) -> Iterator[LanguageServer]:
    """Cucumber's language server, when it has read the project."""
    node = shutil.which("node")
    if node is None or not SERVER.exists():
        pytest.skip("Cucumber's language server is not there: this module says how to install it, with npm")
    project = told.parents[1]
    written = json.loads((project / SETTINGS_FILE).read_text(encoding="utf-8"))
    settings = {key.removeprefix("cucumber."): value for key, value in written.items()}
    with LanguageServer([node, str(SERVER), "--stdio"], project, settings) as server:
        server.until(lambda one: "suggestions for auto complete" in str(one.get("params")))
        yield server


@pytest.fixture
def pytest_bdd_server(told: Path) -> Iterator[LanguageServer]:
    """pytest-bdd-language-server, when it has read the project."""
    pytest.importorskip("pytest_bdd_language_server")
    with LanguageServer([sys.executable, "-m", "pytest_bdd_language_server"], told.parents[1], {}) as server:
        yield server


def line_of(feature: Path, text: str) -> int:
    """The line of a step, counted from 0."""
    lines = feature.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines) if text in line)


def definitions(server: LanguageServer, feature: Path, step: str) -> list[tuple[str, str]]:
    """Where the definitions of a step are: the file, and the line's text."""
    found = []
    for one in server.ask_at("definition", feature, line_of(feature, step), 12):
        uri, span = (one["targetUri"], one["targetRange"]) if "targetUri" in one else (one["uri"], one["range"])
        path, line = Path(uri.removeprefix("file://")), span["start"]["line"]
        text = path.read_text(encoding="utf-8").split("\n")[line]
        found.append((path.relative_to(feature.parents[1]).as_posix(), text))
    return found


def test_vs_codes_extension_finds_what_is_undefined_and_nothing_else(cucumber: LanguageServer, told: Path) -> None:
    """No step of this toolkit's own features is undefined, nor one of the project's own; what no sentence fits is."""
    project = told.parents[1]

    undefined = {
        path.relative_to(project).as_posix(): [one["message"] for one in cucumber.open(path)]
        for path in sorted(project.glob("features/**/*.feature"))
    }

    assert undefined.pop("features/cats.feature") == ["Undefined step: the dogs bark"]
    assert {path: found for path, found in undefined.items() if found} == {}


def test_vs_codes_extension_goes_to_the_definition(cucumber: LanguageServer, told: Path) -> None:
    """To the project's own code, or to the sentence's stub, whose body leads on; one place for one step."""
    expected = {
        "there are 3 cats": [("conftest.py", '@given(parsers.parse("there are {number:d} cats"))')],
        "the cats purr": [("conftest.py", '@then("the cats purr")')],
        "the cat eats": [(STUBS, r"""@then(parsed_by_cucumber("/^(?:the cat (sleeps|eats) \d+ mice)$/"))""")],
        "a cat named": [(STUBS, """@then(parsed_by_cucumber('/^a cat named "(.+)"$/'))""")],
        "cats and/or": [(STUBS, '@then(parsed_by_cucumber("/^cats and.or .dogs.$/"))')],
        "these are": [(STUBS, """@then(parsed_by_cucumber("/^these are (.+), at (.+)$/"))""")],
        "the request header": [(STUBS, """@given(parsers.parse('the request header "{name}" is "{value}"'))""")],
        'I GET "/cats"': [(STUBS, """@when(parsers.parse('I {method:w} "{path}"'))""")],
        "within 2 seconds": [
            (STUBS, """@then(parsers.parse('the response header "{name}" {comparison} within {within}'))""")
        ],
        "'s subprotocol": [(STUBS, """@then(parsers.parse('"{name}"' + "'" + 's subprotocol is "{subprotocol}"'))""")],
    }
    cucumber.open(told)

    found = {step: definitions(cucumber, told, step) for step in expected}

    assert found == expected


def test_vs_codes_extension_completes_sentences(cucumber: LanguageServer, told: Path) -> None:
    """By words of it, with values that other features have in its slots."""
    told.write_text(CATS.replace("the dogs bark", "response header"), encoding="utf-8")
    cucumber.open(told)

    answer = cucumber.ask_at("completion", told, line_of(told, "And response header"), 23)

    completed = {one["label"]: one["textEdit"]["newText"] for one in answer}
    assert 'the response header "{name}" {comparison}' in completed
    snippet = completed['I remember the response header "{header}" as "{name}"']
    assert snippet.startswith('I remember the response header "${1|')
    assert "Location" in snippet


def test_pytest_bdd_language_server_finds_what_is_undefined_and_nothing_else(
    pytest_bdd_server: LanguageServer, told: Path
) -> None:
    """As VS Code's extension, from the same file."""
    project = told.parents[1]

    undefined = {
        path.relative_to(project).as_posix(): [one["range"]["start"]["line"] for one in pytest_bdd_server.open(path)]
        for path in sorted(project.glob("features/**/*.feature"))
    }

    assert undefined.pop("features/cats.feature") == [line_of(told, "the dogs bark")]
    assert {path: found for path, found in undefined.items() if found} == {}


def test_pytest_bdd_language_server_goes_to_the_definition(pytest_bdd_server: LanguageServer, told: Path) -> None:
    """To the project's own code, or to the sentence's stub."""
    expected = {
        "there are 3 cats": {("conftest.py", "def cats(number):")},
        "the cats purr": {("conftest.py", "async def purr():")},
        "the cat eats": {("conftest.py", "def does():")},
        "the request header": {(STUBS, "def the_request_header():")},
        "within 2 seconds": {(STUBS, "def the_response_header():")},
        "'s subprotocol": {(STUBS, "def the_subprotocol_is():")},
    }
    pytest_bdd_server.open(told)

    found = {step: set(definitions(pytest_bdd_server, told, step)) for step in expected}

    assert found == expected


def test_pytest_bdd_language_server_completes_sentences(pytest_bdd_server: LanguageServer, told: Path) -> None:
    """All of the step's kind, with a place to fill in for each slot."""
    pytest_bdd_server.open(told)

    answer = pytest_bdd_server.ask_at("completion", told, line_of(told, "the request header"), 8)

    completed = {one["label"]: one["textEdit"]["newText"] for one in answer["items"]}
    assert completed['the request header "{name}" is "{value}"'] == 'the request header "${1:name}" is "${2:value}"'
    assert "there are {number:d} cats" in completed
    assert not any(label.startswith("the response") for label in completed)
