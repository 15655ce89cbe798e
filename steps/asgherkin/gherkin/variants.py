"""On which of a run's clients a scenario runs: on all, unless its tags or its steps say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

IN_PROCESS = "in_process"
CLIENTS_OF_TAG = {
    "async_client": ("async",),
    "test_client": ("test",),
    "live_client": ("live",),
    IN_PROCESS: ("async", "test"),
}


class Variant(NamedTuple):
    """A client that a scenario runs on. `skip` says why it is not run, or is ""."""

    name: str
    several: bool
    """Whether the run has other clients too."""
    skip: str = ""

    @property
    def label(self) -> str:
        """What an id ends in."""
        return f"[{self.name}]" if self.several else ""


class Variants(NamedTuple):
    """The clients of a run. `named_client` finds the client that the texts of a scenario's steps name, or ""."""

    names: tuple[str, ...]
    named_client: Callable[[Iterable[str]], str]

    def of(self, tags: Iterable[str], texts: Iterable[str]) -> Sequence[Variant]:
        """A variant for each client that a scenario runs on; a skipped one where it runs on none of them."""
        several = len(self.names) > 1
        named = self.named_client(texts)
        if named:
            return [Variant(named, several)]
        restricting = [tag for tag in tags if tag in CLIENTS_OF_TAG]
        allowed = {client for tag in restricting for client in CLIENTS_OF_TAG[tag]}
        chosen = [client for client in self.names if client in allowed] if restricting else self.names
        if chosen:
            return [Variant(client, several) for client in chosen]
        return [Variant(self.names[0], several, self._why_skipped(restricting, sorted(allowed)))]

    def _why_skipped(self, tags: Sequence[str], allowed: Sequence[str]) -> str:
        what = "client" if len(allowed) == 1 else "clients"
        shown = ", ".join(f"@{tag}" for tag in tags)
        why = f"only on the {what} {' and '.join(allowed)} ({shown}); this run uses {', '.join(self.names)}"
        return f"not observable here: {why}" if IN_PROCESS in tags else why


variants_key = pytest.StashKey[Variants]()
_variant_key = pytest.StashKey[Variant]()


def set_variant(item: pytest.Item, variant: Variant) -> None:
    """Let an item be a scenario's variant."""
    if variant.several:
        item.stash[_variant_key] = variant
    if variant.skip:
        item.add_marker(pytest.mark.skip(reason=variant.skip))


def variant_of(item: pytest.Item) -> str:
    """The name of the variant that an item is; "" where there is one only, and for other tests."""
    variant = item.stash.get(_variant_key, None)
    return variant.name if variant is not None else ""
