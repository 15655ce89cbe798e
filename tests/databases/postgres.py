"""A PostgreSQL of the tests' own: a cluster in a temporary directory, on a free loopback port."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")

_DISCONNECT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid()"
)
_CLEAR = """
DO $$ DECLARE one text; BEGIN
    SET LOCAL client_min_messages = warning;
    FOR one IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', one);
    END LOOP;
    CREATE SCHEMA public;
END $$
"""


class Unavailable(Exception):  # noqa: N818 - a reason to skip
    """No PostgreSQL can be started here."""


def binaries() -> Path:
    """The directory of PostgreSQL's programs, the newest first."""
    found = shutil.which("postgres")
    if found and shutil.which("initdb"):
        return Path(found).resolve().parent
    for place in PLACES:
        directories = [one for one in Path("/").glob(place.lstrip("/")) if (one / "initdb").exists()]
        if directories:
            return max(
                directories, key=lambda one: [int(part) for part in one.parent.name.split(".") if part.isdigit()]
            )
    raise Unavailable("PostgreSQL's programs are not installed (Debian: apt-get install postgresql)")


def _user() -> str | None:
    """Who runs the server, where we are root: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Unavailable("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _run(user: str | None, *command: str) -> None:
    groups: list[str] | None = [] if user else None
    done = subprocess.run(
        command, user=user, extra_groups=groups, cwd="/", capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise Unavailable(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-500:]}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server."""

    programs: Path
    user: str | None
    port: int

    def create(self, name: str) -> str:
        """Make an empty database; its URL."""
        self._call("createdb", name)
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}"

    def clear(self, name: str) -> None:
        """Make a database empty again, which takes a tenth of the time of a new one."""
        self._call("psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", _DISCONNECT, "-c", _CLEAR, name)

    def _call(self, program: str, *arguments: str) -> None:
        address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
        _run(self.user, str(self.programs / program), *address, *arguments)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server of our own, stopped and removed afterwards. Raises Unavailable where none can be started."""
    programs, user, port = binaries(), _user(), _free_port()
    directory = Path(tempfile.mkdtemp(prefix="asgherkin-postgres-"))
    data, control = str(directory / "data"), str(programs / "pg_ctl")
    try:
        if user:
            shutil.chown(directory, user)
        _run(user, str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = " ".join(f"-c {one}" for one in (*SETTINGS, f"port={port}", f"unix_socket_directories={directory}"))
        try:
            _run(user, control, "-D", data, "-l", str(directory / "log"), "-o", options, "-w", "-t", "60", "start")
            yield Cluster(programs, user, port)
        finally:
            with suppress(Unavailable):
                _run(user, control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
