"""The line in the file that pytest reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.commands.pytest_settings import read_settings, with_values
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.project import Project

VALUES: Mapping[str, str | list[str]] = {"asgi_app": "m:app", "pythonpath": ["src", "lib"]}
TOML = 'asgi_app = "m:app"\npythonpath = ["src", "lib"]\n'
INI = "asgi_app = m:app\npythonpath = src lib\n"


@pytest.mark.parametrize(
    ("files", "name", "expected"),
    [
        ({}, "pyproject.toml", f"[tool.pytest.ini_options]\n{TOML}"),
        ({"pyproject.toml": "a = 1"}, "pyproject.toml", f"a = 1\n\n[tool.pytest.ini_options]\n{TOML}"),
        ({"pyproject.toml": "[tool.pytest]\nx = 1\n"}, "pyproject.toml", f"[tool.pytest]\n{TOML}x = 1\n"),
        ({"pytest.toml": ""}, "pytest.toml", f"[pytest]\n{TOML}"),
        ({"pytest.ini": "[pytest]\n", "tox.ini": "[pytest]\n"}, "pytest.ini", f"[pytest]\n{INI}"),
        ({"pyproject.toml": "", "tox.ini": "[tox]\n[pytest]\nx = 1\n"}, "tox.ini", f"[tox]\n[pytest]\n{INI}x = 1\n"),
        ({"setup.cfg": "[a]\n[tool:pytest]"}, "setup.cfg", f"[a]\n[tool:pytest]\n{INI}"),
        ({"setup.cfg": "[a]\n"}, "pyproject.toml", f"[tool.pytest.ini_options]\n{TOML}"),
    ],
    ids=["none", "no section", "pytest 9's", "pytest.toml", "pytest.ini first", "tox.ini", "setup.cfg", "another's"],
)
def test_the_line_is_added_where_pytest_reads_it(
    project: Project, files: dict[str, str], name: str, expected: str
) -> None:
    """Below the section's name, or with it at the end; all else stays."""
    (project.root / "pyproject.toml").unlink()
    project.write(files)

    settings = read_settings(project.root)

    assert (settings.path.name, settings.text, with_values(settings, VALUES)) == (name, files.get(name), expected)


def test_lists_are_read_in_both_spellings(project: Project) -> None:
    """As TOML and as words."""
    project.write({"pyproject.toml": '[tool.pytest.ini_options]\na = ["x", "y"]\nb = "x y"\n'})

    settings = read_settings(project.root)

    assert settings.listed("a") == settings.listed("b") == ["x", "y"]
    assert settings.listed("c") == []


PUT_RIGHT = "Put that right first; it is left as it is."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "pyproject.toml",
            b"[tool\n",
            "pyproject.toml cannot be read: Expected ']' at the end of a table declaration (at line 1, column 6). "
            f"{PUT_RIGHT}",
        ),
        (
            "tox.ini",
            b"x",
            f"tox.ini cannot be read: File contains no section headers.\nfile: '<string>', line: 1\n'x'. {PUT_RIGHT}",
        ),
        ("pytest.ini", b"a\xff", "pytest.ini is not UTF-8 (byte 1). It is left as it is."),
    ],
    ids=["TOML", "ini", "no text"],
)
def test_a_file_that_cannot_be_read_is_told(project: Project, name: str, content: bytes, message: str) -> None:
    """With its place; nothing is guessed."""
    project.write({"pyproject.toml": ""})
    (project.root / name).write_bytes(content)

    with pytest.raises(ConfigurationError) as raised:
        read_settings(project.root)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "tool.pytest.ini_options.x = 1\n",
        "tool = {pytest = {ini_options = {x = 1}}}\n",
        'x = """\n[tool.pytest.ini_options]\n"""\n[tool.pytest.ini_options] \nx = 1\n',
    ],
    ids=["dotted keys", "an inline table", "a text that looks like the section"],
)
def test_a_section_that_no_line_can_be_added_to_is_left_to_its_author(project: Project, text: str) -> None:
    """With the lines to add."""
    project.write({"pyproject.toml": text})

    with pytest.raises(ConfigurationError) as raised:
        with_values(read_settings(project.root), {"asgi_app": "m:app"})

    assert str(raised.value) == (
        "pyproject.toml: its section tool.pytest.ini_options is written in a way that no line can be added to. "
        'It is left as it is. Add there:\n\n  asgi_app = "m:app"'
    )
