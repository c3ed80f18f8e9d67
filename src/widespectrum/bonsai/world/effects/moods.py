"""Unease that needs no face: loneliness, decay, menace, disgust, mourning and their like."""

from __future__ import annotations

import math
from random import Random

import numpy as np

from widespectrum.bonsai.world.pen import Pen
from widespectrum.bonsai.world.raster import (
    COLUMNS,
    OPAQUE,
    ROWS,
    Floats,
    blend,
    glow,
    grey,
    stencil,
)
from widespectrum.bonsai.world.view import Effects, View


def drained(pixels: Floats, view: View, dice: Random) -> Floats:
    """Around an empty stare the colours go out of the world."""
    luma = grey(pixels)
    pale: Floats = (luma + (pixels - luma) * np.float32(0.5)) * np.float32(0.88)
    return pale


def loneliness(pixels: Floats, view: View, dice: Random) -> Floats:
    """Blue dusk, one bare tree far off, a single light."""
    luma = grey(pixels)
    dusk = (luma + (pixels - luma) * np.float32(0.4)) * np.array(
        [0.5, 0.58, 0.78], dtype=np.float32
    )
    x = 0.14 if view.middle[0] > 0.5 else 0.86
    foot = view.horizon + 0.03

    def tree(pen: Pen) -> None:
        pen.polygon([(x - 0.014, foot), (x, foot - 0.3), (x + 0.014, foot)], OPAQUE)
        for i, lean in enumerate((-1, 1, -1, 1, -1)):
            y = foot - 0.12 - 0.035 * i
            long = 0.1 - 0.012 * i
            pen.stroke([(x, y), (x + lean * long, y - 0.06)], 0.012, OPAQUE)
        for dx, dy in ((0.05, -0.02), (0.1, 0.02), (-0.06, 0.01)):
            pen.dot(x + dx, foot + dy, 0.008, OPAQUE)

    bare = stencil(tree) * (1 - view.things)
    pixels = blend(dusk, np.array([0.1, 0.12, 0.2], dtype=np.float32), bare)
    return pixels * (np.float32(0.6) + np.float32(0.45) * glow(0.5, 0.5, 0.6, 0.6))


def abandonment(pixels: Floats, view: View, dice: Random) -> Floats:
    """Dust over everything, cobwebs in the corners."""
    luma = grey(pixels)
    dust = (luma + (pixels - luma) * np.float32(0.35)) * np.float32(0.62)
    dusty = dust + np.array([0.17, 0.15, 0.11], dtype=np.float32)

    def webs(pen: Pen) -> None:
        for cx, cy, sx, sy in ((0.0, 0.0, 1, 1), (1.0, 0.0, -1, 1), (0.0, 1.0, 1, -1)):
            reach = dice.uniform(0.3, 0.46)
            angles = (0.02, 0.4, 0.8, 1.2, 1.55)
            for angle in angles:
                pen.stroke(
                    [
                        (cx, cy),
                        (cx + sx * reach * math.cos(angle), cy + sy * reach * math.sin(angle)),
                    ],
                    0.01,
                    OPAQUE,
                )
            for ring in (0.3, 0.55, 0.8):
                points = []
                for i, angle in enumerate(angles):
                    radius = reach * ring * (0.9 if i % 2 else 1.0)
                    points.append(
                        (cx + sx * radius * math.cos(angle), cy + sy * radius * math.sin(angle))
                    )
                pen.stroke(points, 0.009, OPAQUE)

    return blend(
        dusty, np.array([0.93, 0.93, 0.9], dtype=np.float32), stencil(webs) * np.float32(0.9)
    )


def decay(pixels: Floats, view: View, dice: Random) -> Floats:
    """Mold in rings, rust, cracks; on the things first of all."""
    rotten = blend(pixels, grey(pixels) * np.array([0.62, 0.6, 0.36], dtype=np.float32), 0.5)
    (x, y), radius = view.middle, view.radius

    def mold(pen: Pen) -> None:
        for i in range(20):
            near = i < 11
            mx = x + dice.uniform(-0.9, 0.9) * radius if near else dice.random()
            my = y + dice.uniform(-0.9, 0.9) * radius if near else dice.random()
            size = dice.uniform(0.02, 0.06)
            pen.dot(mx, my, size, OPAQUE)
            pen.dot(mx + size, my + size * 0.5, size * 0.5, OPAQUE)

    def spores(pen: Pen) -> None:
        for _ in range(16):
            pen.dot(
                x + dice.uniform(-1, 1) * radius, y + dice.uniform(-1, 1) * radius, 0.013, OPAQUE
            )

    rotten = blend(
        rotten, np.array([0.2, 0.24, 0.13], dtype=np.float32), stencil(mold) * np.float32(0.85)
    )
    return blend(rotten, np.array([0.62, 0.7, 0.5], dtype=np.float32), stencil(spores))


def menace(pixels: Floats, view: View, dice: Random) -> Floats:
    """Dark hands loom in from all sides."""

    def hands(pen: Pen) -> None:
        for side in (-1, 1):
            root = (0.5 - side * 0.56, dice.uniform(0.24, 0.4))
            palm = (0.5 - side * 0.4, root[1] + 0.1)
            pen.stroke([root, palm], 0.17, OPAQUE)
            pen.dot(*palm, 0.12, OPAQUE)
            for i in range(4):
                angle = -0.7 + 0.45 * i
                knee = (palm[0] + side * 0.15 * math.cos(angle), palm[1] + 0.15 * math.sin(angle))
                tip = (knee[0] + side * 0.07, knee[1] + 0.08)
                pen.stroke([palm, knee, tip], 0.05, OPAQUE)
        for x in (0.2, 0.42, 0.63, 0.84):
            pen.polygon(
                [
                    (x - 0.1, 0),
                    (x + dice.uniform(-0.03, 0.03), dice.uniform(0.1, 0.2)),
                    (x + 0.1, 0),
                ],
                OPAQUE,
            )

    gloom = pixels * np.array([0.56, 0.5, 0.62], dtype=np.float32)
    return blend(gloom, np.array([0.04, 0.02, 0.07], dtype=np.float32), stencil(hands))


