"""The shop, with a night shift: orders for tomorrow are taken at once, and written down later, in the background."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import main as shop
from app.database import Order

STEPS = ("ordered", "paid", "brewed")


async def order_for_tomorrow(request: Request) -> Response:
    """Take an order; the night shift does the rest."""
    details = await request.json()
    request.state.night_shift.create_task(work(request, details["customer"], details["item"]))
    return Response("See you tomorrow!", 202)


async def work(request: Request, customer: str, item: str) -> None:
    """Write the order down, take the money, and brew: one after the other."""
    order = Order(customer, item, 1, shop.PRICES[item])
    for status in STEPS:
        await asyncio.sleep(0.03)
        async with request.state.database.begin() as session:
            order.status = status
            session.add(order)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[dict[str, object]]:
    """Open the shop; it closes when the night shift has done its work."""
    async with shop.lifespan(shop.app) as state, asyncio.TaskGroup() as night_shift:
        yield {"night_shift": night_shift, **state}


app = Starlette(routes=[Route("/tomorrow", order_for_tomorrow, methods=["POST"]), *shop.routes], lifespan=lifespan)
