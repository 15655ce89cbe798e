"""The outputs of a run: the process that pytest was started in writes them, from what it and its workers record."""

from __future__ import annotations

import json
import time
import uuid
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import pytest
from _pytest.junitxml import bin_xml_escape, xml_key

from asgherkin.gherkin.collect import BrokenFeature, FeatureFile, FeatureItem, reader_key
from asgherkin.gherkin.items import bound_scenario
from asgherkin.gherkin.mistakes import shown_path
from asgherkin.gherkin.run import watches_key
from asgherkin.gherkin.variants import variants_key
from asgherkin.options import JOURNALS, settings_key
from asgherkin.recording.journal import Journal, Journals, features_in, unfinished_in
from asgherkin.recording.masked_features import FeatureReader, read_feature
from asgherkin.recording.scenario_recorder import ATTRIBUTE, Recorder
from asgherkin.report.history import append, read_history
from asgherkin.report.messages import Messages
from asgherkin.report.output_files import Writer, check_targets
from asgherkin.report.reading import read_report
from asgherkin.report.summary import write_summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asgherkin.report.messages import ScenarioRecord

    Node = Any  # pytest-xdist's WorkerController, which has no types


def record(config: pytest.Config) -> None:
    """Record this run, in the process that pytest was started in or in a worker.

    Raises ConfigurationError where a package is missing that the outputs need, or a file cannot be written.
    """
    path = getattr(config, "workerinput", {}).get(JOURNALS)
    journal = Journal(path) if path else None
    recorder = Recorder(config, journal)
    config.stash.setdefault(watches_key, []).append(recorder)
    config.pluginmanager.register(recorder)
    if journal is not None:
        config.pluginmanager.register(Collected(journal))
    else:
        if config.stash[settings_key].report:
            import asgherkin.report.page.page_html  # noqa: F401 - a missing package is reported before the run
        names = ("report", "messages", "summary", "history")
        asked = {f"asgi_{name}": getattr(config.stash[settings_key], name) for name in names}
        targets = {option: config.invocation_params.dir / path for option, path in asked.items() if path}
        check_targets(targets)
        config.pluginmanager.register(_Outputs(config, recorder, targets))


class Collected:
    """A worker's plugin, which notes the feature files that were collected."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._features: dict[str, list[str]] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Know an item's feature file."""
        if (found := _feature_of(item)) is not None:
            uri = shown_path(found[0], item.config.rootpath)
            self._features[uri] = [uri, str(found[0]), found[1]]

    def pytest_collection_finish(self) -> None:
        """Note them."""
        self._journal.note(features=list(self._features.values()))

    def pytest_unconfigure(self) -> None:
        """Let go of the file."""
        self._journal.close()


