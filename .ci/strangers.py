"""Install the wheel into an empty environment, and use it as a stranger would: `strangers.py DIST ENVIRONMENT`.

Small projects, without a line of Python for the tests but where the project is about that; one that has a package
`steps` of its own, one with sentences of its own, one with a failing scenario. Then those in `examples/`, each in an
environment of its own with what it asks for, and nothing else.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from environment import make

ROOT = Path(__file__).parent.parent
EXAMPLES = ("fastapi", "litestar", "quart", "django")

FEATURE = """
Feature: Orders
  Scenario: The shop is open
    When I GET "/"
    Then the response status is 200
    And the response text contains "Hello"
"""

ORDERS = (
    FEATURE
    + """
  Scenario: An order is taken
    When I send a POST request to "/orders" with the body:
      \"\"\"
      {"item": "latte"}
      \"\"\"
    Then the response status is 201
    And the response body contains:
      \"\"\"
      {"id": "#integer", "item": "latte"}
      \"\"\"
"""
)

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route


async def home(request):
    return PlainTextResponse("Hello")


async def order(request):
    return JSONResponse({"id": 1, **await request.json()}, 201)


app = Starlette(routes=[Route("/", home), Route("/orders", order, methods=["POST"])])


def create():
    return app
"""

ASGI_3 = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"Hello"})
"""

ASGI_2 = """
class app:
    def __init__(self, scope):
        assert scope["type"] == "http"

    async def __call__(self, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"Hello"})
"""

OWN_SENTENCES = """
import asyncio

import pytest
import pytest_asyncio
from asgherkin import given, then, when
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


@pytest_asyncio.fixture
async def engine():
    engine = create_async_engine("sqlite+aiosqlite://")
    yield engine
    await engine.dispose()


@pytest.fixture
def asgi_app(engine):
    async def home(request):
        async with engine.connect() as connection:
            value = await connection.scalar(text("select 'Hello'"))
        return PlainTextResponse(f"{value} {id(asyncio.get_running_loop())}")

    return Starlette(routes=[Route("/", home)])


@given("a customer", target_fixture="customer")
def customer():
    return "Ann"


@when("the customer enters", target_fixture="answer")
async def enters(customer, async_client):
    return await async_client.get("/")


@then("the customer is greeted on this very loop, and the database is there")
async def greeted(answer, engine):
    assert answer.text == f"Hello {id(asyncio.get_running_loop())}"
    async with engine.connect() as connection:
        assert await connection.scalar(text("select 1")) == 1
"""

OWN_FEATURE = """
Feature: Own sentences
  Scenario: A guest
    Given a customer
    When the customer enters
    Then the customer is greeted on this very loop, and the database is there
"""

FAILING = """
Feature: Orders
  Scenario: The shop is closed
    When I GET "/"
    Then the response text is "Closed"
"""


@dataclass(frozen=True)
class Stranger:
    """A project: its files, its setting, what its run must end with, and what must be in its output."""

    name: str
    files: dict[str, str]
    app: str = "shop.main:app"
    ends: str = ""
    contains: tuple[str, ...] = ()
    clients: tuple[str, ...] = field(default=("async", "test"))


DATABASE = """
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response, WebSocket
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("sqlite+aiosqlite:///shop.db")
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    paid: Mapped[bool] = mapped_column(default=False)


@asynccontextmanager
async def lifespan(app):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.post("/orders", status_code=201)
async def order(order: dict):
    async with sessions.begin() as session:
        session.add(row := Order(item=order["item"]))
    return {"id": row.id}


@app.websocket("/echo")
async def echo(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"You said {text}")


@app.get("/ticks")
async def ticks():
    return Response("event: tick\\ndata: 1\\n\\n", media_type="text/event-stream")
"""
DATABASE_FEATURE = """
Feature: Orders
  Scenario Outline: An order of <item> is written down
    Given the table "orders" is emptied
    When I send a POST request to "/orders" with the body:
      \"\"\"
      {"item": "<item>"}
      \"\"\"
    Then the response status is 201
    And the table "orders" contains exactly:
      | id       | item   | paid  |
      | #integer | <item> | false |

    Examples:
      | item  |
      | latte |
      | cake  |
"""
SOCKET_FEATURE = """
Feature: Talking
  Scenario: The app answers
    Given I open a websocket to "/echo" as "alice"
    When "alice" sends the text "hi"
    Then "alice" receives the text "You said hi"
    When "alice" closes the websocket
    And I open the event stream "/ticks"
    Then the stream receives the event "tick"
