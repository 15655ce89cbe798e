"""Sentences about websockets: what they send, what they compare, how long they wait, what is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

APP = """
import asyncio

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute


async def echo(websocket):
    await websocket.accept()
    while (message := await websocket.receive())["type"] == "websocket.receive":
        if message.get("text") == "crash":
            raise KeyError("no such order")
        if message.get("text") == "close and crash":
            await websocket.close()
            await asyncio.sleep(0.05)
            raise KeyError("no such order")
        if message.get("text") == "leave":
            return
        if message.get("text") == "crash in a moment":
            await asyncio.sleep(0.05)
            raise KeyError("no such order")
        await websocket.send({**message, "type": "websocket.send"})


async def handshake(websocket):
    await websocket.accept()
    cookies, headers = websocket.cookies, websocket.headers
    await websocket.send_json({
        "query": str(websocket.url.query),
        "cookie": cookies.get("flavour"),
        "tenant": headers.get("x-tenant"),
        "credentials": headers.get("authorization"),
        "content_type": headers.get("content-type"),
        "subprotocols": websocket.scope["subprotocols"],
    })
    await websocket.receive()


async def broken(websocket):
    raise KeyError("no such room")


async def unanswered(websocket):
    await asyncio.Event().wait()


async def late(websocket):
    await websocket.accept()
    try:
        await websocket.receive()
    finally:
        raise KeyError("too late")


async def silent(websocket):
    return


async def home(request):
    return PlainTextResponse("Hello")


