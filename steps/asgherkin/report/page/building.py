"""From what was gathered to what is shown: each feature as it is written, with what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asgherkin.report.page.attempts import as_written, attempts_at, failure_of
from asgherkin.report.page.gathering import Result
from asgherkin.report.page.records import (
    Background,
    Feature,
    Outline,
    Report,
    Rule,
    Scenario,
)
from asgherkin.report.page.statuses import FAILED, NOT_RUN, PASSED, SKIPPED, count
from asgherkin.report.page.wording import Links
from asgherkin.report.page.written import described, examples, tags, values, written
from asgherkin.report.results import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asgherkin.report.page.gathering import Gathered
    from asgherkin.report.page.records import Failure, Message

_LOST = "The report has no text of this scenario: its feature is missing from the messages."


@dataclass(slots=True)
class _File:
    """What is known while a feature file is built."""

    uri: str
    name: str
    gathered: Gathered
    links: Links
    pickles: dict[str, list[Message]] = field(default_factory=dict)
    written: dict[str, tuple[str, str]] = field(default_factory=dict)


def build(gathered: Gathered) -> Report:
    """The page's content."""
    by_uri: dict[str, list[Message]] = {uri: [] for uri in (*gathered.features, *gathered.errors)}
    for pickle in gathered.pickles.values():
        by_uri.setdefault(str(pickle.get("uri", "")), []).append(pickle)
    links = Links()
    features = [_feature(uri, by_uri[uri], gathered, links) for uri in sorted(by_uri, key=_by_folder)]
    lost = [one for one in gathered.cases if one not in gathered.pickles]
    if lost:
        features.append(_lost_feature(lost, gathered, links))
    counts = count(one.status for feature in features for one in feature.scenarios())
    return Report(
        **_about(gathered.meta),
        started=gathered.started,
        seconds=_between(gathered.started, gathered.ended),
        features=tuple(features),
        counts=counts,
        finished=gathered.end is not None and UNFINISHED not in _told_at_end(gathered),
        trouble=tuple(_trouble(gathered)),
        success=bool((gathered.end or {}).get("success")),
        evidence=tuple(gathered.evidence),
    )


def _by_folder(uri: str) -> tuple[str, str]:
    folder, _, name = uri.rpartition("/")
    return folder, name


def _between(started: float | None, ended: float | None) -> float | None:
    return None if started is None or ended is None else ended - started


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


def _told_at_end(gathered: Gathered) -> list[str]:
    return str((gathered.end or {}).get("message") or "").split("\n")


def _trouble(gathered: Gathered) -> Iterator[Failure]:
    """What went wrong outside of any scenario."""
    end = gathered.end or {}
    exception = end.get("exception") or {}
    said = str(exception.get("message") or exception.get("type") or "")
    message = "\n".join(one for one in _told_at_end(gathered) if one != UNFINISHED)
    if said or (message and not end.get("success")):
        whole = Result(FAILED, None, message, said, str(exception.get("stackTrace") or ""))
        yield from filter(None, [failure_of(whole, None)])
    for result in gathered.run_hooks:
        if result.status not in (PASSED, SKIPPED):
            yield from filter(None, [failure_of(result, None)])


def _feature(uri: str, pickles: list[Message], gathered: Gathered, links: Links) -> Feature:
    document = gathered.features.get(uri) or {}
    name = str(document.get("name") or "") or uri.rpartition("/")[2]
    file = _File(uri, name, gathered, links)
    link = links.make(name, uri)
    for pickle in pickles:
        file.pickles.setdefault((pickle.get("astNodeIds") or [""])[0], []).append(pickle)
    rules = [_rule(document, file, "")]
    nodes = [child["rule"] for child in document.get("children", ()) if "rule" in child]
    rules += [_rule(node, file, str(node.get("keyword", "Rule"))) for node in nodes]
    homeless = [pickle for left in file.pickles.values() for pickle in left]
    rules[0] = _with_homeless(rules[0], homeless, file)
    return Feature(
        link,
        uri,
        str(document.get("keyword") or "Feature"),
        name,
        described(document),
        tags(document),
        str(document.get("language") or "en"),
        tuple(rule for rule in rules if rule.keyword or rule.entries or rule.backgrounds),
        "\n".join(gathered.errors.get(uri, ())),
    )


