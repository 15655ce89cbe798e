"""An app with a database, which the failing scenarios about databases run against. It also takes notes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool
from starlette.applications import Starlette

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

tables = sa.MetaData()
people = sa.Table(
    "people",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)
notes = sa.Table(
    "notes",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("price", sa.Numeric(8, 2)),
    sa.Column("done", sa.Boolean, nullable=False, default=False),
    sa.Column("due", sa.Date),
    sa.Column("token", sa.Text),
    sa.Column("owner", sa.ForeignKey("people.id")),
)
ROWS = [
    {"id": 1, "title": "milk", "price": 3.8, "done": False, "due": None, "token": None, "owner": 1},
    {"id": 2, "title": "bread", "price": 2.5, "done": True, "due": None, "token": "very-secret", "owner": 1},
    {"id": 3, "title": "7", "price": None, "done": False, "due": None, "token": None, "owner": None},
]


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    engine = app.state.engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    sa.event.listen(engine.sync_engine, "connect", lambda one, _: one.execute("PRAGMA foreign_keys = ON"))
    async with engine.begin() as connection:
        await connection.run_sync(tables.create_all)
        await connection.execute(people.insert(), [{"id": 1, "name": "Ann"}])
        await connection.execute(notes.insert(), ROWS)
    yield
    await engine.dispose()


app = Starlette(lifespan=lifespan)
