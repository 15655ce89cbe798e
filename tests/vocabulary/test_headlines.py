"""Failures whose text is not the same each time or on each client: what they say first is."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.vocabulary.topics import write_files

if TYPE_CHECKING:
    from tests.project import Project


@pytest.mark.parametrize(
    ("topic", "steps", "headline"),
    [
        pytest.param(
            "crashes",
            'Given the app is "shop:unstoppable"\nWhen I GET "/fine"\nThen the app raised "NoteError"',
            "The app raised nothing, expected NoteError.",
            id="a crash of the shut-down is expected too early",
        ),
        pytest.param(
            "hangs",
            'Given the app is "press:app"\nWhen I open the event stream "/chatters"\nThen the app raised "KeyError"',
            "The app raised nothing, expected KeyError.",
            id="an app that never stops sending does not crash",
        ),
        pytest.param(
            "hangs",
            'When I GET "/busy"',
            "The app blocked its event loop for 0.2 seconds during GET /busy, at shop.py:2",
            id="a loop without an await",
        ),
        pytest.param(
            "hangs",
            'Given the client is "test"\nWhen I GET "/sleep"\nThen the app raised "AppError"\nWhen I GET "/wait"',
            "The app still blocks its event loop, so it cannot be reached any more.",
            id="another request to an app that blocks still",
        ),
        pytest.param(
            "responses",
            'Given the app is "counting:app"\nWhen I GET "/deep"\nThen the response body at "$[0]" exists',
            "The response body is not JSON (no content type): ",
            id="a document nested too deeply",
        ),
    ],
)
def test_what_is_said_first(project: Project, client_name: str, topic: str, steps: str, headline: str) -> None:
    """It fails once, with a short headline."""
    write_files(project, topic)

    outcome = project.run_steps(steps, client_name, "features/it.feature")

    assert outcome.headline.startswith(headline)
    assert len(outcome.headline) < 500


def test_a_file_that_cannot_be_read(project: Project, client_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system does not let us read is told without a traceback."""
    project.write({"shop.py": "app = None", "features/cat.png": "meow"})

    def refuse(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)

    outcome = project.run_steps('Given the file "cat.png" is attached as "photo"', client_name)

    assert outcome.headline == 'The file "cat.png" cannot be read: Permission denied.'
