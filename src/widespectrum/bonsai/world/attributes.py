"""The twelve aesthetic attributes of the world, their levels, and the effects that lower them.

An attribute is low in a picture exactly when one of its effects is drawn. Effects carry the keys of
`widespectrum.aesthetics`: what a prompt asks for and what the world drew have one name.
"""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """How much of an attribute a picture has, numbered as judges rate: 0, 1, 2."""

    LOW = 0
    NEUTRAL = 1
    HIGH = 2


EFFECTS: dict[str, tuple[str, ...]] = {
    "clarity": (
        "motion-blur",
        "missed-focus",
        "camera-shake",
        "greasy-lens",
        "fogged-glass",
        "upscaled-thumbnail",
        "ghosting",
        "double-exposure",
    ),
    "grain": ("film-grain", "sensor-noise", "compression-blocks", "pixelation", "scanlines"),
    "brightness": (
        "underexposure",
        "crushed-shadows",
        "unlit-night",
        "silhouettes",
        "heavy-vignette",
        "dim-bulb",
        "dark-smoke",
        "charcoal-palette",
    ),
    "harmony": (
        "clashing-neon",
        "sickly-cast",
        "bleeding-saturation",
        "mud-mixture",
        "mixed-white-balance",
        "color-banding",
        "wrong-colors",
        "faded-colors",
        "color-fringes",
        "blown-highlights",
        "light-leak",
    ),
    "lighting": (
        "shadowless",
        "flat-ambient",
        "cut-paper",
        "scanned-look",
        "no-highlights",
        "gray-overcast",
    ),
    "prominence": (
        "tiny-subject",
        "cropped-subject",
        "hidden-subject",
        "camouflaged-subject",
        "wrong-focus",
        "many-equals",
        "empty-center",
        "accidental-snapshot",
    ),
    "richness": (
        "bare-canvas",
        "primitive-shapes",
        "two-tones",
        "abandoned-sketch",
        "random-scribble",
        "uniform-texture",
        "placeholder-fill",
        "bare-abstraction",
    ),
    "background": (
        "white-void",
        "flat-fill",
        "muddy-smear",
        "trash-clutter",
        "stained-wall",
        "collage-backdrop",
        "blown-out-backdrop",
        "cut-out-halo",
        "background-intruder",
    ),
    "detail": (
        "scribbled-strokes",
        "smeared-textures",
        "jagged-edges",
        "missing-parts",
        "half-rendered",
        "torn-tiles",
        "shattered-shards",
        "low-polygon",
        "crude-lumps",
    ),
    "realism": (
        "melting-forms",
        "warped-lines",
        "extra-parts",
        "plastic-surfaces",
        "wrong-shadows",
    ),
    "emotion": (
        "grief",
        "hostility",
        "terror",
        "empty-stare",
        "loneliness",
        "abandonment",
        "decay",
        "menace",
        "disgust",
        "mourning",
        "nightmare",
    ),
    "pairing": (
        "wrong-sizes",
        "floating-items",
        "awkward-overlaps",
        "crowded-jumble",
        "unrelated-props",
        "surreal-pairing",
        "lopsided-weight",
        "tilted-horizon",
    ),
}
"""Every effect that the world draws, by the attribute that it lowers."""

ATTRIBUTES: tuple[str, ...] = tuple(EFFECTS)
"""The attributes in a fixed order, which is also that of drawing up a scene's effects."""

ATTRIBUTE_OF: dict[str, str] = {
    effect: attribute for attribute, effects in EFFECTS.items() for effect in effects
}
"""The attribute that an effect lowers. In the order of `ATTRIBUTES`."""

ADDITIVE = ("clarity", "grain", "realism", "pairing")
"""Attributes of which one picture may show several effects. Elsewhere the second would hide or undo
the first: a white void and a heap of trash."""

_NEEDS_THINGS = {
    "silhouettes",
    "clashing-neon",
    "wrong-colors",
    "shadowless",
    "flat-ambient",
    "cut-paper",
    "missing-parts",
    "crude-lumps",
    "extra-parts",
    "plastic-surfaces",
    "wrong-shadows",
}
"""Effects on things by themselves, or on how a place is painted."""

CRITIQUE_EFFECTS: tuple[str, ...] = (
    *(
        effect
        for attribute in (
            "clarity",
            "grain",
            "brightness",
            "harmony",
            "lighting",
            "detail",
            "realism",
        )
        for effect in EFFECTS[attribute]
        if effect not in _NEEDS_THINGS
    ),
    "tilted-horizon",
)
"""Effects that scenes of social critique can have: those that work on a finished picture."""

CRITIQUE_HIGHS = ("clarity", "grain", "brightness", "detail")
"""Attributes that can be high in scenes of social critique."""

FACIAL_EFFECTS: dict[str, str] = {
    "grief": "sad",
    "hostility": "angry",
    "terror": "fearful",
    "empty-stare": "calm",
}
"""Effects that show only on people, and the emotion of the face that shows them."""
