"""Finding the app, and the mistakes in its location."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from asgherkin.clients.app_location import asgi3, load_app
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from asgherkin.clients.asgi import Receive, Scope, Send

numbers = itertools.count()


class Project:
    """A folder with modules of a name that no other test has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"shop{next(numbers)}"

    def write(self, file: str, code: str) -> None:
        """Write a module of the package."""
        path = self.folder / self.name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)

    def load(self, location: str) -> object:
        """Load `location`, in which `shop` stands for the package."""
        return load_app(location.replace("shop", self.name), self.folder)

    def failure(self, location: str) -> str:
        """The message that loading fails with, with `shop` for the package."""
        with pytest.raises(ConfigurationError) as caught:
            self.load(location)
        return str(caught.value).replace(self.name, "shop").replace(str(self.folder), "FOLDER")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    path, modules = list(sys.path), set(sys.modules)
    yield Project(tmp_path)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


APP = "async def app(scope, receive, send): ...\nclass Site:\n    main = app\nnumber = 5\n"


@pytest.mark.parametrize("location", ["shop.main:app", "shop.main:Site.main", "shop.factory:make()"])
def test_an_app_is_found(project: Project, location: str) -> None:
    """By module and attribute, by a nested one, and through a factory."""
    project.write("main.py", APP)
    project.write("factory.py", "from .main import app\ndef make(): return app\n")

    app = project.load(location)

    assert app is sys.modules[f"{project.name}.main"].app
    assert sys.path[0] == str(project.folder)


def test_the_search_path_is_added_once(project: Project) -> None:
    """Loading again changes nothing."""
    project.write("main.py", APP)

    project.load("shop.main:app")
    project.load("shop.main:app")

    assert sys.path.count(str(project.folder)) == 1


@pytest.mark.parametrize(
    "location", ["shop", "", "shop.main:", "shop main:app", "shop.main:app(1)", "shop/main.py:app"]
)
def test_a_bad_location(project: Project, location: str) -> None:
    """The right form is shown."""
    assert project.failure(location) == (
        f'"{location}" is not an app\'s location. Write "module:attribute", '
        'for example asgi_app = "shop.main:app", or "module:factory()".'
    )


@pytest.mark.parametrize(
    ("location", "message"),
    [
        pytest.param(
            "shopp.main:app",
            'The app\'s module "shopp.main" was not found: there is no "shopp" in FOLDER, '
            "nor anywhere else on sys.path.",
            id="no package",
        ),
        pytest.param(
            "shop.mian:app",
            'The app\'s module "shop.mian" was not found: there is a "shop", but no "mian" in it.',
            id="no module",
        ),
        pytest.param(
            "shop.needs:app",
            'The app\'s module "shop.needs" imports "not_there", which was not found:\n'
            "  shop/needs.py:1 in <module>\n"
            "    import not_there\n"
            "ModuleNotFoundError: No module named 'not_there'",
            id="an import of its own",
        ),
        pytest.param(
            "shop.fails:app",
            'The app\'s module "shop.fails" fails when it is imported:\n'
            "  shop/fails.py:2 in <module>\n"
            "    from .settings import url\n"
            "  shop/settings.py:1 in <module>\n"
            '    url = {}["url"]\n'
            "KeyError: 'url'",
            id="an error",
        ),
        pytest.param(
            "shop.exits:app",
            'The app\'s module "shop.exits" fails when it is imported:\n'
            "  shop/exits.py:1 in <module>\n"
            "    raise SystemExit(3)\n"
            "SystemExit: 3",
            id="an exit",
        ),
        pytest.param(
            "shop.broken:app",
            'The app\'s module "shop.broken" fails when it is imported:\n'
            "  shop/broken.py:1\n"
            "    def app(:\n"
            "SyntaxError: invalid syntax",
            id="broken syntax",
        ),
        pytest.param(
            "shop.main:ap",
            '"shop.main" has no attribute "ap". The nearest names are: app.',
            id="no attribute, but one like it",
        ),
        pytest.param("shop.main:zzzzzz", '"shop.main" has no attribute "zzzzzz".', id="no attribute"),
        pytest.param(
            "shop.main:Site.mian",
            '"shop.main:Site" has no attribute "mian". The nearest names are: main.',
            id="no nested attribute",
        ),
        pytest.param(
            "shop.main:number",
            '"shop.main:number" is not an ASGI app: it is of type int, which cannot be called.',
            id="not callable",
        ),
        pytest.param(
            "shop.main:number()",
            '"shop.main:number" is not an ASGI app: it is of type int, which cannot be called.',
            id="no factory",
        ),
        pytest.param(
            "shop.factory:nothing",
            '"shop.factory:nothing" is not an ASGI app, which is called with three arguments: scope, receive and send. '
            'It can be called without anything: if it makes the app, write "shop.factory:nothing()".',
            id="a factory that is not called",
        ),
        pytest.param(
            "shop.factory:wsgi",
            '"shop.factory:wsgi" is not an ASGI app, which is called with three arguments: scope, receive and send. '
            "It takes two, as a WSGI app does: Flask, or Django's wsgi.py (asgi.py has its ASGI app).",
            id="a WSGI app",
        ),
        pytest.param(
            "shop.factory:four",
            '"shop.factory:four" is not an ASGI app, which is called with three arguments: scope, receive and send. '
            "It takes others.",
            id="a function of four",
        ),
        pytest.param(
            "shop.factory:nothing()",
            '"shop.factory:nothing()" is not an ASGI app: it is of type NoneType, which cannot be called.',
            id="a factory of nothing",
        ),
        pytest.param(
            "shop.factory:later()",
            'The factory "shop.factory:later()" is an "async def": it returns a coroutine and no app. '
            'Write it as a "def".',
            id="an async factory",
        ),
        pytest.param(
            "shop.factory:fails()",
            'The factory "shop.factory:fails()" failed:\n'
            "  shop/factory.py:6 in fails\n"
            '    raise RuntimeError("no database")\n'
            "RuntimeError: no database",
            id="a factory that fails",
        ),
        pytest.param(
            "shop.factory:greedy()",
            'The factory "shop.factory:greedy()" failed:\n'
            "TypeError: greedy() missing 1 required positional argument: 'x'",
            id="a factory that wants something",
        ),
    ],
)
def test_what_stands_in_the_way(project: Project, location: str, message: str) -> None:
    """Each mistake has its own message, with the user's frames alone."""
    project.write("main.py", APP)
    project.write("needs.py", "import not_there\n")
    project.write("fails.py", "'''Fails.'''\nfrom .settings import url\n")
    project.write("settings.py", 'url = {}["url"]\n')
    project.write("exits.py", "raise SystemExit(3)\n")
    project.write("broken.py", "def app(:\n")
    project.write(
        "factory.py",
        "def nothing(): ...\n"
        "def wsgi(environ, start_response): ...\n"
        "def four(a, b, c, d): ...\n"
        "async def later(): ...\n"
        "def fails():\n"
        '    raise RuntimeError("no database")\n'
        "def greedy(x): ...\n",
    )

    assert project.failure(location) == message


