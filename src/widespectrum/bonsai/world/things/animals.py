"""Animals: cat, dog, fish, bird."""

from __future__ import annotations

import math
from random import Random

from widespectrum.bonsai.world.palette import INK, RGB, lightness, shade, tint
from widespectrum.bonsai.world.pen import Pen

BEAK: RGB = (246, 160, 48)
NOSE: RGB = (236, 124, 134)
SNOUT: RGB = (58, 44, 52)


def _features(colour: RGB) -> RGB:
    """A colour for whiskers and mouth that stands out from the fur."""
    return (226, 220, 214) if lightness(colour) < 0.35 else INK


def cat(pen: Pen, colour: RGB, dice: Random) -> None:
    """A cat that sits and looks at you."""
    line, belly = _features(colour), tint(colour, 0.5)
    pen.curve(lambda t: (0.42 + 0.46 * math.sin(2.7 * t), 0.9 - 1.0 * t), 0.17, shade(colour, 0.18))
    pen.oval(0, 0.55, 0.5, 0.47, colour)
    pen.oval(0, 0.66, 0.29, 0.32, belly)
    for side in (-1, 1):
        pen.polygon([(side * 0.52, -0.98), (side * 0.56, -0.28), (side * 0.06, -0.58)], colour)
        pen.polygon([(side * 0.46, -0.82), (side * 0.46, -0.46), (side * 0.2, -0.6)], NOSE)
        pen.oval(side * 0.22, 0.93, 0.18, 0.1, tint(colour, 0.25))
    pen.oval(0, -0.24, 0.58, 0.48, colour)
    pen.polygon([(-0.12, -0.7), (0, -0.46), (0.12, -0.7)], shade(colour, 0.2))
    for side in (-1, 1):
        pen.oval(side * 0.24, -0.28, 0.14, 0.16, (250, 246, 190))
        pen.oval(side * 0.22, -0.27, 0.075, 0.145, INK)
        pen.dot(side * 0.22 - 0.03, -0.34, 0.04, (255, 255, 255))
        pen.stroke([(side * 0.3, -0.02), (side * 0.72, -0.1)], 0.03, line)
        pen.stroke([(side * 0.3, 0.04), (side * 0.7, 0.08)], 0.03, line)
    pen.polygon([(-0.09, -0.12), (0.09, -0.12), (0, -0.02)], NOSE)
    pen.stroke([(-0.16, 0.02), (-0.08, 0.09), (0, 0.0), (0.08, 0.09), (0.16, 0.02)], 0.04, line)


def dog(pen: Pen, colour: RGB, dice: Random) -> None:
    """A dog that sits, ears down, tongue out."""
    ear, muzzle = shade(colour, 0.38), tint(colour, 0.62)
    pen.curve(lambda t: (-0.4 - 0.36 * t, 0.72 - 0.42 * t * t), 0.16, colour)
    pen.oval(0, 0.55, 0.48, 0.47, colour)
    pen.oval(0, 0.64, 0.26, 0.34, muzzle)
    for side in (-1, 1):
        pen.oval(side * 0.24, 0.92, 0.2, 0.11, tint(colour, 0.2))
    pen.oval(0, -0.34, 0.5, 0.5, colour)
    for side in (-1, 1):
        pen.oval(side * 0.54, -0.22, 0.2, 0.46, ear)
    pen.oval(0.2, -0.46, 0.22, 0.24, ear)
    pen.oval(0, -0.1, 0.32, 0.26, muzzle)
    pen.oval(0, 0.17, 0.1, 0.15, (236, 96, 112))
    pen.oval(0, -0.02, 0.27, 0.13, muzzle)
    pen.oval(0, -0.22, 0.14, 0.1, SNOUT)
    pen.stroke([(0, -0.14), (0, 0.02)], 0.035, SNOUT)
    for side in (-1, 1):
        pen.dot(side * 0.2, -0.44, 0.1, (255, 255, 255))
        pen.dot(side * 0.2, -0.42, 0.075, SNOUT)
        pen.dot(side * 0.2 - 0.025, -0.46, 0.03, (255, 255, 255))
    pen.round_box(
        -0.32, 0.28, 0.32, 0.38, 0.05, (224, 70, 70) if colour[0] < 200 else (70, 120, 214)
    )
    pen.dot(0, 0.4, 0.08, (250, 208, 80))


