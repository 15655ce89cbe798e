"""Sentences about the app's database: filling tables, checking them, queries."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from asgherkin.databases.table_seeding import chooses_database, seeds_table, uses_database
from asgherkin.errors import SentenceError
from asgherkin.matching.documents import NAME, parse_cell
from asgherkin.matching.matchers import escape
from asgherkin.matching.paths import find
from asgherkin.redaction.data import learn_table
from asgherkin.vocabulary.decorators import given, then, when
from asgherkin.vocabulary.variables import remember

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asgherkin.databases.port import Cell, Rows
    from asgherkin.databases.scenario_database import ScenarioDatabase
    from asgherkin.session.session import Session
    from asgherkin.vocabulary.arguments import Table

    Expected = Sequence[tuple[Cell, ...]]
    Verify = Callable[[str, Rows, Sequence[str], Expected], None]


def _database_of(session: Session) -> ScenarioDatabase:
    from asgherkin.databases.scenario_database import ScenarioDatabase  # imported only where it is used

    return session.part(ScenarioDatabase)


def read_again(session: Session) -> Callable[[], None]:
    """What to call before a sentence reads its table again."""
    return _database_of(session).read_again()


def run_again(session: Session) -> Callable[[], None]:
    """What to call to run the last query again. Raises SentenceError for one that may change something."""
    return _database_of(session).run_again()


@given("the database is {url:text}", example='the database is "sqlite+aiosqlite:///shop.db"')
@chooses_database
def the_database_is(session: Session, url: str) -> None:
    """Another database for this scenario: a SQLAlchemy URL with an async driver; before the first table or query."""
    _database_of(session).choose(url)


@given("the table {table:text} is emptied", example='the table "notes" is emptied')
@seeds_table("table")
def the_table_is_emptied(session: Session, table: str) -> None:
    """Remove all rows of a table. Tables of steps that follow each other are emptied together."""
    _database_of(session).seeder.seed(table, (), ())


@given("the table {table:text} starts with:", example='the table "notes" starts with:')
@seeds_table("table")
def the_table_starts_with(session: Session, table: str, datatable: Table) -> None:
    """Remove all rows of a table, and put these in: a table whose heading names columns."""
    columns, rows = _cells(session, datatable)
    _database_of(session).seeder.seed(table, columns, rows)


@when("I run the query:", example="I run the query:")
@uses_database
def run_the_query(session: Session, docstring: str) -> None:
    """Run a query, a doc string in the database's own language, and keep what it changes."""
    names = dict.fromkeys(NAME.findall(docstring))
    _database_of(session).run_query(docstring, {name: session.lookup(name) for name in names})


@then("the table {table:text} has {count:rows}", example='the table "notes" has 2 rows', within=read_again)
@uses_database
def the_table_has_rows(session: Session, table: str, count: int) -> None:
    """The number of rows: `has 2 rows`, `has 1 row`, `has 0 rows`."""
    _verify_number(session, table, count)


@then("the table {table:text} is empty", example='the table "notes" is empty', within=read_again)
@uses_database
def the_table_is_empty(session: Session, table: str) -> None:
    """There are no rows."""
    _verify_number(session, table, 0)


def _verify_number(session: Session, table: str, count: int) -> None:
    from asgherkin.databases.row_checks import verify_count

    verify_count(_subject(table), _database_of(session).count(table, count), count)


@then("the table {table:text} contains:", example='the table "notes" contains:', within=read_again)
@uses_database
def the_table_contains(session: Session, table: str, datatable: Table) -> None:
    """Each of these rows is there, and each needs one of its own; only the columns of the heading are looked at."""
    from asgherkin.databases.row_checks import verify_contains

    _verify_rows(session, table, _with_rows(datatable), verify_contains)


@then("the table {table:text} contains exactly:", example='the table "notes" contains exactly:', within=read_again)
@uses_database
def the_table_contains_exactly(session: Session, table: str, datatable: Table) -> None:
    """These rows are there and no others, in any order; only the columns of the heading are looked at."""
    from asgherkin.databases.row_checks import verify_contains_exactly

    _verify_rows(session, table, datatable, verify_contains_exactly)


@then("the table {table:text} does not contain:", example='the table "notes" does not contain:', within=read_again)
@uses_database
def the_table_does_not_contain(session: Session, table: str, datatable: Table) -> None:
    """None of these rows is there; only the columns of the heading are looked at."""
    from asgherkin.databases.row_checks import verify_does_not_contain

    _verify_rows(session, table, _with_rows(datatable), verify_does_not_contain)


def _verify_rows(session: Session, table: str, datatable: Table, verify: Verify) -> None:
    columns, rows = _cells(session, datatable)
    verify(_subject(table), _database_of(session).read(table, columns), columns, rows)


@then("the query result is:", example="the query result is:", within=run_again)
@uses_database
def the_query_result_is(session: Session, datatable: Table) -> None:
    """The rows of the last query, in this order; the heading names all its columns, in any order."""
    from asgherkin.databases.row_checks import verify_in_order

    columns, rows = _cells(session, datatable)
    verify_in_order(_database_of(session).result, columns, rows)


@then("the query result has {count:rows}", example="the query result has 2 rows", within=run_again)
@uses_database
def the_query_result_has_rows(session: Session, count: int) -> None:
    """The number of rows of the last query."""
    from asgherkin.databases.row_checks import verify_count

    verify_count("The query result", _database_of(session).result.total, count)


@then(
    "I remember the query result at {path:text} as {name:text}",
    example='I remember the query result at "$[0].id" as "id"',
    within=run_again,
)
@uses_database
def remember_the_query_result(session: Session, path: str, name: str) -> None:
    """Keep a part of the query's rows, by a JSONPath (RFC 9535): the rows are a list of objects."""
    remember(session, name, f'the query result at "{path}"', find(path, _document(_database_of(session).result)))


def _document(rows: Rows) -> list[dict[str, object]]:
    from asgherkin.databases.cells import as_json

    names = [column.name for column in rows.columns]
    return [{name: as_json(value) for name, value in zip(names, row, strict=True)} for row in rows.values]


def _subject(table: str) -> str:
    return f'The table "{table}"'


def _with_rows(datatable: Table) -> Table:
    # Without rows, `contains` would always pass.
    if len(datatable) == 1:
        heading = " | ".join(datatable[0])
        raise SentenceError(f"The table under this sentence has no rows below its heading | {heading} |.")
    return datatable


def _cells(session: Session, datatable: Table) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """The columns of the heading, and the rows below it, with remembered values put in."""
    learn_table(datatable, session.redactor)
    columns = [session.fill_text(name) for name in datatable[0]]
    for position, name in enumerate(columns):
        if not name:
            raise SentenceError(f"Column {position + 1} of the heading has no name. Write the name of a column there.")
        if name in columns[:position]:
            raise SentenceError(f'The heading names the column "{name}" twice. Name it once.')
    return columns, [tuple(_cell(session, cell) for cell in row) for row in datatable[1:]]


# A table of 1,000 rows whose cells are known takes 4.3 ms in place of 13.5: 5 % of a run where tables repeat.
@functools.lru_cache(maxsize=4096)
def _plain_cell(cell: str) -> Cell:
    from asgherkin.databases.port import Cell

    return Cell(cell, parse_cell(cell))


def _cell(session: Session, cell: str) -> Cell:
    from asgherkin.databases.port import Cell

    if "{{" not in cell:
        return _plain_cell(cell)
    written = session.fill_text(cell)
    if NAME.match(cell):  # a remembered value that looks like a matcher is a text
        written = str(escape(written))
    return Cell(written, parse_cell(cell, session.lookup, expected=True))
