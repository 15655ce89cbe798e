"""The fixtures that a user may override or use, and where the app comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

SHOP = """
class App:
    def __init__(self, name="shop"):
        self.name = name

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        if scope["path"] == "/crash":
            raise ValueError("crashed")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": self.name.encode()})

app = App()
number = 3

def factory():
    return App("factory")

def broken():
    raise KeyError("no key")
"""
FEATURE = 'Feature: f\n  Scenario: s\n    When I GET "/"\n    Then the response text is "{name}"\n'
PLACE = (
    'a.feature:3, Scenario: s\n       2 |   Scenario: s\n  >    3 |     When I GET "/"\n       4 |     Then the resp'
)
NO_SETTING = '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n'


@pytest.mark.parametrize(
    ("arguments", "conftest", "name"),
    [
        ((), "", "shop"),
        (("--asgi-app=shop:factory()",), "", "factory"),
        ((), "def asgi_app(): return shop.App('object')", "object"),
        ((), "def asgi_app(): return 'shop:factory()'", "factory"),
        ((), "def asgi_app(tmp_path):\n    yield shop.App('generator')", "generator"),
        ((), "async def asgi_app(): return shop.App('async')", "async"),
    ],
    ids=["configured", "command line", "fixture", "location", "generator", "async"],
)
def test_the_app_is_configured_or_a_fixture(
    project: Project, arguments: tuple[str, ...], conftest: str, name: str
) -> None:
    """The overridden fixture goes before what is configured."""
    decorator = "pytest_asyncio" if "async" in conftest else "pytest"
    fixture = f"import shop, pytest, pytest_asyncio\n@{decorator}.fixture\n{conftest}\n" if conftest else ""
    project.write({"shop.py": SHOP, "conftest.py": fixture, "a.feature": FEATURE.format(name=name)})

    outcome = project.run(*arguments)

    assert outcome.counts == {"passed": 1}, outcome.output


def test_no_app_is_an_error_that_shows_what_to_add(project: Project) -> None:
    """The line, the option and the fixture."""
    project.write({"pyproject.toml": NO_SETTING, "a.feature": FEATURE.format(name="")})

    assert project.run().failure == (
        "No app is configured. Say where it is, in pyproject.toml:\n"
        "\n"
        "    [tool.pytest.ini_options]\n"
        '    asgi_app = "shop.main:app"\n'
        "\n"
        "or on the command line (--asgi-app shop.main:app), or override the fixture asgi_app in conftest.py.\n"
        "\n"
        f'{PLACE}onse text is ""'
    )


@pytest.mark.parametrize(
    ("file", "section", "written"),
    [
        ("pytest.ini", "pytest", "shop.main:app"),
        ("tox.ini", "pytest", "shop.main:app"),
        ("setup.cfg", "tool:pytest", "shop.main:app"),
        ("pytest.toml", "pytest", '"shop.main:app"'),
    ],
)
def test_what_to_add_is_shown_for_the_file_that_pytest_reads(
    project: Project, file: str, section: str, written: str
) -> None:
    """It may be another one than pyproject.toml, and written otherwise."""
    if file == "pytest.toml" and pytest.version_tuple < (9,):
        pytest.skip("pytest reads this file since version 9")
    project.write({"pyproject.toml": "", file: f"[{section}]\n", "a.feature": FEATURE.format(name="")})

    assert project.run().failure.startswith(
        f"No app is configured. Say where it is, in {file}:\n\n    [{section}]\n    asgi_app = {written}\n\n"
    )


@pytest.mark.parametrize(
    ("location", "message"),
    [
        (
            "shop",
            '"shop" is not an app\'s location. Write "module:attribute", for example asgi_app = "shop.main:app", or '
            '"module:factory()".',
        ),
        ("shop:ap", '"shop" has no attribute "ap". The nearest names are: app.'),
        ("shop:number", '"shop:number" is not an ASGI app: it is of type int, which cannot be called.'),
        (
            "shops:app",
            'The app\'s module "shops" was not found: there is no "shops" in ROOT, nor anywhere else on sys.path.',
        ),
        (
            "shop:broken()",
            'The factory "shop:broken()" failed:\n  shop.py:25 in broken\n    raise KeyError("no key")\nKeyError: '
            "'no key'",
        ),
        (
            "bad:app",
            'The app\'s module "bad" fails when it is imported:\n  bad.py:3 in <module>\n    inner()\n'
            "  bad.py:2 in inner\n    1 / 0\nZeroDivisionError: division by zero",
        ),
        (
            "syntax:app",
            'The app\'s module "syntax" fails when it is imported:\n  syntax.py:1\n    def\n'
            "SyntaxError: invalid syntax",
        ),
        (
            "needs:app",
            'The app\'s module "needs" imports "nothing_of_that_name", which was not found:\n  needs.py:1 in <module>\n'
            "    import nothing_of_that_name\nModuleNotFoundError: No module named 'nothing_of_that_name'",
        ),
    ],
    ids=["no colon", "attribute", "not callable", "module", "factory", "failing import", "syntax", "missing import"],
)
@pytest.mark.parametrize("place", ["ini", "sentence"])
def test_a_bad_location_is_an_error(project: Project, place: str, location: str, message: str) -> None:
    """The app's own frames, and the nearest names."""
    given = f'    Given the app is "{location}"\n' if place == "sentence" else ""
    project.write(
        {
            "shop.py": SHOP,
            "bad.py": "def inner():\n    1 / 0\ninner()\n",
            "syntax.py": "def\n",
            "needs.py": "import nothing_of_that_name\n",
            "a.feature": f'Feature: f\n  Scenario: s\n{given}    When I GET "/"\n',
        }
    )
    if not given:
        project.write({"pyproject.toml": f'[tool.pytest.ini_options]\nasgi_app = "{location}"\n'})

    failure = project.run().failure

    told, _, where = failure.replace(str(project.root), "ROOT").partition("\n\na.feature:")
    assert told == message
    assert where.startswith(("3, Scenario: s\n", "4, Scenario: s\n"))


