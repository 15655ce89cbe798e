"""Print a command of the README's, so that it is run exactly as its readers run it: `readme_command.py tests`."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def command(name: str) -> str:
    """The shell commands of the block below the comment with that name."""
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n+```console\n(.*?)```", readme, re.DOTALL)
    if found is None:
        raise SystemExit(f"README.md has no console block below <!-- {name} -->")
    return "\n".join(line.removeprefix("$ ") for line in found[1].splitlines())


if __name__ == "__main__":
    print(command(sys.argv[1]))
