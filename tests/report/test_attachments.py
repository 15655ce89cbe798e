"""What came about in a scenario, as attachments: each kind, step by step, without secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.report.runs import left_by

if TYPE_CHECKING:
    from tests.project import Project

SHOP = """
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

async def echo(request):
    return Response(await request.body(), media_type=request.headers.get("content-type"))

async def bytes_(request):
    return Response(b"\\xff\\xfe")

async def long(request):
    return Response("x" + "é" * 40_000)

async def crash(request):
    raise ValueError("token=sesame-1")

async def login(request):
    return Response(b'{"token": "sesame-22", "n": 7.60}', headers={"X-Api-Key": "sesame-33", "X-Key": "sesame-33"})

async def greet(websocket):
    await websocket.accept("v1")
    await websocket.send_text("hello")
    await websocket.send_bytes(b"\\xff")
    await websocket.send_bytes(b'{"token": "sesame-44"}')
    await websocket.close(1001, "bye")

async def refuse(websocket):
    await websocket.close(4001)

async def events(request):
    async def parts():
        yield b"event: a\\nid: 1\\ndata: b\\n\\n"
        yield b"\\xff"
    return StreamingResponse(parts(), media_type="text/event-stream")

routes = [Route("/echo", echo, methods=["GET", "POST"]), Route("/crash", crash), Route("/login", login),
          Route("/bytes", bytes_), Route("/long", long), Route("/events", events),
          WebSocketRoute("/greet", greet), WebSocketRoute("/refuse", refuse)]
app = Starlette(routes=routes)
"""
MODULE = """
import httpx2
import pytest
from asgherkin import when

@pytest.fixture
def async_client():
    mine = httpx2.MockTransport(lambda request: httpx2.Response(200))
    return httpx2.AsyncClient(base_url="http://mine", transport=mine)
"""
QUERY = '''
    When I GET "/login"
    Then I remember the response header "x-key" as "list"
    When I run the query:
      """
      SELECT 1 AS id, 'sesame-55' AS password, x'ff' AS raw WHERE {{list}} = {{list}}
      """
'''


def evidence(project: Project, steps: str, client: str = "async", *arguments: str) -> list[tuple[str, Any]]:
    """The kinds and bodies of a scenario's attachments."""
    project.write({"shop.py": SHOP})
    outcome = project.run_steps(steps, client, "--asgi-messages=a.ndjson", "--asgi-summary=a.md", *arguments)
    left = left_by(project.root, "a", outcome.output)
    assert "sesame" not in json.dumps(left.of("attachment"))
    return [(one["mediaType"].split(".")[2].split("+")[0], json.loads(one["body"])) for one in left.of("attachment")]


def test_an_exchange(project: Project, client_name: str) -> None:
    """Request and response; JSON stays as it was written, unless it has secrets."""
    ((kind, found),) = evidence(
        project,
        'When I send a POST request to "/echo" with the body:\n  """application/json\n  {"n": 7.60}\n  """',
        client_name,
    )

    assert kind == "exchange"
    assert (found["request"]["method"], found["request"]["target"]) == ("POST", "/echo")
    assert found["request"]["body"] == found["response"]["body"] == '{"n": 7.60}'
    assert found["response"]["size"] == 11
    assert [found["response"][name] for name in ("status", "phrase", "complete")] == [200, "OK", True]
    assert found["milliseconds"] > 0


def test_secrets_are_masked(project: Project) -> None:
    """In headers and bodies, whether a step looks at them or not."""
    ((_, found),) = evidence(project, 'When I GET "/login"')

    assert ["x-api-key", "[redacted]"] in found["response"]["headers"]
    assert json.loads(found["response"]["body"]) == {"token": "[redacted]", "n": 7.6}


@pytest.mark.parametrize(
    ("path", "body", "size"), [("/bytes", None, 2), ("/long", "x" + "é" * 32_767, 80_001)], ids=["no text", "cut"]
)
def test_bodies_that_are_not_shown_as_they_are(project: Project, path: str, body: str | None, size: int) -> None:
    """The size is the true one."""
    ((_, found),) = evidence(project, f'When I GET "{path}"')

    assert found["response"]["body"] == body
    assert found["response"]["size"] == size


@pytest.mark.parametrize(
    "body",
    ["{", '{"token"', '["token", ' + "[" * 5000, '{"token": null}'],
    ids=["no JSON", "no JSON with a secret name", "too deep", "a secret name without a secret"],
)
def test_bodies_in_which_nothing_is_masked(project: Project, body: str) -> None:
    """It is shown as it is."""
    ((_, found),) = evidence(
        project, f'When I send a POST request to "/echo" with the body:\n  """text/plain\n  {body}\n  """'
    )

    assert found["request"]["body"] == body


def test_a_crash(project: Project) -> None:
    """Beside the exchange: what was raised, and where."""
    exchange, (kind, crash) = evidence(project, 'When I GET "/crash"\nThen the response status is 500')

    assert exchange[1]["response"]["status"] == 500
    assert kind == "crash"
    assert crash["doing"] == "GET /crash"
    assert crash["summary"] == "ValueError: token=[redacted]"
    assert "shop.py" in crash["frames"]


def test_a_websocket(project: Project, client_name: str) -> None:
    """Texts and bytes, in hex where they hide no secret, and the end."""
    steps = """
    When I open a websocket to "/greet"
    Then the websocket receives the text "hello"
    And the websocket is closed with code 1001
    """
    ((kind, found),) = evidence(project, steps, client_name)

    assert kind == "websocket"
    assert found["messages"][0]["text"] == "hello"
    assert found["messages"][1]["hex"] == "ff"
    assert found["messages"][2]["text"] == '{"token": "[redacted]"}'
    assert (found["refusal"], found["left_out"]) == (None, 0)
    assert {**found["closing"], "at": 0} == {"by": "app", "code": 1001, "reason": "bye", "at": 0}


