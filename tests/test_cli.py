"""The command line: `asgherkin report`."""

from __future__ import annotations

import copy
import json
import os
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.cli import main
from tests.report.page.shop import shop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    """The messages of a run, in a file."""
    path = tmp_path / "run.ndjson"
    path.write_text("".join(json.dumps(one) + "\n" for one in shop()), encoding="utf-8")
    return path


def test_a_page_is_made_out_of_messages(messages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And a summary, where it is asked for."""
    page, summary = tmp_path / "out.html", tmp_path / "summary.md"

    code = main(["report", str(messages), "-o", str(page), "--summary", str(summary)])

    assert code == 0
    assert capsys.readouterr().out == f"summary: {summary}\nreport: {page}\n"
    assert "2 of 14 scenarios failed" in page.read_text(encoding="utf-8")
    assert "An order has a price" in summary.read_text(encoding="utf-8")


def test_a_history_tells_what_is_new(messages: Path, tmp_path: Path) -> None:
    """The file is read, and left as it is."""
    page, history = tmp_path / "out.html", tmp_path / "history.ndjson"
    history.write_text("", encoding="utf-8")

    code = main(["report", str(messages), "-o", str(page), "--history", str(history)])

    assert code == 0
    assert page.exists()
    assert history.read_text(encoding="utf-8") == ""


def test_the_order_of_the_files_is_all_one(messages: Path, tmp_path: Path) -> None:
    """The same bytes for the same runs."""
    later = tmp_path / "later.ndjson"
    later.write_text("".join(json.dumps(one) + "\n" for one in _an_hour_later(shop())), encoding="utf-8")
    pages = [tmp_path / f"{number}.html" for number in range(4)]
    summary = tmp_path / "summary.md"

    for page, files in zip(pages, [(messages, later), (later, messages)] * 2, strict=True):
        assert main(["report", *map(str, files), "-o", str(page), "--summary", str(summary)]) == 0

    assert len({page.read_bytes() for page in pages}) == 1
    assert "2 of 14 scenarios failed" in pages[0].read_text(encoding="utf-8")


def _an_hour_later(envelopes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Another run of the same."""
    for envelope in envelopes:
        message = next(iter(copy.deepcopy(envelope).items()))
        for key, value in message[1].items():
            if key == "timestamp":
                value["seconds"] += 3600
            elif key == "testCaseStartedId" or (key == "id" and message[0] in ("testCaseStarted", "testRunStarted")):
                message[1][key] = f"{value}-later"
        yield dict([message])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<html>\n", "asgherkin: run.ndjson, line 1: this is no Cucumber Message.\n"),
        ("", "asgherkin: run.ndjson has no Cucumber Messages. Write some with: --asgi-messages run.ndjson\n"),
    ],
    ids=["a page", "nothing"],
)
def test_a_file_that_cannot_be_used_is_told(
    messages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, expected: str
) -> None:
    """In a sentence, without a traceback; nothing is written."""
    messages.write_text(text, encoding="utf-8")

    code = main(["report", str(messages), "-o", str(tmp_path / "out.html")])

    assert code == 2
    assert capsys.readouterr().err == expected
    assert [path.name for path in tmp_path.iterdir()] == ["run.ndjson"]


def test_a_file_of_messages_is_not_written_over(messages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As where -o was forgotten between two names."""
    before = messages.read_bytes()

    code = main(["report", str(messages), "--output", str(messages.parent / "." / messages.name)])

    assert code == 2
    assert (
        capsys.readouterr().err == f"asgherkin: {messages} is read and cannot be written over: choose another name.\n"
    )
    assert messages.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-o", "out"], "asgherkin: --output: out cannot be written: it is a folder.\n"),
        (
            ["-o", "a.html", "--summary", "a.html"],
            "asgherkin: --output and --summary name the same file, a.html. Give each its own.\n",
        ),
    ],
    ids=["a folder", "the same file"],
)
def test_an_output_that_cannot_be_written_is_told(
    messages: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    told: str,
) -> None:
    """Before anything is written."""
    monkeypatch.chdir(messages.parent)
    (messages.parent / "out").mkdir()

    code = main(["report", messages.name, *arguments])

    assert (code, capsys.readouterr().err) == (2, told)
    assert sorted(one.name for one in messages.parent.iterdir()) == ["out", messages.name]


def test_a_page_for_another_program_goes_to_it(
    messages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is no file is written to, and not replaced by one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_text, encoding="utf-8")

        code = main(["report", str(messages), "-o", str(pipe)])

    assert (code, capsys.readouterr().out) == (0, f"report: {pipe}\n")
    assert read.result().startswith("<!DOCTYPE html>")
    assert pipe.is_fifo()


def test_without_a_command_all_of_them_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With what each of them does, as --help has it; it is an error all the same."""
    code = main([])

    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert [one for one in ("init", "lint", "report", "steps", "set this folder up") if one not in told.err] == []


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """As the installed package has it."""
    code = main(["--version"])

    assert (code, capsys.readouterr().out) == (0, f"asgherkin {version('asgherkin')}\n")


def test_a_file_that_is_missing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the error stream, with the exit code of a wrong command."""
    code = main(["report", str(tmp_path / "none.ndjson"), "-o", str(tmp_path / "out.html")])

    assert code == 2
    assert capsys.readouterr().err == f"asgherkin: {tmp_path / 'none.ndjson'}: No such file or directory\n"
    assert not (tmp_path / "out.html").exists()
