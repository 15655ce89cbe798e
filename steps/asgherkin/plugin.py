"""pytest's hooks. Each calls the module that does the work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

import asgherkin.imports  # noqa: F401 - before all others, which it makes quick

# isort: split
from asgherkin.capabilities import BUILT_IN
from asgherkin.errors import ConfigurationError
from asgherkin.event_loop import quiet_about_loop_scope
from asgherkin.gherkin.bdd import register_mark, run_scenarios_with
from asgherkin.gherkin.collect import FeatureFile, collect_dangling, freeze_collected
from asgherkin.gherkin.items import describe_failure, run_bound, settle_variants, vary_bound, without_bound
from asgherkin.gherkin.run import Hooks, conduct_key, hooks_key, watches_key
from asgherkin.gherkin.select import keep_by_tags, tag_filter, without_lines
from asgherkin.gherkin.undefined import UndefinedSteps
from asgherkin.gherkin.variants import Variants, variants_key
from asgherkin.options import add_options, early_clients, read_settings, settings_key, wants_outputs
from asgherkin.surroundings import choose_loop, conductor_of, forget, redact_captured
from asgherkin.turns import check_xdist, name_folder, remove_folder, take_turns
from asgherkin.vocabulary.app import named_client

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

# By name, and not imported: so that pytest rewrites assertions in them, and `-p no:…` can leave a family out.
pytest_plugins = [
    "asgherkin.fixtures",
    "asgherkin.event_loop",
    "asgherkin.vocabulary.app",
    "asgherkin.vocabulary.request",
    "asgherkin.vocabulary.response",
    "asgherkin.vocabulary.variables",
    *BUILT_IN,
]

_restore_key = pytest.StashKey[Callable[[], None]]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the options."""
    add_options(parser, pluginmanager)


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Import what a plugin of the toolkit's own names in `pytest_plugins`.

    pytest would do so next, but looks for each name among the entry points of all installed packages: 7 % of a start
    where 136 are installed.
    """
    if getattr(plugin, "__name__", "").startswith("asgherkin."):
        for name in getattr(plugin, "pytest_plugins", ()):
            manager.import_plugin(name)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    """Turn `file:line` into node ids before pytest reads its arguments; refuse options of a missing pytest-xdist."""
    with _as_usage_error():
        variants = Variants(early_clients(early_config), named_client)
        args[:] = without_lines(args, early_config.invocation_params.dir, variants)
    result = yield
    with _as_usage_error():
        check_xdist(parser, args)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and take over the running of `scenarios()`."""
    quiet_about_loop_scope()
    with _as_usage_error():
        settings = config.stash[settings_key] = read_settings(config)
        if settings.tags:
            tag_filter(settings.tags)  # a wrong expression ends the run before it collects anything
    config.stash[variants_key] = Variants(settings.clients, named_client)
    config.stash[hooks_key] = Hooks(config)
    config.stash[conduct_key] = conductor_of
    config.pluginmanager.register(UndefinedSteps())
    config.stash[_restore_key] = run_scenarios_with(run_bound)
    if settings.dry_run:
        from asgherkin.recording.dry_run import dry_run

        with _as_usage_error():
            dry_run(config)
    elif wants_outputs(config):
        from asgherkin.recording.outputs import record  # slow to import, and most runs want none

        with _as_usage_error():
            record(config)
    if config.get_verbosity(pytest.Config.VERBOSITY_TEST_CASES) > 0:
        from asgherkin.recording.terminal import show_steps

        show_steps(config)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if encoding.lower() != "utf-8" and not hasattr(config, "workerinput"):
        from asgherkin.recording.terminal import PlainFailures  # few terminals need it

        config.pluginmanager.register(PlainFailures(encoding))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send the folder of the locks to a worker of pytest-xdist."""
    name_folder(node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    """Where no test was found, name the features that were not collected."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        from asgherkin.gherkin.undefined import tell_of_features

        tell_of_features(terminalreporter, config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the running of `scenarios()` back, and leave nothing behind."""
    remove_folder(config)
    restore = config.stash.get(_restore_key, None)
    if restore is not None:
        restore()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Collect feature files."""
    return FeatureFile.from_parent(parent, path=file_path) if file_path.suffix == ".feature" else None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Collect feature files that are missing where a link leads."""
    report = yield
    collect_dangling(collector, report)
    return report


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let bound scenarios run on each client."""
    vary_bound(metafunc)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str) -> None:
    """Make each tag a mark: tags belong to the feature, and need no registration."""
    register_mark(tag)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what the tags select, and each scenario once."""
    without_bound(items)
    settle_variants(config, items)
    keep_by_tags(config.stash[settings_key].tags, config, items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what is collected from the garbage collector's passes; let serial scenarios run alone."""
    freeze_collected(session.items)
    with _as_usage_error():
        take_turns(session.config, session.items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose the kind of event loop before any fixture asks for one."""
    choose_loop(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Describe each failure of a scenario, without secrets."""
    report = yield
    describe_failure(item, report, call)
    redact_captured(item, report)
    for watch in item.config.stash.get(watches_key, ()):
        watch.take(item, report, call)
    if report.when == "teardown":
        forget(item)
    return report


@contextmanager
def _as_usage_error() -> Iterator[None]:
    """A wrong option ends the run with its text and no traceback."""
    try:
        yield
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
