"""Every sentence has a failing run, on both clients, whose whole message is asserted.

The scenarios stand in failures/*.gherkin (a name that pytest does not collect), their messages in a text file beside
each. After a message was changed on purpose, `ASGHERKIN_RECORD=1 python -m pytest tests/vocabulary/test_failures.py`
writes those files anew: read what has changed before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_bdd.steps import step_function_context_registry

from asgherkin.vocabulary.decorators import Sentence

if TYPE_CHECKING:
    from tests.project import Project

FOLDER = Path(__file__).parent / "failures"
TOPICS = sorted(path.stem for path in FOLDER.glob("*.gherkin"))
CONFTEST = """
import pytest

@pytest.fixture
def database():
    import books

    return books.app.state.engine
"""
FAILING_STEP = re.compile(r"^  > +\d+ \| +(?:Given|When|Then|And) (.+)$", re.MULTILINE)


@pytest.mark.parametrize("topic", TOPICS)
def test_failing_scenarios_tell_what_is_wrong(project: Project, client_name: str, topic: str) -> None:
    """Each scenario of the feature fails with exactly the recorded message."""
    write_files(project, topic)

    outcome = project.run("--asgi-client", client_name)

    told = "".join(f"=== {name}\n{text}\n\n" for name, text in outcome.failures.items())
    told = told.replace(str(project.root), "<root>")
    recorded = FOLDER / f"{topic}.txt"
    if os.environ.get("ASGHERKIN_RECORD"):
        recorded.write_text(told, encoding="utf-8")
    assert told == recorded.read_text(encoding="utf-8")
    assert len(outcome.failures) == outcome.counts["failed"] == len(outcome.names)


def write_files(project: Project, topic: str) -> None:
    project.write(
        {
            "shop.py": (FOLDER / "shop.py").read_text(encoding="utf-8"),
            "room.py": (FOLDER / "room.py").read_text(encoding="utf-8"),
            "books.py": (FOLDER / "books.py").read_text(encoding="utf-8"),
            "conftest.py": CONFTEST,
            f"features/{topic}.feature": (FOLDER / f"{topic}.gherkin").read_text(encoding="utf-8"),
            "features/fixtures/text.schema.json": '{"type": "string"}',
            "features/fixtures/broken.schema.json": '{type: "string"}',
        }
    )
    fixtures = project.root / "features/fixtures"
    (fixtures / "cat.png").write_bytes(b"\x89PNG")
    (fixtures / "link.txt").symlink_to("/etc/hostname")
    (fixtures / "circle").symlink_to("circle")


def test_every_sentence_has_a_failing_scenario() -> None:
    """No sentence of the vocabulary is without a failing run."""
    recorded = "".join((FOLDER / f"{topic}.txt").read_text(encoding="utf-8") for topic in TOPICS)
    failing = FAILING_STEP.findall(recorded)

    sentences = [one.parser for one in step_function_context_registry.values() if isinstance(one.parser, Sentence)]
    without = {one.example for one in sentences if not any(one.is_matching(step) for step in failing)}

    assert without == set()