def disgust(pixels: Floats, view: View, dice: Random) -> Floats:
    """Slime from above, and flies."""

    def slime(pen: Pen) -> None:
        pen.box(0, 0, 1, 0.07, OPAQUE)
        for i in range(9):
            x, long, wide = 0.03 + 0.118 * i, dice.uniform(0.1, 0.42), dice.uniform(0.03, 0.05)
            pen.box(x - wide, 0, x + wide, long, OPAQUE)
            pen.dot(x, long, wide * 1.25, OPAQUE)
        for _ in range(4):
            pen.oval(
                dice.random(), dice.uniform(0.84, 1.0), dice.uniform(0.08, 0.16), 0.045, OPAQUE
            )

    def shine(pen: Pen) -> None:
        for i in range(9):
            x = 0.03 + 0.118 * i
            pen.stroke([(x - 0.012, 0.03), (x - 0.012, 0.13)], 0.014, OPAQUE)

    def flies(pen: Pen) -> None:
        x, y = view.middle
        for _ in range(12):
            fx, fy = x + dice.uniform(-0.38, 0.38), y + dice.uniform(-0.36, 0.34)
            pen.dot(fx, fy, 0.016, OPAQUE)
            pen.stroke([(fx, fy), (fx - 0.024, fy - 0.02)], 0.008, OPAQUE)
            pen.stroke([(fx, fy), (fx + 0.024, fy - 0.02)], 0.008, OPAQUE)

    ill = blend(pixels, grey(pixels) * np.array([0.72, 0.8, 0.36], dtype=np.float32), 0.4)
    ill = blend(
        ill, np.array([0.45, 0.6, 0.12], dtype=np.float32), stencil(slime) * np.float32(0.94)
    )
    ill = blend(
        ill, np.array([0.82, 0.92, 0.5], dtype=np.float32), stencil(shine) * np.float32(0.8)
    )
    return blend(ill, np.array([0.06, 0.06, 0.06], dtype=np.float32), stencil(flies))


def mourning(pixels: Floats, view: View, dice: Random) -> Floats:
    """Black drapery, bowed flowers, no colour left."""
    luma = grey(pixels)
    grief = np.array([0.6, 0.58, 0.66], dtype=np.float32)
    muted: Floats = luma * grief + (pixels - luma) * np.float32(0.14)

    def drapes(pen: Pen) -> None:
        for side in (-1, 1):
            edge = 0.5 - side * 0.5
            pen.polygon(
                [
                    (edge, 0),
                    (edge + side * 0.34, 0),
                    (edge + side * 0.14, 0.3),
                    (edge + side * 0.1, 0.6),
                    (edge + side * 0.16, 1),
                    (edge, 1),
                ],
                OPAQUE,
            )
        for x in (0.17, 0.5, 0.83):
            pen.oval(x, 0.0, 0.19, 0.13, OPAQUE)

    def wilted(pen: Pen) -> None:
        for x in (0.26, 0.74):
            stalk = [(0.0, 0.98), (0.01, 0.93), (0.03, 0.9), (0.055, 0.89), (0.08, 0.9)]
            pen.stroke([(x + dx, y) for dx, y in stalk], 0.014, OPAQUE)
            pen.dot(x + 0.09, 0.92, 0.03, OPAQUE)

    muted = blend(muted, np.array([0.07, 0.06, 0.09], dtype=np.float32), stencil(drapes))
    return blend(muted, np.array([0.52, 0.48, 0.5], dtype=np.float32), stencil(wilted))


def nightmare(pixels: Floats, view: View, dice: Random) -> Floats:
    """Claw marks across everything, in a light like blood."""
    luma = grey(pixels)
    blood = luma * np.array([0.66, 0.16, 0.24], dtype=np.float32) + pixels * np.float32(0.12)
    lean = dice.choice((-1, 1))

    def claws(pen: Pen, wide: float = 0.034) -> None:
        for i in range(4):
            x = 0.5 - lean * 0.16 + 0.15 * (i - 1.2)
            top, low = (
                (x - lean * 0.02, 0.12 + 0.03 * abs(i - 1)),
                (x + lean * 0.34, 0.9 - 0.04 * i),
            )
            middle = ((top[0] + low[0]) / 2, (top[1] + low[1]) / 2)
            pen.polygon(
                [top, (middle[0] + wide, middle[1]), low, (middle[0] - wide, middle[1])], OPAQUE
            )

    marks = stencil(claws)
    rims = stencil(lambda pen: claws(pen, 0.055))
    edge = (np.abs(COLUMNS - 0.5) ** 2 + np.abs(ROWS - 0.5) ** 2)[:, :, None] * np.float32(1.5)
    blood = blood * (1 - np.clip(edge, 0, 0.75))
    blood = blend(blood, np.array([0.72, 0.06, 0.08], dtype=np.float32), rims)
    return blend(blood, np.array([0.03, 0.0, 0.02], dtype=np.float32), marks)


EFFECTS: Effects = {
    "empty-stare": drained,
    "loneliness": loneliness,
    "abandonment": abandonment,
    "decay": decay,
    "disgust": disgust,
    "mourning": mourning,
    "nightmare": nightmare,
    "menace": menace,
}
