"""What is kept for testing, by a rule that anyone can apply: a hash of what is shown or said.

Three things are reserved, so that a model is tested on what it has never been trained on:

* combinations of thing, colour and place: one in ten;
* pairs of effects in one picture: one in sixteen;
* wordings: about one in seven, but never all of one idea.

A scene is held out if its combination is reserved, or any pair of its effects. Everything else is
for training. The generator keeps to the first two alone: it must have met every name that it is
asked for. No list is stored and no seed is involved: the rule is the same for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import combinations
from typing import Literal, TypeAlias

from widespectrum.bonsai.world.scene import AnyScene, Scene

Split: TypeAlias = Literal["train", "test"]

_COMBINATIONS = 10
_EFFECT_PAIRS = 16
_WORDINGS = 7


def _fate(*names: str) -> int:
    return int.from_bytes(sha256("/".join(names).encode()).digest()[:8], "big")


def held_out_combination(kind: str, colour: str, place: str) -> bool:
    """Whether this thing in this colour in this place is reserved for testing."""
    return _fate("combination", kind, colour, place) % _COMBINATIONS == 0


def held_out_effects(effects: Sequence[str]) -> bool:
    """Whether any two of these effects are reserved for testing."""
    return any(
        _fate("effects", *pair) % _EFFECT_PAIRS == 0 for pair in combinations(sorted(effects), 2)
    )


def held_out(scene: AnyScene) -> bool:
    """Whether the scene is reserved for testing.

    A companion counts like the subject. Scenes of social critique have no combination of the first
    kind; they are reserved by their effects, and by which of their elements are there.
    """
    if held_out_effects(scene.look.effects):
        return True
    if isinstance(scene, Scene):
        things = [scene.subject] + ([scene.companion] if scene.companion else [])
        return any(held_out_combination(t.kind, t.colour, scene.place) for t in things)
    return _fate("elements", scene.topic, *scene.elements) % _COMBINATIONS == 0


def wordings_for(wordings: Sequence[str], split: Split | None) -> tuple[str, ...]:
    """Those of an idea's wordings that may be used.

    Args:
        wordings: all wordings of one idea.
        split: ``train`` leaves the reserved ones out; ``test`` gives the reserved ones, or all of
            them where none is; ``None`` gives all.
    """
    if split is None or len(wordings) < 2:
        return tuple(wordings)
    fates = [_fate("wording", wording) for wording in wordings]
    spared = max(fates)
    reserved = [
        wording
        for wording, fate in zip(wordings, fates, strict=True)
        if fate % _WORDINGS == 0 and fate != spared
    ]
    if split == "test":
        return tuple(reserved or wordings)
    return tuple(wording for wording in wordings if wording not in reserved)
