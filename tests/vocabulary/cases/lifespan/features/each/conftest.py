"""One app for all scenarios."""

from __future__ import annotations

from importlib import import_module

import pytest


@pytest.fixture(scope="session")
def asgi_app() -> object:
    return import_module("shop").app
