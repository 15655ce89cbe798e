"""A step of this topic's own."""

from __future__ import annotations

from asgherkin import given


@given("known values")
def known_values(variables: dict[str, object]) -> None:
    variables.update(id=7, name="Ann")
