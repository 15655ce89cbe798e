"""A run ends, whatever an app did to the thread that it ran in."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.project import Project

BLOCKING = """
import time


async def app(scope, receive, send):
    assert scope["type"] == "http"
    time.sleep(1_000_000)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="async"),
        pytest.param(("--asgi-loop", "trio"), id="async on trio"),
        pytest.param(("--asgi-client", "test"), id="test"),
        pytest.param(("--asgi-client", "test", "--asgi-loop", "trio"), id="test on trio"),
    ],
)
def test_a_blocked_thread_does_not_keep_the_process(project: Project, arguments: tuple[str, ...]) -> None:
    """An app that blocks its loop for good fails its scenario, the next one too, and the process comes to its end."""
    scenarios = "".join(f'  Scenario: {name}\n    When I GET "/"\n' for name in ("first", "second"))
    project.write({"shop.py": BLOCKING, "blocked.feature": f"Feature: Blocked\n{scenarios}"})
    command = [sys.executable, "-m", "pytest", "-q", "-o", "asgi_timeout=0.2", *arguments]

    result = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False, timeout=120)

    told = [line for line in result.stdout.splitlines() if line.startswith("The app blocked its event loop for 0.2 s")]
    assert len(told) == 2, result.stdout
    assert "2 failed" in result.stdout