class _Outputs:
    """The plugin of the process that reports."""

    def __init__(self, config: pytest.Config, recorder: Recorder, targets: Mapping[str, Path]) -> None:
        self._config = config
        self._targets = targets
        self._recorder = recorder
        self._settings = config.stash[settings_key]
        self._journals = Journals()
        self._features: dict[str, tuple[Path, str]] = {}
        self._collected: FeatureFile | None = None
        self._reader = FeatureReader()
        config.stash[reader_key] = self._reader.read
        self._rerun: set[str] = set()
        self._reported: dict[tuple[str, str], int] = {}
        self._interrupted = ""
        self._written: list[tuple[str, Path]] = []
        self._writer = Writer(targets.get("asgi_messages"))
        self._messages = Messages(version("asgherkin"), uuid.uuid4().hex[:12], time.time())
        self._writer.write(self._messages.begin())

    # What is collected

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Know an item's feature file, also where the item is deselected later."""
        if item.parent is self._collected:  # as are all but the first of a file
            return
        found = _feature_of(item)
        if found is None:
            return
        uri = shown_path(found[0], self._config.rootpath)
        self._features[uri] = found
        if isinstance(item.parent, FeatureFile):
            self._collected = item.parent
            self._write_feature(uri, *found)  # at once, while its syntax tree is there

    def pytest_collection_finish(self) -> None:
        """Write the feature files that test modules bind."""
        self._write_features()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Node) -> None:
        """Name its journal to a worker."""
        node.workerinput[JOURNALS] = self._journals.begin()

    def _write_features(self) -> None:
        for uri, (path, mistake) in self._features.items():
            self._write_feature(uri, path, mistake)

    def _write_feature(self, uri: str, path: Path, mistake: str = "") -> None:
        if not self._messages.knows(uri):
            variants = self._config.stash[variants_key]
            feature = read_feature(uri, path, mistake, self._settings.redact, self._reader, variants)
            self._writer.write(self._messages.feature(uri, feature))

    # What runs

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the attempts that a report brings."""
        if str(report.outcome) == "rerun":
            self._rerun.add(report.nodeid)
        brought: str | list[ScenarioRecord] | None = vars(report).pop(ATTRIBUTE, None)
        if brought is None:
            return
        records: list[ScenarioRecord] = json.loads(brought) if isinstance(brought, str) else brought
        again = report.nodeid in self._rerun
        self._rerun.discard(report.nodeid)
        _tell_junit(self._config, report, records[-1])
        self._write_records(records, again=again)

    def _write_records(self, records: list[ScenarioRecord], *, again: bool = False) -> None:
        last = records[-1]
        # In the worker that takes the place of one that died, attempts are counted anew.
        key = (last["nodeid"], last["worker"])
        known = self._reported.get(key, 0)
        self._reported[key] = last["attempt"] + 1
        for record in records:
            if record["attempt"] >= known:
                self._write_attempt(record, retried=again or record is not last)

    def _write_attempt(self, record: ScenarioRecord, *, retried: bool = False) -> None:
        if not self._messages.knows(record["uri"]):
            self._write_feature(record["uri"], Path(record["path"]))
        self._writer.write(self._messages.scenario(record, retried=retried))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Know that the run ends early, and why."""
        self._interrupted = str(excinfo.value) or "The run was interrupted."

    # What comes of it

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write what was not finished and what did not run, and the outputs."""
        self._write_unfinished()
        for uri, path, mistake in features_in(self._journals.read()):
            self._features.setdefault(uri, (Path(path), mistake))
        self._write_features()
        self._writer.write([self._messages.end(time.time(), self._interrupted)])
        self._render()

    def _write_unfinished(self) -> None:
        ended = "The run was interrupted" if self._interrupted else "The worker died"
        if here := self._recorder.interrupted("The run was interrupted here."):
            self._write_records(here)
        for record in unfinished_in(self._journals.read(), ended):
            self._write_attempt(record)

    def _render(self) -> None:
        if self._writer.path is not None:
            self._written.append(("messages", self._writer.path))
        summary, page, history = (self._targets.get(f"asgi_{name}") for name in ("summary", "report", "history"))
        if not (summary or page or history):
            return
        report = read_report(self._writer.messages())
        if summary is not None:
            write_summary(report, summary)
            self._written.append(("summary", summary))
        if page is not None:
            from asgherkin.report.page.page_html import write_page  # it needs a package more

            write_page(report, page, read_history(history) if history is not None and history.exists() else ())
            self._written.append(("report", page))
        if history is not None:
            append(history, report)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the outputs are."""
        for what, path in self._written:
            terminalreporter.write_line(f"{what}: {shown_path(path, self._config.invocation_params.dir)}")

    def pytest_unconfigure(self) -> None:
        """Leave nothing behind."""
        self._writer.close()
        self._journals.close()


def _tell_junit(config: pytest.Config, report: pytest.TestReport, record: ScenarioRecord) -> None:
    """Where JUnit XML is written: the feature as the class, the scenario as the name, its steps in `system-out`."""
    xml = config.stash.get(xml_key, None)
    if xml is None:
        return
    reporter = xml.node_reporter(report)
    reporter.add_attribute("classname", bin_xml_escape(record["feature"] or record["uri"]))
    reporter.add_attribute("name", bin_xml_escape(record["name"]))
    steps = Element("system-out")
    lines = [f"{step['status']:<9} {step['text']}" for step in record["steps"]]
    steps.text = bin_xml_escape("\n".join([f"{record['uri']}:{record['line']}", *lines]))
    reporter.append(steps)


def _feature_of(item: pytest.Item) -> tuple[Path, str] | None:
    """The feature file that an item was collected from, and why it was refused, if so; None for another test."""
    if isinstance(item, FeatureItem):
        return item.path, str(item.error) if isinstance(item, BrokenFeature) else ""
    template = bound_scenario(item)
    return None if template is None else (Path(template.feature.filename), "")
