"""From the messages of a run to the model of its outputs: each feature as written, with its results."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from asgherkin.report.attempts import Result, Tried, as_written, attempts_at, failure_of, gather, seconds
from asgherkin.report.model import Background, Examples, Feature, Outline, Report, Rule, Scenario, Step
from asgherkin.report.verdicts import UNFINISHED, Status, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from asgherkin.report.attempts import Gathered, Written
    from asgherkin.report.model import Failure, Message

_LOST = "The report has no text of this scenario: its feature is missing from the messages."
_NO_WORD = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 60


@dataclass(slots=True)
class _File:
    """What is known while a feature file is read."""

    uri: str
    name: str
    gathered: Gathered
    links: Links
    pickles: dict[str, list[Message]] = field(default_factory=dict)
    written: Written = field(default_factory=dict)


class Links:
    """Makes the ids of links from names, so that they survive edits elsewhere in the file. Equal names are numbered."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def make(self, name: str, *parts: str) -> str:
        """The id for a name; `parts` distinguish it from others of the name."""
        slug = _NO_WORD.sub("-", name.lower())[:_LONGEST_SLUG].strip("-")
        text = "\0".join(parts)
        digest = sha256(text.encode(errors="surrogatepass")).hexdigest()[:10]
        link = f"{slug}-{digest}" if slug else digest
        again = self._given[link] = self._given.get(link, 0) + 1
        return link if again == 1 else f"{link}-{again}"


def read_report(envelopes: Iterable[Mapping[str, object]]) -> Report:
    """What a run's envelopes (Cucumber Messages) say: the page, the summary and the history are made of it."""
    gathered = gather(envelopes)
    by_uri: dict[str, list[Message]] = {uri: [] for uri in (*gathered.features, *gathered.errors)}
    for pickle in gathered.pickles.values():
        by_uri.setdefault(str(pickle.get("uri", "")), []).append(pickle)
    links = Links()
    features = [_feature(uri, pickles, gathered, links) for uri, pickles in by_uri.items()]
    if lost := [pickle for pickle in gathered.cases if pickle not in gathered.pickles]:
        file = _File("", "", gathered, links)
        rule = Rule("", "", "", (), (), tuple(_lost({"id": id_, "name": id_, "steps": []}, file) for id_ in lost))
        features.append(Feature(links.make("lost", ""), "", "", "Not in any feature", rules=(rule,)))
    started = seconds(gathered.start.get("timestamp"))
    end: Message = gathered.ends[-1] if gathered.ends else {"message": UNFINISHED}
    ended = seconds(end.get("timestamp"))
    said = str(end.get("message") or "")
    return Report(
        **_about(gathered.meta),
        started=started,
        seconds=None if started is None or ended is None else ended - started,
        features=tuple(features),
        counts=count(scenario.status for feature in features for scenario in feature.scenarios()),
        finished=UNFINISHED not in said.split("\n"),
        end=said,
        trouble=tuple(_trouble(end, gathered.run_hooks)),
        success=bool(end.get("success")),
        evidence=tuple(gathered.of_run),
    )


def _about(meta: Message) -> dict[str, str]:
    ci = meta.get("ci") or {}
    git = ci.get("git") or {}
    tool, machine = meta.get("implementation") or {}, [meta.get("runtime") or {}, meta.get("os") or {}]
    remote = str(git.get("remote") or "").rstrip("/").removesuffix(".git")
    return {
        "project": remote.replace(":", "/").rpartition("/")[2],
        "commit": str(git.get("revision") or ""),
        "branch": str(git.get("branch") or git.get("tag") or ""),
        "build": " ".join(str(ci[key]) for key in ("name", "buildNumber") if ci.get(key)),
        "build_url": str(ci.get("url") or ""),
        "tool": _product(tool),
        "machine": ", ".join(filter(None, map(_product, machine))),
    }


def _product(product: Message) -> str:
    return " ".join(str(product[key]) for key in ("name", "version") if product.get(key))


def _trouble(end: Message, run_hooks: Iterable[Result]) -> Iterator[Failure]:
    """What went wrong outside of any scenario."""
    exception = end.get("exception") or {}
    said = str(exception.get("message") or exception.get("type") or "")
    message = "\n".join(line for line in str(end.get("message") or "").split("\n") if line != UNFINISHED)
    if said or (message and not end.get("success")):
        whole = Result(Status.FAILED, None, message, said, str(exception.get("stackTrace") or ""))
        yield from filter(None, [failure_of(whole)])
    for result in run_hooks:
        if result.status not in (Status.PASSED, Status.SKIPPED):
            yield from filter(None, [failure_of(result)])


