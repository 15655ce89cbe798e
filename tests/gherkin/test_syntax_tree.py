"""The quick parser gives what the official one gives."""

from __future__ import annotations

import pytest
from gherkin.gherkin_line import GherkinLine
from gherkin.parser import Parser
from gherkin.stream.id_generator import IdGenerator

from asgherkin.gherkin.syntax_tree import _Line, parse_tree

ROWS = [
    "|",
    "||",
    "| a |",
    "| a | b |",
    "\t |a|  b\u00a0|\u3000c |  ",
    "| a | b",
    "| a | b | left out",
    "|||",
    "| \u200b | é |",
    "| a \\| b | c |",
    "| line\\nline | \\\\ | \\x |",
    "| ends with \\",
]
FEATURE = """Feature: f
  @t
  Scenario Outline: s
    Given a table
      | a | b \\| c |
      |   | <x>    |
    And a text
      \"\"\"json
      | no | table |
      \"\"\"

    Examples:
      | x |
      | 1 |
"""


@pytest.mark.parametrize("row", ROWS, ids=ascii)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""], ids=["lf", "crlf", "end of file"])
def test_a_row_is_split_as_the_official_parser_does(row: str, end: str) -> None:
    """Texts and columns are the same."""
    official = GherkinLine(f"   {row}{end}", 3).table_cells

    assert _Line(f"   {row}{end}", 3).table_cells == official


def test_the_tree_is_the_official_one() -> None:
    """With all places in it."""
    assert parse_tree(FEATURE, IdGenerator()) == Parser().parse(FEATURE)
