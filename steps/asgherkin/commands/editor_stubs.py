"""Sentences as a Python file for editors, which read source code and run none.

This toolkit's sentences live in an installed package and are made by decorators of its own; what completes steps in an
editor wants pytest-bdd's, with a literal pattern, in the project. One file serves two readers:

- Cucumber's language server (VS Code's extension "Cucumber") takes the pattern for a Cucumber Expression, and looks up
  each `{slot}` among the parameter types, which it finds as calls with `name` and `regexp`. It reads the text between
  the quotes as it stands, escapes too. What has "parse" in its name is a parser to it.
- pytest-bdd-language-server takes it for a pattern of the library `parse`.
"""

from __future__ import annotations

import inspect
import itertools
import json
import os
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError
from asgherkin.vocabulary.grammar import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asgherkin.gherkin.catalogue import Listed

_FOR_VSCODE = Path(".vscode/asgherkin_steps.py")
_NOT_LOOKED_INTO = {"node_modules", "venv", "site-packages", "__pycache__", "build", "dist"}
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
_SLOT = re.compile(r"\{(\w+):(\w+)\}")
_SPAN = "[^ ]+ (?:milli)?seconds?"
_OPERAND = f"(?:(?! within {_SPAN}$).)+"
_TEXT = r'(?:[^"\\]|\\.)*'
# The slots of the grammar for editors: patterns, and the regular expressions of their parameter types.
_FORMS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "text": (('"{NAME}"',), {"NAME": _TEXT}),
    "count": (("{NAME:S}",), {"NAME:S": "[^ ]+"}),
    "rows": (("{NAME:S} rows", "{NAME:S} row"), {"NAME:S": "[^ ]+"}),
    "method": (("{NAME:w}",), {"NAME:w": "|".join(METHODS)}),
    "span": (("{NAME}",), {"NAME": _SPAN}),
}
_COMPARED = (
    ("is {expected}", "{comparison}"),
    {
        "expected": f"(?!not |at least |at most ){_OPERAND}",
        "comparison": f"(?:is not|is at least|is at most|does not contain|contains|matches) {_OPERAND}"
        "|has [^ ]+ items?|does not exist|exists",
    },
)
# What a project's own slots may hold, by the types of the library `parse`.
_PARSED = {"d": "[+-]?[0-9]+", "w": "[A-Za-z0-9_]+", "f": "[+-]?[0-9]+[.]?[0-9]*", "S": "[^ ]+"}
_PARSE_SLOT = re.compile(r"(?<!\{)\{([^{}]*)\}(?!\})")
_BUILT_IN = ["", "int", "float", "word", "string", "double", "bigdecimal", "byte", "short", "long", "biginteger"]
_ILLEGAL = re.compile(r"[\[\]()$.|?*+'\"\\\n]")
# What Cucumber's server takes for a regular expression, or for a choice of words.
_SPECIAL = re.compile(r"[().*\\|/]|\{\{|\}\}")
# Of Python's expressions: flags, a group that is named again, a condition.
_NOT_PORTABLE = re.compile(r"\(\?(?:[aiLmsux-]|P=|\()")


def write_stubs(path: Path, sentences: Sequence[Listed]) -> str:
    """Write the stubs into a file; returns a line for the user.

    Raises ConfigurationError where the file was not written by this command.
    """
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(_FIRST_LINE):
        raise ConfigurationError(f"{path} is not written by asgherkin, and is left as it is: choose another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(stubs(sentences), encoding="utf-8")
    return f"{path} has the sentences."


def write_for_vscode(sentences: Sequence[Listed]) -> str:
    """Write the stubs for VS Code; returns what to add to its settings, which are JSON with a user's comments."""
    own = {sentence.file for sentence in sentences if sentence.is_of_the_project and sentence.file.endswith(".py")}
    elsewhere = {file for file in own if not file.startswith(("features/", "tests/"))} - {"conftest.py"}
    # Whole folders where a project usually has its sentences: it may get more of them.
    glue = [_FOR_VSCODE.as_posix(), "conftest.py", "features/**/*.py", "tests/**/*.py", *sorted(elsewhere)]
    settings = {"cucumber.features": _feature_patterns(), "cucumber.glue": glue}
    return "\n".join(
        [
            write_stubs(_FOR_VSCODE, sentences),
            'The extension "Cucumber" (CucumberOpen.cucumber-official) reads them. Add to .vscode/settings.json:',
            "",
            json.dumps(settings, indent=4),
        ]
    )


def _feature_patterns() -> list[str]:
    """Patterns for the folders that hold feature files."""
    found: set[str] = set()
    for folder, folders, names in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_LOOKED_INTO]
        if any(name.endswith(".feature") for name in names):
            found.add("/".join([*Path(folder).parts[:1], "**/*.feature"]) if folder != "." else "*.feature")
    return sorted(found) or ["features/**/*.feature"]


