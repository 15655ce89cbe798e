"""The one line that tells pytest where the app is, in the file that pytest reads. Comments and line ends stay."""

from __future__ import annotations

import configparser
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from asgherkin.commands.changes import Change, text_of
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# pytest reads the first of these that configures it; those with True do so by being there.
_FILES = (
    ("pytest.toml", True),
    (".pytest.toml", True),
    ("pytest.ini", True),
    (".pytest.ini", True),
    ("pyproject.toml", False),
    ("tox.ini", False),
    ("setup.cfg", False),
)
_TABLES = {"pyproject.toml": ("tool.pytest.ini_options", "tool.pytest")}


class Configured(NamedTuple):
    """The file that configures pytest: its section's name, what stands there."""

    path: Path
    text: str | None
    section: str
    values: Mapping[str, Any]

    @property
    def is_toml(self) -> bool:
        """Whether it is written as TOML."""
        return self.path.suffix == ".toml"

    def listed(self, name: str) -> list[str]:
        """A value that is a list, or words in a text."""
        value = self.values.get(name, [])
        return value.split() if isinstance(value, str) else [str(one) for one in value]


def read_configured(project: Path) -> Configured:
    """The file that pytest reads, or pyproject.toml where no file configures it.

    Raises ConfigurationError where a file cannot be read.
    """
    for name, alone in _FILES:
        text = text_of(project / name)
        if text is None:
            continue
        sections = _sections(name, text)
        section = next((one for one in _named(name) if one in sections), "")
        if section or alone:
            return Configured(Path(name), text, section or _named(name)[0], sections.get(section, {}))
    return Configured(Path("pyproject.toml"), text_of(project / "pyproject.toml"), "tool.pytest.ini_options", {})


def with_values(configured: Configured, values: Mapping[str, str | list[str]]) -> Change:
    """The file with further values in its section, and with all else as it was.

    Raises ConfigurationError, with the lines to add by hand, where the file is written in a way that a line cannot be
    added to.
    """
    name, text = configured.path.name, configured.text or ""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [f"{key} = {_written(value, toml=configured.is_toml)}" for key, value in values.items()]
    after = _added(text, f"[{configured.section}]", lines, end)
    if not _is_as_planned(configured, after, values):
        by_hand = "\n".join(f"  {line}" for line in lines)
        raise ConfigurationError(
            f"{name}: its section {configured.section} is written in a way that no line can be added to. "
            f"It is left as it is. Add there:\n\n{by_hand}"
        )
    return Change(configured.path, configured.text, after)


def _named(name: str) -> Sequence[str]:
    """The names that pytest's section has in a file, the preferred first."""
    if name.endswith(".toml"):
        return _TABLES.get(name, ("pytest",))
    return ("tool:pytest",) if name == "setup.cfg" else ("pytest",)


def _sections(name: str, text: str) -> dict[str, Mapping[str, Any]]:
    """The sections for pytest in a file's text."""
    try:
        if name.endswith(".toml"):
            found = {one: _table(tomllib.loads(text), one) for one in _named(name)}
            return {one: table for one, table in found.items() if table is not None and _is_pytests(one, table)}
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        parser.read_string(text)
    except (tomllib.TOMLDecodeError, configparser.Error) as error:
        raise ConfigurationError(
            f"{name} cannot be read: {error}. Put that right first; it is left as it is."
        ) from None
    return {one: dict(parser[one]) for one in _named(name) if parser.has_section(one)}


def _is_pytests(section: str, table: Mapping[str, Any]) -> bool:
    """Whether a table holds values itself: `tool.pytest` is there for `tool.pytest.ini_options` too."""
    return section != "tool.pytest" or "ini_options" not in table


def _table(document: Mapping[str, Any], dotted: str) -> Mapping[str, Any] | None:
    found: Any = document
    for part in dotted.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _written(value: str | list[str], *, toml: bool) -> str:
    if toml:
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) else " ".join(value)


def _added(text: str, header: str, lines: Sequence[str], end: str) -> str:
    """The text with lines below a header, or with both at its end."""
    rows = text.splitlines(keepends=True)
    for number, row in enumerate(rows):
        if row.partition("#")[0].strip() == header:
            below = "".join(f"{line}{end}" for line in lines)
            return "".join([*rows[:number], row.rstrip("\r\n") + end, below, *rows[number + 1 :]])
    gap = "" if not text else end if text.endswith("\n") else end * 2
    return text + gap + "".join(f"{line}{end}" for line in [header, *lines])


def _is_as_planned(configured: Configured, after: str, values: Mapping[str, str | list[str]]) -> bool:
    """Whether a new text has the values, and all that was there before."""
    try:
        now = _sections(configured.path.name, after).get(configured.section, {})
    except ConfigurationError:
        return False
    expected = {key: value if configured.is_toml else _written(value, toml=False) for key, value in values.items()}
    return dict(now) == {**configured.values, **expected}
