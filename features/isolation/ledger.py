"""The shop's ledger: an app that is given its sessions, as a test may give it sessions of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.database import Order

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
    from starlette.requests import Request


def make_app(sessions: async_sessionmaker[AsyncSession]) -> Starlette:
    """The app, which reads and writes by these sessions alone."""

    async def enter(request: Request) -> Response:
        async with sessions() as session:
            order = Order((await request.json())["customer"], "latte", 1, Decimal("3.80"))
            session.add(order)
            await session.commit()
        return JSONResponse(order.as_json(), 201)

    async def enter_wrongly(_: Request) -> Response:
        async with sessions() as session:
            session.add(Order("Nobody", "latte", 1, Decimal("3.80")))
            await session.flush()
            await session.rollback()
        return JSONResponse({"error": "That was a slip of the pen."}, 400)

    async def read(_: Request) -> Response:
        async with sessions() as session:
            orders = await session.scalars(select(Order).order_by(Order.id))
            return JSONResponse({"orders": [order.as_json() for order in orders]})

    return Starlette(
        routes=[
            Route("/ledger", read),
            Route("/ledger", enter, methods=["POST"]),
            Route("/slips", enter_wrongly, methods=["POST"]),
        ]
    )
