"""Time whole commands in turn, and compare them pair by pair: a drift of the machine's speed hits both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Project:
    """A project to run pytest in: its name in the table, its folder, and pytest's arguments."""

    name: str
    folder: Path
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run: wall-clock and processor seconds, and peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


def write_project(folder: Path, files: dict[str, str]) -> Path:
    """Write a project's files, with the one setting that keeps pytest-asyncio quiet."""
    folder.mkdir(parents=True)
    setting = '[tool.pytest.ini_options]\nasyncio_default_fixture_loop_scope = "function"\n'
    for name, text in {"pyproject.toml": setting, **files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def compare(baseline: Project, others: Sequence[Project], runs: int) -> list[str]:
    """Rows of a table: each project's median, and the median of its ratios to the baseline, pair by pair."""
    projects = [baseline, *others]
    for project in projects:
        timed(project)  # not counted: writes the compiled files
    rounds = [[timed(project) for project in projects] for _ in range(runs)]
    rows = ["| | wall, s | times | cpu, s | times | memory, MiB | times |", "|---|---|---|---|---|---|---|"]
    for position, project in enumerate(projects):
        cells = [project.name]
        for measure in ("wall", "cpu", "memory"):
            values = [getattr(each[position], measure) for each in rounds]
            ratios = [getattr(each[position], measure) / getattr(each[0], measure) for each in rounds]
            cells += [f"{statistics.median(values):.2f}", f"{statistics.median(ratios):.2f}"]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def timed(project: Project) -> Run:
    """Run a project's tests once. Ends the benchmarks where they do not pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *project.arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=project.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{project.name}: pytest ended with {process.returncode} in {project.folder}")
    return Run(wall, used.ru_utime + used.ru_stime, _mebibytes(used))


def _mebibytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
