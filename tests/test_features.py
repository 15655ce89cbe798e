"""The reference features once more, on the other client and the other loops."""

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
        pytest.param(("--asgi-loop", "uvloop"), id="async client on uvloop"),
        pytest.param(("--asgi-client", "test", "--asgi-loop", "uvloop"), id="test client on uvloop"),
        pytest.param(("-n", "2"), id="two processes"),
    ],
)
def test_the_reference_features_pass(arguments: tuple[str, ...]) -> None:
    """What the features promise holds on each in-process client, loop, and in parallel."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "features", *arguments]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    last = result.stdout.rstrip().rsplit("\n", 1)[-1]
    assert "passed" in last, last
    assert not {"failed", "skipped", "error", "deselected"} & set(last.replace(",", " ").split()), last
