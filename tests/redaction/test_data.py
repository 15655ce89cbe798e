"""Secrets in data: in a feature's tables, and in records."""

from __future__ import annotations

import pytest

from asgherkin.redaction.data import (
    Body,
    Cell,
    Content,
    Fields,
    Headers,
    Target,
    learn_argument,
    learn_data,
    learn_table,
    masked_data,
)  # fmt: skip
from asgherkin.redaction.redactor import Redactor


@pytest.mark.parametrize(
    ("rows", "text", "masked"),
    [
        (
            [["name", "token"], ["Ann", '"first-one"'], ["Bert", "second-one"]],
            "Ann: first-one, second-one",
            "Ann: {}, {}",
        ),
        ([["token"], ['"half'], ["true"]], '"half and True', "{} and True"),
    ],
    ids=["with and without quotes", "half a text"],
)
def test_cells_below_a_secret_name(rows: list[list[str]], text: str, masked: str) -> None:
    """They are secret, as they are written and as they are read."""
    redactor = Redactor()

    learn_table(rows, redactor)

    assert redactor.redact(text) == masked.replace("{}", "[redacted]")


def test_what_stands_under_a_step() -> None:
    """A doc string, and a table of names and values."""
    redactor = Redactor()

    learn_argument('{"token": "first-secret"}', None, redactor)
    learn_argument(None, [["password", "second-secret"]], redactor)

    assert redactor.redact("first-secret second-secret") == "[redacted] [redacted]"


@pytest.mark.parametrize(
    ("tree", "masked"),
    [
        ("secret-1 here", "[redacted] here"),
        (Target("/a?token=secret-2"), "/a?token=[redacted]"),
        (Content('{"token":"secret-3","n":7.60}'), '{"token":"[redacted]","n":7.6}'),
        (Content('{"token": "secret-3"}'), '{"token": "[redacted]"}'),
        (Content('["secret-1", 1234567]'), '["[redacted]", "[redacted]"]'),
        (Content("[" * 100_000), "[" * 100_000),
        (Fields({"token": "secret-4", "n": [1]}), {"token": "[redacted]", "n": [1]}),
        ({"token": "of ours"}, {"token": "of ours"}),
        (Headers([("x-api-key", "secret-5"), ("a", "secret-1")]), [["x-api-key", "[redacted]"], ["a", "[redacted]"]]),
        (Body(b"token=secret-6", 14), "token=[redacted]"),
        (Body(b"\xff", 1), None),
        (Body("\u00e9".encode()[:1], 9), ""),
        ({"hex": b"\xff"}, {"hex": "ff"}),
        ({"hex": b"secret-1"}, {"text": "[redacted]", "bytes": True}),
        ([Cell("token", "secret-7"), Cell("n", 1), Cell("token", None)], ["[redacted]", "1", "None"]),
        ((True, None, 1.5), [True, None, 1.5]),
    ],
)
def test_a_tree(tree: object, masked: object) -> None:
    """Each class says where secrets are, and is plain JSON data once it is masked."""
    redactor = Redactor()
    redactor.learn("secret-1")
    redactor.learn("1234567")

    learn_data(tree, redactor)

    assert masked_data(tree, redactor) == masked


@pytest.mark.parametrize(
    "tree",
    [
        Target("/a?token=secret-2"), Content('{"token": "secret-2"}'), Fields({"token": "secret-2"}),
        Headers([("x-api-key", "secret-2")]), Body(b"token=secret-2", 14), Cell("token", "secret-2"),
        {"hex": b'{"token": "secret-2"}'}, [{"a": Fields({"token": ["secret-2"]})}],
    ],
)  # fmt: skip
def test_a_secret_of_a_tree_is_known_everywhere(tree: object) -> None:
    """Wherever it turns up again."""
    redactor = Redactor()

    learn_data(tree, redactor)

    assert redactor.redact("see secret-2") == "see [redacted]"
