"""The features about databases, on PostgreSQL: they are written for any database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FEATURES = ("features/database.feature", "features/background_work.feature", "features/isolation")


@pytest.mark.parametrize("client", ["async", "test"])
def test_the_features_pass_on_postgresql(postgres_url: str, client: str) -> None:
    """The shop keeps its books there, and the scenarios look into them."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FEATURES, "--asgi-client", client]

    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "SHOP_DATABASE": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "skipped" not in result.stdout
