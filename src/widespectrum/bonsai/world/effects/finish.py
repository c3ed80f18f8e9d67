"""Finish undone: scribbles, smears, jags, tiles, shards, lumps."""

from __future__ import annotations

from random import Random

import numpy as np

from widespectrum.bonsai.world.pen import SIZE, Pen
from widespectrum.bonsai.world.raster import (
    COLUMNS,
    OPAQUE,
    ROWS,
    Floats,
    blend,
    blurred,
    grey,
    nearest,
    sampled,
    shifted,
    stencil,
)
from widespectrum.bonsai.world.view import Effects, View

_X = np.broadcast_to(np.arange(SIZE, dtype=np.float32)[None, :], (SIZE, SIZE))
_Y = np.broadcast_to(np.arange(SIZE, dtype=np.float32)[:, None], (SIZE, SIZE))


def scribbled_strokes(pixels: Floats, view: View, dice: Random) -> Floats:
    """Crayon zigzags in the colours of what they stand for."""

    def zigzags(pen: Pen) -> None:
        for _ in range(13):
            x, y, lean = dice.uniform(-0.1, 0.9), dice.uniform(0.02, 0.98), dice.uniform(-0.1, 0.1)
            points = [
                (x + 0.05 * i, y + lean * i / 4 + (0.07 if i % 2 else -0.07)) for i in range(7)
            ]
            pen.stroke(points, 0.02, OPAQUE)

    rough = np.round(blurred(pixels, 2.0) * np.float32(5)) / np.float32(5)
    dark, light = stencil(zigzags), stencil(zigzags)
    scrawled = blend(rough, rough * np.float32(0.42), dark * np.float32(0.9))
    return blend(scrawled, rough * np.float32(0.4) + np.float32(0.6), light * np.float32(0.85))


def smeared_textures(pixels: Floats, view: View, dice: Random) -> Floats:
    """Daubs of a broad brush."""
    noise = view.noise("smeared-textures")
    angle = noise.uniform(-0.9, 0.9, (9, 9)).astype(np.float32)
    angle = angle.repeat(8, axis=0).repeat(8, axis=1)[4 : SIZE + 4, 4 : SIZE + 4]
    across, down = np.cos(angle), np.sin(angle)
    total = np.zeros_like(pixels)
    for step in (-6, -3, 0, 3, 6):
        total += nearest(pixels, _X + across * np.float32(step), _Y + down * np.float32(step))
    daubed: Floats = np.round(total * np.float32(2)) * np.float32(0.1)
    return daubed


def jagged_edges(pixels: Floats, view: View, dice: Random) -> Floats:
    """Contours like saws."""
    teeth = dice.choice((5, 6))
    x = np.round(_X + np.float32(1.5) * (_Y % teeth - teeth / 2))
    y = np.round(_Y + np.float32(1.5) * (_X % teeth - teeth / 2))
    return sampled(pixels, x, y)


def missing_parts(pixels: Floats, view: View, dice: Random) -> Floats:
    """Bites taken out of the things, through which the place shows."""
    (x, y), radius = view.middle, max(0.1, view.radius)

    def bites(pen: Pen) -> None:
        for dx, dy in ((-0.55, -0.4), (0.5, 0.45), (0.35, -0.7), (-0.4, 0.6), (0.05, 0.0)):
            bx, by = (
                x + (dx + dice.uniform(-0.2, 0.2)) * radius,
                y + (dy + dice.uniform(-0.2, 0.2)) * radius,
            )
            size = radius * dice.uniform(0.3, 0.44)
            pen.polygon(
                [
                    (bx - size, by - size * 0.6),
                    (bx + size * 0.2, by - size),
                    (bx + size, by + size * 0.3),
                    (bx + size * 0.3, by + size),
                    (bx - size * 0.7, by + size * 0.7),
                ],
                OPAQUE,
            )

    return blend(pixels, view.backdrop * np.float32(0.86), stencil(bites) * view.things)


def half_rendered(pixels: Floats, view: View, dice: Random) -> Floats:
    """Half of the picture never got beyond raw grey blocks."""
    blocks = grey(pixels).reshape(8, 8, 8, 8).mean(axis=(1, 3))
    raw = blocks.repeat(8, axis=0).repeat(8, axis=1)[:, :, None] * np.float32(0.55) + np.float32(
        0.2
    )
    raw = np.repeat(raw, 3, axis=2)
    raw[::8] += np.float32(0.16)
    raw[:, ::8] += np.float32(0.16)
    slant = dice.choice((-1, 1)) * np.float32(dice.uniform(0.6, 1.2))
    border = (COLUMNS - np.float32(0.5)) * slant + ROWS - np.float32(dice.uniform(0.42, 0.52))
    done = (np.floor(border * 8) >= 0).astype(np.float32)[:, :, None]
    return blend(pixels, raw, done)


