"""Cells by the type of their column, and values of a database as JSON and as text."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest

from asgherkin.databases.cells import as_json, convert, shown
from asgherkin.databases.port import Cell, Column, Kind, Type
from asgherkin.databases.row_pairing import ExpectedCell
from asgherkin.errors import SentenceError
from tests.databases.rows import cell

ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
TEN = datetime(2026, 11, 22, 10, 0)  # noqa: DTZ001 - a column without a zone
TEN_UTC = TEN.replace(tzinfo=UTC)
TEN_AT_HOME = datetime(2026, 11, 22, 11, 0, tzinfo=timezone(timedelta(hours=1)))
INTEGERS = Type("array", "INTEGER[]", item=Type("integer", "INTEGER"))


class Mood(Enum):
    """A user's own enum."""

    GLAD = 1


class Span:
    """A type that a driver brings along."""

    def __str__(self) -> str:
        return "[1,3)"


def column(kind: Kind | Type, declared: str = "") -> Column:
    return Column("it", kind if isinstance(kind, Type) else Type(kind, declared))


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("integer", "7", 7),
        ("integer", "-7", -7),
        ("integer", "7.0", 7),
        ("integer", "007", 7),
        ("decimal", "3.80", Decimal("3.80")),
        ("decimal", "0.1000000000000000000001", Decimal("0.1000000000000000000001")),
        ("float", "0.5", 0.5),
        ("float", "1e3", 1000.0),
        ("text", "milk", "milk"),
        ("text", "9", "9"),
        ("text", '"9"', "9"),
        ("text", "3.80", "3.80"),
        ("text", "true", "true"),
        ("text", "", ""),
        ("text", '""', ""),
        ("text", '"null"', "null"),
        ("text", "\\#x", "#x"),
        ("text", '["#x"]', '["#x"]'),
        ("date", "2026-11-22", date(2026, 11, 22)),
        ("date", '"2026-11-22"', date(2026, 11, 22)),
        ("time", "10:30", time(10, 30)),
        ("time", "10:30:00.25z", time(10, 30, 0, 250000, UTC)),
        ("datetime", "2026-11-22T10:00:00", TEN),
        ("datetime", "2026-11-22 10:00", TEN),
        ("datetime", "2026-11-22T10:00:00.000Z", TEN_UTC),
        ("datetime", "2026-11-22 11:00:00+01:00", TEN_AT_HOME),
        ("uuid", ID, UUID(ID)),
        ("uuid", f'"{ID}"', UUID(ID)),
        ("uuid", ID.replace("-", "").upper(), UUID(ID)),
        ("uuid", "12345678123456781234567812345678", UUID("12345678123456781234567812345678")),
        ("bytes", "68 69", b"hi"),
        ("bytes", "6869", b"hi"),
        ("bytes", '""', b""),
        ("json", '{"a": ["\\\\#x", null, 1.5]}', {"a": ["#x", None, 1.5]}),
        ("json", "milk", "milk"),
        ("json", '"9"', "9"),
        ("json", "true", True),
        (INTEGERS, "[1, null, 2]", [1, None, 2]),
        (INTEGERS, "[[1], [2]]", [[1], [2]]),
        (Type("array", item=Type("decimal")), "[3.8]", [Decimal("3.8")]),
        (Type("array", item=Type("text")), '["", "\\\\#x", "7"]', ["", "#x", "7"]),
        (Type("array", item=Type("json")), '[[1], {"a": 1}]', [[1], {"a": 1}]),
        (Type("array"), '[1, "a"]', [1, "a"]),
        (Type("enum", choices=("glad", "sad")), "glad", "glad"),
        ("enum", "glad", "glad"),
        ("unknown", "7", 7),
        ("unknown", "10.0.0.1", "10.0.0.1"),
        ("unknown", "\\#x", "#x"),
        *[(kind, "null", None) for kind in ("boolean", "text", "json", "bytes", "unknown")],
    ],
    ids=str,
)
def test_a_cell_becomes_a_value_of_the_columns_type(kind: Kind | Type, written: str, value: object) -> None:
    """It is read from what is written, so that nothing is lost."""
    converted = convert(column(kind), cell(written))

    assert (type(converted), converted) == (type(value), value)


