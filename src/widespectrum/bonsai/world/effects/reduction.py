"""Less and less to see: bare canvas, two tones, a sketch, a placeholder."""

from __future__ import annotations

import math
from random import Random

import numpy as np

from widespectrum.bonsai.world.palette import COLOURS, from_hsv, hue_of
from widespectrum.bonsai.world.pen import SIZE, Pen
from widespectrum.bonsai.world.raster import (
    COLUMNS,
    OPAQUE,
    ROWS,
    Floats,
    blend,
    blurred,
    colour,
    glow,
    grey,
    stencil,
)
from widespectrum.bonsai.world.scene import Scene
from widespectrum.bonsai.world.view import Effects, View

_PAPER = np.array([0.97, 0.96, 0.93], dtype=np.float32)
_PENCIL = np.array([0.3, 0.3, 0.34], dtype=np.float32)


def _lines(pixels: Floats) -> Floats:
    """Where a draughtsman would draw: the edges, (64, 64, 1)."""
    luma = blurred(grey(pixels), 0.7)
    across, down = np.zeros_like(luma), np.zeros_like(luma)
    across[:, 1:-1] = luma[:, 2:] - luma[:, :-2]
    down[1:-1] = luma[2:] - luma[:-2]
    edges: Floats = np.clip((np.abs(across) + np.abs(down)) * np.float32(3.2) - 0.16, 0, 1)
    return edges


def _paper(pixels: Floats, view: View) -> Floats:
    """A blank sheet; where colours are to jar, a sheet of a jarring colour."""
    jarring = view.look.shows("clashing-neon", "wrong-colors")
    sheet = blend(_PAPER, colour(view.palette.sky), 0.7) if jarring else _PAPER
    return np.broadcast_to(sheet, pixels.shape)


def _main_colour(view: View) -> Floats:
    if isinstance(view.scene, Scene):
        return colour(COLOURS[view.scene.subject.colour])
    return colour(view.palette.accents[0])


def bare_canvas(pixels: Floats, view: View, dice: Random) -> Floats:
    """A little paint around the subject; the rest was never begun."""
    (x, y), radius = view.middle, view.radius
    begun = np.clip(
        glow(x, y + 0.5 * radius, radius * 1.0, radius * 0.62) * 3 - np.float32(1.3), 0, 1
    )
    return blend(_paper(pixels, view), pixels, np.maximum(begun, view.subject))


def primitive_shapes(pixels: Floats, view: View, dice: Random) -> Floats:
    """A disc or a box on two plain halves."""
    row = int(view.horizon * SIZE)
    flat = np.empty_like(pixels)
    flat[:row] = view.backdrop[:row].mean(axis=(0, 1))
    flat[row:] = view.backdrop[row:].mean(axis=(0, 1))
    (x, y), radius = view.middle, max(0.08, view.radius * 0.8)
    box = dice.random() < 0.5

    def shape(pen: Pen) -> None:
        if box:
            pen.box(x - radius, y - radius, x + radius, y + radius, OPAQUE)
        else:
            pen.dot(x, y, radius, OPAQUE)

    return blend(flat, _main_colour(view), stencil(shape))


def two_tones(pixels: Floats, view: View, dice: Random) -> Floats:
    """Only two tones for everything."""
    hue = hue_of(COLOURS[view.scene.subject.colour]) if isinstance(view.scene, Scene) else 0.6
    dark, light = colour(from_hsv(hue, 0.5, 0.34)), colour(from_hsv(hue, 0.24, 0.88))
    luma = blurred(grey(pixels), 0.6)
    cut = np.clip((luma - np.median(luma)) * np.float32(30) + np.float32(0.5), 0, 1)
    return blend(dark, light, cut)


def abandoned_sketch(pixels: Floats, view: View, dice: Random) -> Floats:
    """Pencil lines that stop halfway."""
    side = dice.choice((-1, 1))
    reach = np.clip((COLUMNS - np.float32(0.5)) * side * 2 + ROWS + np.float32(0.2), 0, 1)[
        :, :, None
    ]
    drawn = np.maximum(reach, view.subject)
    return blend(_paper(pixels, view), _PENCIL, np.clip(_lines(pixels) * drawn, 0, 1))


