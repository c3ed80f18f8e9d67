"""Surroundings that one would rather not see: void, smear, trash, stains, scraps.

Some are painted with the pen in place of the real place, or into it; others work on its pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from widespectrum.bonsai.world.palette import RGB, mix, shade, tint
from widespectrum.bonsai.world.pen import CANVAS, Pen
from widespectrum.bonsai.world.places import PLACES, Backdrop
from widespectrum.bonsai.world.raster import (
    COLUMNS,
    OPAQUE,
    ROWS,
    Floats,
    blend,
    blurred,
    grey,
    shifted,
    stencil,
)
from widespectrum.bonsai.world.view import Effects, View

Painter = Callable[[Image.Image, Pen, Backdrop, Random], None]
"""Paints on the large canvas, with a pen whose unit is the whole picture."""


def trash_clutter(canvas: Image.Image, pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Bags, crates, cans and bottles, heaped up to the horizon and beyond."""
    dirt: RGB = (112, 104, 84)
    pen.gradient(
        0, 1, mix(backdrop.palette.haze, dirt, 0.55), mix(backdrop.palette.earth, dirt, 0.7)
    )
    for row in range(3):
        for _ in range(6):
            x, y = (
                dice.uniform(0, 1),
                backdrop.horizon - 0.1 + 0.15 * row + dice.uniform(-0.05, 0.05),
            )
            size = dice.uniform(0.07, 0.11)
            match dice.randrange(5):
                case 0 | 1:
                    bag = dice.choice(((44, 46, 54), (62, 70, 66), (92, 96, 106), (70, 62, 88)))
                    pen.dot(x, y, size, bag)
                    pen.oval(x, y + size * 0.5, size * 1.2, size * 0.62, bag)
                    pen.polygon(
                        [
                            (x - size * 0.5, y - size * 1.3),
                            (x + size * 0.5, y - size * 1.2),
                            (x, y - size * 0.7),
                        ],
                        bag,
                    )
                    pen.stroke(
                        [(x - size * 0.5, y - size * 0.3), (x - size * 0.2, y + size * 0.4)],
                        0.014,
                        tint(bag, 0.4),
                    )
                case 2:
                    crate: RGB = (156, 112, 66)
                    pen.polygon(
                        [
                            (x - size, y - size * 0.6),
                            (x + size * 0.8, y - size),
                            (x + size, y + size * 0.6),
                            (x - size * 0.8, y + size),
                        ],
                        crate,
                    )
                    pen.stroke(
                        [(x - size, y - size * 0.6), (x + size, y + size * 0.6)],
                        0.02,
                        shade(crate, 0.4),
                    )
                    pen.stroke(
                        [(x + size * 0.8, y - size), (x - size * 0.8, y + size)],
                        0.02,
                        shade(crate, 0.4),
                    )
                case 3:
                    can: RGB = dice.choice(((206, 76, 66), (188, 192, 198), (90, 150, 90)))
                    pen.round_box(
                        x - size * 0.4, y - size * 0.8, x + size * 0.4, y + size * 0.6, 0.02, can
                    )
                    pen.oval(x, y - size * 0.8, size * 0.4, size * 0.16, tint(can, 0.4))
                case _:
                    glass: RGB = (86, 128, 92)
                    pen.box(x - size * 0.3, y - size * 0.3, x + size * 0.3, y + size, glass)
                    pen.box(x - size * 0.12, y - size * 1.1, x + size * 0.12, y - size * 0.3, glass)


