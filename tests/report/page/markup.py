"""A page as a reader finds it: read from its markup, without what made it."""

from __future__ import annotations

import gzip
from base64 import b64decode
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASSES = {"not observable here": "unseen"}
_VOID = ("meta", "link", "input", "br", "hr", "img")
_HOOKS = {"Before the first step": "before", "After the last step": "after"}


@dataclass
class Node:
    """An element: its classes, other attributes, and what is in it, texts too."""

    tag: str
    attributes: dict[str, str]
    inside: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The names of its classes."""
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(one if isinstance(one, str) else one.text for one in self.inside)

    def all(self, name: str) -> Iterator[Node]:
        """The outermost elements in it of a tag or class."""
        for one in self.inside:
            if isinstance(one, Node):
                found = name in (one.tag, *one.classes)
                yield from [one] if found else one.all(name)

    def first(self, name: str) -> Node:
        """The first of them."""
        return next(self.all(name))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Node:
    """The elements of a page, each of which must be closed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    (root,) = reader.open
    return root


def unpacked(html: str) -> str:
    """All that is packed in a page."""
    blobs = (one.text for one in read(html).all("packed"))
    return "\n".join(gzip.decompress(b64decode(blob)).decode().replace("\0", "\n") for blob in blobs)


class Shown:
    """What a page says of a run."""

    def __init__(self, html: str) -> None:
        self._page = read(html)
        self._scenarios = list(self._all_scenarios())

    def _all_scenarios(self) -> Iterator[Node]:
        yield from self._page.first("main").all("scenario")

    @property
    def verdict(self) -> str:
        """The run in one sentence."""
        return self._page.first("h1").text

    @property
    def is_bad(self) -> bool:
        """Whether it looks as if somebody had to do something."""
        return "bad" in self._page.first("top").classes

    @property
    def trouble(self) -> str:
        """What the first screen says of what went wrong."""
        return "\n".join(one.text for one in self._page.all("failures"))

    @property
    def unsteady(self) -> str:
        """What the first screen says of what passed, but not reliably."""
        found = (one for one in self._page.first("main").all("section"))
        return "".join(one.text for one in found if one.attributes.get("aria-labelledby") == "unsteady")

    @property
    def totals(self) -> dict[str, int]:
        """The numbers of the first screen that are not zero."""
        tiles = {one.first("span").text: int(one.first("b").text) for one in self._page.all("tile")}
        return {word: number for word, number in tiles.items() if number}

    @property
    def scenarios(self) -> dict[str, str]:
        """Each scenario's status, as its mark has it."""
        told: dict[str, str] = {}
        for one in self._scenarios:
            mark = one.first("mark")
            assert one.attributes["data-status"] in mark.classes
            told[_free(_name(one), told)] = mark.text
        return told

    @property
    def not_run(self) -> list[str]:
        """The names of scenarios that are told to be specified, but not run."""
        return [_name(one) for one in self._scenarios if one.attributes["data-status"] == "not-run"]

    @property
    def statuses(self) -> dict[str, list[str]]:
        """Each attempt's statuses by its scenario's name and number: see `Run.statuses`."""
        told: dict[str, list[str]] = {}
        for one in self._scenarios:
            if one.attributes["data-status"] == "not-run":
                continue
            inside = one.first("inside")
            earlier = list(inside.all("attempt"))
            attempts = [*earlier, Node("", {}, [part for part in inside.inside if part not in earlier])]
            for number, attempt in enumerate(attempts):
                name = f"{_name(one)}, attempt {number}" if number else _free(_name(one), told)
                told[name] = [_status(step) for step in attempt.all("step")]
        return told


def _free(name: str, told: dict[str, list[str]] | dict[str, str]) -> str:
    return f"{name}, again" if name in told else name


def _name(scenario: Node) -> str:
    summary = scenario.first("summary")
    return next(one.text for one in summary.inside if isinstance(one, Node) and one.tag in ("h4", "h5", "h6"))


def _status(step: Node) -> str:
    status = step.first("status").text.partition(",")[0]
    assert _CLASSES.get(status, status) in step.classes
    hook = _HOOKS.get(step.first("q").text)
    return f"{hook} {status}" if hook else status
