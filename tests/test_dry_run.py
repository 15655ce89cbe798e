"""`--asgi-dry-run`: what its texts in tests/golden/dry_run.txt do not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgherkin.recording.terminal import printable

if TYPE_CHECKING:
    import pytest

    from tests.project import Project


def test_a_line_feed_stays() -> None:
    """It ends a line of the list."""
    assert printable("a\nb\x07") == "a\nb\\x07"


def test_the_nearest_sentences_are_looked_for_a_limited_number_of_times(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking takes milliseconds; whoever has left out a file of sentences has thousands of undefined steps."""
    monkeypatch.setattr("asgherkin.recording.dry_run._MOST_HINTS", 1)
    own = "from asgherkin import then\n@then('it is 3')\ndef it(): pass\n"
    steps = "Feature: f\n  Scenario: s\n    Then it are 3\n    Then it were 3\n"
    project.write({"conftest.py": own, "a.feature": steps})

    output = project.run("--asgi-dry-run").output

    assert output.count("The nearest sentences:") == 1
    assert "  Then it were 3\n    a.feature:4\n\n" in output
