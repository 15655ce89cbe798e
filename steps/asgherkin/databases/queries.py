"""Queries of a feature: `{{name}}` becomes a bound parameter, and everything else is sent unchanged."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from asgherkin.databases.cells import convert
from asgherkin.databases.columns import with_zone, without_zone
from asgherkin.databases.port import Cell, Column, Query, Rows, Statement, Type
from asgherkin.errors import SentenceError
from asgherkin.matching.documents import parse_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from asgherkin.databases.port import Kind

# Quoted texts, comments, and PostgreSQL's dollar-quoted texts hold no parameters.
_PARTS = re.compile(
    r"""(?P<quoted>[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*`)
    | (?P<aside>--[^\n]* | /\*.*?\*/ | (?<![\w$])\$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$)
    | \{\{\s*(?P<name>[^{}]*?)\s*\}\}""",
    re.VERBOSE | re.DOTALL,
)
_SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_JSON_TYPES = (114, 3802)
"""PostgreSQL's type numbers of `json` and `jsonb`."""
_UNTYPED = "invalid input for query argument"
"""asyncpg's error for a text as a parameter of another type. It has sent nothing by then."""
_POSTGRES: Mapping[str, Kind] = {
    "bool": "boolean",
    "bytea": "bytes",
    "date": "date",
    "float4": "float",
    "float8": "float",
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "numeric": "decimal",
    "time": "time",
    "timestamp": "datetime",
    "timestamptz": "datetime",
}


def bound(query: Query) -> sa.TextClause:
    """The query as a statement with bound parameters.

    Raises SentenceError for a `{{name}}` in quotes, and for one without a value.
    """
    text = ""
    names: dict[str, str] = {}
    end = 0
    for part in _PARTS.finditer(query.text):
        text += _escaped(query.text[end : part.start()])
        name, end = part["name"], part.end()
        if name is None:
            text += _escaped(_verbatim(part, query.parameters))
        elif name in query.parameters:
            text += f":{names.setdefault(name, f'p{len(names)}')}"
        else:
            known = ", ".join(sorted(query.parameters)) or "none"
            raise SentenceError(f"The query's {{{{{name}}}}} has no value. Values: {known}")
    values = [_bindparam(bound_name, query.parameters[name]) for name, bound_name in names.items()]
    return sa.text(text + _escaped(query.text[end:])).bindparams(*values)


def _escaped(text: str) -> str:
    return text.replace(":", "\\:")


def _verbatim(part: re.Match[str], parameters: Mapping[str, object]) -> str:
    """A quoted text or a comment of a query, in which nothing is bound."""
    slot = _SLOT.search(part["quoted"] or "")
    if slot and slot[1] in parameters:
        raise SentenceError(
            f"The query has {slot[0]} inside quotes: {part[0]}. A remembered value is a parameter, never a part of the "
            f"text: leave out the quotes, and put a longer text together in the query: 'a ' || {slot[0]}"
        )
    return part[0]


def _bindparam(name: str, value: object) -> sa.BindParameter[object]:
    """A text gets no type: PostgreSQL then gives it that of its place, such as a UUID or a date."""
    if isinstance(value, dict):
        value = json.dumps(value)
    plain = isinstance(value, str | list)
    return sa.bindparam(name, value, type_=sa.types.NullType() if plain else None)


async def run(connection: AsyncConnection, query: Query) -> Rows:
    """Run a query on a connection."""
    if not query.text.strip():
        raise SentenceError("The query is empty. Write it under the sentence, in a doc string.")
    statement = bound(query)
    evidence = (Statement(query.text, dict(query.parameters)),)
    try:
        result = await connection.execute(statement)
    except DBAPIError as error:
        if _UNTYPED not in str(error):
            raise
        result = await connection.execute(await _typed(connection, statement))
    if not result.returns_rows:
        return Rows(total=max(result.rowcount, 0), statements=evidence, returns=False)
    names = list(result.keys())
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SentenceError(
            f'The query gives two columns with the name "{twice}". Name them apart with AS: '
            f'SELECT a."{twice}" AS "first_{twice}", b."{twice}" AS "second_{twice}" …'
        )
    described = result.context.cursor.description if result.context else ()
    # A value of PostgreSQL's JSON may be a text, which then is no other type's text.
    types = [Type("json", "json") if column[1] in _JSON_TYPES else Type() for column in described]
    columns = list(map(Column, names, types))
    values = [tuple(row) for row in result]
    return Rows(columns, values, len(values), evidence)


async def _typed(connection: AsyncConnection, statement: sa.TextClause) -> sa.TextClause:
    """The statement with its texts converted to the types that PostgreSQL wants, such as a date."""
    compiled = statement.compile(dialect=connection.dialect)
    driver = (await connection.get_raw_connection()).driver_connection
    wanted = (await driver.prepare(str(compiled))).get_parameters()  # type: ignore[union-attr] # asyncpg's, at hand
    values = {
        name: _as_wanted(compiled.params[name], parameter.name)
        for name, parameter in zip(compiled.positiontup or (), wanted, strict=True)
    }
    return statement.bindparams(**values)


def _as_wanted(value: object, type_name: str) -> object:
    if not isinstance(value, str) or type_name not in _POSTGRES:
        return value
    cell = Cell(value, parse_cell(value))
    converted = convert(Column("parameter", Type(_POSTGRES[type_name], type_name)), cell)
    return with_zone(converted) if type_name == "timestamptz" else without_zone(converted)
