"""One sentence of the library's own: which day it is, by FastAPI's dependency overrides."""

from datetime import date

import pytest
from asgherkin import given
from library.main import app, today
from pytest_bdd import parsers


@pytest.fixture(autouse=True)
def _no_overrides():
    yield
    app.dependency_overrides.clear()


@given(parsers.parse("today is {day}"), converters={"day": date.fromisoformat})
def today_is(day):
    """The library's calendar shows this day."""
    app.dependency_overrides[today] = lambda: day
