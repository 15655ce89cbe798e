"""Print the lowest version that pyproject.toml allows of each dependency, as requirements for pip."""

from __future__ import annotations

import tomllib
from pathlib import Path

EXTRAS = ("uvloop", "trio", "database", "live", "parallel", "postgresql", "report")

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
for requirement in [*project["dependencies"], *(one for name in EXTRAS for one in extras[name])]:
    if not requirement.startswith("asgherkin["):
        print(requirement.replace(">=", "=="))
