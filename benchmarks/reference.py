"""A project of scenarios for the reference app in app/: it starts for each of them, and keeps orders in SQLite."""

from __future__ import annotations

from pathlib import Path

from benchmarks.pairing import write_project

APP = ("--asgi-app", "app.main:app")
TWO_REQUESTS = """
  Scenario: An order is looked up, {number}
    When I send a POST request to "/orders" with the body:
      \"\"\"
      {{"customer": "Ann", "item": "latte", "quantity": 2}}
      \"\"\"
    Then the response status is 201
    And the response body at "$.status" is "ordered"
    When I GET "/orders/1"
    Then the response status is 200
    And the response body at "$.total" is "7.60"
"""
VISIT = f"""{TWO_REQUESTS}
    When I POST "/orders/1/payment"
    Then the response body at "$.status" is "paid"
    When I GET "/orders/1"
    Then the response body at "$.status" is "brewed" within 2 seconds
    When I DELETE "/orders/1"
    Then the response status is 409
    When I GET "/menu"
    Then the response body at "$.items" has 3 items
"""
_ROOT = Path(__file__).parents[1]
_SETTINGS = f"""
[tool.pytest.ini_options]
asyncio_default_fixture_loop_scope = "function"
pythonpath = ["{_ROOT.as_posix()}"]
"""
_EACH = 20


def write_features(folder: Path, scenario: str, count: int) -> Path:
    """Write a project of that many scenarios, twenty a feature."""
    features = {
        f"orders_{first // _EACH}.feature": f"Feature: Orders from {first} on\n"
        + "".join(scenario.format(number=number) for number in range(first, min(first + _EACH, count)))
        for first in range(0, count, _EACH)
    }
    return write_project(folder, {"pyproject.toml": _SETTINGS, **features})
