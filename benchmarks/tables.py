"""A table of 1,000 rows, checked by a sentence, against the same rows read and compared by hand.

Each test and each scenario reads the whole table and compares it in any order with rows of its own. By hand:
SQLAlchemy's async engine under pytest-asyncio, with the table declared, not reflected.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from benchmarks.pairing import Project, compare, write_project

if TYPE_CHECKING:
    from pathlib import Path

ROWS, CHECKS = 1000, 10

APP = """
async def app(scope, receive, send):
    pass
"""

BY_HAND = """
from collections import Counter
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

engine = create_async_engine("sqlite+aiosqlite:///shop.db", poolclass=NullPool)
orders = sa.Table(
    "orders",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer", sa.Text),
    sa.Column("paid", sa.Boolean),
    sa.Column("total", sa.Numeric(8, 2)),
)


async def check(rows):
    async with engine.connect() as connection:
        found = (await connection.execute(sa.select(orders))).all()
    assert Counter(map(tuple, found)) == Counter(rows)
"""

BY_HAND_TEST = """

@pytest.mark.asyncio
async def test_{number}():
    await check([
{rows}
    ])
"""

SCENARIO = """
  Scenario: number {number}
    Then the table "orders" contains exactly:
      | id | customer | paid | total |
{rows}
"""


def rows(folder: Path, runs: int) -> list[str]:
    """The table."""
    by_hand = "".join(BY_HAND_TEST.format(number=number, rows=_literals()) for number in range(CHECKS))
    scenarios = "".join(SCENARIO.format(number=number, rows=_cells()) for number in range(CHECKS))
    tests = write_project(folder / "tests", {"test_orders.py": BY_HAND + by_hand})
    features = write_project(folder / "features", {"shop.py": APP, "orders.feature": f"Feature: Orders\n{scenarios}"})
    for project in (tests, features):
        _fill(project / "shop.db")
    database = ("--asgi-app", "shop:app", "--asgi-database", "sqlite+aiosqlite:///shop.db")
    return compare(
        Project(f"{CHECKS} checks of {ROWS} rows by hand", tests, ("-p", "no:asgherkin")),
        [Project(f"{CHECKS} scenarios, each with such a table", features, database)],
        runs,
    )


def _orders() -> list[tuple[int, str, bool, str]]:
    return [
        (number, f"guest {number % 97}", number % 3 == 0, f"{number % 40}.{number % 100:02}") for number in range(ROWS)
    ]


def _literals() -> str:
    return "\n".join(f'        ({n}, "{who}", {paid}, Decimal("{total}")),' for n, who, paid, total in _orders())


def _cells() -> str:
    return "\n".join(f"      | {n} | {who} | {str(paid).lower()} | {total} |" for n, who, paid, total in _orders())


def _fill(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, paid BOOLEAN, total NUMERIC(8, 2))"
        )
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", _orders())
    connection.close()
