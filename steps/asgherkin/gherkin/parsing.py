"""The official parser, where it is slow made quick: what it gives is the same."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

from gherkin.gherkin_line import GherkinLine
from gherkin.parser import Parser
from gherkin.stream.id_generator import IdGenerator
from gherkin.token import Token
from gherkin.token_scanner import TokenScanner

if TYPE_CHECKING:
    from gherkin import parser_types as ast
    from gherkin.gherkin_line import Cell
    from gherkin.parser import ParserContext


def parse_tree(text: str, ids: IdGenerator | None = None) -> ast.GherkinDocument:
    """The tree of a feature file's text, its nodes numbered by `ids`.

    Raises CompositeParserException for one that is broken.
    """
    _parser.ast_builder.id_generator = ids or _numbers
    document: ast.GherkinDocument = _parser.parse(_QuickScanner(text))
    return document


class _QuickParser(Parser):
    """Has its table of states made once: the official one makes it anew for each line of a file."""

    def __init__(self) -> None:
        super().__init__()
        prefix = "match_token_at_"
        names = [name for name in dir(Parser) if name.startswith(prefix)]
        self._states = {int(name.removeprefix(prefix)): getattr(self, name) for name in names}

    def match_token(self, state: int, token: Token, context: ParserContext) -> int:
        """The state that follows when `token` is read in `state`."""
        following: int = self._states[state](token, context)
        return following


class _QuickScanner(TokenScanner):
    """Makes quick lines."""

    def __init__(self, text: str) -> None:
        # Handed the text, an older parser would open the file of that name, should there be one.
        super().__init__("")
        self.io = io.StringIO(text)

    def read(self) -> Token:
        """The next line as a token; at the end one without a line."""
        self.line_number += 1
        line = self.io.readline()
        # The end is an empty text, as the official scanner has it.
        found = _QuickLine(line, self.line_number) if line else cast("GherkinLine", line)
        return Token(found, {"line": self.line_number})


class _QuickLine(GherkinLine):
    """Splits a row of a table at once, where the official line goes through it letter by letter."""

    @property
    def table_cells(self) -> list[Cell]:
        """The cells between the bars, and their columns."""
        row = self.get_line_text().strip()
        if "\\" in row:
            return super().table_cells
        # What stands before the first bar and after the last one is left out.
        before, *cells, _ = row.split("|")
        column = self.indent + len(before) + 2
        found: list[Cell] = []
        for cell in cells:
            found.append({"column": column + len(cell) - len(cell.lstrip()), "text": cell.strip()})
            column += len(cell) + 1
        return found


_parser = _QuickParser()
_numbers = IdGenerator()
