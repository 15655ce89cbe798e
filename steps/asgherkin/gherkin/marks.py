"""Tags: marks of pytest, and the standard's tag expressions."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def apply_tags(tags: Iterable[str], function: Callable[..., None], config: pytest.Config) -> Callable[..., None]:
    """A copy of `function` with a mark for each tag, by pytest-bdd's hook, which a project may have its own way for.

    A tag needs no registration: what a feature is tagged with is the feature's matter.
    """

    @functools.wraps(function)
    def marked(request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        function(request)

    for tag in tags:
        if tag.startswith("_"):  # pytest has no marks of such a name; --asgi-tags knows the tag all the same
            continue
        _register(tag, config)
        config.hook.pytest_bdd_apply_tag(tag=tag, function=marked)
    return marked


_registered_key = pytest.StashKey[set[str]]()


def _register(tag: str, config: pytest.Config) -> None:
    registered = config.stash.setdefault(_registered_key, set())
    if tag not in registered:
        registered.add(tag)
        config.addinivalue_line("markers", f"{tag}: a tag in a feature file")


def tag_filter(expression: str) -> Callable[[Iterable[str]], bool]:
    """What tells whether the tags of a scenario (without @) fulfil an expression such as `@smoke and not @slow`.

    Raises ConfigurationError where the expression cannot be read.
    """
    from cucumber_tag_expressions import TagExpressionError, parse  # only where tags are asked for

    try:
        parsed = parse(expression)
    except TagExpressionError as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(
            f"--asgi-tags: {expression!r} is not a tag expression: {reason} Write for example: @smoke and not @slow"
        ) from None
    return lambda tags: bool(parsed.evaluate([f"@{tag}" for tag in tags]))
