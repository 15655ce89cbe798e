"""The garbage collector is left as it was found."""

from __future__ import annotations

import gc

import pytest

from asgherkin.report.garbage import no_collector


@pytest.mark.parametrize("was_on", [True, False], ids=["on", "off"])
def test_the_collector_is_off_for_a_while(*, was_on: bool) -> None:
    """And then as it was, also where what is done meanwhile goes wrong."""
    before = gc.isenabled()
    seen: list[bool] = []
    (gc.enable if was_on else gc.disable)()

    with pytest.raises(ValueError, match="wrong"), no_collector():
        _fail(seen)
    after = gc.isenabled()
    (gc.enable if before else gc.disable)()

    assert (seen, after) == ([False], was_on)


def _fail(seen: list[bool]) -> None:
    seen.append(gc.isenabled())
    raise ValueError("wrong")
