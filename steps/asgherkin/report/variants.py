"""A pickle for each variant that a scenario is run in, with the variant in its id; in its name where there are more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgherkin.gherkin.variants import Variant, Variants
    from asgherkin.report.pickles import FeatureMessages, Message, Pickled


def varied(feature: FeatureMessages, variants: Variants) -> FeatureMessages:
    """The messages of a feature file, its scenarios' variants in them.

    A run on one client names none. Its pickles' ids do, so that merged with a run on another they stay two.
    """
    known = iter(feature.pickles)
    envelopes: list[Message] = []
    pickles: list[Pickled] = []
    for envelope in feature.envelopes:
        if "pickle" in envelope:
            for pickle, one in _varied(envelope["pickle"], next(known), variants):
                envelopes.append({"pickle": pickle})
                pickles.append(one)
        else:
            envelopes.append(envelope)
    return feature._replace(envelopes=envelopes, pickles=pickles)


def _varied(pickle: Message, known: Pickled, variants: Variants) -> Iterator[tuple[Message, Pickled]]:
    tags = [tag["name"].removeprefix("@") for tag in pickle["tags"]]
    for variant in variants.of(tags, (step.text for step in known.steps)):
        yield _message(pickle, variant), _known(known, variant)


def _message(pickle: Message, variant: Variant) -> Message:
    return {
        **pickle,
        "id": _id(pickle["id"], variant),
        "name": f"{pickle['name']} {variant.label}" if variant.label else pickle["name"],
        "steps": [{**step, "id": _id(step["id"], variant)} for step in pickle["steps"]],
    }


def _known(known: Pickled, variant: Variant) -> Pickled:
    steps = tuple(step._replace(id=_id(step.id, variant)) for step in known.steps)
    return known._replace(id=_id(known.id, variant), steps=steps, variant=variant.name if variant.several else "")


def _id(id_: str, variant: Variant) -> str:
    return f"{id_}-{variant.name}"


def told_apart(pickles: list[Message]) -> list[Message]:
    """The pickles of merged runs: of those of one scenario that share a name, each with its variant."""
    variants: dict[tuple[str, ...], set[str]] = {}
    for one in pickles:
        variants.setdefault(_scenario(one), set()).add(one["id"])
    return [_named(one) if len(variants[_scenario(one)]) > 1 else one for one in pickles]


def _scenario(pickle: Message) -> tuple[str, ...]:
    return (pickle["uri"], pickle["name"], *pickle.get("astNodeIds", ()))


def _named(pickle: Message) -> Message:
    return {**pickle, "name": f"{pickle['name']} [{pickle['id'].rpartition('-')[2]}]"}
