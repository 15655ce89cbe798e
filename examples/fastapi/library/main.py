"""A library that lends books for three weeks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("sqlite+aiosqlite:///library.db")
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The tables."""


class Loan(Base):
    """A book that someone has taken home."""

    __tablename__ = "loans"
    id: Mapped[int] = mapped_column(primary_key=True)
    book: Mapped[str] = mapped_column(unique=True)
    reader: Mapped[str]
    due: Mapped[date]


class Wish(BaseModel):
    """What a reader asks for."""

    book: str = Field(min_length=1)
    reader: str = Field(min_length=1)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Make the tables."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


async def database() -> AsyncIterator[AsyncSession]:
    """A transaction for a request."""
    async with sessions.begin() as session:
        yield session


def today() -> date:
    """The date; tests put another in its place."""
    return date.today()


Database = Annotated[AsyncSession, Depends(database)]
Today = Annotated[date, Depends(today)]
app = FastAPI(title="Library", lifespan=lifespan)


@app.post("/loans", status_code=201)
async def lend(wish: Wish, database: Database, today: Today) -> dict[str, object]:
    """Lend a book that is there."""
    if await database.scalar(select(Loan).where(Loan.book == wish.book)):
        raise HTTPException(409, f"{wish.book} is lent already.")
    loan = Loan(book=wish.book, reader=wish.reader, due=today + timedelta(weeks=3))
    database.add(loan)
    await database.flush()
    return {"id": loan.id, "due": loan.due}


@app.get("/loans/overdue")
async def overdue(database: Database, today: Today) -> list[dict[str, object]]:
    """What should have come back."""
    late = await database.scalars(select(Loan).where(Loan.due < today).order_by(Loan.due))
    return [{"book": loan.book, "reader": loan.reader, "days": (today - loan.due).days} for loan in late]
