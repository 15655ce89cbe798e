"""The patterns of sentences as editors read them: Cucumber Expressions, and patterns of the library `parse`."""

from __future__ import annotations

import inspect
import itertools
import re
from typing import TYPE_CHECKING

from asgherkin.vocabulary.grammar import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.gherkin.catalogue import Listed

_SLOT = re.compile(r"\{(\w+):(\w+)\}")
_SPAN = "[^ ]+ (?:milli)?seconds?"
_OPERAND = f"(?:(?! within {_SPAN}$).)+"
_TEXT = r'(?:[^"\\]|\\.)*'
# What a slot of the grammar is for editors: patterns for it, and the regular expressions of their parameter types.
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


def patterns(template: str) -> list[str]:
    """Each way to write a sentence: with and without what stands in brackets, and for each form of its slots."""
    found: list[str] = []
    for one in _unfolded(template):
        slots = _SLOT.findall(one)
        parts = _SLOT.split(one)[::3]
        forms = [[form.replace("NAME", name) for form in _form(kind)[0]] for name, kind in slots]
        found += [
            "".join(itertools.chain(*zip(parts, [*chosen, ""], strict=True))) for chosen in itertools.product(*forms)
        ]
    return found


def _unfolded(template: str) -> list[str]:
    """A template without its innermost brackets: once without what is in them, and once with it."""
    inner = re.search(r"\[([^\[\]]*)\]", template)
    if inner is None:
        return [template]
    before, after = template[: inner.start()], template[inner.end() :]
    return list(dict.fromkeys([*_unfolded(before + after), *_unfolded(before + inner[1] + after)]))


def types(template: str) -> Iterator[tuple[str, str]]:
    """The parameter types of a template's slots: each name as `patterns` has it, and what may stand in its place."""
    for name, kind in _SLOT.findall(template):
        for type_, regexp in _form(kind)[1].items():
            yield type_.replace("NAME", name), regexp


def _form(kind: str) -> tuple[tuple[str, ...], dict[str, str]]:
    return _FORMS.get(kind, _COMPARED)


def own_types(one: Listed) -> Iterator[tuple[str, str]]:
    """The parameter types of a project's own pattern for the library `parse`, under the names that it has for them."""
    for name in _names(one):
        if not _ILLEGAL.search(name) and name not in _BUILT_IN:
            yield name, _PARSED.get(name.partition(":")[2], ".+")


def can_be_read(one: Listed) -> bool:
    """Whether Cucumber's server understands a sentence as it is written: one text, without signs or escapes."""
    odd = _SPECIAL.search(one.pattern) or any(_ILLEGAL.search(name) for name in _names(one))
    literal = rf"(?<!\w)(?P<quote>[\"']){re.escape(one.pattern)}(?P=quote)"
    return _regex(one) is None and not odd and re.search(literal, _source(one)) is not None


def _source(one: Listed) -> str:
    try:
        return inspect.getsource(inspect.unwrap(one.definition.function))
    except (OSError, TypeError):  # made by other code, or not written in Python
        return ""


def expression(one: Listed) -> str | None:
    """A regular expression for Python and JavaScript alike for a sentence of others; None where there is none."""
    regex = _regex(one)
    if regex is not None:
        return re.sub(r"\(\?P<\w+>", "(", f"^(?:{regex.pattern})$") if _is_portable(regex) else None
    if not hasattr(one.definition.parser, "parser"):
        return f"^{_literal(one.pattern)}$"
    parts = _PARSE_SLOT.split(one.pattern)[::2]
    return "^" + "(.+)".join(_literal(part.replace("{{", "{").replace("}}", "}")) for part in parts) + "$"


def _is_portable(regex: re.Pattern[str]) -> bool:
    """Whether an expression means the same elsewhere, and can stand in quotes of one kind."""
    text = regex.pattern
    quoted = '"' in text and "'" in text
    return (
        not (quoted or regex.flags & (re.VERBOSE | re.IGNORECASE) or _NOT_PORTABLE.search(text)) and text.isprintable()
    )


def _names(one: Listed) -> list[str]:
    """The slots of a pattern for the library `parse`; none of another pattern."""
    return _PARSE_SLOT.findall(one.pattern) if hasattr(one.definition.parser, "parser") else []


def _regex(one: Listed) -> re.Pattern[str] | None:
    regex = vars(one.definition.parser).get("regex")
    return regex if isinstance(regex, re.Pattern) else None


def _literal(text: str) -> str:
    """A text as an expression without escapes, which are not the same in a Python text and out of it."""
    return re.sub(r"[^\w \"':,;@#%&=<>!~-]", ".", text)