def stubs(sentences: Iterable[Listed]) -> str:
    """This toolkit's sentences as stubs, and those of others that an editor cannot read in their source."""
    sentences = list(sentences)
    ours = [sentence for sentence in sentences if not sentence.is_own]
    others = [sentence for sentence in sentences if sentence.is_own]
    known = {
        name: _PARSED.get(name.partition(":")[2], ".+")
        for sentence in others
        for name in _names(sentence)
        if name not in _BUILT_IN and not _ILLEGAL.search(name)
    }
    for sentence in ours:
        for slot, kind in _SLOT.findall(sentence.pattern):
            types = _FORMS.get(kind, _COMPARED)[1]
            known |= {type_.replace("NAME", slot): regexp for type_, regexp in types.items()}
    imports = "\n".join(sorted({f"import {sentence.module}" for sentence in ours}))
    slots = [f"slot(name={_quoted(name)}, regexp={_quoted(regexp)})" for name, regexp in sorted(known.items())]
    functions = itertools.groupby(ours, lambda sentence: (sentence.module, sentence.line))
    unread = [sentence for sentence in others if not (sentence.is_of_the_project and _can_be_read(sentence))]
    parts = [_function(list(group)) for _, group in functions]
    parts += [_copy(number, sentence) for number, sentence in enumerate(unread)]
    head = _HEAD.format(first_line=_FIRST_LINE, version=version("asgherkin"), imports=imports)
    return head + "\n".join(slots) + "\n" + "".join(parts)


def _function(sentences: Sequence[Listed]) -> str:
    """A function of the vocabulary with all its patterns; its body refers to the real function."""
    first = sentences[0]
    name = first.definition.function.__name__
    decorators = [
        f"@{sentence.kind.lower()}(parsers.parse({written}))"
        for sentence in sentences
        for pattern in patterns(sentence.pattern)
        for written in _spellings(pattern)
    ]
    text = "\n\n".join([first.meaning, *(sentence.usage for sentence in sentences)])
    return _definition(decorators, name, text, f"return {first.module}.{name}")


def _copy(number: int, sentence: Listed) -> str:
    """A sentence of others: its place, and an expression for each editor that cannot read it there."""
    written = _expression(sentence)
    if written is None:
        return ""
    kind = sentence.definition.kind or "given"
    decorators = [f"@{kind}(parsed_by_cucumber({_quoted(f'/{written}/')}))"]
    if not sentence.is_of_the_project:  # pytest-bdd-language-server reads the project's own
        decorators.append(f"@{kind}(parsers.re({written!r}))")
    name = getattr(sentence.definition.function, "__name__", "")
    # The same on each machine: where a package lies is not.
    place = f"{sentence.file}:{sentence.line}" if sentence.is_of_the_project else f"{sentence.module}.{name}"
    text = "\n\n".join(filter(None, [sentence.meaning, place, sentence.usage]))
    return _definition(decorators, f"copy_{number}", text, "")