PAGES = (echo, handshake, broken, unanswered, late, silent)
app = Starlette(routes=[Route("/", home), *(WebSocketRoute(f"/{page.__name__}", page) for page in PAGES)])
"""


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose app answers on websockets."""
    project.write({"shop.py": APP})
    return project


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            """
            When I send the JSON:
              \"\"\"
              {"price": 3.80, "name": "crème"}
              \"\"\"
            Then the websocket receives the text "{\\"price\\":3.8,\\"name\\":\\"crème\\"}"
            """,
            id="JSON is sent on one line",
        ),
        pytest.param(
            """
            When I send the JSON as bytes:
              \"\"\"
              "é"
              \"\"\"
            Then the websocket receives the bytes "22 c3a9 22"
            """,
            id="JSON in bytes is UTF-8",
        ),
        pytest.param(
            """
            When I send the bytes ""
            Then the websocket receives the bytes ""
            """,
            id="no bytes are a message",
        ),
        pytest.param(
            """
            When I send the text "#uuid"
            Then the websocket receives the text "#uuid"
            """,
            id="a text is no matcher",
        ),
        pytest.param(
            """
            When I send the JSON as bytes:
              \"\"\"
              {"id": 7, "names": ["Ann", "Bob"]}
              \"\"\"
            Then the websocket receives JSON containing:
              \"\"\"
              {"names": ["#string"]}
              \"\"\"
            And I remember the received JSON at "$.id" as "id"
            When I send the text "no. {{id}}"
            Then the websocket receives the text "no. {{id}}"
            When I send the text "[{{id}}]"
            Then the websocket receives the JSON:
              \"\"\"
              [{{id}}]
              \"\"\"
            """,
            id="JSON containing is found in bytes too, and remembered",
        ),
        pytest.param(
            """
            When I close the websocket
            Then the websocket receives nothing for 5 seconds
            And the websocket is closed with the code 1000
            When I close the websocket with the code 4000
            Then the websocket is closed with the code 1000 and the reason ""
            """,
            id="a closed websocket receives nothing, at once, and closes once",
        ),
        pytest.param(
            """
            When I send the text "one"
            And I send the text "two"
            And I close the websocket with the code 4999 and the reason "enough"
            Then the websocket is closed with the code 4999 and the reason "enough" within 2 seconds
            When I open a websocket to "/echo"
            And I GET "/"
            And I send the text "three"
            Then the websocket receives the text "three"
            And the response text is "Hello"
            """,
            id="an unnamed one is opened anew",
        ),
        pytest.param(
            """
            When I send the text "leave"
            Then the websocket is closed with the code 1006
            """,
            id="an app may leave",
        ),
        pytest.param(
            """
            When I try to open a websocket to "/silent" as "alice"
            Then "alice" is refused with the status 500
            """,
            id="an app that answers nothing has refused",
        ),
    ],
)
def test_what_holds(project: Project, client_name: str, steps: str) -> None:
    """These scenarios pass."""
    outcome = project.run_steps(f'Given I open a websocket to "/echo"\n{_flat(steps)}', client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


def _flat(steps: str) -> str:
    return "\n".join(line.removeprefix(" " * 12) for line in steps.strip("\n").splitlines())


def test_what_the_handshake_takes_with_it(project: Project, client_name: str) -> None:
    """Headers, cookies, query and credentials go with it; the body waits for a request."""
    steps = """
    Given the request header "X-Tenant" is "acme"
    And the cookie "flavour" is "oat"
    And the query parameter "name" is "Ann"
    And I am authenticated with the bearer token "t"
    And the request body is:
      \"\"\"
      {}
      \"\"\"
    When I open a websocket to "/handshake?a=1" with the subprotocol "chat.v1"
    Then the websocket receives the JSON:
      \"\"\"
      {"query": "a=1&name=Ann", "cookie": "oat", "tenant": "acme", "credentials": "Bearer t", "content_type": null,
       "subprotocols": ["chat.v1"]}
      \"\"\"
    """

    outcome = project.run_steps(steps, client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


@pytest.mark.parametrize(
    "steps",
    [
        'When I send the text "crash"\nThen the app raised "KeyError"\nAnd the websocket is closed with the code 1011',
        'When I send the text "crash in a moment"\nThen the app raised "KeyError"',
        'When I send the text "close and crash"\nThen the websocket is closed\nAnd the app raised "KeyError"',
        'When I open a websocket to "/broken" as "alice"\nThen the app raised "KeyError"',
        'When I try to open a websocket to "/broken" as "a"\nThen "a" is refused with the status 500',
        'When I open a websocket to "/late" as "alice"\nAnd "alice" sends the text ""\nThen the app raised "KeyError"',
        'When I open a websocket to "/late" as "a"\nAnd "a" closes the websocket\nThen the app raised "KeyError"',
    ],
    ids=[
        "by a message",
        "in a moment",
        "after closing",
        "before accepting",
        "by its status",
        "in a finally",
        "after this side closed",
    ],
)
def test_an_expected_crash(project: Project, client_name: str, steps: str) -> None:
    """A sentence that expects the crash is told of it, whenever it comes."""
    outcome = project.run_steps(f'Given I open a websocket to "/echo"\n{steps}', client_name)

    assert outcome.counts == {"passed": 1}, outcome.output


@pytest.mark.parametrize(
    ("steps", "headline"),
    [
        (
            'When I send the text "crash"\nThen the websocket is closed with the code 1011',
            "The app raised KeyError: 'no such order' (websocket /echo).",
        ),
        (
            'When I try to open a websocket to "/broken" as "a"\nThen "a" is refused with the status 403',
            "The app raised KeyError: 'no such room' (websocket /broken).",
        ),
        (
            'When I open a websocket to "/late" as "alice"',
            "The app raised KeyError: 'too late' (websocket /late).",
        ),
    ],
    ids=["a close code", "another status", "after the last step"],
)
def test_a_crash_that_nothing_expects(project: Project, client_name: str, steps: str, headline: str) -> None:
    """It fails the scenario with its own text, and shows the conversation."""
    outcome = project.run_steps(f'Given I open a websocket to "/echo"\n{steps}', client_name)

    assert outcome.headline.splitlines()[0] == headline
    assert "\n  → opening: " in outcome.failure


def test_an_app_that_never_accepts(project: Project, client_name: str) -> None:
    """Opening fails after the timeout, and says where the app was waiting."""
    outcome = project.run_steps('When I try to open a websocket to "/unanswered"', client_name, "--asgi-timeout", "0.1")

    assert outcome.headline == (
        "The app did not accept the websocket /unanswered within 0.1 seconds. "
        "It was waiting at shop.py:45 in unanswered: await asyncio.Event().wait()"
    )


def test_secrets_in_messages(project: Project, client_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is secret by its name, or from the environment, is shown nowhere: not in what was said either."""
    monkeypatch.setenv("SHOP_KEY", "k-123456")
    steps = """
    Given I open a websocket to "/echo?token=t-123456"
    When I send the text "{{env.SHOP_KEY}}"
    And I send the JSON:
      \"\"\"
      {"password": "p-123456", "name": "Ann"}
      \"\"\"
    And I send the text "my password is p-123456"
    Then the websocket receives the text "Hello"
    """

    outcome = project.run_steps(steps, client_name)

    assert "123456" not in outcome.failure
    assert '→ JSON {"password": "[redacted]", "name": "Ann"}' in outcome.failure


def test_a_scenario_without_a_start(project: Project, client_name: str) -> None:
    """Where the app does not start, nothing is opened: the start-up's crash is what fails, or is expected."""
    project.write({"broken.py": "async def app(scope, receive, send):\n    await receive()\n    raise KeyError('x')\n"})
    steps = """
    Given the app is "broken:app"
    When I open a websocket to "/"
    And I open the event stream "/"
    Then the app failed to start with "KeyError"
    """

    outcome = project.run_steps(steps, client_name)

    assert outcome.headline.splitlines()[0] == "The app raised KeyError: 'x' (start-up)."


@pytest.mark.parametrize("sentence", ["failed to start with", "raised"])
@pytest.mark.parametrize("opening", ["a websocket to", "the event stream", "the stream"])
def test_an_expected_failure_to_start(project: Project, client_name: str, opening: str, sentence: str) -> None:
    """The step that would open something is left to the sentence that expects the failure."""
    project.write({"broken.py": "async def app(scope, receive, send):\n    await receive()\n    raise KeyError('x')\n"})

    outcome = project.run_steps(
        f'Given the app is "broken:app"\nWhen I open {opening} "/"\nThen the app {sentence} "KeyError"',
        client_name,
    )

    assert outcome.counts == {"passed": 1}, outcome.output


def test_own_steps_open_websockets(project: Project, client_name: str) -> None:
    """The fixture gives sync and async steps a websocket."""
    project.write(
        {
            "conftest.py": """
from asgherkin import then


@then("a sync step speaks")
def speaks(websocket_connect):
    with websocket_connect("/echo") as websocket:
        websocket.send_text("hi")
        assert websocket.receive_text() == "hi"


@then("an async step speaks")
async def speaks_too(websocket_connect):
    async with websocket_connect("/echo") as websocket:
        await websocket.send_json({"a": 1})
        assert await websocket.receive_json() == {"a": 1}
"""
        }
    )

    outcome = project.run_steps("Then a sync step speaks\nAnd an async step speaks", client_name)

    assert outcome.counts == {"passed": 1}, outcome.output
