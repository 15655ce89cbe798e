"""Tags: marks of pytest, and the standard's tag expressions."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from asgherkin.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pytest

# Marks that pytest refuses without values or, as asyncio, on what is no test function of its own.
_NO_MARKS = ("asyncio", "parametrize", "usefixtures")


def apply_tags(tags: Iterable[str], function: Callable[..., None], config: pytest.Config) -> Callable[..., None]:
    """A copy of `function` with a mark for each tag, by pytest-bdd's hook, which a project may have its own way for.

    pytest has no marks whose name starts with an underscore.
    """

    @functools.wraps(function)
    def marked(request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        function(request)

    for tag in tags:
        if tag.startswith("_") or tag in _NO_MARKS:  # --asgi-tags knows the tag all the same
            continue
        config.hook.pytest_bdd_apply_tag(tag=tag, function=marked)
    return marked


def tag_filter(expression: str) -> Callable[[Iterable[str]], bool]:
    """What tells whether the tags of a scenario (without @) fulfil an expression such as `@smoke and not @slow`.

    The @ may be left out: pytest takes an argument that starts with one for the name of a file with arguments.
    Raises ConfigurationError where the expression cannot be read.
    """
    from cucumber_tag_expressions import TagExpressionError, parse  # only where tags are asked for

    try:
        parsed = parse(expression)
    except TagExpressionError as error:
        reason = str(error).split("\n", 1)[0].removesuffix(".")
        raise ConfigurationError(
            f"--asgi-tags: {expression!r} is not a tag expression: {reason}. "
            'Write for example: --asgi-tags="@smoke and not @slow"'
        ) from None
    return lambda tags: bool(parsed.evaluate([name for tag in tags for name in (tag, f"@{tag}")]))
