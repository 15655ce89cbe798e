"""Run the benchmarks: `python -m benchmarks [name …] [--runs N]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import (
    collection,
    dry_run,
    empty_steps,
    live,
    messages,
    parallel,
    recording,
    report_page,
    report_share,
    requests,
    scale,
    tables,
    way,
)

BENCHMARKS = {
    "empty_steps": empty_steps,
    "requests": requests,
    "collection": collection,
    "dry_run": dry_run,
    "live": live,
    "messages": messages,
    "tables": tables,
    "report_page": report_page,
    "report_share": report_share,
    "recording": recording,
    "scale": scale,
    "parallel": parallel,
    "way": way,
}


def main() -> None:
    """Print a table for each benchmark that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; all without")
    parser.add_argument("--runs", type=int, default=7, help="counted runs of each command, the median is shown")
    arguments = parser.parse_args()
    for name in arguments.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n{benchmark.__doc__}")
            print("\n".join(benchmark.rows(Path(folder), arguments.runs)))


if __name__ == "__main__":
    main()
