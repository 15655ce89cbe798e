"""The first feature of a project, made of what its app has answered."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asgherkin.commands.app_probe import Answer

_PLAIN_KEY = re.compile(r"[\w][\w .-]{0,60}")
_MOST_KEYS = 8
_REMARKS = {
    401: "It asks who you are: this is its answer to a stranger.",
    403: "It does not let a stranger in: this is its answer to one.",
    404: "There is nothing there: this is its answer to that.",
}


def first_feature(answer: Answer) -> str:
    """A feature with one scenario that states what the app answered: status, media type, and a JSON body's shape."""
    lines = [
        "Feature: The app answers",
        "  Written by `asgherkin init` from what the app said. Change it as you like.",
        "",
    ]
    lines += [f"  Scenario: A guest asks for {answer.path}"]
    if answer.status in _REMARKS:
        lines += [f"    {_REMARKS[answer.status]}", ""]
    if answer.host:
        lines += [f'    Given the request header "Host" is "{answer.host}"']
    lines += [f'    When I GET "{answer.path}"', f"    Then the response status is {answer.status}"]
    media_type = answer.content_type.partition(";")[0].strip().lower()
    if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media_type):
        lines += [f'    And the response header "Content-Type" matches "^{re.escape(media_type)}"']
    return "\n".join([*lines, *_shape(media_type, answer.body)]) + "\n"


def _shape(media_type: str, body: str) -> list[str]:
    """The types in a JSON body: values change, and secrets are none of a feature's."""
    if not media_type.endswith("json"):
        return []
    try:
        value = json.loads(body)
    except ValueError:
        return []
    shape = _types(value)
    if isinstance(shape, str):
        return [f'    And the response body at "$" is {shape}']
    rows = json.dumps(shape, indent=2, ensure_ascii=False).splitlines()
    return ["    And the response body contains:", '      """', *(f"      {row}" for row in rows), '      """']


def _types(value: object) -> str | dict[str, str]:
    if not isinstance(value, dict):
        return _matcher(value)
    keys = [key for key in value if _PLAIN_KEY.fullmatch(key)][:_MOST_KEYS]
    return {key: _matcher(value[key]) for key in keys} or "#object"


def _matcher(value: object) -> str:
    matchers = {bool: "#boolean", int: "#integer", float: "#number", str: "#string", list: "#array", dict: "#object"}
    return matchers.get(type(value), "#null")
