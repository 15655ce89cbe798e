"""Messages in files: how they are written, and what is read of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from asgherkin.report.output_files import Writer, line, read_messages

if TYPE_CHECKING:
    from pathlib import Path


def test_half_characters_can_be_written(tmp_path: Path) -> None:
    """What an app sends may be no text; the file is UTF-8."""
    path = tmp_path / "new" / "a.ndjson"
    writer = Writer(path)
    writer.write([line({"a": "\ud800é"})])
    writer.close()
    with path.open("a", encoding="utf-8") as file:
        file.write('\n{"b": ')

    assert list(writer.messages()) == [{"a": "?é"}]
    assert line({"a": "é"}) == '{"a":"é"}\n'


def test_messages_that_nobody_asked_for_have_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written can be read, more than once, and ends with the process, however that ends."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    writer = Writer(None)
    writer.write([line({"a": "é"}), line({"b": 2})])

    first, second = list(writer.messages()), list(writer.messages())

    assert [first, second] == [[{"a": "é"}, {"b": 2}]] * 2
    assert list(tmp_path.iterdir()) == []
    writer.close()


@pytest.mark.parametrize("text", ['{"a":1} {"b":1}', '{"a":'], ids=["two in a line", "half"])
def test_what_is_no_message_is_not_read(tmp_path: Path, text: str) -> None:
    """A line is one message."""
    path = tmp_path / "a.ndjson"
    path.write_text(f"{text}\n", encoding="utf-8")

    with pytest.raises(json.JSONDecodeError):
        list(read_messages(path))


def test_white_space_around_a_message_is_passed_over(tmp_path: Path) -> None:
    """Other tools may write it."""
    path = tmp_path / "a.ndjson"
    path.write_text(' {"a":1}\t\r\n', encoding="utf-8", newline="")

    assert list(read_messages(path)) == [{"a": 1}]
