"""What stands in a feature file, node by node: tags, descriptions, the steps and examples of an outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.report.page.records import Examples, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.report.page.records import Message


def described(node: Message) -> str:
    """The description of a node."""
    return str(node.get("description") or "")


def tags(node: Message) -> tuple[str, ...]:
    """Its own tags, with their @."""
    return tuple(str(tag.get("name", "")) for tag in node.get("tags", ()))


def written(node: Message) -> Iterator[Step]:
    """The steps of an outline with their placeholders."""
    for step in node.get("steps", ()):
        argument = {key: step[key] for key in ("dataTable", "docString") if step.get(key)}
        yield Step(str(step.get("keyword", "")), str(step.get("text", "")), "", argument=argument)


def examples(node: Message) -> Examples:
    """A table of examples, its header first."""
    rows = [node["tableHeader"]] if node.get("tableHeader") else []
    return Examples(
        str(node.get("keyword", "")),
        str(node.get("name", "")),
        described(node),
        tags(node),
        tuple(cells(row) for row in (*rows, *node.get("tableBody", ()))),
    )


def cells(row: Message) -> tuple[str, ...]:
    """The values of a row."""
    return tuple(str(cell.get("value", "")) for cell in row.get("cells", ()))


def values(node: Message) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """The values of each row, by the row's id."""
    for table in node.get("examples", ()):
        header = cells(table.get("tableHeader") or {})
        for row in table.get("tableBody", ()):
            yield row["id"], tuple(zip(header, cells(row), strict=False))
