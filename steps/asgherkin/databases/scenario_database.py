"""The database of a scenario: how it is chosen, its operations, and the last query's result."""

from __future__ import annotations

import inspect
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

import anyio

from asgherkin.clients.asgi import in_words
from asgherkin.databases.port import Query, Rows, Seeding, Selection
from asgherkin.databases.query_evidence import CAP, QueryRecord, reads_only
from asgherkin.databases.table_seeding import Seeder
from asgherkin.errors import AppError, ConfigurationError, SentenceError
from asgherkin.session.session import Part

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    from asgherkin.databases.alchemy import Transaction
    from asgherkin.databases.port import Cell, Database
    from asgherkin.session.session import Session

T = TypeVar("T")
_GRACE = 1.0


class ScenarioDatabase(Part):
    """The database that sentences act on. The app is started before the first operation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.seeder = Seeder(session, self.write, self.knows)
        self._url: str | None = None
        self._database: Database | None = None
        self._transaction: Transaction | None = None
        self._opened: Database | None = None
        self._query: Query | None = None
        self._result: Rows | None = None

    # Choosing and closing

    def choose(self, url: str) -> None:
        """Use another database in this scenario.

        Raises SentenceError once the database is in use.
        """
        self._learn_password(url)
        if self._database is not None:
            raise SentenceError(
                "The database is in use already, so this comes too late. "
                "Write this sentence before the first one about a table or a query."
            )
        self._url = url

    def _learn_password(self, url: str) -> None:
        with suppress(ValueError):  # a malformed URL is reported when it is opened
            password = urlsplit(url).password or ""
            for spelling in (password, unquote(password)):
                self._session.redactor.learn(spelling)

    def _ready(self) -> Database:
        if not self._session.start():
            self._session.raise_crash()
        if self._database is None:
            given = self._given() if self._url is None else self._url
            self._database = self._open(given)
        return self._database

    def _given(self) -> object:
        settings = self._session.settings
        url = settings.of_capabilities["asgi_database"]
        if not settings.base_url:
            return self._session.surroundings.fixture("database")
        # The fixture may give what the app in this process uses.
        if not url:
            self._session.check_observable("the database behind a deployed app; asgi_database would name it")
        return url

    def _open(self, given: object) -> Database:
        if isinstance(given, str):
            self._learn_password(given)
        from asgherkin.databases.database_opening import is_own, open_database

        if not is_own(given) and self._session.loop_name == "trio":
            raise ConfigurationError(
                "SQLAlchemy needs asyncio, and this scenario runs on trio. Run it on asyncio or uvloop, "
                'or give an object of your own in the fixture "database".'
            )
        database = open_database(given, timeout=self._session.settings.timeout)
        self._opened = None if is_own(given) else database
        return database

    def begin(self, given: object) -> async_sessionmaker[AsyncSession]:
        """Begin a transaction on what the fixture `database` gives; all operations of the scenario are inside it.

        The app is not started before: it may be made with these sessions.
        """
        self._session.check_observable("a transaction around a deployed app")
        database = self._open(given)
        from asgherkin.databases.alchemy import begun

        self._transaction = self._session.client.run(begun, database)
        self._database = self._transaction.database
        return self._transaction.sessions

    def close(self) -> None:
        """Roll the scenario's transaction back, if there is one, and close what was opened."""
        if self._transaction is not None:
            with suppress(AppError):
                self._session.client.run(self._transaction.roll_back)
        if self._opened is not None:
            from asgherkin.databases.database_opening import close_database

            with suppress(AppError):  # an app that blocks its loop has been reported
                self._session.client.run(close_database, self._opened)

    # Operations

    def read(self, table: str, columns: Sequence[str] | None) -> Rows:
        """Read columns of a table: None for all, an empty sequence to count its rows only."""
        database, selection = self._ready(), Selection(table, None if columns is None else tuple(columns))
        return self._rows("read", lambda: database.read(selection))

    def count(self, table: str, expected: int) -> int:
        """The number of a table's rows. Where it is not the expected one, a small table is read, as evidence."""
        total = self.read(table, ()).total
        return total if total == expected or total > CAP else self.read(table, None).total

    def knows(self, table: str) -> bool:
        """Whether a table exists."""
        database = self._ready()
        try:
            self._ask("read", lambda: database.read(Selection(table, ())))
        except SentenceError:
            return False
        return True

    def write(self, table: str, empty: Sequence[str], columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> None:
        """Empty tables, and insert rows into one of them."""
        database, seeding = self._ready(), Seeding(table, tuple(empty), tuple(columns), rows)
        self._ask("write", lambda: database.write(seeding))

    def run_query(self, text: str, parameters: Mapping[str, object]) -> None:
        """Run a query, and keep its result."""
        self._query = Query(text, parameters)
        self._run_again()

    def _run_again(self) -> None:
        database, query = self._ready(), self._query
        assert query is not None, "a query has been run"
        self._result = self._rows("query", lambda: database.query(query))

    @property
    def result(self) -> Rows:
        """The rows of the last query.

        Raises SentenceError where there are none.
        """
        if self._result is None:
            raise SentenceError("There is no query result yet. Run a query first, with: When I run the query:")
        if not self._result.returns:
            raise SentenceError(
                "The last query has no result, because it returns no rows. Run one that does, such as a SELECT."
            )
        return self._result

    def _rows(self, method: str, act: Callable[[], Awaitable[Rows]]) -> Rows:
        began = time.perf_counter()
        rows = self._ask(method, act)
        if not isinstance(rows, Rows):
            raise ConfigurationError(
                f'The method "{method}" of the fixture "database" gives {type(rows).__name__}. '
                "Return asgherkin.databases.port.Rows."
            )
        wrong = [row for row in rows.values if len(row) != len(rows.columns)]
        if wrong:
            raise ConfigurationError(
                f'The method "{method}" of the fixture "database" gives {len(wrong[0])} values in a row, '
                f"for {len(rows.columns)} columns."
            )
        self._session.evidence.add(QueryRecord(rows, time.perf_counter() - began))
        return rows

    def _ask(self, method: str, act: Callable[[], Awaitable[T]]) -> T:
        # The grace lets the adapter's own deadline come first: its error says more.
        deadline = self._session.settings.timeout
        answer: T = self._session.client.run(_answer, method, act, deadline, 0.0 if self._opened is None else _GRACE)
        return answer

    # Retries, and evidence

    def read_again(self) -> Callable[[], None]:
        """What to call before a table is read again: only the last attempt stays in the evidence."""
        evidence = self._session.evidence
        before = len(evidence.of(QueryRecord))

        def forget() -> None:
            for record in evidence.of(QueryRecord)[before:]:
                evidence.remove(record)

        return forget

    def run_again(self) -> Callable[[], None]:
        """What to call to run the last query again.

        Raises SentenceError for one that may change something.
        """
        self.result  # noqa: B018 - raises where there is none yet
        assert self._query is not None, "there is a result"
        if not reads_only(self._query.text):
            raise SentenceError(
                '" within …" runs the last query again, which is safe for one that only reads. '
                "Run a SELECT without INSERT, UPDATE, DELETE, MERGE or INTO in it before this step."
            )
        forget = self.read_again()

        def again() -> None:
            forget()
            self._run_again()

        return again


async def _answer(method: str, act: Callable[[], Awaitable[T]], deadline: float, grace: float) -> T:
    with anyio.move_on_after(deadline + grace):
        awaitable = act()
        if not inspect.isawaitable(awaitable):
            raise ConfigurationError(
                f'The method "{method}" of the fixture "database" is not async. Write it with: async def {method}'
            )
        return await awaitable
    raise AppError(f"The database did not answer within {in_words(deadline)}.")
