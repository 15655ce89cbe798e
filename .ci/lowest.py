"""Print the lowest version that pyproject.toml allows of each dependency, as requirements for pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
for requirement in [*project["dependencies"], *extras["uvloop"], *extras["trio"]]:
    print(re.sub(r">=", "==", requirement))