def torn_tiles(pixels: Floats, view: View, dice: Random) -> Floats:
    """A grid of tiles, half of them in the wrong place."""
    side = 8
    tiles = pixels.reshape(8, side, 8, side, 3).transpose(0, 2, 1, 3, 4).reshape(64, side, side, 3)
    order = list(range(64))
    moved = dice.sample(order, 36)
    for one, other in zip(moved, moved[1:] + moved[:1], strict=True):
        order[one] = other
    tiles = tiles[order].copy()
    tiles[:, 0] *= np.float32(0.55)
    tiles[:, :, 0] *= np.float32(0.55)
    torn: Floats = (
        tiles.reshape(8, 8, side, side, 3).transpose(0, 2, 1, 3, 4).reshape(SIZE, SIZE, 3)
    )
    return torn


def shattered_shards(pixels: Floats, view: View, dice: Random) -> Floats:
    """Shards that have slipped apart, with light in the cracks."""
    count = 15
    noise = view.noise("shattered-shards")
    x = noise.uniform(0, SIZE, count).astype(np.float32)
    y = noise.uniform(0, SIZE, count).astype(np.float32)
    # Distances to the middles differ by a linear term only, which saves the squares of the pixels.
    distance = (x * x + y * y) - 2 * (_X[:, :, None] * x + _Y[:, :, None] * y)
    shard = distance.argmin(axis=2)
    dx = noise.uniform(-6, 6, count).astype(np.float32)[shard]
    dy = noise.uniform(-6, 6, count).astype(np.float32)[shard]
    tone = noise.uniform(0.82, 1.12, count).astype(np.float32)[shard][:, :, None]
    broken = sampled(pixels, _X + dx, _Y + dy) * tone
    crack = np.zeros((SIZE, SIZE), dtype=bool)
    crack[:, 1:] |= shard[:, 1:] != shard[:, :-1]
    crack[1:] |= shard[1:] != shard[:-1]
    return blend(broken, 0.94, crack[:, :, None] * np.float32(0.9))


def low_polygon(pixels: Floats, view: View, dice: Random) -> Floats:
    """Triangles, each of one colour."""
    side = np.float32(dice.choice((8.0, 9.0)))
    lean = np.float32(dice.uniform(-0.4, 0.4))
    u = (_X + lean * _Y) / side + 8
    v = _Y / side
    upper = (u % 1) + (v % 1) > 1
    cell = (u.astype(np.int32) * 16 + v.astype(np.int32)) * 2 + upper
    flat = cell.ravel()
    counts = np.maximum(np.bincount(flat), 1)
    means = np.stack(
        [np.bincount(flat, weights=pixels[:, :, i].ravel()) / counts for i in range(3)], axis=1
    ).astype(np.float32)
    faceted: Floats = means[cell] * np.where(upper, np.float32(1.05), np.float32(0.95))[:, :, None]
    return faceted


def crude_lumps(pixels: Floats, view: View, dice: Random) -> Floats:
    """Lumps of one tone, where things were."""
    soft = np.clip((blurred(view.things, 4.5) - np.float32(0.36)) * np.float32(5), 0, 1)
    behind = np.round(blurred(view.backdrop, 5.0) * np.float32(6)) / np.float32(6)
    weight = view.things.sum() + np.float32(1)
    mean = (pixels * view.things).sum(axis=(0, 1)) / weight
    relief = np.round((shifted(soft, 4, 4) - soft) * np.float32(2)) / np.float32(2)
    lump = mean + relief * np.float32(0.16)
    return blend(behind, lump, soft)


EFFECTS: Effects = {
    "missing-parts": missing_parts,
    "crude-lumps": crude_lumps,
    "smeared-textures": smeared_textures,
    "scribbled-strokes": scribbled_strokes,
    "low-polygon": low_polygon,
    "jagged-edges": jagged_edges,
    "half-rendered": half_rendered,
    "torn-tiles": torn_tiles,
    "shattered-shards": shattered_shards,
}
