"""Every option, for the ini file and the command line, in one table; read once a run."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import pytest

from asgherkin.capabilities import Option, take_note
from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CLIENTS = ("async", "test", "live")
LOOPS = ("asyncio", "uvloop", "trio")
JOURNALS = "asgherkin_journals"
"""The key under which pytest-xdist's workers get the folder for their journals."""

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
    """The options of a run, checked. `timeout` is in seconds; without `tags` all scenarios run."""

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
    """A plugin of pytest's that notes each capability, wherever it comes from, and registers its options."""

    name = "asgherkin-capabilities"

    def __init__(self, parser: pytest.Parser) -> None:
        self.options: list[Option] = []
        self._parser = parser

    def pytest_plugin_registered(self, plugin: object) -> None:
        """Note a capability."""
        capability = take_note(plugin)
        if capability is not None:
            _add(self._parser, capability.options)
            self.options += capability.options


def add_options(parser: pytest.Parser, manager: pytest.PytestPluginManager) -> None:
    """Register the options of this table with pytest, and those of each capability once it is registered."""
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

    Raises ConfigurationError for a wrong value, with the right ones.
    """
    values = {option.name: _value(option, config) for option in OPTIONS}
    base_url = _base_url(values["asgi_base_url"], config)
    plugin: OptionsOfPlugins | None = config.pluginmanager.get_plugin(OptionsOfPlugins.name)
    assert plugin is not None, "it is registered with the options"
    return Settings(
        app=values["asgi_app"],
        clients=_clients(_given(config.getoption("asgi_client"), config), base_url),
        loop=values["asgi_loop"],
        timeout=_seconds(values["asgi_timeout"]),
        redact=values["asgi_redact"],
        tags=values["asgi_tags"],
        report=values["asgi_report"],
        messages=values["asgi_messages"],
        summary=values["asgi_summary"],
        history=values["asgi_history"],
        base_url=base_url,
        dry_run=bool(values["asgi_dry_run"]),
        of_capabilities={
            option.name: option.read(_value(option, config), worker_of(config)) for option in plugin.options
        },
    )


def shown_setting(name: str, value: str, config: pytest.Config) -> str:
    """The lines that set an option, below the name of the file that pytest reads."""
    file = config.inipath.name if config.inipath else "pyproject.toml"
    section = "tool.pytest.ini_options" if file == "pyproject.toml" else "pytest"
    section = "tool:pytest" if file.endswith(".cfg") else section
    written = f'"{value}"' if file.endswith(".toml") else value
    return f"{file}:\n\n    [{section}]\n    {name} = {written}\n"


def _value(option: Option, config: pytest.Config) -> Any:
    """The value of an option, a text; with `many`, a tuple of all values from the ini file and the command line."""
    given = config.getoption(option.name)
    try:
        from_ini = config.getini(option.name) if option.ini else None
    except (ValueError, pytest.UsageError) as error:  # several values in one text, split as a shell does
        raise ConfigurationError(
            f'{option.name}: {error}. Write a list of names, for example: {option.name} = ["pin", "iban"]'
        ) from None
    if option.many:
        return (*(from_ini or ()), *(given or ()))
    value = str(next((value for value in (given, from_ini) if value is not None), option.default))
    if option.choices and value not in option.choices:
        raise ConfigurationError(f"{option.name}: {value!r} is none of {', '.join(option.choices)}.")
    return value


def _base_url(text: str, config: pytest.Config) -> str:
    if config.getoption("asgi_base_url") == "":  # such as from an unset variable of a build
        raise ConfigurationError(
            "--asgi-base-url is empty, so no deployed server would be tested. Name it, or leave the option out."
        )
    shown = re.sub("//[^/]*@", "//…@", text)  # without a password
    if text and not _is_server(text):
        raise ConfigurationError(
            f"asgi_base_url: {shown!r} is no server's URL. Write for example: https://staging.example"
        )
    if "?" in text or "#" in text:
        raise ConfigurationError(
            f"asgi_base_url: {shown!r} ends in a query or a fragment, and the path of each request is put at its end. "
            "Write for example: https://staging.example"
        )
    return text


def _is_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and " " not in url
    except ValueError:  # a port that is no number, or half an IPv6 address
        return False


def early_clients(config: pytest.Config) -> tuple[str, ...]:
    """The clients of a run, before its command line is read as a whole: node ids on it depend on them."""
    early = config.known_args_namespace
    base_url = config.getini("asgi_base_url") if early.asgi_base_url is None else early.asgi_base_url
    return _clients(_given(early.asgi_client, config), base_url or "")


def _given(on_command_line: str | None, config: pytest.Config) -> str | None:
    return config.getini("asgi_client") if on_command_line is None else on_command_line


def _clients(given: str | None, base_url: str) -> tuple[str, ...]:
    """The chosen clients; only live can reach a deployed server."""
    if given is None:
        return ("live",) if base_url else ("async",)
    chosen = clients_in(given)
    others = " and ".join(client for client in chosen if client != "live")
    if base_url and others:
        raise ConfigurationError(
            f"asgi_client is {given}, and asgi_base_url names a server: {others} can only reach an app in this "
            "process. Use the client live for it, or leave one of the two options out."
        )
    return chosen


def clients_in(written: str) -> tuple[str, ...]:
    """The clients in a list such as `async,live`. Raises ConfigurationError for an unknown or repeated client."""
    chosen = tuple(client.strip() for client in written.split(","))
    for position, client in enumerate(chosen):
        if client not in CLIENTS:
            raise ConfigurationError(f"asgi_client: {client!r} is none of {', '.join(CLIENTS)}.")
        if client in chosen[:position]:
            raise ConfigurationError(f"asgi_client: {client} is in the list {written!r} twice.")
    return chosen


def worker_of(config: pytest.Config) -> str:
    """pytest-xdist's name of this worker: `gw0`, `gw1`, …; `main` without workers."""
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
    outputs = (settings.report, settings.messages, settings.summary, settings.history)
    return any(outputs) or bool(config.getoption("xmlpath", None))
