"""The reference features once more, on the other clients and the other loop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--asgi-client", "test"), id="test client"),
        pytest.param(("--asgi-client", "async,test,live", "--asgi-loop", "uvloop"), id="all clients, uvloop"),
        pytest.param(("--asgi-client", "async,test,live", "-n", "2"), id="all clients, two processes"),
    ],
)
def test_the_reference_features_pass(arguments: tuple[str, ...]) -> None:
    """What the features promise holds on each client, on each loop that the shop's database knows, and in parallel."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "features", *arguments]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    last = result.stdout.rstrip().rsplit("\n", 1)[-1]
    assert "passed" in last, last
    assert not {"failed", "skipped", "error", "deselected"} & set(last.replace(",", " ").split()), last
