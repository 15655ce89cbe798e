"""The page's HTML, piece by piece: the head, the features, the foot."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from asgherkin.evidence.page_parts import counted, duration, number
from asgherkin.report.page.compiled import Compiled
from asgherkin.report.page.evidence import read
from asgherkin.report.page.history import FLAKY
from asgherkin.report.page.markdown import to_html
from asgherkin.report.page.packing import Packed
from asgherkin.report.page.records import Outline
from asgherkin.report.page.statuses import (
    AMBIGUOUS,
    LOST,
    LOST_MEANING,
    MEANINGS,
    NOT_RUN,
    PASSED,
    PROBLEMS,
    STATUSES,
    TITLES,
    UNSEEN,
    WORDS,
)
from asgherkin.report.page.verdict import mood, verdict
from asgherkin.report.page.wording import hook, moment, name_and_client, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from asgherkin.report.page.records import Message, Report, Scenario, Step

PACK_ABOVE = 600_000
"""How many characters of evidence the scenarios that passed may have before it is packed."""
OPEN_BELOW = 60
"""How many scenarios a page may have whose features are all open at first."""
_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_SLOWEST = 5
_POLICY = "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'"
_ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<circle cx='8' cy='8' r='7' fill='{}'/></svg>"
)
_ICON_COLOURS = {"bad": "%23b3261e", "good": "%231a7f4b", "open": "%23946200"}
_RARE = (AMBIGUOUS, UNSEEN)
_REMEMBERED = 1024


def render(report: Report, labels: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The page in pieces, a feature a piece."""
    environment = _environment(labels, finished=report.finished)
    files = {"css": _source("page.css") + _shares(report), "javascript": _source("page.js")}
    total = sum(report.counts.values())
    yield _whole(environment, "head", **_head(report, labels), **_texts(files), **files, total=total)
    packing = _to_pack(report) > PACK_ABOVE
    folder = None
    for feature in report.features:
        if feature.folder != folder:
            folder = feature.folder
            yield _folder(folder)
        is_open = total <= OPEN_BELOW or feature.status in PROBLEMS
        packed = Packed() if packing else None
        yield _whole(environment, "feature", feature=feature, open=is_open, packed=packed)
    yield _whole(environment, "foot", report=report, **files)


def _folder(folder: str) -> str:
    return visible(Markup('<p class="folder">{}</p>\n').format(folder.replace("/", " / "))) if folder else ""


def _whole(environment: Environment, name: str, **context: object) -> str:
    return visible(environment.get_template(f"{name}.html.j2").render(context))


def _source(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _shares(report: Report) -> Markup:
    """How wide each status is in the bar: style, since the policy forbids the attribute."""
    widths = (f".bar .{status} {{ flex-grow: {int(amount)}; }}\n" for status, amount in report.counts.items())
    return Markup("".join(widths))  # noqa: S704 - statuses of our own, and numbers


def _texts(files: Mapping[str, Markup]) -> dict[str, object]:
    """What a head says of its files."""
    policy = _POLICY.format(_hash(files["javascript"]), _hash(files["css"]))
    return {"policy": Markup(policy)}  # noqa: S704 - nothing foreign in it


def _head(report: Report, labels: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    scenarios = list(report.scenarios())
    ran = sorted((one for one in scenarios if one.seconds), key=lambda one: -(one.seconds or 0))
    return {
        "report": report,
        "verdict": verdict(report),
        "mood": mood(report),
        "icon": Markup(_ICON.format(_ICON_COLOURS[mood(report)])),  # noqa: S704 - nothing foreign in it
        "started": moment(report.started),
        "build_link": report.build_url.lower().startswith(("https://", "http://")),
        "tiles": [one for one in (PASSED, *STATUSES[:-1]) if one not in _RARE or report.counts.get(one)],
        "broken": [feature for feature in report.features if feature.error],
        "failed": sorted(
            (one for one in scenarios if one.status in PROBLEMS or (one.worse and one.status != PASSED)),
            key=lambda one: STATUSES.index(one.status),
        ),
        "unsteady": [
            one for one in scenarios if one.status == PASSED and (one.retried or one.flaky or one.link in labels)
        ],
        "left": [(status, some) for status in TITLES if (some := [one for one in scenarios if one.status == status])],
        "slowest": ran[:_SLOWEST],
    }


def _to_pack(report: Report) -> int:
    """How much evidence the scenarios have that passed."""
    passed = (one for one in report.scenarios() if one.packable)
    steps = (step for one in passed for attempt in one.attempts for step in attempt.steps)
    return sum(len(str(message.get("body", ""))) for step in steps for message in step.evidence)


def _environment(labels: Mapping[str, tuple[str, ...]], *, finished: bool) -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FileSystemLoader(_TEMPLATES),
        bytecode_cache=Compiled(_TEMPLATES),
    )
    environment.filters.update(
        read=read,
        markdown=to_html,
        duration=duration,
        number=number,
        counted=counted,
        word=_words(finished=finished),
        hook=hook,
        name_and_client=name_and_client,
        cells=_cells,
        labels=_labels(labels),
        by_part=_by_part,
        packed_in=_packed_in,
    )
    environment.tests["outline"] = lambda entry: isinstance(entry, Outline)
    environment.globals.update(
        finished=finished,
        titles=TITLES if finished else {**TITLES, NOT_RUN: "Without a result"},
        meanings=MEANINGS if finished else {**MEANINGS, NOT_RUN: LOST_MEANING},
        problems=PROBLEMS,
    )
    environment.filters["heads"] = _heads(environment)
    return environment


def _heads(environment: Environment) -> Callable[[tuple[tuple[str, str], ...]], str]:
    """Headers as HTML: many a request has those of another."""
    macros = vars(environment.get_template("headers.html.j2").module)
    heads: Callable[[tuple[tuple[str, str], ...]], str] = lru_cache(_REMEMBERED)(macros["heads"])
    return heads


def _words(*, finished: bool) -> Callable[[str], str]:
    # Of a run that broke off it is not known whether the scenario was running then.
    words = WORDS if finished else {**WORDS, NOT_RUN: LOST}
    return lambda status: words.get(status, status)


def _cells(table: Message) -> list[list[str]]:
    return [[str(cell.get("value", "")) for cell in row.get("cells", ())] for row in table.get("rows", ())]


def _by_part(steps: tuple[Step, ...]) -> list[tuple[str, list[Step]]]:
    """Steps that follow each other and come from the same part."""
    return [(part, list(some)) for part, some in groupby(steps, key=attrgetter("part"))]


def _packed_in(html: Markup, packed: Packed) -> int:
    return packed.put(html)


def _labels(labels: Mapping[str, tuple[str, ...]]) -> Callable[[Scenario], tuple[str, ...]]:
    def of(scenario: Scenario) -> tuple[str, ...]:
        """The words that stand beside a scenario's name."""
        tried = [f"{len(scenario.attempts)} attempts"] if scenario.retried else []
        words = [*tried, *([FLAKY] if scenario.flaky else []), *labels.get(scenario.link, ())]
        return tuple(dict.fromkeys(words))

    return of
