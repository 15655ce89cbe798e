"""Steps of one's own, whose client meets a crash."""

from __future__ import annotations

from typing import Any

import pytest

from asgherkin import then, when


@when("my client asks")
def _(client: Any) -> None:
    client.get("/crash")


@when("my async client asks")
async def _(async_client: Any) -> None:
    await async_client.get("/crash")


@when("my client asks and expects it")
def _(client: Any) -> None:
    with pytest.raises(ValueError, match="no such note"):
        client.get("/crash")


@when("my async client asks and expects it")
async def _(async_client: Any) -> None:
    with pytest.raises(ValueError, match="no such note"):
        await async_client.get("/crash")


@then("my client is told")
def _(client: Any) -> None:
    assert client.get("/crash").status_code == 500


@then("my async client is told")
async def _(async_client: Any) -> None:
    assert (await async_client.get("/crash")).status_code == 500


@then("my client is at hand")
def _(client: Any) -> None:
    pass