def random_scribble(pixels: Floats, view: View, dice: Random) -> Floats:
    """Idle squiggles on paper; the subject is barely hinted at."""

    def squiggles(pen: Pen) -> None:
        for _ in range(4):
            x, y, size = dice.uniform(0.1, 0.9), dice.uniform(0.1, 0.9), dice.uniform(0.06, 0.16)
            turns, phase = dice.uniform(2, 4), dice.uniform(0, 6)
            loop = []
            for i in range(27):
                t = i / 26
                angle = phase + turns * 6.28 * t
                loop.append(
                    (
                        x + size * math.cos(angle) + 0.3 * (t - 0.5),
                        y + size * math.sin(angle) * (0.4 + 0.6 * t),
                    )
                )
            pen.stroke(loop, 0.016, OPAQUE)

    hint = _lines(pixels) * view.subject * np.float32(0.7)
    ink = _main_colour(view) * np.float32(0.5)
    return blend(blend(_paper(pixels, view), _PENCIL, hint), ink, stencil(squiggles))


def uniform_texture(pixels: Floats, view: View, dice: Random) -> Floats:
    """One pattern from edge to edge, over the subject too."""
    base = view.backdrop.mean(axis=(0, 1))
    x, y = COLUMNS * SIZE, ROWS * SIZE
    match dice.randrange(3):
        case 0:
            pattern = ((x + y) % 6 < 3).astype(np.float32)
        case 1:
            pattern = ((x % 8 < 1.5) | (y % 4 < 1)).astype(np.float32)
        case _:
            pattern = ((((x % 6) - 3) ** 2 + ((y % 6) - 3) ** 2) < 4).astype(np.float32)
    tile = base * (np.float32(0.86) + np.float32(0.24) * pattern[:, :, None])
    return blend(
        tile,
        pixels * (np.float32(0.9) + np.float32(0.2) * pattern[:, :, None]),
        view.subject * np.float32(0.8),
    )


def placeholder_fill(pixels: Floats, view: View, dice: Random) -> Floats:
    """Grey boxes with a cross, as in an unfinished layout."""
    boxes = [
        (0.03, 0.05, 0.48, 0.42),
        (0.53, 0.05, 0.97, 0.3),
        (0.53, 0.35, 0.97, 0.6),
        (0.03, 0.47, 0.48, 0.95),
        (0.53, 0.65, 0.97, 0.95),
    ]

    def fills(pen: Pen) -> None:
        for box in boxes:
            pen.box(*box, OPAQUE)

    def crosses(pen: Pen) -> None:
        for left, top, right, bottom in boxes:
            pen.stroke([(left, top), (right, bottom)], 0.016, OPAQUE)
            pen.stroke([(left, bottom), (right, top)], 0.016, OPAQUE)

    sheet = _paper(pixels, view)
    page = blend(sheet, sheet * np.float32(0.82), stencil(fills))
    page = blend(page, sheet * np.float32(0.64), stencil(crosses))
    return blend(page, pixels, view.subject * np.float32(0.85))


def bare_abstraction(pixels: Floats, view: View, dice: Random) -> Floats:
    """A few flat bands, and a smudge where the subject was."""
    bands = view.backdrop.reshape(4, 16, SIZE, 3).mean(axis=(1, 2))
    flat = np.broadcast_to(np.repeat(bands, 16, axis=0)[:, None, :], pixels.shape)
    (x, y), radius = view.middle, max(0.07, view.radius)
    smudge = np.clip(glow(x, y, radius * 0.75, radius * 0.75) * 3 - np.float32(0.9), 0, 1)
    return blend(flat, _main_colour(view), smudge * np.float32(0.9))


EFFECTS: Effects = {
    "uniform-texture": uniform_texture,
    "placeholder-fill": placeholder_fill,
    "primitive-shapes": primitive_shapes,
    "bare-abstraction": bare_abstraction,
    "bare-canvas": bare_canvas,
    "two-tones": two_tones,
    "abandoned-sketch": abandoned_sketch,
    "random-scribble": random_scribble,
}
