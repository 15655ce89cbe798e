"""One transaction for a whole scenario, rolled back at its end with all that was committed in it.

The app's sessions join it by savepoints: their commit releases one, their rollback goes back to one. See "Joining a
Session into an External Transaction" in SQLAlchemy's documentation.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import async_sessionmaker

from asgherkin.databases.alchemy import AlchemyDatabase
from asgherkin.databases.sources import ConnectionSource, EngineSource
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

    from asgherkin.databases.port import Database


class Transaction:
    """A connection with a transaction; `sessions` and `database` are inside of it."""

    def __init__(self, connection: AsyncConnection, until: AsyncExitStack, around: AlchemyDatabase) -> None:
        self._until = until
        self.database = AlchemyDatabase(ConnectionSource(connection), around.where, around.timeout)
        self.sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    async def roll_back(self) -> None:
        """Undo all of it, and give the connection back."""
        await self._until.aclose()


async def begun(database: Database) -> Transaction:
    """Begin a transaction on a database that was opened from a URL or an engine.

    Raises ConfigurationError for any other.
    """
    if not isinstance(database, AlchemyDatabase) or not isinstance(database.source, EngineSource):
        raise ConfigurationError(
            'The fixture "rolled_back_sessions" begins a transaction of its own. For that the fixture "database" has '
            "to give a URL or an AsyncEngine."
        )
    async with AsyncExitStack() as stack:
        connection = await database.connected(stack)
        return Transaction(connection, stack.pop_all(), database)