def _definition(decorators: Sequence[str], name: str, text: str, last: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'''", "\\'\\'\\'")
    body = "\n".join(f"    {line}".rstrip() for line in f"'''{escaped}\n'''\n{last}".rstrip().split("\n"))
    return "\n\n" + "\n".join([*decorators, f"def {name}():", body, ""])


def _spellings(pattern: str) -> Iterator[str]:
    """A pattern as Python has it.

    A pattern with both kinds of quotes has an escape, which Cucumber's server takes literally; so a second spelling is
    the sum of texts, which that server adds up and the other ignores.
    """
    yield _quoted(pattern)
    if "'" in pattern and '"' in pattern:
        yield " + ".join(f'"{part}"' if "'" in part else f"'{part}'" for part in re.findall("[^']+|'+", pattern))


def _quoted(text: str) -> str:
    """A text in quotes, with an escape only where it has both kinds of quotes."""
    return f'"{text}"' if '"' not in text else "'" + text.replace("'", "\\'") + "'"


def patterns(template: str) -> list[str]:
    """Each way to write a sentence: with and without the parts in brackets, and for each form of its slots."""
    found: list[str] = []
    for form in _unfolded(template):
        slots = _SLOT.findall(form)
        parts = _SLOT.split(form)[::3]
        forms = [[form.replace("NAME", name) for form in _FORMS.get(kind, _COMPARED)[0]] for name, kind in slots]
        found += [
            "".join(itertools.chain(*zip(parts, [*chosen, ""], strict=True))) for chosen in itertools.product(*forms)
        ]
    return found


def _unfolded(template: str) -> list[str]:
    """A template with its innermost brackets dissolved: once without their content, and once with it."""
    inner = re.search(r"\[([^\[\]]*)\]", template)
    if inner is None:
        return [template]
    before, after = template[: inner.start()], template[inner.end() :]
    return list(dict.fromkeys([*_unfolded(before + after), *_unfolded(before + inner[1] + after)]))


def _can_be_read(sentence: Listed) -> bool:
    """Whether Cucumber's server understands a sentence in its source: a single text without signs or escapes."""
    odd = _SPECIAL.search(sentence.pattern) or any(_ILLEGAL.search(name) for name in _names(sentence))
    literal = rf"(?<!\w)(?P<quote>[\"']){re.escape(sentence.pattern)}(?P=quote)"
    return _regex(sentence) is None and not odd and re.search(literal, _source(sentence)) is not None


def _source(sentence: Listed) -> str:
    try:
        return inspect.getsource(inspect.unwrap(sentence.definition.function))
    except (OSError, TypeError):  # generated, or not written in Python
        return ""


def _expression(sentence: Listed) -> str | None:
    """A regular expression of a sentence of others, for Python and JavaScript alike; None where there is none."""
    regex = _regex(sentence)
    if regex is not None:
        return re.sub(r"\(\?P<\w+>", "(", f"^(?:{regex.pattern})$") if _is_portable(regex) else None
    if not hasattr(sentence.definition.parser, "parser"):
        return f"^{_literal(sentence.pattern)}$"
    parts = _PARSE_SLOT.split(sentence.pattern)[::2]
    return "^" + "(.+)".join(_literal(part.replace("{{", "{").replace("}}", "}")) for part in parts) + "$"


def _is_portable(regex: re.Pattern[str]) -> bool:
    """Whether an expression means the same in JavaScript, and can be quoted without an escape."""
    text = regex.pattern
    quoted = '"' in text and "'" in text
    return (
        not (quoted or regex.flags & (re.VERBOSE | re.IGNORECASE) or _NOT_PORTABLE.search(text)) and text.isprintable()
    )


def _names(sentence: Listed) -> list[str]:
    """The slots of a pattern for the library `parse`; none for other patterns."""
    return _PARSE_SLOT.findall(sentence.pattern) if hasattr(sentence.definition.parser, "parser") else []


def _regex(sentence: Listed) -> re.Pattern[str] | None:
    regex = vars(sentence.definition.parser).get("regex")
    return regex if isinstance(regex, re.Pattern) else None


def _literal(text: str) -> str:
    """A text as an expression without escapes, which readers of Python source take differently."""
    return re.sub(r"[^\w \"':,;@#%&=<>!~-]", ".", text)
