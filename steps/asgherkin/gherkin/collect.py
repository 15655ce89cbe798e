"""Feature files as pytest collects them: a module a file, an item a scenario or row of an outline."""

from __future__ import annotations

import functools
import gc
import os
import re
import types
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from asgherkin.errors import FeatureError
from asgherkin.gherkin.bdd import fixture_info, render_feature, render_scenario, settle_id
from asgherkin.gherkin.document import read
from asgherkin.gherkin.failure import describe
from asgherkin.gherkin.mistakes import shown_path
from asgherkin.gherkin.run import run_scenario
from asgherkin.gherkin.variants import set_variant, variants_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pytest_bdd.parser import Feature

    from asgherkin.gherkin.document import FeatureSource, ScenarioSource

# pytest splits a node id at "::", and prints it in one line.
_COLONS = re.compile(":(?=:)")
_CONTROLS = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}


# Marks that pytest refuses without values or, as asyncio, on what is no test function of its own.
_NO_MARKS = ("asyncio", "parametrize", "usefixtures")

reader_key: pytest.StashKey[Callable[[Path, str], FeatureSource]] = pytest.StashKey()
"""What reads feature files in place of `document.read`, where the syntax trees are needed too."""


class FeatureFile(pytest.Module):
    """A feature file. A pytest.Module, as doctest's text files are, so that module-scoped fixtures work."""

    obj = types.ModuleType("feature", "A feature file has no Python of its own.")

    @property
    def definitions_from(self) -> pytest.Collector:
        """Where step definitions are looked up from: a feature file can hold none, its folder can."""
        assert isinstance(self.parent, pytest.Collector)
        return self.parent

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each scenario and row; one failing item where the file cannot be read."""
        shown_as = shown_path(self.path, self.config.rootpath)
        try:
            source = self.config.stash.get(reader_key, read)(self.path, shown_as)
        except FeatureError as error:
            yield BrokenFeature.from_parent(self, name="(the feature file)", error=error)
            return
        feature = render_feature(source, self.path, shown_as)
        variants = self.config.stash[variants_key]
        shared: object = None
        for name, scenario in zip(scenario_names(source.scenarios), source.scenarios, strict=True):
            for variant in variants.of(scenario.tag_names, scenario.texts):
                # Without tags, and so without marks, all scenarios of a file need the same fixtures.
                known = None if scenario.tags else shared
                item = ScenarioItem.from_parent(
                    self, name=name + variant.label, feature=feature, source=scenario, fixtureinfo=known
                )
                if shared is None and not scenario.tags:
                    shared = fixture_info(item)
                set_variant(item, variant)
                yield item


class FeatureItem(pytest.Function):
    """What scenarios and broken files have in common: how their place and their failure are shown."""

    line: int = 1

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        settle_id(self)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The feature file, its line (from 0, as pytest counts) and the scenario's name."""
        return self.path, self.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:  # type: ignore[override] # as Function does
        """The failure as its reader needs it: what differed, where, the exchange, the user's own frames."""
        return describe(self, excinfo)


class ScenarioItem(FeatureItem):
    """A scenario, or one row of an outline."""

    def __init__(self, *, feature: Feature, source: ScenarioSource, parent: FeatureFile, **options: Any) -> None:
        function = _marked(source.tag_names, parent.config) if source.tags else _run
        super().__init__(parent=parent, callobj=function, **options)
        self.feature = feature
        self.source = source
        self.line = source.selected_by

    def run(self, request: pytest.FixtureRequest) -> None:
        """Run the scenario."""
        __tracebackhide__ = True
        run_scenario(self.feature, render_scenario(self.feature, self.source), request, problem=self.source.problem)


class BrokenFeature(FeatureItem):
    """Stands for a feature file that cannot be read, so that the rest of the run goes on and this one fails."""

    def __init__(self, *, error: FeatureError, **options: Any) -> None:
        super().__init__(callobj=_run, **options)
        self.error = error

    def run(self, _request: pytest.FixtureRequest) -> None:
        """Fail with the reason."""
        __tracebackhide__ = True
        raise self.error


def _run(request: pytest.FixtureRequest) -> None:
    __tracebackhide__ = True
    request.node.run(request)


def _marked(tags: Iterable[str], config: pytest.Config) -> Callable[..., None]:
    """A copy of `_run` with a mark for each tag, by pytest-bdd's hook, which a project may have its own way for."""

    @functools.wraps(_run)
    def marked(request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        _run(request)

    for tag in tags:
        # pytest has no marks whose name starts with an underscore. --asgi-tags knows these tags all the same.
        if not tag.startswith("_") and tag not in _NO_MARKS:
            config.hook.pytest_bdd_apply_tag(tag=tag, function=marked)
    return marked


def scenario_names(scenarios: tuple[ScenarioSource, ...]) -> Iterator[str]:
    """Names for node ids: as written, rows with their values, equal ones numbered from the second on."""
    seen: Counter[str] = Counter()
    for scenario in scenarios:
        name = scenario.name or f"line {scenario.line}"
        if scenario.example:
            name = f"{name}[{'-'.join(scenario.example.values.values())}]"
        name = _COLONS.sub(": ", name).translate(_CONTROLS)
        unique = name
        while unique in seen:  # a scenario may be named "Pay #2" too
            seen[name] += 1
            unique = f"{name} #{seen[name]}"
        seen[unique] = 1
        yield unique


def collect_dangling(collector: pytest.Collector, report: pytest.CollectReport) -> None:
    """Have a folder's links that lead nowhere collected as feature files, each to fail with the reason.

    pytest passes over them, and what they stand for would vanish unseen.
    """
    if not isinstance(collector, pytest.Directory) or not report.passed:
        return
    with os.scandir(collector.path) as entries:
        links = sorted(entry.name for entry in entries if entry.name.endswith(".feature") and entry.is_symlink())
    for path in map(collector.path.joinpath, links):
        # Emacs marks a file that is being edited by such a link: .#orders.feature
        if path.name.startswith(".#") or path.exists():
            continue
        if not collector.ihook.pytest_ignore_collect(collection_path=path, config=collector.config):
            report.result += collector.ihook.pytest_collect_file(file_path=path, parent=collector)


def freeze_collected(items: Iterable[pytest.Item]) -> None:
    """Let the garbage collector pass over what the collected scenarios hold, since it stays to the end of the run.

    It would look through all of it time and again, and pytest has it do so five times more at the end. For 2,000
    scenarios of six short steps that is a sixth of the run: 3.2 seconds with, 3.7 without (medians of seven runs in
    turn). What the run itself leaves behind is found as ever.
    """
    if any(isinstance(item, ScenarioItem) for item in items):
        _freeze()


@functools.cache
def _freeze() -> None:
    # Once a process: what ends with a run inside a run, as in a plugin's own tests, must not stay for good.
    gc.freeze()
