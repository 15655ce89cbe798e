"""Check what a wheel and a source distribution hold: `contents.py DIST`."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

IN_SOURCES = ("app/", "benchmarks/", "docs/", "features/", "steps/", "tests/", "CHANGELOG.md", "LICENSE")


def main(dist: Path) -> None:
    """Fail where the wheel holds more than the package, or the sources less than the project."""
    (wheel,) = dist.glob("*.whl")
    (sources,) = dist.glob("*.tar.gz")
    tops = {name.partition("/")[0].partition("-")[0] for name in zipfile.ZipFile(wheel).namelist()}
    if tops != {"asgherkin"}:
        raise SystemExit(f"{wheel.name} holds {sorted(tops)}, expected asgherkin alone")
    with tarfile.open(sources) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    if missing := [one for one in IN_SOURCES if not any(name.startswith(one) for name in names)]:
        raise SystemExit(f"{sources.name} lacks {missing}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
