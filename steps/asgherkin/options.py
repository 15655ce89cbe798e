"""Every option: its ini key and its command line, in one table, read once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import pytest

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIENTS = ("async", "test")
JOURNALS = "asgherkin_journals"
"""What names the folder for the journals of pytest-xdist's workers to them."""
LOOPS = ("asyncio", "uvloop", "trio")


class Option(NamedTuple):
    """One option. `ini` is False where only the command line has it; `choices` are the right values, if few."""

    name: str
    metavar: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
    ini: bool = True
    many: bool = False

    @property
    def flag(self) -> str:
        """How the command line names it."""
        return "--" + self.name.replace("_", "-")


OPTIONS = (
    Option("asgi_app", "LOCATION", 'the app under test: "module:attribute", or "module:factory()"'),
    Option("asgi_client", "CLIENT", "the client that scenarios use: async or test", "async", CLIENTS),
    Option("asgi_loop", "LOOP", "the event loop of the app: asyncio, uvloop or trio", "asyncio", LOOPS),
    Option("asgi_database", "URL", "the app's database, as SQLAlchemy has it: sqlite+aiosqlite:///shop.db"),
    Option("asgi_timeout", "SECONDS", "how long an app may take to answer, in seconds", "5"),
    Option("asgi_report", "FILE", "write a page for whoever wants to know what the app does: report.html"),
    Option("asgi_messages", "FILE", "write the run as Cucumber Messages: run.ndjson"),
    Option("asgi_summary", "FILE", "write a summary in Markdown: summary.md"),
    Option("asgi_history", "FILE", "the runs before, to which this one is added: history.ndjson"),
    Option("asgi_redact", "NAME", "one more name whose values are secret", many=True),
    Option("asgi_tags", "EXPRESSION", 'run scenarios whose tags fit: --asgi-tags="@smoke and not @slow"', ini=False),
)


class Settings(NamedTuple):
    """The options of a run, checked. `timeout` is in seconds; `tags` is "" for all."""

    app: str
    client: str
    loop: str
    database: str
    timeout: float
    redact: tuple[str, ...]
    tags: str
    report: str = ""
    messages: str = ""
    summary: str = ""
    history: str = ""


settings_key = pytest.StashKey[Settings]()


def add_options(parser: pytest.Parser) -> None:
    """Register all options with pytest."""
    group = parser.getgroup("asgherkin", "behaviours of an ASGI app")
    for option in OPTIONS:
        action = "append" if option.many else "store"
        group.addoption(option.flag, dest=option.name, metavar=option.metavar, help=option.help, action=action)
        if option.ini:
            default = [] if option.many else option.default
            kind: Literal["args", "string"] = "args" if option.many else "string"
            parser.addini(option.name, option.help, type=kind, default=default)


def read_settings(config: pytest.Config) -> Settings:
    """Read and check all options; the command line goes before the ini file.

    Raises ConfigurationError, which lists the right values.
    """
    values = {option.name: _value(option, config) for option in OPTIONS}
    return Settings(
        app=values["asgi_app"][0],
        client=values["asgi_client"][0],
        loop=values["asgi_loop"][0],
        database=values["asgi_database"][0],
        timeout=_seconds(values["asgi_timeout"][0]),
        redact=tuple(values["asgi_redact"]),
        tags=values["asgi_tags"][0],
        report=values["asgi_report"][0],
        messages=values["asgi_messages"][0],
        summary=values["asgi_summary"][0],
        history=values["asgi_history"][0],
    )


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
        value: Sequence[str] | str = config.getini(option.name) if option.ini else ""
    except (ValueError, pytest.UsageError) as error:  # several values in one text, split as a shell does
        raise ConfigurationError(
            f'{option.name}: {error}. Write a list of names, for example: {option.name} = ["pin", "iban"]'
        ) from None
    return value


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
