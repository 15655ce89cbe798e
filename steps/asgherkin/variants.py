"""On which of a run's clients a scenario runs: on all, unless its tags or its steps say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from asgherkin.gherkin.variants import Variant
from asgherkin.vocabulary.app import named_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IN_PROCESS = "in_process"
CLIENTS_OF_TAG = {
    "async_client": ("async",),
    "test_client": ("test",),
    "live_client": ("live",),
    IN_PROCESS: ("async", "test"),
}


class ClientVariants(NamedTuple):
    """The clients of a run. See `asgherkin.gherkin.variants.Variants`."""

    names: tuple[str, ...]

    def of(self, tags: Iterable[str], texts: Iterable[str]) -> Sequence[Variant]:
        """A variant for each client that a scenario runs on; one that is skipped where it runs on none of them."""
        several = len(self.names) > 1
        named = named_client(texts)
        if named:
            return [Variant(named, several)]
        restricting = [tag for tag in tags if tag in CLIENTS_OF_TAG]
        allowed = {client for tag in restricting for client in CLIENTS_OF_TAG[tag]}
        chosen = [one for one in self.names if one in allowed] if restricting else self.names
        if chosen:
            return [Variant(one, several) for one in chosen]
        return [Variant(self.names[0], several, self._why(restricting, sorted(allowed)))]

    def _why(self, tags: Sequence[str], allowed: Sequence[str]) -> str:
        what = "client" if len(allowed) == 1 else "clients"
        shown = ", ".join(f"@{tag}" for tag in tags)
        why = f"only on the {what} {' and '.join(allowed)} ({shown}); this run uses {', '.join(self.names)}"
        return f"not observable here: {why}" if IN_PROCESS in tags else why
