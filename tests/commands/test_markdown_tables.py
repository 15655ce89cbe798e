"""`asgherkin steps --markdown`: tables of sentences in a Markdown file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.running import CommandLine
    from tests.project import Project

CONFTEST = '''
from asgherkin import given, step, when


@given("there are <b>cats</b> | `dogs`")
@when("cats come")
def cats():
    """So many *cats*, <b>bold</b> | `a|b*` and [links](x)."""


@step("nobody says")
def silent():
    pass
'''
DOCUMENT = """\
# Our sentences

<!-- sentences: conftest.* -->
What stood here is gone.
<!-- end of sentences -->

<!-- sentences: asgherkin.websockets.websocket_sentences.close_* asgherkin.vocabulary.app.the_app_is -->
<!-- end of sentences -->

```markdown
<!-- sentences: nowhere.* -->
```

The end.
"""
WRITTEN = r"""# Our sentences

<!-- sentences: conftest.* -->

| kind | sentence | meaning |
|---|---|---|
| Given, When | `` there are <b>cats</b> \| `dogs` ``<br>`cats come` | So many \*cats\*, \<b>bold\</b> \| `a\|b*` and \[links](x). |
| any | `nobody says` |  |

<!-- end of sentences -->

<!-- sentences: asgherkin.websockets.websocket_sentences.close_* asgherkin.vocabulary.app.the_app_is -->

| kind | sentence | meaning |
|---|---|---|
| Given | `the app is "shop.main:app"` | Another app for this scenario: `module:attribute`, or `module:factory()`. |
| When | `I close the websocket`<br>`"alice" closes the websocket` | Close it, with the code 1000 or one from 3000 to 4999, and give the app a moment to end. May go on with ` with the code …`, and then ` and the reason "…"`. |

<!-- end of sentences -->

```markdown
<!-- sentences: nowhere.* -->
```

The end.
"""  # noqa: E501 - a table's row is one line


@pytest.fixture
def documented(project: Project) -> Project:
    """A project with sentences of its own, and a page about them."""
    project.write({"conftest.py": CONFTEST, "page.md": DOCUMENT})
    return project


@pytest.mark.parametrize("before", [DOCUMENT, WRITTEN], ids=["first time", "second time"])
def test_tables_are_written_and_the_rest_stays(documented: Project, asgherkin: CommandLine, before: str) -> None:
    """A row for each function; what Markdown or HTML would take for its own is escaped. Again, nothing changes."""
    documented.write({"page.md": before})

    told = asgherkin("steps", "--markdown", "page.md")

    assert (told.code, told.out) == (0, "page.md is written: tables of sentences: 2.\n")
    assert (documented.root / "page.md").read_text(encoding="utf-8") == WRITTEN


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "# Nothing\n\n```markdown\n<!-- sentences: conftest.* -->\n```\n",
            "page.md has no place for a table of sentences. Write:\n\n",
        ),
        (DOCUMENT.replace("end of", "the end of", 2), "page.md: a place for a table of sentences is written wrongly."),
        (DOCUMENT.replace("conftest.*", "nowhere.*"), "page.md: there is no sentence nowhere.*.\n"),
    ],
    ids=["no place", "no end", "no sentence"],
)
def test_a_page_without_a_right_place_is_told_and_stays(
    documented: Project, asgherkin: CommandLine, text: str, problem: str
) -> None:
    """With what to write."""
    documented.write({"page.md": text})

    told = asgherkin("steps", "--markdown", "page.md")

    assert told.code == 2
    assert told.err.startswith(f"asgherkin: {problem}")
    assert (documented.root / "page.md").read_text(encoding="utf-8") == text


def test_a_page_that_is_not_there_is_told(documented: Project, asgherkin: CommandLine) -> None:
    """In one line."""
    told = asgherkin("steps", "--markdown", "nowhere.md")

    assert told.code == 2
    assert told.err == "asgherkin: nowhere.md: No such file or directory\n"