def stained_wall(canvas: Image.Image, pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """A wall of peeling paint, water stains and mold, and a dirty floor."""
    wall: RGB = dice.choice(((176, 170, 146), (164, 168, 156), (182, 164, 140)))
    floor = backdrop.horizon + 0.2
    pen.gradient(0, floor, wall, shade(wall, 0.24))
    pen.gradient(floor, 1, (104, 98, 90), (80, 76, 72))
    for _ in range(5):
        x, wide, long = dice.random(), dice.uniform(0.03, 0.08), dice.uniform(0.2, 0.55)
        top = dice.uniform(-0.05, 0.15)
        stain = mix(wall, (112, 88, 46), dice.uniform(0.3, 0.5))
        pen.round_box(x - wide, top, x + wide, top + long, 0.04, stain)
        pen.round_box(
            x - wide * 0.4,
            top + long * 0.4,
            x + wide * 0.3,
            top + long * 1.2,
            0.02,
            shade(stain, 0.2),
        )
    for _ in range(4):
        x, y, size = dice.random(), dice.uniform(0.05, floor - 0.1), dice.uniform(0.05, 0.1)
        points = [
            (x - size, y),
            (x - size * 0.3, y - size * 0.8),
            (x + size, y - size * 0.4),
            (x + size * 0.7, y + size * 0.7),
            (x - size * 0.4, y + size * 0.6),
        ]
        pen.polygon([(px + 0.012, py + 0.012) for px, py in points], shade(wall, 0.45))
        pen.polygon(points, (150, 96, 78) if dice.random() < 0.5 else tint(wall, 0.3))
    for _ in range(22):
        x, y = dice.choice((dice.uniform(0, 0.2), dice.uniform(0.75, 1))), dice.uniform(0, floor)
        pen.dot(x, y, dice.uniform(0.008, 0.028), mix((58, 74, 50), wall, 0.2))
    x = dice.uniform(0.2, 0.8)
    crack = [(x, 0.0)]
    for i in range(1, 6):
        crack.append((crack[-1][0] + dice.uniform(-0.09, 0.09), floor * i / 5))
    pen.stroke(crack, 0.012, shade(wall, 0.6))
    pen.stroke([(0, floor), (1, floor)], 0.03, shade(wall, 0.5))


def collage_backdrop(canvas: Image.Image, pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """Scraps of three other places with white torn edges."""
    for x in (0.0, 0.36, 0.7):
        place = PLACES[dice.choice(list(PLACES))]
        scrap = Image.new("RGB", canvas.size)
        plain = Backdrop(place.palette, dice.uniform(0.3, 0.8), 1, scenic=False, flat=False)
        place.paint(Pen(ImageDraw.Draw(scrap), 0, 0, CANVAS), plain, dice)
        left, lean = x + dice.uniform(-0.04, 0.04), dice.uniform(-0.12, 0.12)
        if x:
            outline = [(left + lean, 0), (1.2, 0), (1.2, 1), (left - lean, 1)]
            inner = [(px + 0.025, py) for px, py in outline]
            mask = Image.new("L", canvas.size)
            ImageDraw.Draw(mask).polygon([(px * CANVAS, py * CANVAS) for px, py in inner], fill=255)
            pen.polygon(outline, (250, 250, 246))
            canvas.paste(scrap, mask=mask)
        else:
            canvas.paste(scrap)
    y = dice.uniform(0.5, 0.7)
    place = PLACES[dice.choice(list(PLACES))]
    pen.polygon([(0, y), (0.3, y - 0.08), (0.62, y + 0.04), (0.56, 1), (0, 1)], (250, 250, 246))
    pen.polygon(
        [(0, y + 0.03), (0.29, y - 0.05), (0.59, y + 0.06), (0.53, 1), (0, 1)], place.palette.near
    )


def background_intruder(canvas: Image.Image, pen: Pen, backdrop: Backdrop, dice: Random) -> None:
    """A signpost right behind the middle, and wires across."""
    metal: RGB = (96, 92, 96)
    sign = dice.choice(((236, 190, 60), (220, 76, 66), (70, 120, 190)))
    for y in (0.1, 0.17):
        pen.arch(0.5, y, 0.5, -0.04, 0.013, (36, 34, 40))
    x = 0.5
    pen.box(x - 0.03, 0.0, x + 0.03, backdrop.horizon + 0.12, metal)
    pen.box(x + 0.008, 0.0, x + 0.03, backdrop.horizon + 0.12, shade(metal, 0.4))
    pen.round_box(x - 0.17, 0.03, x + 0.17, 0.16, 0.02, shade(sign, 0.35))
    pen.round_box(x - 0.15, 0.045, x + 0.15, 0.145, 0.02, sign)
    pen.box(x - 0.1, 0.085, x + 0.1, 0.105, (250, 250, 250))


PAINTED: dict[str, Painter] = {
    "trash-clutter": trash_clutter,
    "stained-wall": stained_wall,
    "collage-backdrop": collage_backdrop,
    "background-intruder": background_intruder,
}
"""Effects that are painted; the last one into the place, the others over it."""


def white_void(pixels: Floats, view: View, dice: Random) -> Floats:
    """Nothing but white."""
    return np.full_like(pixels, 0.985)


def flat_fill(pixels: Floats, view: View, dice: Random) -> Floats:
    """One grey slab."""
    return np.full_like(pixels, dice.uniform(0.5, 0.66))


def muddy_smear(pixels: Floats, view: View, dice: Random) -> Floats:
    """The place rubbed into a dirty smear."""
    mud = np.array([0.46, 0.38, 0.27], dtype=np.float32)
    waves = np.sin(
        COLUMNS * np.float32(dice.uniform(5, 9))
        + ROWS * np.float32(dice.uniform(9, 15)) * (np.float32(1.2) + COLUMNS)
    )
    return blend(blurred(pixels, 6.0), mud, np.float32(0.7) + np.float32(0.18) * waves[:, :, None])


def blown_out_backdrop(pixels: Floats, view: View, dice: Random) -> Floats:
    """Burnt to glare: only a hint of the darkest shapes is left."""
    hint = np.clip(np.float32(0.55) - grey(pixels), 0, 1) * np.float32(0.16)
    glare: Floats = np.array([1.0, 0.995, 0.96], dtype=np.float32) - hint
    return glare


FLOODED: Effects = {
    "white-void": white_void,
    "flat-fill": flat_fill,
    "muddy-smear": muddy_smear,
    "blown-out-backdrop": blown_out_backdrop,
}
"""Effects on the pixels of the place, before anything stands in it."""


def cut_out_halo(pixels: Floats, view: View, dice: Random) -> Floats:
    """A ragged white fringe around the subject."""
    grown = view.subject
    for x, y in ((2, 0), (-2, 0), (0, 2), (0, -2), (2, 2), (-2, -2), (-1, 2), (2, -1)):
        grown = np.maximum(grown, shifted(view.subject, x, y))

    def nicks(pen: Pen) -> None:
        for _ in range(26):
            x, y = dice.random(), dice.random()
            pen.polygon([(x, y), (x + 0.05, y + 0.03), (x + 0.02, y + 0.06)], OPAQUE)

    fringe = np.clip(grown - view.subject, 0, 1) * (1 - stencil(nicks))
    return blend(pixels, 0.97, fringe)


def glare(pixels: Floats, view: View, dice: Random) -> Floats:
    """The light of a burnt-out backdrop eats into whatever stands before it."""
    bleeding = np.float32(1.0) - blurred(view.things, 2.6)
    return blend(pixels, 1.0, np.clip(bleeding * np.float32(1.1) - 0.08, 0, 1))


FRINGED: Effects = {"cut-out-halo": cut_out_halo, "blown-out-backdrop": glare}
"""Effects around the subject, after it stands in the picture."""
