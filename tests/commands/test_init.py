"""`asgherkin init`: from nothing to a first green scenario, with the frameworks themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asgherkin.commands import app_probe, init_command
from tests.commands.frameworks import BARE, FASTAPI, FIRST, STARLETTE, files_of

if TYPE_CHECKING:
    from tests.commands.running import CommandLine
    from tests.project import Project

pytestmark = pytest.mark.usefixtures("no_settings")


LITESTAR = """
from litestar import Litestar, get


@get("/menu")
async def menu() -> dict[str, float]:
    return {"latte": 3.8}


app = Litestar([menu])
"""
QUART = """
from quart import Quart

app = Quart(__name__)


@app.get("/")
async def home():
    return "Hello"


@app.websocket("/live")
async def live(): ...
"""
DJANGO_SETTINGS = 'SECRET_KEY = "of a test"\nDEBUG = True\nROOT_URLCONF = "site_of_mine.urls"\n'
DJANGO_SETTINGS += 'MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\n'
DJANGO_URLS = """
from django.http import JsonResponse
from django.urls import path

urlpatterns = [path("menu", lambda request: JsonResponse({"items": None}))]
"""
DJANGO_ASGI = """
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_of_mine.settings")
application = get_asgi_application()
"""
DJANGO = {
    "site_of_mine/__init__.py": "",
    "site_of_mine/settings.py": DJANGO_SETTINGS,
    "site_of_mine/urls.py": DJANGO_URLS,
    "site_of_mine/asgi.py": DJANGO_ASGI,
}
TOP = "Feature: The app answers\n  Written by `asgherkin init` from what the app said. Change it as you like.\n\n"
SETTING = '[tool.pytest.ini_options]\nasgi_app = "{}"\n'


@pytest.mark.parametrize(
    ("files", "setting", "scenario"),
    [
        pytest.param(
            {"shop/main.py": FASTAPI},
            SETTING.format("shop.main:app"),
            'Scenario: A guest asks for /menu\n    When I GET "/menu"\n    Then the response status is 200\n'
            '    And the response header "Content-Type" matches "^application/json"\n'
            '    And the response body contains:\n      """\n      {\n        "items": "#array",\n'
            '        "open": "#boolean"\n      }\n      """\n',
            id="FastAPI",
        ),
        pytest.param(
            {"src/coffee/main.py": STARLETTE, "src/coffee/__init__.py": ""},
            SETTING.format("coffee.main:create_app()") + 'pythonpath = ["src"]\n',
            'Scenario: A guest asks for /health\n    When I GET "/health"\n    Then the response status is 200\n'
            '    And the response header "Content-Type" matches "^application/json"\n'
            '    And the response body at "$" is #array\n',
            id="a factory with Starlette below src",
        ),
        pytest.param(
            {"app.py": LITESTAR},
            SETTING.format("app:app"),
            'Scenario: A guest asks for /menu\n    When I GET "/menu"\n    Then the response status is 200\n'
            '    And the response header "Content-Type" matches "^application/json"\n'
            '    And the response body contains:\n      """\n      {\n        "latte": "#number"\n      }\n      """\n',
            id="Litestar",
        ),
        pytest.param(
            {"main.py": QUART},
            SETTING.format("main:app"),
            'Scenario: A guest asks for /\n    When I GET "/"\n    Then the response status is 200\n'
            '    And the response header "Content-Type" matches "^text/html"\n',
            id="Quart",
        ),
        pytest.param(
            DJANGO,
            SETTING.format("site_of_mine.asgi:application"),
            'Scenario: A guest asks for /menu\n    Given the request header "Host" is "localhost"\n'
            '    When I GET "/menu"\n    Then the response status is 200\n'
            '    And the response header "Content-Type" matches "^application/json"\n'
            '    And the response body contains:\n      """\n      {\n        "items": "#null"\n      }\n      """\n',
            id="Django",
        ),
        pytest.param(
            {"asgi.py": BARE},
            SETTING.format("asgi:app"),
            'Scenario: A guest asks for /\n    When I GET "/"\n    Then the response status is 401\n',
            id="a bare app that lets no one in",
        ),
    ],
)
def test_a_project_has_a_green_scenario(
    project: Project, asgherkin: CommandLine, files: dict[str, str], setting: str, scenario: str
) -> None:
    """One line of settings, one feature of what the app answers, which is run; a second time changes nothing."""
    project.write(files)

    told = asgherkin("init")

    assert told.code == 0, told
    assert "1 passed" in told.out
    assert files_of(project.root) == {**files, "pyproject.toml": setting, FIRST: f"{TOP}  {scenario}"}
    again = asgherkin("init")
    assert again.code == 0
    assert "There are features already, features/first.feature: none is added.\nNothing is changed.\n" in again.out
    assert files_of(project.root) == {**files, "pyproject.toml": setting, FIRST: f"{TOP}  {scenario}"}


