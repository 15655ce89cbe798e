"""The decorators of this toolkit's own sentences, and the parser that they make of a template.

    @then("the response text {expected:wording}", example='the response text is "ok"', within=send_again)
    def the_response_text(session: Session, expected: Comparison) -> None: ...

A template has slots, such as `{path:text}`; `grammar` says which kinds there are. What stands in [brackets] may be
left out; its slots are None then. A template that begins with `(the websocket|{name:text})` makes two sentences of one
function: without a name, and with one in quotes. With `within` a sentence may end in ` within 2 seconds`, before a
colon.
"""

from __future__ import annotations

import functools
import inspect
import re
import time
from typing import TYPE_CHECKING, Any, TypeVar

import pytest_bdd
from pytest_bdd.parsers import StepParser

from asgherkin.errors import Mismatch
from asgherkin.session.channels import span
from asgherkin.vocabulary.grammar import KINDS, SPAN, Seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from asgherkin.session.remembered import Slot
    from asgherkin.session.session import Session

    Repeat = Callable[[Session], Callable[[], object]]

Function = TypeVar("Function", bound="Callable[..., Any]")
_TEMPLATE_SLOT = re.compile(r"\{(\w+):(\w+)\}")
_ESCAPED_SLOT = r"\\\{(\w+):(\w+)\\\}"
_TEXT_SLOT = re.compile(r"\{\w+:text\}")
_WITHIN = rf"(?: within (?P<within>{SPAN}))?"
_FORMS = re.compile(r"\(([^|]*)\|([^|]*)\)(.*)", re.DOTALL)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.1
# pytest-bdd puts a definition into the module that is this many frames up from its own decorator.
_OF_THE_MODULE = 2