def test_the_cause_is_kept(project: Project) -> None:
    """For whoever wants the whole traceback."""
    project.write("fails.py", "1 / 0\n")

    with pytest.raises(ConfigurationError) as caught:
        project.load("shop.fails:app")

    assert isinstance(caught.value.__cause__, ZeroDivisionError)


log: list[str] = []


async def three(scope: Scope, receive: Receive, send: Send) -> None:
    log.append(scope["type"])


def two(scope: Scope) -> Callable[[Receive, Send], Awaitable[None]]:
    async def instance(receive: Receive, send: Send) -> None:
        log.append(scope["type"])

    return instance


class Three:
    """An object that is an ASGI 3 app."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be called."""
        log.append(scope["type"])


class Two:
    """A class that is an ASGI 2 app."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self, receive: Receive, send: Send) -> None:
        """Be called."""
        log.append(self.scope["type"])


class Awaitable3:
    """A class that is an ASGI 3 app, as Starlette's endpoints are."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope

    def __await__(self) -> Iterator[None]:
        log.append(self.scope["type"])
        return iter(())


class Anything:
    """An object that takes whatever it is given."""

    def __call__(self, *args: object) -> Awaitable[None]:
        """Be called."""
        return three(*cast("tuple[Scope, Receive, Send]", args))


@pytest.mark.parametrize("app", [three, two, Three(), Two, Awaitable3, Anything()])
def test_every_kind_of_app_is_called(app: object) -> None:
    """ASGI 2 and 3, functions, objects and classes."""
    log.clear()

    async def call() -> None:
        await asgi3(app)({"type": "http"}, cast("Receive", print), cast("Send", print))

    anyio.run(call)

    assert log == ["http"]


def test_a_callable_without_a_signature_is_taken_as_it_is() -> None:
    """Its signature cannot be known."""
    app: object = min

    assert asgi3(app) is app


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        pytest.param("src/NAME/__init__.py", True, id="a package"),
        pytest.param("src/NAME/main.py", True, id="a folder"),
        pytest.param("src/NAME.py", True, id="a module"),
        pytest.param(".venv/NAME.py", False, id="a hidden folder"),
        pytest.param("src/NAME", False, id="a file that is no module"),
    ],
)
def test_a_module_in_a_folder_below_is_told(project: Project, file: str, hint: bool) -> None:
    """Python looks into `src` only where it is told to."""
    path = project.folder / file.replace("NAME", project.name)
    path.parent.mkdir(parents=True)
    path.touch()

    assert project.failure("shop.main:app") == (
        'The app\'s module "shop.main" was not found: there is no "shop" in FOLDER, nor anywhere else on sys.path.'
        + ' There is one in src: set pytest\'s option pythonpath to "src", or install the project (pip install -e .).'
        * hint
    )