def test_it_says_what_its_page_shows_and_what_is_next(project: Project, asgherkin: CommandLine) -> None:
    """The app and its place, what it answers, its websockets, what is written, what pytest says; and the feature."""
    page = (Path(__file__).parents[2] / "docs" / "init.md").read_text(encoding="utf-8")
    said, feature = re.findall(r"```text\n(.*?)```\n", page, re.DOTALL)
    project.write({"shop/main.py": FASTAPI})

    told = asgherkin("init", "--app", "shop.main:app")

    assert told.out.replace("shop.main:app.", "shop.main:app (FastAPI, shop/main.py:4).").startswith(said)
    assert "passed" in told.out
    assert told.out.endswith(
        "\nNext:\n"
        "  - Write what your app promises into features/, one capability a file, and run: pytest\n"
        '  - asgherkin steps "send a file" finds a sentence by words; asgherkin steps lists all.\n'
        "  - Sentences of your own stand in conftest.py.\n"
    )
    assert (project.root / FIRST).read_text(encoding="utf-8") == feature


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported or run: the app is one that lets nobody in, and the first feature passes."""
    answer = app_probe.Answer("/", 401, "", "")
    monkeypatch.setattr(app_probe, "probe", lambda *_: app_probe.Found(answer, "", []))
    monkeypatch.setattr(init_command, "_run_first", lambda *_: 0)


@pytest.mark.usefixtures("planned")
def test_a_dry_run_shows_the_changes_and_writes_nothing(project: Project, asgherkin: CommandLine) -> None:
    """As a diff."""
    files = {"main.py": BARE, "pyproject.toml": '[project] # mine\nname = "shop"\n'}
    project.write(files)

    told = asgherkin("init", "--dry-run")

    assert told.code == 0
    assert (
        "\n--- a/pyproject.toml\n+++ b/pyproject.toml\n@@ -1,2 +1,5 @@\n [project] # mine\n"
        ' name = "shop"\n+\n+[tool.pytest.ini_options]\n+asgi_app = "main:app"\n'
        "--- /dev/null\n+++ b/features/first.feature\n"
    ) in told.out
    assert files_of(project.root) == files


@pytest.mark.usefixtures("planned")
def test_what_is_there_stays(project: Project, asgherkin: CommandLine) -> None:
    """Features, comments, Windows line ends; features go where pytest looks."""
    settings = "# Mine.\r\n[tool.pytest.ini_options] # pytest\r\ntestpaths = ['tests']\r\n"
    (project.root / "pyproject.toml").write_bytes(settings.encode())
    project.write({"main.py": BARE})

    told = asgherkin("init")

    assert told.code == 0, told
    assert (project.root / "tests/features/first.feature").exists()
    assert (project.root / "pyproject.toml").read_bytes().decode() == (
        "# Mine.\r\n[tool.pytest.ini_options] # pytest\r\nasgi_app = \"main:app\"\r\ntestpaths = ['tests']\r\n"
    )


@pytest.mark.usefixtures("planned")
def test_features_that_are_there_get_no_other_beside_them(project: Project, asgherkin: CommandLine) -> None:
    """The setting alone is added."""
    features = {f"features/{name}.feature": "Feature: Mine\n" for name in ("a", "b")}
    project.write({"main.py": BARE, **features})

    told = asgherkin("init")

    assert told.code == 0
    assert "There are features already, features/a.feature and 1 more: none is added.\n" in told.out
    assert files_of(project.root) == {"main.py": BARE, **features, "pyproject.toml": SETTING.format("main:app")}


def test_an_app_that_is_set_already_is_the_one_that_is_asked(project: Project, asgherkin: CommandLine) -> None:
    """Of several; imported from where pytest is told to import from."""
    settings = SETTING.format("shop:app") + 'pythonpath = ["lib"]\n'
    project.write({"lib/shop.py": BARE, "other.py": BARE, "pyproject.toml": settings})

    told = asgherkin("init")

    assert told.code == 0, told
    assert told.out.startswith('pyproject.toml has asgi_app = "shop:app".\nIt answers GET / with 401.\n')
    assert (project.root / "pyproject.toml").read_text(encoding="utf-8") == settings


@pytest.mark.parametrize(
    ("files", "arguments", "reason"),
    [
        pytest.param(
            {"pyproject.toml": SETTING.format("shop:app")},
            ("--app", "other:app"),
            'pyproject.toml has asgi_app = "shop:app". Change that, or leave --app out: '
            "settings that are there stay.\n",
            id="another app is set",
        ),
        pytest.param(
            {"a/main.py": FASTAPI, "b.py": STARLETTE},
            (),
            "there are 2 ASGI apps in this folder. Say which one features are about:\n"
            '  asgherkin init --app "b:create_app()" (Starlette, b.py:7)\n'
            "  asgherkin init --app a.main:app (FastAPI, a/main.py:4)\n",
            id="several apps",
        ),
        pytest.param(
            {},
            (),
            "no ASGI app was found in this folder: neither FastAPI(…), Starlette(…), Litestar(…), Quart(…), "
            "get_asgi_application() nor a create_app() that makes one. Say where it is: "
            "asgherkin init --app module:attribute\n",
            id="no app",
        ),
        pytest.param(
            {"main.py": f"{BARE}\nimport threading\nthreading.Event().wait()\n"},
            (),
            '"main:app" was not imported and asked within 0.5 seconds: it is stopped. Does its module run a '
            "server, or wait for another one, when it is imported? Put that under "
            '`if __name__ == "__main__":` or into the lifespan, or choose another app: '
            "asgherkin init --app module:attribute\n",
            id="an import that hangs",
        ),
    ],
)
def test_what_stands_in_the_way_is_told_with_what_to_do(
    project: Project,
    asgherkin: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    """Settings are the user's; of several apps each has the command that chooses it. Nothing is written."""
    project.write(files)
    monkeypatch.setattr(app_probe, "_DEADLINE", 0.5)

    told = asgherkin("init", *arguments)

    assert (told.code, told.err) == (2, f"asgherkin: {reason}")
    assert files_of(project.root) == files