@pytest.mark.parametrize(
    ("type_", "written", "message"),
    [
        (Type("decimal", "NUMERIC(8, 2)"), "abc", 'NUMERIC(8, 2), which "abc" cannot be. Write for example: 3.80'),
        (Type("decimal"), "NaN", 'a decimal number, which "NaN" cannot be. Write for example: 3.80'),
        (Type("decimal"), "1_000", 'a decimal number, which "1_000" cannot be. Write for example: 3.80'),
        (Type("decimal"), "٣", 'a decimal number, which "٣" cannot be. Write for example: 3.80'),
        (Type("decimal"), "true", "a decimal number, which true cannot be. Write for example: 3.80"),
        (Type("integer", "INTEGER"), "3.50", "INTEGER, which 3.50 cannot be. Write for example: 3"),
        (Type("integer"), '"9"', 'an integer, which "9" cannot be. Write for example: 3'),
        (
            Type("integer"),
            "",
            "an integer, which an empty text cannot be. Write null for no value, or for example: 3",
        ),
        (Type("integer"), "1e9999", 'an integer, which "1e9999" cannot be. Write for example: 3'),
        (
            Type("integer"),
            "9" * 2000,
            f"an integer, which {'9' * 80}… (2000 characters) cannot be. Write for example: 3",
        ),
        (Type("float", "REAL"), "1e999", 'REAL, which "1e999" cannot be. Write for example: 0.5'),
        (Type("boolean", "BOOLEAN"), "1", "BOOLEAN, which 1 cannot be. Write true or false."),
        (Type("boolean"), "yes", 'a boolean, which "yes" cannot be. Write true or false.'),
        (
            Type("boolean"),
            "",
            "a boolean, which an empty text cannot be. Write null for no value, or true or false.",
        ),
        (Type("date"), "22.11.2026", 'a date, which "22.11.2026" cannot be. Write for example: 2026-11-22'),
        (Type("date"), "2026-02-30", 'a date, which "2026-02-30" cannot be. Write for example: 2026-11-22'),
        (Type("time"), "10h", 'a time, which "10h" cannot be. Write for example: 10:30:00'),
        (Type("time"), "25:00", 'a time, which "25:00" cannot be. Write for example: 10:30:00'),
        (
            Type("datetime", "TIMESTAMP"),
            "2026-11-22",
            'TIMESTAMP, which "2026-11-22" cannot be. Write for example: 2026-11-22T10:30:00',
        ),
        (Type("uuid"), "7", f"a UUID, which 7 cannot be. Write for example: {ID}"),
        (
            Type("uuid"),
            "",
            f"a UUID, which an empty text cannot be. Write null for no value, or for example: {ID}",
        ),
        (Type("bytes", "BYTEA"), "hi", 'BYTEA, which "hi" cannot be. Write for example: 68 69'),
        (Type("bytes"), "", "bytes, which an empty text cannot be. Write null for no value, or for example: 68 69"),
        (
            Type("json", "JSON"),
            "",
            'JSON, which an empty text cannot be. Write null for no value, or for example: {"a": 1}',
        ),
        (
            Type("enum", "mood", ("glad", "sad")),
            "angry",
            'mood, which "angry" cannot be. Write one of: glad, sad',
        ),
        (
            Type("enum", "", tuple("abcdefghijkl")),
            "",
            "an enum, which an empty text cannot be. "
            "Write null for no value, or one of: a, b, c, d, e, f, g, h, i, j … and 2 more",
        ),
        (INTEGERS, "7", "INTEGER[], which 7 cannot be. Write for example: [3]"),
        (INTEGERS, '[1, "a"]', 'INTEGER[], which [1, "a"] cannot be, because of "a". Write for example: [3]'),
        (INTEGERS, '[["a"]]', 'INTEGER[], which [["a"]] cannot be, because of "a". Write for example: [3]'),
        (
            Type("array", "mood[]", item=Type("enum", "mood", ("glad",))),
            '["sad"]',
            'mood[], which ["sad"] cannot be, because of "sad". Write for example: ["glad"]',
        ),
        (Type("array", item=Type("text")), "x", 'an array, which "x" cannot be. Write for example: ["milk"]'),
        (Type("array"), "x", 'an array, which "x" cannot be. Write for example: []'),
    ],
    ids=lambda one: one.kind if isinstance(one, Type) else str(one)[:12],
)
def test_a_cell_that_cannot_be_of_the_columns_type(type_: Type, written: str, message: str) -> None:
    """The message names the column, its type, the value, and shows how to write one; also where it is compared."""
    whole = f'The column "it" is {message}'

    with pytest.raises(SentenceError) as stored:
        convert(column(type_), cell(written))
    with pytest.raises(SentenceError) as compared:
        ExpectedCell(column(type_), cell(written))

    assert (str(stored.value), str(compared.value)) == (whole, whole)


