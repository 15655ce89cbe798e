"""Add settings to the file that configures pytest, and leave the rest of it unchanged."""

from __future__ import annotations

import configparser
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Values: TypeAlias = "Mapping[str, str | list[str]]"

# pytest reads the first of these that configures it; files of its own name do so even without a section.
_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_SECTIONS = {"pyproject.toml": ("tool.pytest.ini_options", "tool.pytest"), "setup.cfg": ("tool:pytest",)}


class PytestSettings(NamedTuple):
    """The section for pytest in the file that configures it."""

    path: Path
    text: str | None
    """None where there is no such file yet."""
    section: str
    values: Mapping[str, Any]

    @property
    def is_toml(self) -> bool:
        """Whether it is written as TOML."""
        return self.path.suffix == ".toml"

    def listed(self, name: str) -> list[str]:
        """A value that is a list, or words in a text."""
        value = self.values.get(name, [])
        return value.split() if isinstance(value, str) else [str(part) for part in value]


def read_settings(project: Path) -> PytestSettings:
    """The settings that pytest reads; those of pyproject.toml where no file has any.

    Raises ConfigurationError where a file cannot be read.
    """
    for name in _FILES:
        text = _text_of(project / name)
        if text is not None:
            known = _SECTIONS.get(name, ("pytest",))
            found = _sections(name, text)
            section = next((section for section in known if section in found), "")
            if section or name.lstrip(".").startswith("pytest."):
                return PytestSettings(Path(name), text, section or known[0], found.get(section, {}))
    name = "pyproject.toml"
    return PytestSettings(Path(name), _text_of(project / name), _SECTIONS[name][0], {})


def _text_of(path: Path) -> str | None:
    """A file's text with its own line ends; None where there is no such file."""
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path.name} is not UTF-8 (byte {error.start}). It is left as it is.") from None


def _sections(name: str, text: str) -> dict[str, Mapping[str, Any]]:
    """The sections for pytest in a file's text, by their names."""
    known = _SECTIONS.get(name, ("pytest",))
    try:
        if name.endswith(".toml"):
            document = tomllib.loads(text)
            tables = {section: _table(document, section) for section in known}
            # TOML makes a table [tool.pytest] of a header [tool.pytest.ini_options].
            return {name: table for name, table in tables.items() if table is not None and "ini_options" not in table}
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        parser.read_string(text)
    except (tomllib.TOMLDecodeError, configparser.Error) as error:
        raise ConfigurationError(
            f"{name} cannot be read: {error}. Put that right first; it is left as it is."
        ) from None
    return {section: dict(parser[section]) for section in known if parser.has_section(section)}


def _table(document: Mapping[str, Any], dotted: str) -> Mapping[str, Any] | None:
    found: Any = document
    for part in dotted.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def with_values(settings: PytestSettings, values: Values) -> str:
    """The file's text with further values in its section.

    Raises ConfigurationError, with the lines to add by hand, where the file is written so that no line can be added.
    """
    text = settings.text or ""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [f"{key} = {_written(value, toml=settings.is_toml)}" for key, value in values.items()]
    after = _added(text, f"[{settings.section}]", lines, end)
    # A longer text may have a line that looks like the section's header: so the new text is read before it is written.
    if not _is_as_planned(settings, after, values):
        by_hand = "\n".join(f"  {line}" for line in lines)
        raise ConfigurationError(
            f"{settings.path.name}: its section {settings.section} is written in a way that no line can be added to. "
            f"It is left as it is. Add there:\n\n{by_hand}"
        )
    return after


def _written(value: str | list[str], *, toml: bool) -> str:
    if toml:
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) else " ".join(value)


def _added(text: str, header: str, lines: Sequence[str], end: str) -> str:
    """The text with lines below a header, or with both at its end."""
    added = "".join(f"{line}{end}" for line in lines)
    rows = text.splitlines(keepends=True)
    for number, row in enumerate(rows):
        if row.partition("#")[0].strip() == header:
            return "".join([*rows[:number], row.rstrip("\r\n") + end, added, *rows[number + 1 :]])
    gap = "" if not text else end if text.endswith("\n") else end * 2
    return f"{text}{gap}{header}{end}{added}"


def _is_as_planned(settings: PytestSettings, after: str, values: Values) -> bool:
    """Whether a new text has the new values, and the old ones."""
    try:
        now = _sections(settings.path.name, after).get(settings.section, {})
    except ConfigurationError:
        return False
    expected = {key: value if settings.is_toml else _written(value, toml=False) for key, value in values.items()}
    return dict(now) == {**settings.values, **expected}