"""


def shop(app: str, feature: str) -> dict[str, str]:
    """The files of a project with an app and a feature."""
    return {"shop/__init__.py": "", "shop/main.py": app, "features/orders.feature": feature}


STRANGERS = (
    Stranger("Starlette", shop(STARLETTE, ORDERS), ends="2 passed"),
    Stranger("a factory", shop(STARLETTE, ORDERS), app="shop.main:create()", ends="2 passed"),
    Stranger("bare ASGI", shop(ASGI_3, FEATURE), ends="1 passed"),
    Stranger("ASGI 2", shop(ASGI_2, FEATURE), ends="1 passed"),
    Stranger(
        "a package named steps",
        shop(STARLETTE, FEATURE)
        | {
            "steps/__init__.py": "",
            "steps/own.py": 'from asgherkin import then\n\n\n@then("nothing else happens")\ndef _():\n    pass\n',
            "conftest.py": "from steps.own import *\n",
            "features/own.feature": "Feature: Own\n  Scenario: Own\n    Then nothing else happens\n",
        },
        ends="2 passed",
    ),
    Stranger(
        "sentences of its own",
        {"conftest.py": OWN_SENTENCES, "features/own.feature": OWN_FEATURE},
        app="",
        ends="1 passed",
        clients=("async",),
    ),
    Stranger(
        "a database",
        shop(DATABASE, DATABASE_FEATURE)
        | {
            "pyproject.toml": "[tool.pytest.ini_options]\n"
            'asgi_app = "shop.main:app"\n'
            'asgi_database = "sqlite+aiosqlite:///shop.db"\n'
        },
        app="",
        ends="2 passed",
    ),
    Stranger("a websocket and an event stream", shop(DATABASE, SOCKET_FEATURE), ends="1 passed"),
    Stranger(
        "a failing scenario",
        shop(STARLETTE, FAILING),
        ends="1 failed",
        contains=('The response text is "Hello" (string), expected "Closed" (string).', "features/orders.feature:5"),
    ),
)


def main(dist: Path, environment: Path) -> None:
    """Install the wheel and run all strangers' projects."""
    (wheel,) = dist.glob("*.whl")
    python = make(environment, sys.executable, f"{wheel}[uvloop,trio,database]", "fastapi")
    subprocess.run([python, "-c", "import asgherkin; assert asgherkin.__version__"], check=True)
    failed = 0
    runs = [(stranger, client) for stranger in STRANGERS for client in stranger.clients]
    for stranger, client in runs:
        problem = run(stranger, client, python)
        failed += bool(problem)
        print(f"{'FAILED' if problem else 'passed'}  {stranger.name} [{client}]{problem}")
    for name in EXAMPLES:
        problem = run_example(name, wheel)
        failed += bool(problem)
        print(f"{'FAILED' if problem else 'passed'}  examples/{name}{problem}")
    print(f"{len(runs) + len(EXAMPLES) - failed} passed, {failed} failed")
    if failed:
        raise SystemExit(1)


def run(stranger: Stranger, client: str, python: Path) -> str:
    """Run one project; the text of what went wrong, "" where nothing did."""
    with tempfile.TemporaryDirectory() as folder:
        setting = f'[tool.pytest.ini_options]\nasgi_app = "{stranger.app}"\n' if stranger.app else ""
        for name, text in (stranger.files | ({"pyproject.toml": setting} if setting else {})).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        # The program, and not `python -m`: as users call it, which does not put the folder on the import path.
        command = [str(python.with_name("pytest")), "-q", "-p", "no:cacheprovider", "--asgi-client", client]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    output = result.stdout + result.stderr
    last = result.stdout.rstrip().rsplit("\n", 1)[-1]  # an app may log to stderr
    missing = [text for text in stranger.contains if text not in output]
    if last.startswith(stranger.ends) and not missing and "site-packages" not in output:
        return ""
    return f"\n{output}\nexpected the last line to start with {stranger.ends!r}, and {missing} in it"


def run_example(name: str, wheel: Path) -> str:
    """Run an example as its README says, on both clients; the text of what went wrong, "" where nothing did."""
    with tempfile.TemporaryDirectory() as folder:
        project, environment = Path(folder) / name, Path(folder) / "environment"
        shutil.copytree(ROOT / "examples" / name, project, ignore=shutil.ignore_patterns("*.db", "__pycache__"))
        readme = (project / "README.md").read_text(encoding="utf-8")
        last = readme.partition("```text\n")[2].partition("\n```")[0].rsplit("\n", 1)[-1]
        expected = last.strip("= ").partition(" in ")[0]
        make(environment, sys.executable, str(wheel), ".[test]", cwd=project)
        for client in ("async", "test"):
            command = [str(environment / "bin" / "pytest"), "-p", "no:cacheprovider", "--asgi-client", client]
            result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
            if not expected or f" {expected} in " not in result.stdout.rstrip().rsplit("\n", 1)[-1]:
                return f" [{client}]\n{result.stdout}{result.stderr}\nexpected {expected!r} in the last line"
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