@pytest.mark.parametrize(
    ("kind", "written", "matcher"),
    [("text", "#uuid", "#uuid"), ("integer", "##integer", "##integer"), ("json", '{"a": ["#[3]"]}', "#[3]")],
    ids=["text", "integer", "json"],
)
def test_a_matcher_cannot_be_stored(kind: Kind, written: str, matcher: str) -> None:
    """It stands for many values."""
    with pytest.raises(SentenceError) as caught:
        convert(column(kind), cell(written))

    assert str(caught.value) == (
        f'The column "it" needs a value to store, and {matcher} is a matcher, which can only be compared. '
        f"Write a value, or \\{matcher} for this text."
    )


def without_address(value: object) -> str:
    """A name for a test: the same in every process."""
    return re.sub(" at 0x[0-9a-f]+", "", str(value))


@pytest.mark.parametrize(
    ("kind", "written", "actual"),
    [
        ("decimal", "3.8", Decimal("3.80")),
        ("decimal", "3.80", 3.8),
        ("integer", "7", 7.0),
        ("float", "0.1", 0.1),
        ("float", "0.1", 0.10000000149011612),
        ("float", "0.1234130859375", 0.1234130859375),
        ("float", "2", Decimal(2)),
        ("float", "1e300", 1e300),
        ("boolean", "true", True),
        ("boolean", "true", 1),
        ("text", "7", "7"),
        ("datetime", "2026-11-22 11:00+01:00", TEN_UTC),
        ("datetime", "2026-11-22 10:00", TEN_UTC),
        ("datetime", "2026-11-22T10:00Z", TEN),
        ("time", "10:00Z", time(10)),
        ("bytes", "68 69", memoryview(b"hi")),
        ("enum", "GLAD", Mood.GLAD),
        ("json", '{"a": [1, "#string"]}', {"a": [1.0, "x"]}),
        ("json", '{"a": [1, true, null]}', {"a": [1.0, True, None]}),
        (INTEGERS, "[1, 2]", [1, 2]),
        (INTEGERS, '["#integer", 2]', [1, 2]),
        ("uuid", "#uuid", UUID(ID)),
        ("decimal", "#number", Decimal("3.80")),
        ("decimal", "#integer", Decimal(3)),
        ("datetime", "#datetime", TEN),
        ("date", "#date", date(2026, 11, 22)),
        ("text", "##string", None),
        ("text", "#null", None),
        ("text", "null", None),
        ("json", "#[2]", [1, 2]),
        ("unknown", "7", 7),
        ("unknown", "7", "7"),
        ("unknown", "3.80", Decimal("3.8")),
        ("unknown", "3.8", 3.8),
        ("unknown", "true", True),
        ("unknown", "null", None),
        ("unknown", "2026-11-22", date(2026, 11, 22)),
        ("unknown", "2026-11-22 10:00", TEN),
        ("unknown", "10:00", time(10)),
        ("unknown", ID, UUID(ID)),
        ("unknown", "68 69", bytearray(b"hi")),
        ("unknown", "[1, 2]", (1, 2)),
        ("unknown", f'["{ID}"]', [UUID(ID)]),
        ("unknown", '{"a": "#string"}', {"a": "x"}),
        ("unknown", "GLAD", Mood.GLAD),
        ("unknown", "[1,3)", Span()),
    ],
    ids=without_address,
)
def test_the_value_is_what_the_cell_says(kind: Kind | Type, written: str, actual: object) -> None:
    """Values are compared by the column's type; of an unknown column by their own."""
    assert ExpectedCell(column(kind), cell(written)).matches(actual)


