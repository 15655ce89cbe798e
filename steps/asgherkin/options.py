"""Every option: its ini key and its command line, in one table, read once a run."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import pytest

from asgherkin.capabilities import Option, take_note
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CLIENTS = ("async", "test", "live")
JOURNALS = "asgherkin_journals"
"""What names the folder for the journals of pytest-xdist's workers to them."""
LOOPS = ("asyncio", "uvloop", "trio")


OPTIONS = (
    Option("asgi_app", "LOCATION", 'the app under test: "module:attribute", or "module:factory()"'),
    Option("asgi_client", "CLIENT", "the clients that scenarios use, of async, test, live: async,live", "async"),
    Option("asgi_loop", "LOOP", "the event loop of the app: asyncio, uvloop or trio", "asyncio", LOOPS),
    Option("asgi_base_url", "URL", "the deployed server that scenarios run against: https://staging.example"),
    Option("asgi_timeout", "SECONDS", "how long an app may take to answer, in seconds", "5"),
    Option("asgi_report", "FILE", "write a page for whoever wants to know what the app does: report.html"),
    Option("asgi_messages", "FILE", "write the run as Cucumber Messages: run.ndjson"),
    Option("asgi_summary", "FILE", "write a summary in Markdown: summary.md"),
    Option("asgi_history", "FILE", "the runs before, to which this one is added: history.ndjson"),
    Option("asgi_redact", "NAME", "one more name whose values are secret", many=True),
    Option("asgi_tags", "EXPRESSION", 'run scenarios whose tags fit: --asgi-tags="@smoke and not @slow"', ini=False),
    Option("asgi_dry_run", "", "look up every step and call none; list what no sentence fits", ini=False, switch=True),
)


class Settings(NamedTuple):
    """The options of a run, checked. `timeout` is in seconds; `tags` is "" for all."""

    app: str
    clients: tuple[str, ...]
    loop: str
    timeout: float
    redact: tuple[str, ...]
    tags: str
    report: str = ""
    messages: str = ""
    summary: str = ""
    history: str = ""
    base_url: str = ""
    dry_run: bool = False
    of_capabilities: Mapping[str, Any] = MappingProxyType({})
    """The options of capabilities, by name."""


settings_key = pytest.StashKey[Settings]()


class OptionsOfPlugins:
    """A plugin of pytest's that takes note of capabilities, wherever they come from, and registers their options."""

    name = "asgherkin-capabilities"

    def __init__(self, parser: pytest.Parser) -> None:
        self.options: list[Option] = []
        self._parser = parser

    def pytest_plugin_registered(self, plugin: object) -> None:
        """Take note of a capability."""
        capability = take_note(plugin)
        if capability is not None:
            _add(self._parser, capability.options)
            self.options += capability.options


def add_options(parser: pytest.Parser, manager: pytest.PytestPluginManager) -> None:
    """Register all options with pytest: those of this table, and those of each capability once it is registered."""
    _add(parser, OPTIONS)
    manager.register(OptionsOfPlugins(parser), OptionsOfPlugins.name)


def _add(parser: pytest.Parser, options: Iterable[Option]) -> None:
    group = parser.getgroup("asgherkin", "behaviours of an ASGI app")
    for option in options:
        if option.switch:
            group.addoption(option.flag, dest=option.name, help=option.help, action="store_const", const="on")
            continue
        action = "append" if option.many else "store"
        group.addoption(option.flag, dest=option.name, metavar=option.metavar, help=option.help, action=action)
        if option.ini:
            default: list[str] | None = [] if option.many else None
            kind: Literal["args", "string"] = "args" if option.many else "string"
            parser.addini(option.name, option.help, type=kind, default=default)


def read_settings(config: pytest.Config) -> Settings:
    """Read and check all options; the command line goes before the ini file.

    Raises ConfigurationError, which lists the right values.
    """
    values = {option.name: _value(option, config) for option in OPTIONS}
    base_url = _base_url(values["asgi_base_url"][0], config)
    return Settings(
        app=values["asgi_app"][0],
        clients=_clients(_given(config.getoption("asgi_client"), config), base_url),
        loop=values["asgi_loop"][0],
        timeout=_seconds(values["asgi_timeout"][0]),
        redact=tuple(values["asgi_redact"]),
        tags=values["asgi_tags"][0],
        report=values["asgi_report"][0],
        messages=values["asgi_messages"][0],
        summary=values["asgi_summary"][0],
        history=values["asgi_history"][0],
        base_url=base_url,
        dry_run=bool(values["asgi_dry_run"][0]),
        of_capabilities=_of_capabilities(config),
    )


