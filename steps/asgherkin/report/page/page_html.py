"""The page as HTML: one file that needs nothing else, made in pieces: the head, the features, the foot."""

from __future__ import annotations

import gzip
import re
import sys
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source, find_spec
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError
from asgherkin.evidence.page_parts import counted, duration
from asgherkin.report.attachments import read
from asgherkin.report.history import FLAKY, labels
from asgherkin.report.model import Outline
from asgherkin.report.verdicts import LOST, WORST_FIRST, Status, mood, verdict

try:
    from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    if find_spec("markdown_it") is None:  # which is imported where there is something to render
        raise ModuleNotFoundError(name="markdown_it")
except ModuleNotFoundError as missing:
    raise ConfigurationError(
        f'The page needs the package {missing.name}, which is not installed: pip install "asgherkin[report]"'
    ) from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence

    from jinja2.bccache import Bucket
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

    from asgherkin.report.model import Message, Report, Scenario

PACK_ABOVE = 600_000
"""How many characters of evidence the scenarios that passed may have before it is packed."""
_OPEN_BELOW = 60
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
_RARE = (Status.AMBIGUOUS, Status.UNSEEN)
_TITLES = {
    Status.PENDING: "Pending",
    Status.SKIPPED: "Skipped",
    Status.UNSEEN: "Not observable here",
    Status.NOT_RUN: "Specified, but not run",
}
"""Headings of lists of scenarios that did neither pass nor fail."""
_EXPLAINED = (Status.PASSED, Status.FAILED, Status.UNDEFINED, Status.AMBIGUOUS, *_TITLES)
_LOST_MEANING = "The run broke off before there was a result: the scenario was not run, or was running then."
_GZIP_LEVEL = 3  # far faster than what is usual, and a page is hardly larger
_BETWEEN = "\0"  # which `visible` leaves in no piece
# Headings would stand between those of the page; indentation is Gherkin's, not a code block's.
_NOT_IN_DESCRIPTIONS = ("html_block", "html_inline", "image", "heading", "lheading", "code", "reference")
_CLIENT = re.compile(r"(?s)(.+) (\[(?:async|test|live)\])")
_HOOKS = {"set-up": "Before the first step", "tear-down": "After the last step"}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
_HARMLESS = bytes(code for code in range(256) if not _CONTROLS.match(chr(code)))
_SYMBOLS = {**{code: 0x2400 + code for code in range(0x20)}, 0x7F: 0x2421, 0x2028: 0x2424, 0x2029: 0x2424}


def write_page(report: Report, path: Path, history: Iterable[Mapping[str, object]] = ()) -> None:
    """Write a run as one HTML file that needs nothing else.

    `history` are the runs before, as `asgherkin.report.history.read_history` reads them. The same input makes the
    same bytes. An older page is replaced when the new one is whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    special = path.exists() and not path.is_file()  # such as /dev/stdout: it must stay what it is
    unfinished = path if special else path.with_name(f"{path.name}.part")
    # A lone surrogate, which no file can hold, is written as its number.
    with unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(_pieces(report, labels(report, history)))
    if not special:
        unfinished.replace(path)


def _pieces(report: Report, labels: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The page in pieces, a feature a piece."""
    # What belongs to no feature file has no keyword, and comes last.
    features = sorted(report.features, key=lambda feature: (not feature.keyword, feature.folder, feature.uri))
    report = report._replace(features=tuple(features))
    environment = _environment(labels, finished=report.finished)
    # The widths of the bar's parts are style, since the policy forbids the attribute.
    widths = (f".bar .{status} {{ flex-grow: {int(amount)}; }}\n" for status, amount in report.counts.items())
    files = {"css": _source("page.css", *widths), "javascript": _source("page.js")}
    total = sum(report.counts.values())
    policy = Markup(_POLICY.format(_hash(files["javascript"]), _hash(files["css"])))  # noqa: S704 - nothing foreign
    yield _rendered(environment, "head", **_head(report, labels), policy=policy, **files, total=total)
    packing = _evidence_size(report) > PACK_ABOVE
    for folder, inside in groupby(features, key=attrgetter("folder")):
        if folder:
            yield visible(Markup('<p class="folder">{}</p>\n').format(folder.replace("/", " / ")))
        for feature in inside:
            is_open = total <= _OPEN_BELOW or feature.status.is_problem
            packed = _Packed() if packing else None
            yield _rendered(environment, "feature", feature=feature, open=is_open, packed=packed)
    yield _rendered(environment, "foot", report=report, **files)


def _rendered(environment: Environment, name: str, **context: object) -> str:
    return visible(environment.get_template(f"{name}.html.j2").render(context))