@pytest.mark.parametrize(
    ("kind", "written", "actual"),
    [
        ("decimal", "3.81", Decimal("3.80")),
        ("decimal", "3.80", Decimal("NaN")),
        ("float", "0.5", math.nan),
        ("float", "0.5", "0.5"),
        ("decimal", "0.5", math.inf),
        ("boolean", "true", 2),
        ("text", "7", 7),
        ("text", "", None),
        ("text", "null", ""),
        ("text", "#string", None),
        ("datetime", "2026-11-22 10:00", TEN.replace(hour=11)),
        ("json", "1", True),
        ("json", '{"a": 1}', {"a": 1, "b": 2}),
        ("json", '{"a": "#string"}', {"a": 1}),
        ("text", "x", {"a": 1}),
        ("unknown", '"7"', 7),
        ("unknown", "1", True),
        ("unknown", "abc", Decimal(3)),
        ("unknown", "soon", TEN),
        ("unknown", "null", 0),
        ("unknown", "7", None),
    ],
    ids=str,
)
def test_the_value_is_not_what_the_cell_says(kind: Kind, written: str, actual: object) -> None:
    """Neither NULL and an empty text nor 1 and true are the same; a wrong cell of an unknown column does not match."""
    assert not ExpectedCell(column(kind), cell(written)).matches(actual)


def test_a_remembered_text_that_looks_like_a_matcher_is_none() -> None:
    """What the app has sent is escaped, in documents too."""
    remembered = Cell('["#uuid"]', ["\\#uuid"])

    assert ExpectedCell(column("json"), remembered).matches(["#uuid"])
    assert convert(column("json"), remembered) == ["#uuid"]


def test_a_text_that_is_no_matcher_is_told_of() -> None:
    """Before anything is compared."""
    with pytest.raises(SentenceError) as caught:
        ExpectedCell(column("unknown"), cell("#uuidd"))

    assert str(caught.value) == (
        "#uuidd is not a matcher. The nearest are #uuid, #url and #null. "
        'A text that starts with # is written \\#uuidd, in a JSON document "\\\\#uuidd".'
    )


def test_a_document_that_is_nested_too_deeply() -> None:
    """It came from the database, and must not break the run."""
    expected = ExpectedCell(column("json"), cell("[1]"))

    assert as_json(deep(5000)) == "nested too deeply to show"
    assert shown(deep(5000)) == "nested too deeply to show"
    assert not expected.matches(deep(5000))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, None),
        (True, True),
        (7, 7),
        ("x", "x"),
        (Decimal(3), 3),
        (Decimal("3.00"), 3.0),
        (Decimal("3.8"), 3.8),
        (Decimal("1E+2"), 100),
        (Decimal("1E+5000"), math.inf),
        (TEN, "2026-11-22T10:00:00"),
        (TEN_UTC, "2026-11-22T10:00:00+00:00"),
        (date(2026, 11, 22), "2026-11-22"),
        (time(10, 30), "10:30:00"),
        (UUID(ID), ID),
        (b"hi", "68 69"),
        (Mood.GLAD, "GLAD"),
        (Span(), "[1,3)"),
        ({1: [Decimal("0.5"), (b"", None)]}, {"1": [0.5, ["", None]]}),
    ],
    ids=str,
)
def test_a_value_as_json(value: object, form: object) -> None:
    """Matchers and JSONPath see JSON."""
    converted = as_json(value)

    assert (type(converted), converted) == (type(form), form)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (False, "false"),
        (7, "7"),
        (0.5, "0.5"),
        (Decimal("3.80"), "3.80"),
        (Decimal("1E+2"), "100"),
        (Decimal("NaN"), "NaN"),
        (TEN, "2026-11-22T10:00:00"),
        (UUID(ID), ID),
        (b"hi", "68 69"),
        (b"", '""'),
        ("", '""'),
        ("iced tea", "iced tea"),
        ("7", '"7"'),
        ("null", '"null"'),
        ("[x", "[x"),
        (" x", '" x"'),
        ("a|b", '"a|b"'),
        ("a\nb", '"a\\nb"'),
        ("\u202ex", '"\\u202ex"'),
        ("#uuid", "\\#uuid"),
        ({"a": [Decimal("0.5")]}, '{"a": [0.5]}'),
        ({"a": "#uuid"}, '{"a": "\\\\#uuid"}'),
        (Mood.GLAD, "GLAD"),
        ("x" * 300, "x" * 200 + "… (300 characters)"),
    ],
    ids=lambda one: ascii(one)[:20],
)
def test_a_value_as_one_would_write_it(value: object, text: str) -> None:
    """A text stands in quotes only where it would be read as something else."""
    assert shown(value) == text
