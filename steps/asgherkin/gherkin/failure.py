"""How a failing scenario is told: what differed, where, what went over the wire, the user's own frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import AsgherkinError, Mismatch
from asgherkin.frames import is_machinery, is_users
from asgherkin.gherkin.bdd import fixture_definition
from asgherkin.gherkin.mistakes import lines_of
from asgherkin.gherkin.run import progress_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.gherkin.run import Progress

_BEFORE, _AFTER = 4, 2
_BELOW = "\n\0"
headline_key = pytest.StashKey[str]()
"""How the last failure of an item begins: what differed, without where."""


def describe(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """The whole text for a failed item. Its first line says what differed: pytest repeats it in its summary."""
    error = excinfo.value
    progress = item.stash.get(progress_key, None)
    parts: list[str] = []
    if progress is not None:
        parts += ["", *_place(progress, item.config.rootpath)]
        for title, text in progress.conduct.sections():
            parts += ["", title, *(f"  {line}".rstrip() for line in text.split("\n"))]
    if isinstance(error, (AsgherkinError, Mismatch)):
        parts += [line for note in getattr(error, "__notes__", ()) for line in ("", note)]
    if progress is None or not isinstance(error, (AsgherkinError, Mismatch)):
        parts += _frames(item, excinfo)
    # As one text: what is secret beside its name is masked in the headline, too.
    text = _BELOW.join([_headline(error, excinfo), "\n".join(parts)])
    headline, _, below = (progress.conduct.redact(text) if progress else text).partition(_BELOW)
    item.stash[headline_key] = headline
    return f"{headline}\n{below}" if parts else headline


def _headline(error: BaseException, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    if isinstance(error, (AsgherkinError, Mismatch)):
        return str(error)
    if isinstance(error, pytest.FixtureLookupError):
        known = fixture_definition(error.request, str(error.argname)) is not None
        reason = "it needs itself, directly or by way of another" if known else "there is no fixture of that name here"
        return f'The fixture "{error.argname}" cannot be had: {reason}.'
    if isinstance(error, pytest.fail.Exception):
        return f"Failed: {error.msg}"
    return excinfo.exconly()


def _place(progress: Progress, root: Path) -> Iterator[str]:
    path = Path(progress.feature.filename)
    step = None if progress.at is None or progress.finished else progress.steps[progress.at].step
    line = step.line_number if step else progress.scenario.line_number
    yield f"{progress.path(root)}:{line}, {progress.scenario.keyword}: {progress.scenario.name}"
    try:
        lines = lines_of(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):  # changed since it was collected: the step itself is still known
        lines = []
    last = max([line, *(step.line_number for step in progress.scenario.steps)])
    if step and line == last and (step.docstring is not None or step.datatable is not None):
        last += _AFTER  # what stands under the last step
    yield from _excerpt(lines[:last], progress.scenario.line_number, line)
    if step and line <= len(lines) and step.name not in lines[line - 1]:
        yield f"         with the example's values: {step.keyword} {step.name}"
    if progress.finished:
        yield "         after the last step"


def _excerpt(lines: list[str], heading: int, failing: int) -> Iterator[str]:
    """The feature's lines around the failing one, which is marked; the scenario's heading first."""
    first = max(1, failing - _BEFORE)
    if heading <= failing:
        first = max(first, heading)
        if first > heading:
            yield _line(lines, heading, failing)
        if first > heading + 1:
            yield "       …"
    for number in range(first, min(failing + _AFTER, len(lines)) + 1):
        yield _line(lines, number, failing)


def _line(lines: list[str], number: int, failing: int) -> str:
    mark = ">" if number == failing else " "
    return f"  {mark} {number:>4} | {lines[number - 1]}".rstrip()


def _frames(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> Iterator[str]:
    """Pytest's own view of the exception and its causes, cut down to frames of the user's."""
    chosen: str = item.config.getoption("tbstyle")
    if chosen == "no" or not getattr(excinfo.value, "pytrace", True):
        return
    title = "Where it was raised"
    for error in _chain(excinfo.value):
        info = pytest.ExceptionInfo.from_exception(error)
        # Where there are no frames of the user's, those of a library of theirs.
        own = info.traceback.filter(lambda entry: is_users(str(entry.path), item.config.rootpath))
        own = own or info.traceback.filter(lambda entry: not is_machinery(entry.frame.raw))
        if own:
            shown = info.getrepr(
                style="long" if chosen == "long" else "short",  # the others know no choice of frames
                showlocals=bool(item.config.getoption("showlocals")),
                tbfilter=lambda _, own=own: own,  # type: ignore[misc] # mypy cannot infer a lambda with a default
                chain=False,
            )
            yield from ("", title, str(shown))
            title = "Caused by"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        yield following
        seen.add(id(following))
        context = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or context