def fish(pen: Pen, colour: RGB, dice: Random) -> None:
    """A fish, and the bubbles it blows."""
    fin = shade(colour, 0.24)
    pen.polygon([(-0.42, 0.1), (-0.98, -0.42), (-0.84, 0.1), (-0.98, 0.62)], fin)
    pen.polygon([(-0.3, -0.2), (0.0, -0.78), (0.42, -0.64), (0.36, -0.2)], fin)
    pen.polygon([(-0.15, 0.4), (-0.05, 0.86), (0.25, 0.45)], fin)
    pen.oval(0.12, 0.1, 0.72, 0.5, colour)
    pen.oval(0.16, 0.32, 0.56, 0.24, tint(colour, 0.4))
    for x in (-0.3, -0.08, 0.14):
        scale = [(x, -0.2), (x + 0.085, -0.06), (x + 0.12, 0.08), (x + 0.085, 0.22), (x, 0.36)]
        pen.stroke(scale, 0.06, shade(colour, 0.2))
    pen.polygon([(0.16, 0.16), (-0.12, 0.38), (0.2, 0.36)], shade(colour, 0.34))
    pen.dot(0.5, -0.02, 0.16, (255, 255, 255))
    pen.dot(0.54, -0.02, 0.09, INK)
    pen.dot(0.51, -0.06, 0.035, (255, 255, 255))
    pen.stroke([(0.62, 0.24), (0.74, 0.26), (0.82, 0.2)], 0.045, shade(colour, 0.6))
    for x, y, radius in ((0.92, -0.3, 0.08), (0.86, -0.56, 0.06), (0.96, -0.76, 0.04)):
        pen.dot(x, y, radius, (236, 248, 255))


def bird(pen: Pen, colour: RGB, dice: Random) -> None:
    """A round bird on thin legs."""
    wing = shade(colour, 0.3)
    pen.polygon([(-0.4, 0.2), (-1.0, -0.12), (-0.98, 0.1), (-0.84, 0.12), (-0.9, 0.34)], wing)
    for x in (-0.08, 0.16):
        pen.stroke([(x, 0.6), (x + 0.02, 0.97)], 0.06, BEAK)
        pen.stroke([(x - 0.08, 0.97), (x + 0.14, 0.97)], 0.05, BEAK)
    pen.polygon([(0.62, -0.46), (1.04, -0.26), (0.62, -0.14)], BEAK)
    pen.polygon([(0.62, -0.26), (1.02, -0.26), (0.62, -0.14)], shade(BEAK, 0.2))
    pen.oval(0, 0.2, 0.6, 0.48, colour)
    pen.dot(0.36, -0.3, 0.4, colour)
    pen.oval(0.16, 0.36, 0.4, 0.3, tint(colour, 0.55))
    pen.polygon([(-0.62, 0.06), (0.12, -0.02), (0.04, 0.34), (-0.3, 0.42)], wing)
    pen.stroke([(-0.44, 0.14), (0.0, 0.12)], 0.04, shade(colour, 0.5))
    pen.stroke([(0.2, -0.66), (0.12, -0.86)], 0.07, wing)
    pen.stroke([(0.28, -0.66), (0.3, -0.92)], 0.07, wing)
    pen.dot(0.5, -0.36, 0.12, (255, 255, 255))
    pen.dot(0.53, -0.36, 0.08, INK)
    pen.dot(0.5, -0.4, 0.03, (255, 255, 255))
    pen.dot(0.36, -0.18, 0.08, (246, 150, 150))