def _source(name: str, *more: str) -> Markup:
    return Markup("".join([(_HERE / name).read_text(encoding="utf-8"), *more]))  # noqa: S704 - our own text


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _head(report: Report, labels: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    scenarios = list(report.scenarios())
    timed = [scenario for scenario in scenarios if scenario.seconds]
    return {
        "report": report,
        "verdict": verdict(report),
        "mood": mood(report),
        "icon": Markup(_ICON.format(_ICON_COLOURS[mood(report)])),  # noqa: S704 - nothing foreign in it
        "started": moment(report.started),
        "build_link": report.build_url.lower().startswith(("https://", "http://")),
        "tiles": [
            status for status in (Status.PASSED, *WORST_FIRST[:-1]) if status not in _RARE or report.counts.get(status)
        ],
        "broken": [feature for feature in report.features if feature.errors],
        "failed": sorted(
            (
                scenario
                for scenario in scenarios
                if scenario.status.is_problem or (scenario.worse and scenario.status is not Status.PASSED)
            ),
            key=lambda scenario: -scenario.status.rank,
        ),
        "unsteady": [
            scenario
            for scenario in scenarios
            if scenario.status is Status.PASSED and (scenario.retried or scenario.flaky or scenario.link in labels)
        ],
        "left": [
            (status, some)
            for status in _TITLES
            if (some := [scenario for scenario in scenarios if scenario.status is status])
        ],
        "slowest": sorted(timed, key=lambda scenario: -(scenario.seconds or 0))[:_SLOWEST],
    }


def _evidence_size(report: Report) -> int:
    """The characters of evidence of the scenarios that passed."""
    passed = (scenario for scenario in report.scenarios() if scenario.status is Status.PASSED)
    steps = (step for scenario in passed for attempt in scenario.attempts for step in attempt.steps)
    return sum(len(str(message.get("body", ""))) for step in steps for message in step.evidence)


def _environment(labels: Mapping[str, tuple[str, ...]], *, finished: bool) -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FileSystemLoader(_TEMPLATES),
        bytecode_cache=_Compiled(),
    )
    environment.filters.update(
        read=read,
        markdown=description_html,
        duration=duration,
        number="{:,}".format,
        counted=counted,
        # Of a run that broke off it is not known whether the scenario was running then.
        word=lambda status: status.word if finished or status is not Status.NOT_RUN else LOST,
        hook=lambda name: _HOOKS.get(name) or f"Hook: {name}",
        name_and_client=_name_and_client,
        cells=_cells,
        labels=_labels(labels),
        by_part=lambda steps: [(part, list(some)) for part, some in groupby(steps, key=attrgetter("part"))],
        packed_in=lambda html, packed: packed.put(html),
    )
    environment.tests["outline"] = lambda entry: isinstance(entry, Outline)
    titles, meanings = dict(_TITLES), {status: status.meaning for status in _EXPLAINED}
    if not finished:
        titles[Status.NOT_RUN], meanings[Status.NOT_RUN] = "Without a result", _LOST_MEANING
    environment.globals.update(finished=finished, titles=titles, meanings=meanings)
    # Requests of a run often have the same headers.
    macros = vars(environment.get_template("headers.html.j2").module)
    environment.filters["heads"] = lru_cache(1024)(macros["heads"])
    return environment


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, beside them in `__pycache__`, where nobody may write who may not write the toolkit itself.

    To compile them takes 60 ms: 5 % of the shortest run with a page, 8 % of `asgherkin report` on 500 scenarios.
    """

    def __init__(self) -> None:
        # By Jinja's version: code of another may not fit it.
        super().__init__(str(Path(cache_from_source(str(_TEMPLATES / "name"))).parent), f"%s.{version('jinja2')}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template, if it is there."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a template, unless the toolkit's folder cannot be written, or Python is not to write there."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


def _cells(table: Message) -> list[list[str]]:
    return [[str(cell.get("value", "")) for cell in row.get("cells", ())] for row in table.get("rows", ())]


def _labels(labels: Mapping[str, tuple[str, ...]]) -> Callable[[Scenario], tuple[str, ...]]:
    def of(scenario: Scenario) -> tuple[str, ...]:
        """The words that stand beside a scenario's name."""
        tried = [f"{len(scenario.attempts)} attempts"] if scenario.retried else []
        words = [*tried, *([FLAKY] if scenario.flaky else []), *labels.get(scenario.link, ())]
        return tuple(dict.fromkeys(words))

    return of


class _Packed:
    """The evidence of a feature, compressed: the page's script unpacks it when a reader opens it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def put(self, html: str) -> int:
        """Take a piece of HTML; it is found again by its number."""
        self._pieces.append(visible(html))
        return len(self._pieces) - 1

    def blob(self) -> str:
        """All pieces; empty where there is none."""
        if not self._pieces:
            return ""
        # A lone surrogate is written as its number, as in the page.
        text = _BETWEEN.join(self._pieces).encode(errors="backslashreplace")
        return b64encode(gzip.compress(text, _GZIP_LEVEL, mtime=0)).decode()


@lru_cache(maxsize=1024)
def description_html(description: str) -> Markup:
    """A description as HTML that can do no harm: a subset of Markdown, with links to http and https alone."""
    text = "\n".join(line.strip() if "```" not in description else line for line in description.split("\n"))
    return Markup(_markdown().render(text))  # noqa: S704 - the parser escapes all that it does not know


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # many a page has no description, and this takes longer than all the rest

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    parser.disable(list(_NOT_IN_DESCRIPTIONS))
    # markdown-it documents this way to allow schemes of links.
    parser.validateLink = lambda url: url.lower().startswith(("https://", "http://"))  # type: ignore[method-assign]
    parser.add_render_rule("link_open", _link)
    return parser


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, object]
) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    return renderer.renderToken(tokens, index, options, env)


def moment(seconds: float | None) -> str:
    """`22 November 2026, 21:12 UTC`; empty where none is known, or no calendar has it."""
    if seconds is None:
        return ""
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{at.day} {at:%B} {at.year}, {at:%H:%M} UTC"


def _name_and_client(name: str) -> tuple[str, str]:
    """A scenario's name, and the client that ran it, where several did: `A order is paid`, `[live]`."""
    found = _CLIENT.fullmatch(name) if name.endswith("]") else None
    return (found[1], found[2]) if found else (name or "(no name)", "")


def visible(html: str) -> str:
    """HTML whose control characters, which a browser would drop, are shown as symbols: `␀`, `␛`."""
    # Most text has none, and bytes are looked through six times as fast as with the expression.
    if not (html.encode(errors="surrogatepass").translate(None, _HARMLESS) or "\u2028" in html or "\u2029" in html):
        return html
    return _CONTROLS.sub(lambda found: chr(_SYMBOLS[ord(found[0])]), html)
