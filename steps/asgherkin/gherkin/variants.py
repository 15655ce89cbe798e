"""In which variants a scenario is run: a port, for what tells them apart is no matter of Gherkin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

from asgherkin.gherkin.bdd import template_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PARAMETER = "_asgherkin_variant"


class Variant(NamedTuple):
    """One way to run a scenario. `skip` says why it is not run, or is ""."""

    name: str
    several: bool
    """Whether the run has other variants too."""
    skip: str = ""

    @property
    def label(self) -> str:
        """What an id ends in."""
        return f"[{self.name}]" if self.several else ""


class Variants(Protocol):
    """What knows the variants of a run."""

    @property
    def names(self) -> Sequence[str]:
        """Those that a scenario is run in, unless it says otherwise."""

    def of(self, tags: Iterable[str], texts: Iterable[str]) -> Sequence[Variant]:
        """The variants of a scenario with these tags (without @) and texts of steps: at least one."""


variants_key = pytest.StashKey[Variants]()
_variant_key = pytest.StashKey[Variant]()


def put_down(item: pytest.Item, variant: Variant) -> None:
    """Let an item be a scenario's variant."""
    if variant.several:
        item.stash[_variant_key] = variant
    if variant.skip:
        item.add_marker(pytest.mark.skip(reason=variant.skip))


def variant_of(item: pytest.Item) -> str:
    """The name of the variant that an item is; "" where there is one only, and for other tests."""
    variant = item.stash.get(_variant_key, None)
    return variant.name if variant is not None else ""


def vary_bound(metafunc: pytest.Metafunc) -> None:
    """Let a scenario that a test module binds be collected once for each variant."""
    names = metafunc.config.stash[variants_key].names
    if len(names) > 1 and template_of(metafunc.function) is not None:
        metafunc.fixturenames.append(_PARAMETER)
        metafunc.parametrize(_PARAMETER, names)


def settle_bound(item: pytest.Item, variants: Sequence[Variant], names: Sequence[str]) -> bool:
    """Let a bound scenario's item be its variant; False where it is one that the scenario does not have."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    collected_for = parameters.get(_PARAMETER, names[0])
    # A scenario may have one variant only, and another than the run has: it takes the place of the first.
    at = names[0] if variants[0].name not in names else None
    for variant in variants:
        if collected_for == (at or variant.name):
            put_down(item, variant)
            return True
    return False
