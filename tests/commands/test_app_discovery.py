"""Where an app is: by settings and by source, nothing imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.commands.app_discovery import AppLocation, app_locations, named_app

if TYPE_CHECKING:
    from tests.project import Project


def found_in(project: Project, files: dict[str, str]) -> list[tuple[str, str]]:
    """The locations and kinds of apps in these files."""
    project.write(files)
    return [(one.location, one.maker) for one in app_locations(project.root)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import fastapi\napp = fastapi.FastAPI()\n", [("m:app", "FastAPI")]),
        ("from litestar import Litestar\nshop: Litestar = Litestar([])\n", [("m:shop", "Litestar")]),
        ("import falcon.asgi\napp = falcon.asgi.App()\n", [("m:app", "Falcon")]),
        ("app = Quart(__name__)\napp = Wrapped(app)\n", [("m:app", "Quart")]),
        ("from x import create_app\napp = create_app()\n", [("m:app", "create_app()")]),
        ("def create_app(a=1):\n    return Starlette()\napp = create_app()\n", [("m:app", "create_app()")]),
        ("def shop_app():\n    app = FastAPI()\n    return app\n", [("m:shop_app()", "FastAPI")]),
        ("async def app(scope, receive, send): ...\n", [("m:app", "a bare ASGI app")]),
        ("def create_app(needed):\n    return Starlette()\n", []),
        ("def create_app():\n    return Flask()\n", []),
        ("def helper():\n    return Starlette()\n", []),
        ("app = None\nx, y = Starlette(), 2\napp.state = Starlette()\nname: str\nasync def other(a): ...\n", []),
        ("app = (\n", []),
    ],
    ids=[
        "by its module",
        "annotated",
        "Falcon's",
        "wrapped",
        "an imported factory's",
        "its factory beside it",
        "a factory",
        "a bare one",
        "a factory that needs something",
        "a factory of something else",
        "a function of another name",
        "no app",
        "not Python",
    ],
)
def test_an_app_is_seen_in_the_source(project: Project, source: str, expected: list[tuple[str, str]]) -> None:
    """What a module names at its top, or else its factories."""
    assert found_in(project, {"m.py": source}) == expected


def test_other_peoples_folders_and_tests_are_not_looked_into(project: Project) -> None:
    """Environments of any name, hidden folders, tests, and what is very deep."""
    app = "app = Starlette()\n"
    others = ["tests/a.py", ".x/a.py", "node_modules/a.py", "a/b/c/d/e/f.py", "test_a.py", "a_test.py", "conftest.py"]

    found = found_in(project, {**dict.fromkeys(others, app), "my/pyvenv.cfg": "", "my/a.py": app, "deep/a.py": app})

    assert found == [("deep.a:app", "Starlette")]


def test_a_package_is_named_by_its_folder(project: Project) -> None:
    """The nearest to the top is first; src is no part of a name."""
    app = "app = Starlette()\n"

    found = found_in(project, {"src/shop/__init__.py": app, "main.py": app})

    assert [one for one, _ in found] == ["main:app", "shop:app"]


def test_a_setting_of_fastapis_says_which(project: Project) -> None:
    """Its entrypoint; the module is found below src."""
    project.write({"pyproject.toml": '[tool.fastapi]\nentrypoint = "shop.api:app"\n', "src/shop/api.py": ""})

    assert app_locations(project.root) == [AppLocation("shop.api:app", "tool.fastapi.entrypoint", "", "src")]


def test_settings_that_cannot_be_read_say_nothing(project: Project) -> None:
    """They are told where they are to be changed."""
    project.write({"pyproject.toml": "[tool", "m.py": "app = Starlette()\n"})

    assert [one.location for one in app_locations(project.root)] == ["m:app"]


def test_a_location_of_the_users_is_looked_for_below_src(project: Project) -> None:
    """Unless the project's own folder has it too."""
    project.write({"src/shop.py": "", "src/here/a.py": "", "here/a.py": ""})

    assert [named_app(project.root, name).folder for name in ("shop:app", "here.a:app", "no:app")] == ["src", ".", "."]
