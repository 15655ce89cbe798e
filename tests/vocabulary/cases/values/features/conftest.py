"""Steps of one's own, with remembered values."""

from __future__ import annotations

import pytest_bdd
from pytest_bdd import parsers

from asgherkin import given, then


@given("braces")
def _(variables: dict[str, object]) -> None:
    variables["braces"] = "{{id}}"


@then(parsers.parse("my value is {value}"))
def _(value: str) -> None:
    assert value == "7 and Ann"


@pytest_bdd.then("my table and text:")
def _(datatable: list[list[str]]) -> None:
    assert datatable == [["id", "7"], ["name", 'Ann "A"']]


@then("my text:")
def _(docstring: str) -> None:
    assert docstring == "7 is 7"
