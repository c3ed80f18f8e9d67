"""Things on their way into the picture: drawn, cut out, modelled by light, and put in place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from widespectrum.bonsai.world.composition import Placement
from widespectrum.bonsai.world.palette import COLOURS, RGB, clamp
from widespectrum.bonsai.world.pen import SCALE, SIZE, Pen
from widespectrum.bonsai.world.places.backdrop import Palette
from widespectrum.bonsai.world.raster import Floats, from_image, glow
from widespectrum.bonsai.world.things import KINDS
from widespectrum.bonsai.world.things.people import bust, figure

_MARGIN = 1.1
"""Some things reach a little beyond their box."""


@dataclass(frozen=True)
class Cutout:
    """A thing without its surroundings, at the picture's resolution."""

    pixels: Floats
    """(h, w, 3), multiplied by the mask."""
    mask: Floats
    """(h, w, 1)"""
    left: int
    top: int


@dataclass(frozen=True)
class Light:
    """How light models things."""

    modelling: float = 0.3
    """Strength of light and shade on a thing's body; 0 is flat."""
    shine: float = 0.0
    """Strength of the spot where the light is reflected."""
    rim: float = 0.0
    """Strength of a bright edge towards the light."""
    shadow: float = 0.36
    """Depth of the shadow on the ground; 0 is none."""
    long_shadow: bool = False
    side: int = -1
    """Where the light comes from: -1 left, 1 right."""


def cut_out(placement: Placement, dice: Random, emotion: str, *, hollow: bool) -> Cutout | None:
    """Draw a thing by itself; ``None`` if none of it lies inside the picture."""
    radius = placement.size * SIZE * _MARGIN
    cx, cy = placement.x * SIZE, (placement.foot - placement.size) * SIZE
    left, top, right, bottom = (
        int(cx - radius),
        int(cy - radius),
        int(cx + radius) + 1,
        int(cy + radius) + 1,
    )
    if placement.portrait:
        bottom = SIZE + 1
    if not placement.turn:
        left, top, right, bottom = max(0, left), max(0, top), min(SIZE, right), min(SIZE, bottom)
    if right <= max(0, left) or bottom <= max(0, top) or left >= SIZE or top >= SIZE:
        return None
    # Four plain bands: the pen fills the last with 255, what it leaves is 0 in all. So colours are
    # multiplied by coverage from the start, and averaging needs no conversion there and back.
    layer = Image.new("RGBX", ((right - left) * SCALE, (bottom - top) * SCALE))
    pen = Pen(
        ImageDraw.Draw(layer),
        (cx - left) * SCALE,
        (cy - top) * SCALE,
        placement.size * SIZE * SCALE,
        flip=placement.flip,
    )
    _draw(pen, placement, dice, emotion, hollow)
    if placement.turn:
        layer = layer.rotate(placement.turn, Image.Resampling.BILINEAR)
    small = np.asarray(layer.reduce(SCALE), dtype=np.float32) * np.float32(1 / 255)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(SIZE, right), min(SIZE, bottom)
    small = small[y0 - top : y1 - top, x0 - left : x1 - left]
    return Cutout(small[:, :, :3], small[:, :, 3:], x0, y0)


def _draw(pen: Pen, placement: Placement, dice: Random, emotion: str, hollow: bool) -> None:
    thing = placement.thing
    colour = _jittered(COLOURS[thing.colour], dice)
    if thing.kind != "person":
        KINDS[thing.kind].draw(pen, colour, dice)
    elif placement.portrait:
        bust(pen, colour, dice, emotion, hollow=hollow)
    else:
        figure(pen, colour, dice, emotion, hollow=hollow)


def _jittered(colour: RGB, dice: Random) -> RGB:
    """No two reds are quite the same."""
    return clamp(tuple(value + dice.randint(-8, 8) for value in colour))  # type: ignore[arg-type]


@cache
def _ramp(length: int) -> Floats:
    """From 0.5 down to -0.5."""
    return np.linspace(0.5, -0.5, length, dtype=np.float32)


def modelled(cutout: Cutout, light: Light) -> Cutout:
    """The thing with light and shade, as if it were made of clay: its edge bends away."""
    if not light.modelling:
        return cutout
    height, width = cutout.mask.shape[:2]
    if min(height, width) < 3:
        return cutout
    bytes_ = (cutout.mask[:, :, 0] * 255).astype(np.uint8)
    soft = max(0.8, min(height, width) * 0.06)
    relief = from_image(Image.fromarray(bytes_).filter(ImageFilter.GaussianBlur(soft)))
    slope = np.zeros_like(relief)
    slope[:, 1:-1] = (relief[:, 2:] - relief[:, :-2]) * (-light.side)
    slope[1:-1] += relief[2:] - relief[:-2]
    across = _ramp(width)[None, :] * -light.side
    down = _ramp(height)[:, None]
    lit = slope * np.float32(soft * 0.9) + (across + down) * np.float32(0.55)
    factor = (1 + np.float32(light.modelling) * lit)[:, :, None]
    pixels = cutout.pixels * factor
    if light.shine:
        spot = np.clip(lit - 0.42, 0, 1)[:, :, None] * np.float32(light.shine)
        pixels = pixels + (cutout.mask - pixels) * spot
    if light.rim:
        edge = np.clip(slope * 2.2, 0, 1)[:, :, None] * np.float32(light.rim)
        pixels = pixels + (cutout.mask - pixels) * edge
    return Cutout(np.clip(pixels, 0, cutout.mask), cutout.mask, cutout.left, cutout.top)


def cast_shadow(pixels: Floats, placement: Placement, light: Light, palette: Palette) -> Floats:
    """The shadow of a thing on the ground, in a dark shade of the ground's own colour."""
    if not light.shadow or placement.portrait:
        return pixels
    ground = placement.ground if placement.ground is not None else placement.foot
    if ground > 1.2:
        return pixels
    lift = max(0.0, ground - placement.foot)
    wide, depth = placement.size * 0.95, max(0.016, placement.size * 0.17)
    x, strength = placement.x, light.shadow / (1 + 3 * lift)
    if light.long_shadow:
        x -= light.side * placement.size * 0.55
        wide *= 1.35
        strength *= 1.45
    shadow = glow(x, ground - 0.25 * depth, wide, depth) * np.float32(min(0.8, strength * 1.3))
    dark = np.array(palette.earth, dtype=np.float32) * np.float32(0.22 / 255)
    darkened: Floats = pixels + (dark - pixels) * shadow
    return darkened


def put(pixels: Floats, cutout: Cutout) -> tuple[Floats, Floats]:
    """The picture with the thing in it, and where in the picture it is, (64, 64, 1)."""
    height, width = cutout.mask.shape[:2]
    area = np.s_[cutout.top : cutout.top + height, cutout.left : cutout.left + width]
    mask = np.zeros((SIZE, SIZE, 1), dtype=np.float32)
    mask[area] = cutout.mask
    pixels = pixels.copy()
    pixels[area] = pixels[area] * (1 - cutout.mask) + cutout.pixels
    return pixels, mask