def test_a_fixture_that_makes_the_app_is_left_to_its_author(project: Project, asgherkin: CommandLine) -> None:
    """Only a test can have what it makes."""
    project.write({"tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef asgi_app(): ...\n"})

    told = asgherkin("init")

    assert told.code == 0
    assert told.out.startswith(
        "tests/conftest.py has the fixture asgi_app: it makes the app, so the first feature is yours to write.\n"
    )
    assert list(files_of(project.root)) == ["tests/conftest.py"]


@pytest.mark.usefixtures("planned")
def test_pythonpath_that_is_there_is_left_and_told(project: Project, asgherkin: CommandLine) -> None:
    """A list of the user's is not rewritten."""
    project.write({"src/shop/main.py": BARE, "pytest.ini": "[pytest]\npythonpath = lib\n"})

    told = asgherkin("init", "--dry-run")

    assert 'Add "src" to pythonpath in pytest.ini: the app\'s module is there.\n' in told.out
    assert " [pytest]\n+asgi_app = shop.main:app\n pythonpath = lib\n" in told.out


def test_an_app_that_does_not_start_gets_its_setting_and_the_reason(project: Project, asgherkin: CommandLine) -> None:
    """A database that is not there is no reason to stop."""
    project.write(
        {"main.py": "async def app(scope, receive, send):\n    await receive()\n    raise OSError('no db')\n"}
    )

    told = asgherkin("init")

    assert told.code == 0, told
    assert "It does not answer yet, so no feature is written.\n" in told.out
    assert "OSError: no db" in told.out
    assert sorted(files_of(project.root)) == ["main.py", "pyproject.toml"]


def test_an_import_that_ends_the_process_is_told(project: Project, asgherkin: CommandLine) -> None:
    """With the last that it said."""
    project.write({"main.py": f"{BARE}\nimport os, sys\nprint('bye', file=sys.stderr, flush=True)\nos._exit(3)\n"})

    told = asgherkin("init")

    assert told.code == 2
    assert told.err == 'asgherkin: "main:app" ended the process that imported it.\nbye\n'


@pytest.mark.usefixtures("planned")
def test_a_folder_that_cannot_be_written_is_left_as_it_was(project: Project, asgherkin: CommandLine) -> None:
    """The setting is taken back when the feature cannot be written."""
    project.write({"main.py": BARE, "features": "a file\n"})

    told = asgherkin("init")

    assert told.code == 2
    assert told.err == "asgherkin: features/first.feature cannot be written: File exists. Nothing is changed.\n"
    assert files_of(project.root) == {"main.py": BARE, "features": "a file\n"}


def test_a_feature_that_fails_is_shown(project: Project, asgherkin: CommandLine) -> None:
    """An app that is different in each process cannot be stated."""
    crash = "import os\nfrom pathlib import Path\n\n\nasync def app(scope, receive, send):\n" + (
        "    assert scope['type'] == 'http'\n    there = Path('pyproject.toml').exists()\n"
        "    await send({'type': 'http.response.start', 'status': 500 if there else 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b''})\n"
    )
    project.write({"main.py": crash})

    told = asgherkin("init")

    assert told.code == 1
    assert "The response status is 500" in told.out
    assert "1 failed" in told.out


def test_pytest_writes_to_the_terminal_itself(
    project: Project, asgherkin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the signs that the terminal has."""
    project.write({"main.py": BARE})
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    told = asgherkin("init")

    assert told.code == 0, told
    assert '  + passed     When I GET "/"' in told.out