TESTS = """
import httpx2
import pytest
import shop
from asgherkin.session.session import Session

def test_client(client, session, request):
    assert isinstance(client, httpx2.Client)
    assert client.get("/").text == "shop"
    assert isinstance(session, Session)
    assert session.surroundings.feature_folder == request.path.parent

def test_client_raises(client):
    with pytest.raises(ValueError, match="crashed"):
        client.get("/crash")

@pytest.mark.asyncio
async def test_async_client(async_client):
    assert isinstance(async_client, httpx2.AsyncClient)
    assert (await async_client.get("/")).text == "shop"

def test_variables(variables, session):
    variables["a"] = 1
    assert session.variables is variables

def test_no_variables(variables):
    assert dict(variables) == {}

def test_app(asgi_app):
    assert asgi_app == "shop:app"

@pytest.mark.parametrize("given", [1])
def test_no_client(given):
    assert given == 1
"""


@pytest.mark.parametrize("arguments", [(), ("--asgi-loop=uvloop",)], ids=["asyncio", "uvloop"])
def test_fixtures_work_in_plain_tests(project: Project, arguments: tuple[str, ...]) -> None:
    """Each test has a session of its own."""
    project.write({"shop.py": SHOP, "test_it.py": TESTS})

    outcome = project.run(*arguments)

    assert outcome.counts == {"passed": 7}, outcome.output


def test_what_goes_wrong_in_a_plain_test_shows_the_users_frames(project: Project) -> None:
    """In the fixtures, and at the end."""
    app = SHOP.replace(
        "if scope[", "if scope['type'] == 'lifespan': await receive(); raise OSError('down')\n        if scope["
    )
    app = app.replace(
        "await receive(); raise", "await receive(); await send({'type': 'lifespan.startup.complete'}); raise"
    )
    project.write({"shop.py": SHOP, "test_it.py": "def test_end(client):\n    pass\n"})

    project.write({"pyproject.toml": NO_SETTING})
    no_app = project.run("-k", "end").failure
    project.write({"down.py": app})
    down = project.run("-k", "end", "--asgi-app=down:app").failure

    assert no_app.startswith("No app is configured. ")
    assert down.startswith("The app raised OSError: down")
    for failure in (no_app, down):
        assert not any(one in failure for one in ("asgherkin/", "_pytest", "pluggy", "site-packages")), failure


def test_fixtures_work_in_steps(project: Project) -> None:
    """They are the scenario's own: a step sees what the sentences did."""
    steps = """
from asgherkin import given, then

@given("a name")
def _(variables):
    variables["name"] = "shop"

@then("seen by a def")
def _(client, session, variables, tmp_path_factory):
    assert client.get("/").text == "shop"
    assert variables["name"] == "shop"
    assert session.surroundings.feature_folder.name == "features"

@then("seen by an async def")
async def _(async_client, variables):
    assert (await async_client.get("/")).text == "shop"
    assert variables["name"] == "shop"
"""
    project.write(
        {
            "shop.py": SHOP,
            "conftest.py": steps,
            "features/a.feature": 'Feature: f\n  Scenario: s\n    Given a name\n    When I GET "/"\n'
            '    Then the response text is "{{name}}"\n'
            "    Then seen by a def\n    And seen by an async def\n",
        }
    )

    outcome = project.run()

    assert outcome.counts == {"passed": 1}, outcome.output


def test_an_autouse_fixture_may_use_the_session(project: Project) -> None:
    """It is the session of the scenario that follows."""
    steps = """
import pytest

@pytest.fixture(autouse=True)
def signed_in(variables):
    variables["path"] = "/"
"""
    feature = FEATURE.format(name="shop").replace('"/"', '"{{path}}"')
    project.write({"shop.py": SHOP, "conftest.py": steps, "a.feature": feature})

    outcome = project.run()

    assert outcome.counts == {"passed": 1}, outcome.output
