"""What the world draws for training: families, one scene in four variants.

========  ==================================================================================
original  an ordinary picture; its captions say what it shows, and little of how it looks
anti      the same scene with one to four effects that a prompt asked for
restyled  the same things in the same place, seen another time, in a look of its own
altered   other things, or another place, in the look of the original or of the anti variant
========  ==================================================================================

Whoever tells a family's variants apart has to look at what is shown and at how it looks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai.language import Style, caption, content, vocabulary
from widespectrum.bonsai.sampling import ORDINARY, TRAINING, sample_scene
from widespectrum.bonsai.splits import Split, held_out
from widespectrum.bonsai.world import (
    ATTRIBUTE_DIMENSION,
    ATTRIBUTE_OF,
    ATTRIBUTES,
    AnyScene,
    Look,
    Scene,
    Thing,
    render,
    with_effects,
)
from widespectrum.bonsai.world import VERSION as WORLD_VERSION
from widespectrum.errors import BadInput

VARIANTS = ("original", "anti", "restyled", "altered")
ORIGINAL, ANTI, RESTYLED, ALTERED = range(4)

WORDINGS = 4
"""Captions of each variant; in the first half effects are named as the template writer does."""

VERSION = 1
"""Counts changes here after which the same seed gives another family."""

_ORIGINALS = replace(ORDINARY, critique=0.04)
_LOOKS = replace(TRAINING, number_of_effects=(0.0, 0.3, 0.35, 0.25, 0.1))
_RESTYLED = replace(TRAINING, number_of_effects=(0.5, 0.2, 0.15, 0.1, 0.05))

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Family:
    """One scene in four variants."""

    images: Array
    """``(variants, 64, 64, 3)`` bytes."""
    captions: tuple[tuple[str, ...], ...]
    """`WORDINGS` captions of each variant."""
    levels: Array
    """``(variants, attributes)``: -1 low, 0 neutral, 1 high."""
    content: Array
    """``(variants, 4)``: subject, colour, place, companion, as numbers that are equal where the
    variants show the same."""
    dimensions: tuple[str, ...]
    """What the anti variant's prompt asks for."""


def draw_family(seed: int, split: Split, index: int) -> Family:
    """Family `index` of a corpus; every one has a stream of its own.

    Args:
        seed: of the corpus.
        split: which scenes and which wordings; in the test split at least the original or the anti
            scene is one that no model was trained on.
        index: of the family.
    """
    dice = Random(f"family/{seed}/{split}/{index}")  # noqa: S311  (pictures, not secrets)
    original, anti = _pair(dice, split)
    scenes = (
        original,
        anti,
        _restyled(original, dice, split),
        _altered(original, anti, dice, split),
    )
    added = [effect for effect in anti.look.effects if effect not in original.look.effects]
    return Family(
        images=np.stack([render(scene) for scene in scenes]),
        captions=tuple(
            _captions(scene, dice, split, plain=variant == ORIGINAL)
            for variant, scene in enumerate(scenes)
        ),
        levels=np.array([levels_of(scene) for scene in scenes], dtype=np.int8),
        content=np.array([_content(scene) for scene in scenes], dtype=np.int32),
        dimensions=tuple(sorted({ATTRIBUTE_DIMENSION[ATTRIBUTE_OF[effect]] for effect in added})),
    )


def identity() -> str:
    """Of everything besides seed and index that decides a family."""
    recipes = repr((_ORIGINALS, _LOOKS, _RESTYLED))
    parts = [VERSION, WORLD_VERSION, vocabulary().fingerprint, recipes]
    return sha256(json.dumps(parts).encode()).hexdigest()


def facet(name: str) -> int:
    """The number that stands for what a picture shows, in `Family.content`."""
    return crc32(name.encode()) >> 1


def beside(kind: str, colour: str, relation: str) -> str:
    """What the facet of a companion is called."""
    return f"{kind} {colour} {relation}"


def _pair(dice: Random, split: Split) -> tuple[AnyScene, AnyScene]:
    while True:
        original = sample_scene(dice, _ORIGINALS)
        anti = _lowered(original, dice)
        reserved = held_out(original) or held_out(anti)
        if anti is not original and reserved == (split == "test"):
            return original, anti


def _restyled(original: AnyScene, dice: Random, split: Split) -> AnyScene:
    while True:
        look = sample_scene(dice, _RESTYLED).look
        scene = _with_look(replace(original, seed=sample_scene(dice).seed), look)
        if scene is not None and _allowed(scene, split):
            return scene


def _altered(original: AnyScene, anti: AnyScene, dice: Random, split: Split) -> AnyScene:
    look = dice.choice((original, anti)).look
    while True:
        other = sample_scene(dice, _ORIGINALS)
        if isinstance(other, Scene) and isinstance(original, Scene):
            # Half of what is shown stays, so that no single word gives the answer.
            subject = Thing(
                dice.choice((original, other)).subject.kind,
                dice.choice((original, other)).subject.colour,
            )
            if other.framing == "scene":
                place = dice.choice((original, other)).place
                other = replace(other, subject=subject, place=place)
        scene = _with_look(other, look)
        changed = scene is not None and _content(scene) != _content(original)
        if scene is not None and changed and _allowed(scene, split):
            return scene


def _lowered(scene: AnyScene, dice: Random) -> AnyScene:
    """The scene with effects of a look drawn; the scene itself if it cannot show them."""
    try:
        return with_effects(scene, sample_scene(dice, _LOOKS).look.effects)
    except BadInput:
        return scene


def _with_look(scene: AnyScene, look: Look) -> AnyScene | None:
    """The scene in that look; ``None`` if it cannot be seen so."""
    try:
        return replace(scene, look=look)
    except BadInput:
        return None


def _allowed(scene: AnyScene, split: Split) -> bool:
    return split == "test" or not held_out(scene)


def _captions(scene: AnyScene, dice: Random, split: Split, *, plain: bool) -> tuple[str, ...]:
    styles: Sequence[Style] = ("written", "written", "short", "short")
    seeds = [dice.getrandbits(32) for _ in styles]
    said = [
        caption(scene, seed, style=style, split=split)
        for seed, style in zip(seeds, styles, strict=True)
    ]
    if plain:  # half of the people say nothing of looks
        said[:2] = [content(scene, seed, split=split) for seed in seeds[:2]]
    return tuple(said)


def levels_of(scene: AnyScene) -> list[int]:
    """Of all attributes: -1 low, 0 neutral, 1 high."""
    return [int(scene.level(attribute)) - 1 for attribute in ATTRIBUTES]


def _content(scene: AnyScene) -> list[int]:
    if isinstance(scene, Scene):
        other = scene.companion
        companion = beside(other.kind, other.colour, scene.relation or "") if other else ""
        facets = (scene.subject.kind, scene.subject.colour, scene.place, companion)
    else:
        facets = (scene.topic, "critique", *_halves(scene.elements))
    return [facet(name) for name in facets]


def _halves(elements: Sequence[str]) -> tuple[str, str]:
    return " ".join(elements[::2]), " ".join(elements[1::2])
