"""Templates are compiled once: what comes of it is kept where Python keeps what comes of modules, and as it does so."""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache

if TYPE_CHECKING:
    from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """Files beside the modules' own: in `__pycache__`, or below `sys.pycache_prefix`.

    So nobody may write them who may not write the toolkit itself. Where they cannot be written, or must not
    (`sys.dont_write_bytecode`), each page compiles its templates.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is where the templates are."""
        self._folder = folder
        self._jinja = version("jinja2")

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's own call
        """A template's file is known by its name."""
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Reads what was made of this very text, with these settings and by this Jinja."""
        with suppress(OSError, NotImplementedError, ValueError, EOFError, TypeError):
            made_of, code = marshal.loads(self._path(bucket).read_bytes())  # noqa: S302 - as trusted as a .pyc
            bucket.code = code if made_of == self._made_of(bucket) else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Writes it in one go, so that nobody reads half of it."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError, NotImplementedError):
            path = self._path(bucket)
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"{path.name}.{os.getpid()}")
            unfinished.write_bytes(marshal.dumps((self._made_of(bucket), bucket.code)))
            unfinished.replace(path)

    def _path(self, bucket: Bucket) -> Path:
        return Path(cache_from_source(str(self._folder / bucket.key)))

    def _made_of(self, bucket: Bucket) -> str:
        environment = bucket.environment
        settings = (environment.autoescape, environment.trim_blocks, environment.lstrip_blocks)
        return f"{bucket.checksum} {settings} Jinja {self._jinja}"