def given(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after Given. See `then` for `within`."""
    return _sentence(("given",), template, example, within)


def when(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after When. See `then` for `within`."""
    return _sentence(("when",), template, example, within)


def given_or_when(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after Given and after When. See `then` for `within`."""
    return _sentence(("given", "when"), template, example, within)


def then(template: str, *, example: str, within: bool | Repeat = False) -> Callable[[Function], Function]:
    """A sentence after Then.

    Args:
        template: the sentence; see `grammar`.
        example: a step that it fits, for the reference.
        within: whether the sentence may end in ` within 2 seconds`. With `True` the function waits itself, and takes
            the seconds as `within`. A function is called with the session before the first try, and returns a
            function that repeats the act; the step's function is then called until it raises no Mismatch, or the
            time is up.
    """
    return _sentence(("then",), template, example, within)


def _sentence(
    kinds: tuple[str, ...], template: str, example: str, within: bool | Repeat
) -> Callable[[Function], Function]:
    def define(function: Function) -> Function:
        called = _retried(function, within) if callable(within) else function
        for form, shown in _forms(template, example):
            for kind in kinds:
                sentence = Sentence(form, example=shown, within=bool(within))
                getattr(pytest_bdd, kind)(sentence, stacklevel=_OF_THE_MODULE)(called)
        return function

    return define


def _forms(template: str, example: str) -> list[tuple[str, str]]:
    """The sentences of a template, each with its example."""
    found = _FORMS.fullmatch(template)
    if found is None:
        return [(template, example)]
    unnamed, named, rest = found.groups()
    example_of_named = named.replace("{name:text}", '"alice"') + example.removeprefix(unnamed)
    return [(unnamed + rest, example), (named + rest, example_of_named)]


def _retried(function: Callable[..., Any], repeat: Repeat) -> Callable[..., Any]:
    """A step's function with a parameter `within`: the seconds in which it is tried again, or None for a single try."""

    @functools.wraps(function)
    def retried(session: Session, *, within: float | None, **arguments: object) -> None:
        if within is None:
            function(session, **arguments)
        else:
            _retry(session, within, functools.partial(function, session, **arguments), repeat(session))

    signature = inspect.signature(function)
    parameter = inspect.Parameter("within", inspect.Parameter.KEYWORD_ONLY)
    vars(retried)["__signature__"] = signature.replace(parameters=[*signature.parameters.values(), parameter])
    return retried


def _retry(session: Session, within: float, check: Callable[[], object], repeat: Callable[[], object]) -> None:
    """Check until it holds, or `within` seconds are over; before each further try the act is repeated.

    Raises the check's last Mismatch, or a crash of the app meanwhile.
    """
    until = time.monotonic() + within
    pause = _FIRST_PAUSE
    while True:
        try:
            check()
        except Mismatch as mismatch:
            left = until - time.monotonic()
            if session.crashed:
                session.raise_crash()
                raise
            if left <= 0:
                raise _last_of(mismatch, within) from None
        else:
            return
        session.client.run(_sleep, min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        repeat()


def _last_of(mismatch: Mismatch, within: float) -> Mismatch:
    last = f"This is the last of the tries within {span(within)}."
    differences = "\n".join(filter(None, (mismatch.differences, last)))
    return Mismatch(mismatch.headline, differences, rows=mismatch.rows)


async def _sleep(seconds: float) -> None:
    import anyio  # only where a scenario waits

    await anyio.sleep(seconds)


class Sentence(StepParser):
    """A sentence of the vocabulary, as pytest-bdd's decorators take it.

    `example` shows it in use. Its arguments are slots, which are filled when the step runs.
    """

    strict = True

    def __init__(self, template: str, *, example: str, within: bool = False) -> None:
        super().__init__(template)
        self.example = example
        self.prefix = _literal_start(template, within=within)
        self._types = dict(_TEMPLATE_SLOT.findall(template))
        self._within = within
        self._parsed: dict[str, dict[str, Slot | None]] = {}

    @property
    def pattern(self) -> str:
        """The whole template, with what `within` adds to it."""
        colon = ":" if self._within and self.name.endswith(":") else ""
        return f"{self.name.removesuffix(colon)}[ within {{within:span}}]{colon}" if self._within else self.name

    @functools.cached_property
    def _regex(self) -> re.Pattern[str]:
        # Compiled when a step begins as the sentence does: most runs need a few of them.
        return re.compile(_regex(self.name, within=self._within), re.DOTALL)

    def is_matching(self, name: str) -> bool:
        """Whether a step's text is this sentence."""
        # No slots are made: the look-up of a step tries about twenty sentences that begin with a name.
        return self._regex.fullmatch(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Slot | None] | None:
        """The slots of a step's text; `within` is None where the step does not end in it.

        They are kept, since both the look-up of a step and the call of its function ask for them.
        """
        if name in self._parsed:
            return self._parsed[name]
        found = self._regex.fullmatch(name)
        if found is None:
            return None
        slots: dict[str, Slot | None] = {
            slot: None if found[slot] is None else KINDS[kind](found[slot]) for slot, kind in self._types.items()
        }
        if self._within:
            slots["within"] = Seconds(found["within"]) if found["within"] else None
        self._parsed[name] = slots
        return slots


def _literal_start(template: str, *, within: bool) -> str:
    """The start of each step that the sentence fits. The look-up tries the sentence on no other step."""
    literal = re.split(r"[{\[]", template, maxsplit=1)[0]
    if _TEXT_SLOT.match(template, len(literal)):
        return f'{literal}"'
    return literal.removesuffix(":") if within else literal


def _regex(template: str, *, within: bool) -> str:
    # The brackets first, as the slots' own patterns have some.
    body = re.escape(template.removesuffix(":")).replace(r"\[", "(?:").replace(r"\]", ")?")
    body = re.sub(_ESCAPED_SLOT, lambda slot: f"(?P<{slot[1]}>{KINDS[slot[2]].pattern})", body)
    return f"{body}{_WITHIN if within else ''}{':' if template.endswith(':') else ''}"
