"""Make an environment, and install into it: `environment.py FOLDER PYTHON REQUIREMENT…`, by uv where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def make(folder: Path, python: str, *requirements: str, cwd: Path | None = None) -> Path:
    """Make an environment with these packages; its interpreter."""
    made = folder / "bin" / "python"
    if uv := shutil.which("uv"):
        subprocess.run([uv, "venv", "-q", "--python", python, folder], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", made, *requirements], cwd=cwd, check=True)
    else:
        subprocess.run([python, "-m", "venv", folder], check=True)
        subprocess.run([made, "-m", "pip", "install", "-q", *requirements], cwd=cwd, check=True)
    return made


if __name__ == "__main__":
    make(Path(sys.argv[1]), *sys.argv[2:])
