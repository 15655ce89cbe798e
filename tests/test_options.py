"""Options: their defaults, the ini file, the command line, and what is said of a wrong value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asgherkin.capabilities import built_in
from asgherkin.options import OPTIONS, Settings

if TYPE_CHECKING:
    from tests.project import Project

SHOW = """
from asgherkin.options import settings_key

def pytest_collection_modifyitems(config):
    print("SETTINGS", config.stash[settings_key]._asdict())
"""
DEFAULTS = Settings(
    app="", clients=("async",), loop="asyncio", timeout=5.0, redact=(), tags="", of_capabilities={"asgi_database": ""}
)
EVERY_OPTION = [*OPTIONS, *(option for capability in built_in() for option in capability.options)]


def settings(project: Project, ini: str, *arguments: str) -> dict[str, object]:
    """The settings of a run."""
    project.write({"conftest.py": SHOW, "pyproject.toml": f"[tool.pytest.ini_options]\n{ini}"})
    output = project.run("-s", "-q", *arguments).output
    lines = [line.removeprefix("SETTINGS ") for line in output.split("\n") if line.startswith("SETTINGS ")]
    assert lines, output
    shown: dict[str, object] = eval(lines[0])  # noqa: S307 - a dictionary that this test has printed
    return shown


def test_defaults_are_those_of_the_documents(project: Project) -> None:
    """Nothing needs to be set but the app."""
    assert settings(project, "") == DEFAULTS._asdict()


INI = """asgi_app = "a:b"
asgi_client = "test"
asgi_loop = "trio"
asgi_database = "sqlite+aiosqlite:///a.db"
asgi_timeout = {timeout}
asgi_redact = ["pin", "social number"]
"""


@pytest.mark.parametrize("timeout", ['"0.5"', "0.5"], ids=["text", "number"])
def test_the_ini_file_sets_them(project: Project, timeout: str) -> None:
    """All but what a run selects."""
    of_capabilities = {"asgi_database": "sqlite+aiosqlite:///a.db"}
    expected = Settings("a:b", ("test",), "trio", 0.5, ("pin", "social number"), "", of_capabilities=of_capabilities)

    assert settings(project, INI.format(timeout=timeout)) == expected._asdict()


def test_the_command_line_goes_before_the_ini_file(project: Project) -> None:
    """Secret names add up."""
    arguments = [
        "--asgi-app=c:d", "--asgi-client=async", "--asgi-loop", "uvloop", "--asgi-timeout=2",
        "--asgi-redact=one", "--asgi-redact=two", "--asgi-tags", "not @slow",
        "--asgi-database=sqlite+aiosqlite:///c.db",
    ]  # fmt: skip

    found = settings(project, INI.format(timeout="1"), *arguments)

    names = ("pin", "social number", "one", "two")
    of_capabilities = {"asgi_database": "sqlite+aiosqlite:///c.db"}
    expected = Settings("c:d", ("async",), "uvloop", 2.0, names, "not @slow", of_capabilities=of_capabilities)
    assert found == expected._asdict()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("asgi_client", "alive", "asgi_client: 'alive' is none of async, test, live."),
        ("asgi_client", "", "asgi_client: '' is none of async, test, live."),
        ("asgi_client", "test,", "asgi_client: '' is none of async, test, live."),
        ("asgi_client", "live, test, live", "asgi_client: live is in the list 'live, test, live' twice."),
        (
            "asgi_database",
            "sqlite+aiosqlite:///{user}.db",
            "asgi_database: {user} is no placeholder. The only one is {worker}, which is gw0, gw1, … with "
            "pytest-xdist, and main without.",
        ),
        ("asgi_loop", "Uvloop", "asgi_loop: 'Uvloop' is none of asyncio, uvloop, trio."),
        *(
            ("asgi_timeout", value, f"asgi_timeout: '{value}' is not a number of seconds above 0. Write for example: 5")
            for value in ("soon", "0", "-1", "inf", "nan", "", "5s")
        ),
    ],
)
@pytest.mark.parametrize("place", ["ini", "command line"])
def test_a_wrong_value_lists_the_right_ones(project: Project, place: str, name: str, value: str, message: str) -> None:
    """In one line, before anything is collected."""
    if place == "ini":
        project.write({"pyproject.toml": f'[tool.pytest.ini_options]\n{name} = "{value}"\n'})
        outcome = project.run()
    else:
        outcome = project.run(f"--{name.replace('_', '-')}={value}")

    assert outcome.output.strip() == f"ERROR: {message}"
    assert outcome.exit_code == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize("place", ["ini", "command line"])
def test_clients_are_a_list(project: Project, place: str) -> None:
    """In the order that is written; spaces do not matter."""
    ini, arguments = ('asgi_client = "live, async"', []) if place == "ini" else ("", ["--asgi-client=live, async"])

    assert settings(project, ini, *arguments)["clients"] == ("live", "async")


def test_a_server_is_reached_by_the_client_live(project: Project) -> None:
    """Unless another is asked for, no client needs to be named."""
    assert settings(project, "", "--asgi-base-url=https://staging.example")["clients"] == ("live",)


def test_without_workers_the_place_of_a_worker_is_main(project: Project) -> None:
    """In the URL of the database."""
    found = settings(project, 'asgi_database = "sqlite+aiosqlite:///{worker}.db"')

    assert found["of_capabilities"] == {"asgi_database": "sqlite+aiosqlite:///main.db"}


def test_names_that_cannot_be_read_are_an_error(project: Project) -> None:
    """The value is split as a shell does."""
    project.write({"pyproject.toml": '[tool.pytest.ini_options]\nasgi_redact = "it\'s"\n'})

    outcome = project.run()

    assert outcome.output.strip() == (
        'ERROR: asgi_redact: No closing quotation. Write a list of names, for example: asgi_redact = ["pin", "iban"]'
    )


def test_help_names_every_option(project: Project) -> None:
    """With what it takes."""
    output = project.run("--help").output

    assert [
        one.flag for one in EVERY_OPTION if (one.flag if one.switch else f"{one.flag}={one.metavar}") not in output
    ] == []
    assert [one.name for one in EVERY_OPTION if one.ini and f"  {one.name} (" not in output] == []
