"""The shop's tables, and the database they live in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Numeric, func
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.pool import AsyncAdaptedQueuePool


class Row(MappedAsDataclass, DeclarativeBase):
    """What the tables have in common."""

    id: Mapped[int] = mapped_column(primary_key=True, init=False)


class Item(Row):
    """Something on the menu; `stock` is null where there is always more."""

    __tablename__ = "menu"
    name: Mapped[str] = mapped_column(unique=True)
    price: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    hot: Mapped[bool] = mapped_column(default=True)
    stock: Mapped[int | None] = mapped_column(default=None)


class Order(Row):
    """An order is `ordered`, then `paid`, then `brewed`; or it is `cancelled`."""

    __tablename__ = "orders"
    customer: Mapped[str]
    item: Mapped[str] = mapped_column(ForeignKey(Item.name))
    quantity: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    note: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(default="ordered")
    ticket: Mapped[UUID] = mapped_column(default_factory=uuid4)
    ordered_at: Mapped[datetime] = mapped_column(insert_default=func.now(), init=False)


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    # One connection, in turns: a database in memory lives in it, and requests must not share a transaction.
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)
    async with engine.begin() as connection, AsyncSession(connection) as session, session.begin():
        await connection.run_sync(Row.metadata.create_all)
        session.add_all([Item("latte", Decimal("3.80")), Item("iced tea", Decimal("3.20"), hot=False)])
        session.add(Item("cake", Decimal("4.50"), hot=False, stock=5))
    yield async_sessionmaker(engine, expire_on_commit=False)
    await engine.dispose()
