"""The project's dimensions and the world's attributes: which is which, both ways.

The world draws effects under the keys that `widespectrum.aesthetics` gives them. What it cannot
draw is listed with the reason, never drawn as something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from widespectrum.aesthetics import Dimension, Dimensions
from widespectrum.bonsai.world.attributes import ATTRIBUTE_OF, ATTRIBUTES, Level
from widespectrum.bonsai.world.scene import AnyScene

DIMENSION_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "background": ("background",),
    "clarity": ("clarity", "grain"),
    "color aesthetic": ("harmony",),
    "color brightness": ("brightness",),
    "detail realism": ("realism",),
    "detail refinement": ("detail",),
    "emotion": ("emotion",),
    "lighting distinction": ("lighting",),
    "main object": ("prominence",),
    "object pairing": ("pairing",),
    "richness": ("richness",),
}
"""The attributes that make up each dimension, in the paper's order of dimensions."""

ATTRIBUTE_DIMENSION: dict[str, str] = {
    attribute: dimension
    for dimension, attributes in DIMENSION_ATTRIBUTES.items()
    for attribute in attributes
}
"""The dimension that each attribute belongs to."""

UNSUPPORTED_DIMENSIONS: dict[str, str] = {
    "symmetry": "the world's things have no symmetric parts that could come apart",
    "lighting aesthetic": "the world has one lamp; whether light is beautiful is not its to vary",
}
"""Known dimensions that the world has no attribute for, and why."""

UNSUPPORTED_EFFECTS: dict[str, str] = {
    "merged-parts": "things are drawn one by one and cannot grow together",
    "garbled-text": "nothing in the world carries writing",
    "impossible-joins": "things have no joints that could be wrong",
    "touching-edges": "64 pixels cannot tell a touch by accident from a thing standing near",
    "no-reflections": "nothing in an ordinary picture of the world reflects",
}
"""Effects of supported dimensions that the world cannot draw, and why."""


def unsupported(dimensions: Dimensions) -> dict[str, str]:
    """Every effect of these dimensions that the world cannot draw, and why.

    Effects that a user has added are among them: the world knows only those it was taught.
    """
    reasons = {}
    for key, dimension in dimensions.items():
        for effect in dimension.effects:
            if not _drawable(key, effect.key):
                reasons[effect.key] = UNSUPPORTED_EFFECTS.get(
                    effect.key,
                    UNSUPPORTED_DIMENSIONS.get(key, "the world was not taught this effect"),
                )
    return reasons


def drawable(dimensions: Dimensions) -> Dimensions:
    """The dimensions and effects that the world can draw: what a writer may ask of Bonsai."""
    return Dimensions(
        _restricted(dimension)
        for key, dimension in dimensions.items()
        if key in DIMENSION_ATTRIBUTES
    )


def _restricted(dimension: Dimension) -> Dimension:
    kept = tuple(e for e in dimension.effects if _drawable(dimension.key, e.key))
    conflicts = tuple(key for key in dimension.conflicts if key in DIMENSION_ATTRIBUTES)
    return replace(dimension, effects=kept, conflicts=conflicts)


def _drawable(dimension: str, effect: str) -> bool:
    attribute = ATTRIBUTE_OF.get(effect)
    return attribute is not None and ATTRIBUTE_DIMENSION[attribute] == dimension


def truth(scene: AnyScene) -> dict[str, Level]:
    """The level of every dimension in the picture: what a judge should say."""
    return dimension_levels({attribute: scene.level(attribute) for attribute in ATTRIBUTES})


def dimension_levels(levels: Mapping[str, Level]) -> dict[str, Level]:
    """Levels of attributes -> levels of dimensions.

    A dimension of two attributes is low if either is, and high only if neither is low.
    """
    found = {
        dimension: [levels[attribute] for attribute in attributes]
        for dimension, attributes in DIMENSION_ATTRIBUTES.items()
    }
    return {name: Level.LOW if Level.LOW in own else max(own) for name, own in found.items()}