def _lost_feature(lost: Iterable[str], gathered: Gathered, links: Links) -> Feature:
    """What ran, and is told of nowhere else in the messages."""
    file = _File("", "", gathered, links)
    pickles = [{"id": one, "name": one, "steps": []} for one in lost]
    entries = tuple(_scenario(pickle, {"description": _LOST}, file, "") for pickle in pickles)
    return Feature(links.make("lost", ""), "", "", "Not in any feature", "", rules=(Rule("", "", "", (), (), entries),))


def _with_homeless(rule: Rule, pickles: Iterable[Message], file: _File) -> Rule:
    entries = tuple(_scenario(pickle, {"description": _LOST}, file, "") for pickle in pickles)
    return Rule(rule.keyword, rule.name, rule.description, rule.tags, rule.backgrounds, (*rule.entries, *entries))


def _rule(node: Message, file: _File, keyword: str) -> Rule:
    """A rule; without a keyword, what stands in a feature outside of its rules."""
    children = node.get("children", ())
    backgrounds = [child["background"] for child in children if "background" in child]
    for background in backgrounds:
        _remember(background, file, "background")
    name = str(node.get("name", "")) if keyword else ""
    entries = [one for child in children if "scenario" in child for one in _entries(child["scenario"], file, name)]
    return Rule(
        keyword,
        name,
        described(node) if keyword else "",
        tags(node) if keyword else (),
        tuple(
            Background(str(one.get("keyword", "")), str(one.get("name", "")), described(one))
            for one in backgrounds
            if one.get("name") or one.get("description")
        ),
        tuple(entries),
    )


def _remember(node: Message, file: _File, part: str) -> None:
    for step in node.get("steps", ()):
        file.written[step["id"]] = (str(step.get("keyword", "")), part)


def _entries(node: Message, file: _File, rule: str) -> list[Scenario | Outline]:
    _remember(node, file, "")
    pickles = file.pickles.pop(node["id"], [])
    by_row = dict(values(node))
    rows = [_scenario(pickle, node, file, rule, by_row.get(pickle["astNodeIds"][-1], ())) for pickle in pickles]
    rows = rows or [_unpickled(node, file, rule)]
    return [_outline(node, rows)] if node.get("examples") else [*rows]


def _outline(node: Message, rows: list[Scenario]) -> Outline:
    return Outline(
        str(node.get("keyword", "")),
        str(node.get("name", "")),
        described(node),
        tags(node),
        tuple(written(node)),
        tuple(examples(one) for one in node["examples"]),
        tuple(rows),
    )


def _scenario(
    pickle: Message, node: Message, file: _File, rule: str, values: tuple[tuple[str, str], ...] = ()
) -> Scenario:
    name = str(pickle.get("name", ""))
    link = file.links.make(name, file.uri, rule, name, *(part for pair in values for part in pair))
    tried = attempts_at(pickle, file.gathered, file.written)
    line = (pickle.get("location") or node.get("location") or {}).get("line")
    return Scenario(
        link,
        str(node.get("keyword", "")),
        name,
        f"{file.uri}:{line}" if line else file.uri,
        file.name,
        tried.attempts[0].status if tried.attempts else NOT_RUN,
        rule,
        values,
        "" if node.get("examples") else described(node),
        tags(pickle),
        tried.attempts,
        () if tried.attempts else as_written(pickle, file.written),
        tried.retried,
        tried.flaky,
        tried.worse,
    )


def _unpickled(node: Message, file: _File, rule: str) -> Scenario:
    """A scenario that was specified and made into nothing to run, such as an outline without rows."""
    name = str(node.get("name", ""))
    return Scenario(
        file.links.make(name, file.uri, rule, name),
        str(node.get("keyword", "")),
        name,
        f"{file.uri}:{(node.get('location') or {}).get('line', '')}".rstrip(":"),
        file.name,
        NOT_RUN,
        rule,
        description=described(node),
        tags=tags(node),
        steps=tuple(written(node)),
    )
