"""The orders, and the database they live in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from decimal import Decimal
from os import environ
from uuid import UUID, uuid4

from sqlalchemy import Numeric
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.pool import AsyncAdaptedQueuePool


class Table(MappedAsDataclass, DeclarativeBase):
    """What makes a dataclass a table."""


class Order(Table):
    """An order is `ordered`, then `paid`, then `brewed`; or it is `cancelled`."""

    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    customer: Mapped[str]
    item: Mapped[str]
    quantity: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    status: Mapped[str] = mapped_column(default="ordered")
    ticket: Mapped[UUID] = mapped_column(default_factory=uuid4)

    def as_json(self) -> dict[str, int | str]:
        """Numbers stay numbers; price and ticket are texts."""
        return {name: it if isinstance(it, int) else str(it) for name, it in asdict(self).items()}


@asynccontextmanager
async def open_database() -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    # One connection, in turns: a database in memory lives in it, and requests must not share a transaction.
    url = environ.get("SHOP_DATABASE", "sqlite+aiosqlite://")
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)
    async with engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    yield async_sessionmaker(engine, expire_on_commit=False)
    await engine.dispose()
