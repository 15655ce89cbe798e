"""What sentences do, and what they say when they fail: one run for each topic and client.

A folder in cases/ is a topic. Its scenarios in features/ pass. Those in failing.txt fail, each with exactly the message
that stands below its steps; every sentence has one there. After a message was changed on purpose, or to write the
message of a new block, `ASGHERKIN_RECORD=1 python -m pytest tests/vocabulary/test_cases.py` writes the messages: read
what has changed before it is committed.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from pytest_bdd.steps import step_function_context_registry

import asgherkin.plugin
from asgherkin.capabilities import BUILT_IN
from asgherkin.vocabulary.decorators import Sentence
from tests.vocabulary.topics import TOPICS, Failing, write_files

if TYPE_CHECKING:
    from tests.project import Project

SENTENCES = [
    name for name in asgherkin.plugin.pytest_plugins if name in BUILT_IN or name.startswith("asgherkin.vocabulary.")
]
FAILING_STEP = re.compile(r"^  > +\d+ \| +(?:Given|When|Then|And) (.+)$", re.MULTILINE)


@pytest.mark.parametrize("topic", TOPICS)
def test_scenarios_pass_and_fail_as_they_should(
    project: Project, client_name: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that fail tell exactly what is recorded, and all others pass."""
    monkeypatch.setenv("SHOP_KEY", "k-123456")
    monkeypatch.setenv("SHOP_EMPTY", "")
    if topic == "grammar":  # the nearest sentences are told of a few: else each new one would change what is shown
        monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in SENTENCES))
    failing = Failing(topic)
    write_files(project, topic, failing)

    outcome = project.run("--asgi-client", client_name)

    told = {name: text.replace(str(project.root), "<root>") for name, text in outcome.failures.items()}
    if os.environ.get("ASGHERKIN_RECORD"):
        failing.record(told)
        failing = Failing(topic)
    assert told == {one.name: one.message for one in failing.blocks}
    assert outcome.counts.get("failed", 0) == len(failing.blocks)
    assert set(outcome.counts) <= {"passed", "failed"}, outcome.output


def test_every_sentence_has_a_failing_scenario() -> None:
    """No sentence of the vocabulary is without a failing run."""
    failing = [step for topic in TOPICS for one in Failing(topic).blocks for step in FAILING_STEP.findall(one.message)]

    ours = [one for one in step_function_context_registry.values() if one.step_func.__module__.startswith("asgherkin.")]
    sentences = [one.parser for one in ours if isinstance(one.parser, Sentence)]
    without = {one.example for one in sentences if not any(one.is_matching(step) for step in failing)}

    assert without == set()
