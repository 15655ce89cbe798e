"""Sentences as a Python file that editors can read: they look at source code, and run none.

This toolkit's sentences live in an installed package and are made by decorators of its own; what completes steps in an
editor wants pytest-bdd's, with a literal pattern, in the project. One file serves two readers:

- Cucumber's language server (VS Code's extension "Cucumber") takes the pattern for a Cucumber Expression, and looks up
  each `{slot}` among the parameter types, which it finds as calls with `name` and `regexp`. It reads the text between
  the quotes as it stands, escapes too. What has "parse" in its name is a parser to it.
- pytest-bdd-language-server takes it for a pattern of the library `parse`.
"""

from __future__ import annotations

import itertools
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from asgherkin.commands.slots import can_be_read, expression, own_types, patterns, types
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from asgherkin.gherkin.catalogue import Listed

_FIRST_LINE = '"""This project\'s copy of the sentences of asgherkin'
_HEAD = """\
{first_line} {version}, for editors. Nothing imports it.

Written by `asgherkin steps --stubs` or `--vscode`: after an update of asgherkin, write it anew.
\"""
# ruff: noqa
# mypy: ignore-errors

{imports}

from pytest_bdd import given, parsers, then, when


def slot(name, regexp):
    \"""What stands in the place of a name in braces.\"""


def parsed_by_cucumber(expression):
    \"""What Cucumber's server takes for a parser, by its name, and other readers for none.\"""


"""


def write_stubs(path: Path, sentences: Sequence[Listed]) -> str:
    """Write the stubs into a file; a line that says so.

    Raises ConfigurationError where the file is something else, which is left as it is.
    """
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(_FIRST_LINE):
        raise ConfigurationError(f"{path} is not written by asgherkin, and is left as it is: choose another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(stubs(sentences), encoding="utf-8")
    return f"{path} has the sentences."


def stubs(sentences: Iterable[Listed]) -> str:
    """This toolkit's sentences as stubs; of others, those that an editor cannot read where they are."""
    every = list(sentences)
    ours, others = [one for one in every if not one.is_own], [one for one in every if one.is_own]
    known = dict(slot for one in others for slot in own_types(one))
    known |= dict(slot for one in ours for slot in types(one.pattern))
    imports = "\n".join(sorted({f"import {one.module}" for one in ours}))
    slots = [f"slot(name={_quoted(name)}, regexp={_quoted(regexp)})" for name, regexp in sorted(known.items())]
    functions = itertools.groupby(ours, lambda one: (one.module, one.line))
    unread = [one for one in others if not (one.is_of_the_project and can_be_read(one))]
    parts = [_function(list(group)) for _, group in functions]
    parts += [_copy(number, one) for number, one in enumerate(unread)]
    head = _HEAD.format(first_line=_FIRST_LINE, version=version("asgherkin"), imports=imports)
    return head + "\n".join(slots) + "\n" + "".join(parts)


def _function(sentences: Sequence[Listed]) -> str:
    """One function of the vocabulary, with all its patterns; its body leads to the real one."""
    first = sentences[0]
    name = first.definition.function.__name__
    decorators = [
        f"@{one.kind.lower()}(parsers.parse({written}))"
        for one in sentences
        for pattern in patterns(one.pattern)
        for written in _spellings(pattern)
    ]
    text = "\n\n".join([first.meaning, *(one.usage for one in sentences)])
    return _definition(decorators, name, text, f"return {first.module}.{name}")


def _copy(number: int, one: Listed) -> str:
    """A sentence of others: its place, and an expression for each reader that cannot read it there."""
    written = expression(one)
    if written is None:
        return ""
    kind = one.definition.kind or "given"
    decorators = [f"@{kind}(parsed_by_cucumber({_quoted(f'/{written}/')}))"]
    if not one.is_of_the_project:  # pytest-bdd-language-server reads the project's own
        decorators.append(f"@{kind}(parsers.re({written!r}))")
    name = getattr(one.definition.function, "__name__", "")
    place = f"{one.file}:{one.line}" if one.is_of_the_project else f"{one.module}.{name}"  # the same on each machine
    text = "\n\n".join(filter(None, [one.meaning, place, one.usage]))
    return _definition(decorators, f"copy_{number}", text, "")


def _definition(decorators: Sequence[str], name: str, text: str, last: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'''", "\\'\\'\\'")
    body = "\n".join(f"    {line}".rstrip() for line in f"'''{escaped}\n'''\n{last}".rstrip().split("\n"))
    return "\n\n" + "\n".join([*decorators, f"def {name}():", body, ""])


def _spellings(pattern: str) -> Iterator[str]:
    """A pattern as Python has it.

    With both kinds of quotes in it, it has an escape, which Cucumber's server takes for what it says; so once more as
    the sum of two texts, which that server adds up and the other does not read.
    """
    yield _quoted(pattern)
    if "'" in pattern and '"' in pattern:
        yield " + ".join(f'"{part}"' if "'" in part else f"'{part}'" for part in re.findall("[^']+|'+", pattern))


def _quoted(text: str) -> str:
    """A text in quotes that it does not hold, without other escapes than its own."""
    return f'"{text}"' if '"' not in text else "'" + text.replace("'", "\\'") + "'"