def _of_capabilities(config: pytest.Config) -> dict[str, Any]:
    plugin: OptionsOfPlugins | None = config.pluginmanager.get_plugin(OptionsOfPlugins.name)
    assert plugin is not None, "it is registered with the options"
    worker = worker_of(config)
    given = {option: _value(option, config) for option in plugin.options}
    return {
        option.name: option.read(values[0], worker) if not option.many else tuple(values)
        for option, values in given.items()
    }


def shown_setting(name: str, value: str, config: pytest.Config) -> str:
    """How to set an option in the file that pytest reads: the file's name, and below it the lines to write."""
    file = config.inipath.name if config.inipath else "pyproject.toml"
    section = "tool.pytest.ini_options" if file == "pyproject.toml" else "pytest"
    section = "tool:pytest" if file.endswith(".cfg") else section
    written = f'"{value}"' if file.endswith(".toml") else value
    return f"{file}:\n\n    [{section}]\n    {name} = {written}\n"


def _value(option: Option, config: pytest.Config) -> Sequence[str]:
    given: Sequence[str] | str | None = config.getoption(option.name)
    from_ini = _from_ini(option, config)
    if option.many:
        return [*(from_ini or ()), *(given or ())]
    value = str(from_ini if given is None else given)
    if option.choices and value not in option.choices:
        raise ConfigurationError(f"{option.name}: {value!r} is none of {', '.join(option.choices)}.")
    return [value]


def _from_ini(option: Option, config: pytest.Config) -> Sequence[str] | str:
    try:
        value: Sequence[str] | str | None = config.getini(option.name) if option.ini else ""
    except (ValueError, pytest.UsageError) as error:  # several values in one text, split as a shell does
        raise ConfigurationError(
            f'{option.name}: {error}. Write a list of names, for example: {option.name} = ["pin", "iban"]'
        ) from None
    return option.default if value is None else value


def _base_url(text: str, config: pytest.Config) -> str:
    if config.getoption("asgi_base_url") == "":  # as of a variable of a build that is not set
        raise ConfigurationError(
            "--asgi-base-url is empty, so no deployed server would be tested. Name it, or leave the option out."
        )
    shown = re.sub("//[^/]*@", "//…@", text)  # without a password
    if text and not _is_servers(text):
        raise ConfigurationError(
            f"asgi_base_url: {shown!r} is no server's URL. Write for example: https://staging.example"
        )
    if "?" in text or "#" in text:
        raise ConfigurationError(
            f"asgi_base_url: {shown!r} ends in a query or a fragment, and the path of each request is put at its end. "
            "Write for example: https://staging.example"
        )
    return text


def _is_servers(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and " " not in url
    except ValueError:  # a port that is no number, or half an IPv6 address
        return False


def early_clients(config: pytest.Config) -> tuple[str, ...]:
    """The clients of a run, before its command line is read as a whole: for what that may hold is told by them."""
    early = config.known_args_namespace
    base_url = config.getini("asgi_base_url") if early.asgi_base_url is None else early.asgi_base_url
    return _clients(_given(early.asgi_client, config), base_url or "")


def _given(on_command_line: str | None, config: pytest.Config) -> str | None:
    return config.getini("asgi_client") if on_command_line is None else on_command_line


def _clients(given: str | None, base_url: str) -> tuple[str, ...]:
    """The clients that are chosen; against a deployed server it is live, and cannot be another one."""
    if given is None:
        return ("live",) if base_url else ("async",)
    chosen = clients_in(given)
    others = " and ".join(one for one in chosen if one != "live")
    if base_url and others:
        raise ConfigurationError(
            f"asgi_client is {given}, and asgi_base_url names a server: {others} can only reach an app in this "
            "process. Use the client live for it, or leave one of the two options out."
        )
    return chosen


def clients_in(written: str) -> tuple[str, ...]:
    """The clients in a list such as `async,live`.

    Raises ConfigurationError for one that is none, and one that is there twice.
    """
    chosen = tuple(one.strip() for one in written.split(","))
    for position, one in enumerate(chosen):
        if one not in CLIENTS:
            raise ConfigurationError(f"asgi_client: {one!r} is none of {', '.join(CLIENTS)}.")
        if one in chosen[:position]:
            raise ConfigurationError(f"asgi_client: {one} is in the list {written!r} twice.")
    return chosen


def worker_of(config: pytest.Config) -> str:
    """What pytest-xdist calls the worker that this process is: `gw0`, `gw1`, …; `main` without workers."""
    return str(getattr(config, "workerinput", {}).get("workerid", "main"))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ConfigurationError(f"asgi_timeout: {text!r} is not a number of seconds above 0. Write for example: 5")
    return seconds


def wants_outputs(config: pytest.Config) -> bool:
    """Whether this run is to be recorded."""
    if hasattr(config, "workerinput"):
        return JOURNALS in config.workerinput
    settings = config.stash[settings_key]
    return bool(
        settings.report
        or settings.messages
        or settings.summary
        or settings.history
        or config.getoption("xmlpath", None)
    )