def test_a_refused_websocket(project: Project) -> None:
    """How it was refused."""
    ((_, found),) = evidence(project, 'When I open a websocket to "/refuse"')

    assert found["refusal"] is not None
    assert found["messages"] == []


@pytest.mark.parametrize(
    ("stream", "end", "first"),
    [
        ("event stream", 'receives the event "a"', {"name": "a", "data": "b", "id": "1", "size": 1, "at": 0}),
        ("stream", "ends", {"text": "event: a\nid: 1\ndata: b\n\n", "size": 24, "at": 0}),
    ],
    ids=["of events", "of parts"],
)
def test_a_stream(project: Project, stream: str, end: str, first: dict[str, object]) -> None:
    """Its events or parts; it is an exchange too."""
    kinds = dict(evidence(project, f'When I open the {stream} "/events"\nThen the stream {end}'))

    assert set(kinds) == {"exchange", "stream"}
    assert {**kinds["stream"]["events"][0], "at": 0} == first


def test_a_query(project: Project) -> None:
    """Its statement, parameters and rows; what a secret column holds is masked."""
    _, (kind, found) = evidence(project, QUERY, "async", "--asgi-database=sqlite+aiosqlite:///a.db")

    assert kind == "query"
    assert found["columns"] == ["id", "password", "raw"]
    assert found["rows"] == [["1", "[redacted]", "ff"]]
    assert found["statements"][0]["parameters"] == {"list": "[redacted]"}
    assert found["total"] == 1


OWN_DATABASE = """
import pytest
from asgherkin.databases.port import Column, Rows, Statement

class Own:
    async def read(self, selection): ...
    async def write(self, seeding): ...
    async def query(self, query):
        return Rows((Column("a"),), ((1,),), 1, (Statement("ASK", [{"a": "b"}, {"password": "sesame-66"}]),))

@pytest.fixture
def database():
    return Own()
"""


def test_an_own_databases_query(project: Project) -> None:
    """Whatever it says of its statements, without secrets."""
    project.write({"conftest.py": OWN_DATABASE})

    ((_, found),) = evidence(project, 'When I run the query:\n  """\n  ASK\n  """')

    assert found["statements"] == [{"text": "ASK", "parameters": [{"a": "b"}, {"password": "[redacted]"}]}]


def test_a_users_own_client_is_evidence_too(project: Project) -> None:
    """Where it leads past the app's recorder."""
    project.write({"conftest.py": MODULE})

    found = evidence(project, 'When I GET "/one"\nAnd I GET "/two"')

    assert [one["request"]["target"] for _, one in found] == ["/one", "/two"]


OWN_STEPS = """
import pytest
from asgherkin import then, when

@when("a guest asks")
def asks(client):
    assert client.get("/echo?who=guest").status_code == 200

@when("a guest asks in their own time")
async def asks_later(async_client):
    await async_client.post("/echo", json={"n": 1, "token": "sesame-77"})

@when("a guest listens")
def listens(websocket_connect):
    with websocket_connect("/greet?token=sesame-88") as websocket:
        websocket.receive_text()
        assert [websocket.receive_bytes(), websocket.receive_bytes()][1] == b'{"token": "sesame-44"}'

@when("a guest tells what was heard")
def tells(client):
    client.get("/echo?who=sesame-44")

@when("a guest does harm")
def does_harm(client):
    with pytest.raises(ValueError):
        client.get("/crash")
"""
OWN_FEATURE = """Feature: It
  Scenario: It
    When a guest asks
    And a guest asks in their own time
    And a guest listens
    And a guest tells what was heard
    And a guest does harm
"""
BOUND = "from pytest_bdd import scenarios\nscenarios('.')\n"


@pytest.mark.parametrize("where", ["it.feature", "test_bound.py"], ids=["a feature file", "scenarios()"])
def test_a_users_own_steps_leave_evidence(project: Project, client_name: str, where: str) -> None:
    """Each at its own step, without their doing: they only use the clients."""
    project.write({"shop.py": SHOP, "conftest.py": OWN_STEPS, "it.feature": OWN_FEATURE, "test_bound.py": BOUND})
    outputs = ("--asgi-messages=a.ndjson", "--asgi-summary=a.md", "--asgi-report=a.html")

    outcome = project.run(where, "--asgi-client", client_name, *outputs)

    left = left_by(project.root, "a", outcome.output)
    steps = {one["id"]: one["text"] for pickle in left.of("pickle") for one in pickle["steps"]}
    of_case = {one["id"]: steps.get(one.get("pickleStepId"), "") for one in left.of("testCase")[0]["testSteps"]}
    kinds = [(of_case[one["testStepId"]], one["mediaType"].split(".")[2]) for one in left.of("attachment")]
    assert outcome.counts == {"passed": 1}, outcome.output
    assert kinds == [
        ("a guest asks", "exchange+json"),
        ("a guest asks in their own time", "exchange+json"),
        ("a guest listens", "websocket+json"),
        ("a guest tells what was heard", "exchange+json"),
        ("a guest does harm", "exchange+json"),
        ("a guest does harm", "crash+json"),
    ]
    assert "GET /echo?who=guest \u2192 200 OK" in left.html
    assert "GET /echo?who=[redacted]" in left.html
    assert "sesame" not in left.html + json.dumps(left.messages)
