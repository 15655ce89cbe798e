"""What guests do not see: the staff's channel behind a door, and the coffee machine, which speaks in bytes."""

import json

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

KEY = "kettle"


async def staff(websocket: WebSocket) -> None:
    """Let in who has the key, as a bearer token or as a cookie, and say who is meant."""
    keys = (websocket.headers.get("Authorization", "").removeprefix("Bearer "), websocket.cookies.get("key"))
    if KEY not in keys:
        await websocket.send_denial_response(JSONResponse({"error": "Staff only."}, 403))
        return
    await websocket.accept()
    await websocket.send_text(f"Welcome, {websocket.query_params.get('name', 'colleague')}!")
    await websocket.receive()


async def cellar(websocket: WebSocket) -> None:
    """Let nobody in."""
    await websocket.close(1008, "There is no light.")


async def machine(websocket: WebSocket) -> None:
    """Brew what is ordered in bytes, answer each text with the same text, until the water is empty."""
    chosen = [one for one in websocket.scope["subprotocols"] if one == "machine.v2"]
    await websocket.accept(subprotocol=next(iter(chosen), None))
    while True:
        match await websocket.receive():
            case {"text": "rinse"}:
                await websocket.close(4001, "The water is empty.")
                return
            case {"text": "too hot"}:
                raise RuntimeError("120 degrees")
            case {"text": str(text)}:
                await websocket.send_text(text)
            case {"bytes": bytes(order)} if order.startswith(b"{"):
                await websocket.send_bytes(json.dumps({"brewing": json.loads(order)["drink"]}).encode())
            case {"bytes": bytes(signal)}:
                await websocket.send_bytes(signal[::-1])
            case _:
                return


app = Starlette(
    routes=[WebSocketRoute("/staff", staff), WebSocketRoute("/cellar", cellar), WebSocketRoute("/machine", machine)]
)
