"""Which colours a scene is painted with: the place's own, bent by mood and by harmony."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from widespectrum.bonsai.world.attributes import Level
from widespectrum.bonsai.world.palette import RGB, clamp, from_hsv, hue_of, mix
from widespectrum.bonsai.world.places import Palette
from widespectrum.bonsai.world.scene import Look

_MOODS: dict[str, tuple[RGB, RGB, RGB, RGB, float]] = {
    # sky, haze, near, earth, and how much of them
    "sad": ((92, 104, 126), (150, 158, 172), (112, 124, 120), (78, 88, 96), 0.68),
    "angry": ((104, 14, 18), (236, 88, 36), (112, 44, 34), (58, 18, 22), 0.74),
    "fearful": ((34, 20, 62), (98, 78, 128), (54, 54, 74), (24, 22, 40), 0.78),
}


def palette_for(own: Palette, look: Look, subject: RGB, dice: Random) -> Palette:
    """The colours of a place under the scene's look.

    Args:
        own: the place's own colours.
        look: the scene's look.
        subject: the colour of the main object, which harmonious surroundings echo.
        dice: a stream of the scene's.
    """
    palette = _jittered(own, dice)
    if look.mood == "happy":
        palette = replace(palette, haze=mix(palette.haze, (255, 244, 200), 0.45))
    if look.mood in _MOODS:
        sky, haze, near, earth, share = _MOODS[look.mood]
        palette = _towards(palette, Palette(sky, haze, near, earth, (near, sky, earth)), share)
    if look.level("harmony") is Level.HIGH:
        palette = _harmonious(palette, hue_of(subject), dice)
    if look.shows("clashing-neon"):
        palette = _clashing(palette, dice)
    if look.shows("wrong-colors"):
        palette = _turned(palette, dice.uniform(0.38, 0.62))
    return palette


def _jittered(palette: Palette, dice: Random) -> Palette:
    def near(colour: RGB) -> RGB:
        return clamp(tuple(value + dice.randint(-9, 9) for value in colour))  # type: ignore[arg-type]

    return replace(
        palette,
        sky=near(palette.sky),
        haze=near(palette.haze),
        near=near(palette.near),
        earth=near(palette.earth),
    )


def _towards(palette: Palette, other: Palette, share: float) -> Palette:
    accents = tuple(
        mix(a, b, share * 0.5) for a, b in zip(palette.accents, other.accents, strict=True)
    )
    return Palette(
        sky=mix(palette.sky, other.sky, share),
        haze=mix(palette.haze, other.haze, share),
        near=mix(palette.near, other.near, share),
        earth=mix(palette.earth, other.earth, share),
        accents=(accents[0], accents[1], accents[2]),
        wood=mix(palette.wood, other.earth, share),
        leaf=mix(palette.leaf, other.near, share),
    )


def _harmonious(palette: Palette, hue: float, dice: Random) -> Palette:
    """Neighbours of the subject's hue, in soft steps from light to dark."""

    def tone(shift: float, saturation: float, value: float) -> RGB:
        return from_hsv(hue + shift + dice.uniform(-0.015, 0.015), saturation, value)

    return replace(
        palette,
        sky=mix(palette.sky, tone(0.06, 0.3, 0.98), 0.66),
        haze=mix(palette.haze, tone(0.02, 0.12, 1.0), 0.66),
        near=mix(palette.near, tone(-0.03, 0.34, 0.86), 0.62),
        earth=mix(palette.earth, tone(-0.06, 0.46, 0.66), 0.62),
        accents=(tone(-0.08, 0.4, 0.98), tone(0.0, 0.25, 1.0), tone(0.08, 0.45, 0.95)),
        wood=mix(palette.wood, tone(-0.04, 0.5, 0.5), 0.5),
        leaf=mix(palette.leaf, tone(-0.05, 0.45, 0.6), 0.55),
    )


def _clashing(palette: Palette, dice: Random) -> Palette:
    """Acid neon, each colour against its neighbours."""
    hue = dice.random()

    def neon(shift: float, value: float = 1.0) -> RGB:
        return from_hsv(hue + shift + dice.uniform(-0.03, 0.03), 1.0, value)

    return replace(
        palette,
        sky=neon(0.0),
        haze=neon(0.17),
        near=neon(0.45),
        earth=neon(0.62, 0.95),
        accents=(neon(0.25), neon(0.5), neon(0.8)),
        wood=neon(0.1),
        leaf=neon(0.3),
    )


def _turned(palette: Palette, turn: float) -> Palette:
    """Every hue turned by the same amount, far from where it belongs."""

    def other(colour: RGB) -> RGB:
        high, low = max(colour) / 255, min(colour) / 255
        saturation = max(0.42, 1 - low / high if high else 0)
        return from_hsv(hue_of(colour) + turn, saturation, max(0.35, high))

    return Palette(
        sky=other(palette.sky),
        haze=mix(other(palette.haze), (255, 255, 255), 0.3),
        near=other(palette.near),
        earth=other(palette.earth),
        accents=(other(palette.accents[0]), other(palette.accents[1]), other(palette.accents[2])),
        wood=other(palette.wood),
        leaf=other(palette.leaf),
    )
