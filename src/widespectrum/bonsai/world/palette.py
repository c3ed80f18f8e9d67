"""Colours: the named ones of the captions, and the little arithmetic that the drawings need.

A colour is a tuple of three integers 0..255 (sRGB). The named colours are the ones a caption may
ask for; they are far enough apart to be told from one another at 64 pixels.
"""

from __future__ import annotations

import colorsys
from typing import TypeAlias

RGB: TypeAlias = tuple[int, int, int]

COLOURS: dict[str, RGB] = {
    "red": (222, 62, 56),
    "orange": (244, 142, 48),
    "yellow": (250, 208, 70),
    "green": (86, 172, 84),
    "teal": (44, 168, 166),
    "blue": (66, 118, 220),
    "purple": (142, 92, 200),
    "pink": (244, 138, 178),
    "white": (246, 244, 238),
    "brown": (148, 98, 64),
    "grey": (146, 150, 160),
    "black": (54, 52, 64),
}
"""Every colour a thing may have, by the name that captions use."""

INK: RGB = (44, 38, 48)
PAPER: RGB = (252, 250, 245)


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """The colour ``share`` of the way from ``first`` to ``second`` (0..1)."""
    keep = 1.0 - share
    return (
        int(first[0] * keep + second[0] * share),
        int(first[1] * keep + second[1] * share),
        int(first[2] * keep + second[2] * share),
    )


def tint(colour: RGB, share: float) -> RGB:
    """Mixed with white."""
    return mix(colour, (255, 255, 255), share)


def shade(colour: RGB, share: float) -> RGB:
    """Mixed with a dark plum rather than black: shadows with a colour look alive."""
    return mix(colour, (30, 18, 44), share)


def from_hsv(hue: float, saturation: float, value: float) -> RGB:
    """The colour of a hue (turns, any real), saturation and value (0..1)."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return (int(255 * red), int(255 * green), int(255 * blue))


def hue_of(colour: RGB) -> float:
    """Hue in turns, 0..1."""
    return colorsys.rgb_to_hsv(colour[0] / 255, colour[1] / 255, colour[2] / 255)[0]


def lightness(colour: RGB) -> float:
    """Perceived lightness 0..1 (Rec. 601 luma)."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def clamp(colour: tuple[float, float, float]) -> RGB:
    """Rounded into the range of a byte."""
    red, green, blue = (min(255, max(0, int(value))) for value in colour)
    return (red, green, blue)
