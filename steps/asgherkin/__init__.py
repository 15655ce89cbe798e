"""Behaviour tests in plain English for any ASGI app, run in-process under pytest.

`given`, `when`, `then` and `step` are pytest-bdd's decorators for sentences of one's own. In asgherkin's scenarios
a step function may be `async def` under any of them: it is awaited on the event loop that the app runs on.
"""

from pytest_bdd import given, step, then, when

from asgherkin.errors import (
    AmbiguousStep,
    AppError,
    AsgherkinError,
    ConfigurationError,
    FeatureError,
    Mismatch,
    SentenceError,
    UndefinedStep,
)

__all__ = [
    "AmbiguousStep",
    "AppError",
    "AsgherkinError",
    "ConfigurationError",
    "FeatureError",
    "Mismatch",
    "SentenceError",
    "UndefinedStep",
    "__version__",
    "given",
    "step",
    "then",
    "when",
]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version  # slow, and few ask

        return version("asgherkin")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
