"""Shops that go wrong, each in its own way."""

from starlette.types import Receive, Scope, Send


async def fails_to_start(_scope: Scope, receive: Receive, _send: Send) -> None:
    """Has no database in the morning."""
    await receive()
    raise RuntimeError("no database")


async def fails_to_stop(_scope: Scope, receive: Receive, send: Send) -> None:
    """Does not get the till closed in the evening."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    raise RuntimeError("the till does not close")


async def runs_out_of_paper(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Prints the first line of a receipt, and no second one. It knows no lifespan."""
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"1 latte", "more_body": True})
    raise OSError("out of paper")
