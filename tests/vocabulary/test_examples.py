"""Each sentence has an example, and each example runs: those beside the sentences, against the shop in `examples/`."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asgherkin.commands.sentence_catalogue import of_the_toolkit
from asgherkin.gherkin.bdd import visible_contexts
from asgherkin.vocabulary.decorators import Sentence
from tests.project import SETTINGS

if TYPE_CHECKING:
    from tests.project import Project

SHOP = Path(__file__).parent / "examples"
EXAMPLES = {path.stem: path for path in Path(str(files("asgherkin"))).glob("*/examples/*.feature")}


@pytest.mark.parametrize("subject", sorted(EXAMPLES))
def test_each_example_of_a_subject_passes(project: Project, subject: str) -> None:
    """The examples that `asgherkin steps` and the reference show, as they are."""
    shutil.copytree(SHOP, project.root, dirs_exist_ok=True)
    settings = SETTINGS.replace("shop:app", "shop.main:app")
    project.write({"pyproject.toml": f'{settings}asgi_database = "sqlite+aiosqlite:///shop.db"\n'})
    with closing(sqlite3.connect(project.root / "shop.db")) as database:
        database.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
    shutil.copy(EXAMPLES[subject], project.root / "features")

    outcome = project.run()

    assert outcome.failures == {}
    assert outcome.counts.keys() == {"passed"}, outcome.output


def test_each_sentence_has_an_example(request: pytest.FixtureRequest) -> None:
    """The text that stands for a sentence in the reference and in messages is a step of an example."""
    sentences = {
        (found.context.type, found.context.parser.example)
        for found in visible_contexts(request.node)
        if isinstance(found.context.parser, Sentence)
    }

    assert sentences - of_the_toolkit().keys() == set()