def _feature(uri: str, pickles: list[Message], gathered: Gathered, links: Links) -> Feature:
    node = gathered.features.get(uri) or {}
    name = str(node.get("name") or "") or uri.rpartition("/")[2]
    file = _File(uri, name, gathered, links)
    link = links.make(name, uri)
    for pickle in pickles:
        file.pickles.setdefault((pickle.get("astNodeIds") or [""])[0], []).append(pickle)
    rules = [_rule(node, file, "")]
    inner = [child["rule"] for child in node.get("children", ()) if "rule" in child]
    rules += [_rule(rule, file, str(rule.get("keyword", "Rule"))) for rule in inner]
    homeless = tuple(_lost(pickle, file) for left in file.pickles.values() for pickle in left)
    rules[0] = rules[0]._replace(entries=(*rules[0].entries, *homeless))
    return Feature(
        link,
        uri,
        str(node.get("keyword") or "Feature"),
        name,
        _description(node),
        _tags(node),
        str(node.get("language") or "en"),
        tuple(rule for rule in rules if rule.keyword or rule.entries or rule.backgrounds),
        tuple(gathered.errors.get(uri, ())),
    )


def _lost(pickle: Message, file: _File) -> Scenario:
    """A scenario whose text is missing from the messages."""
    return _scenario(pickle, {"description": _LOST}, file, "")


def _rule(node: Message, file: _File, keyword: str) -> Rule:
    """A rule; without a keyword, what stands in a feature outside of its rules."""
    children = node.get("children", ())
    backgrounds = [child["background"] for child in children if "background" in child]
    for background in backgrounds:
        _remember(background, file, "background")
    name, description, tags = (str(node.get("name", "")), _description(node), _tags(node)) if keyword else ("", "", ())
    entries = [entry for child in children if "scenario" in child for entry in _entries(child["scenario"], file, name)]
    named = [background for background in backgrounds if background.get("name") or background.get("description")]
    shown = [Background(*_head(background)) for background in named]
    return Rule(keyword, name, description, tags, tuple(shown), tuple(entries))


def _remember(node: Message, file: _File, part: str) -> None:
    for step in node.get("steps", ()):
        file.written[step["id"]] = (str(step.get("keyword", "")), part)


def _entries(node: Message, file: _File, rule: str) -> list[Scenario | Outline]:
    _remember(node, file, "")
    pickles = file.pickles.pop(node["id"], [])
    by_row = dict(_values(node))
    rows = [_scenario(pickle, node, file, rule, by_row.get(pickle["astNodeIds"][-1], ())) for pickle in pickles]
    rows = rows or [_scenario(None, node, file, rule)]
    if not node.get("examples"):
        return [*rows]
    tables = tuple(map(_examples, node["examples"]))
    return [Outline(*_head(node), _tags(node), tuple(_written(node)), tables, tuple(rows))]


def _scenario(
    pickle: Message | None, node: Message, file: _File, rule: str, values: tuple[tuple[str, str], ...] = ()
) -> Scenario:
    """A scenario; one without a pickle, such as an outline without rows, is specified and was not run."""
    named = node if pickle is None else pickle
    name = str(named.get("name", ""))
    link = file.links.make(name, file.uri, rule, name, *(part for pair in values for part in pair))
    tried = Tried() if pickle is None else attempts_at(pickle, file.gathered, file.written)
    steps = tuple(_written(node)) if pickle is None else as_written(pickle, file.written)
    line = (named.get("location") or node.get("location") or {}).get("line")
    return Scenario(
        link,
        str(node.get("keyword", "")),
        name,
        f"{file.uri}:{line}" if line else file.uri,
        file.name,
        tried.attempts[0].status if tried.attempts else Status.NOT_RUN,
        rule,
        values,
        "" if pickle is not None and node.get("examples") else _description(node),
        _tags(named),
        tried.attempts,
        () if tried.attempts else steps,
        tried.judged,
        tried.flaky,
        tried.worse,
    )


def _head(node: Message) -> tuple[str, str, str]:
    return str(node.get("keyword", "")), str(node.get("name", "")), _description(node)


def _description(node: Message) -> str:
    return str(node.get("description") or "")


def _tags(node: Message) -> tuple[str, ...]:
    """Its own tags, with their @."""
    return tuple(str(tag.get("name", "")) for tag in node.get("tags", ()))


def _written(node: Message) -> Iterator[Step]:
    """The steps of an outline with their placeholders."""
    for step in node.get("steps", ()):
        argument = {key: step[key] for key in ("dataTable", "docString") if step.get(key)}
        yield Step(str(step.get("keyword", "")), str(step.get("text", "")), None, argument=argument)


def _examples(node: Message) -> Examples:
    """A table of examples, its header first."""
    rows = [node["tableHeader"]] if node.get("tableHeader") else []
    return Examples(*_head(node), _tags(node), tuple(map(_cells, (*rows, *node.get("tableBody", ())))))


def _cells(row: Message) -> tuple[str, ...]:
    return tuple(str(cell.get("value", "")) for cell in row.get("cells", ()))


def _values(node: Message) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """The values of each row, by the row's id."""
    for table in node.get("examples", ()):
        header = _cells(table.get("tableHeader") or {})
        for row in table.get("tableBody", ()):
            yield row["id"], tuple(zip(header, _cells(row), strict=False))
