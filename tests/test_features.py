"""The reference features once more, on the other clients and the other loop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import FEWER_PLUGINS

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--asgi-client", "test,live", "-n", "2"), id="the other clients, two processes"),
        pytest.param(("--asgi-client", "async,test,live", "--asgi-loop", "uvloop"), id="all clients, uvloop"),
    ],
)
def test_the_reference_features_pass(arguments: tuple[str, ...]) -> None:
    """What the features promise holds on each client, on each loop that the shop's database knows, and in parallel."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "features", *arguments]

    environment = os.environ | FEWER_PLUGINS

    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    last = result.stdout.rstrip().rsplit("\n", 1)[-1]
    assert "passed" in last, last
    assert not {"failed", "skipped", "error", "deselected"} & set(last.replace(",", " ").split()), last
