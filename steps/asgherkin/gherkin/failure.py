"""How a failing scenario is told: what differed, where, what went over the wire, the user's own frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.errors import AsgherkinError, FeatureError, Mismatch
from asgherkin.gherkin.run import progress_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from asgherkin.gherkin.run import Progress

_BEFORE, _AFTER = 4, 2


def describe(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """The whole text for a failed item. Its first line says what differed: pytest repeats it in its summary."""
    error = excinfo.value
    progress = item.stash.get(progress_key, None)
    parts = [_headline(error, excinfo)]
    if progress is not None:
        parts += ["", *_place(progress)]
        for title, text in progress.conduct.evidence():
            parts += ["", title, *(f"  {line}".rstrip() for line in text.split("\n"))]
    if not isinstance(error, (AsgherkinError, Mismatch)):
        frames = _frames(item, excinfo)
        parts += ["", "Where it was raised", frames] if frames else []
    text = "\n".join([*parts, *(["", *error.__notes__] if getattr(error, "__notes__", None) else [])])
    return progress.conduct.redact(text) if progress else text


def _headline(error: BaseException, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    if isinstance(error, (AsgherkinError, Mismatch)):
        return str(error)
    return excinfo.exconly()


def _place(progress: Progress) -> Iterator[str]:
    path = Path(progress.feature.filename)
    step = progress.steps[progress.at].step if progress.at is not None and progress.steps else None
    line = step.line_number if step else progress.scenario.line_number
    yield f"{progress.feature.rel_filename}:{line}, {progress.scenario.keyword}: {progress.scenario.name}"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError:  # removed since it was collected: the step itself is still known
        lines = []
    last = max([line, *(one.line_number for one in progress.scenario.steps)])
    if step and line == last and (step.docstring is not None or step.datatable is not None):
        last += _AFTER  # what stands under the last step
    yield from _excerpt(lines[:last], progress.scenario.line_number, line)
    if step and line <= len(lines) and step.name not in lines[line - 1]:
        yield f"         with the example's values: {step.keyword} {step.name}"
    if step is None and not isinstance(progress.failed, FeatureError):
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


def _frames(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """Pytest's own view of the exception, cut down to frames of the user's."""
    root = item.config.rootpath
    chosen: str = item.config.getoption("tbstyle")
    own = excinfo.traceback.filter(lambda entry: _is_the_users(Path(entry.path), root))
    if not own or chosen == "no":
        return ""
    style = "short" if chosen == "auto" else chosen
    shown = excinfo.getrepr(
        style=style,  # type: ignore[arg-type] # pytest checked the option
        showlocals=bool(item.config.getoption("showlocals")),
        tbfilter=lambda _: own,
        chain=False,
    )
    return str(shown)


def _is_the_users(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and not {"site-packages", "asgherkin"} & set(path.parts)
