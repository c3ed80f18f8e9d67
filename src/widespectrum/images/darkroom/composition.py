"""Where the frame was put, and what got into it."""

from __future__ import annotations

import numpy as np

from widespectrum.images.darkroom.filters import blur, smooth
from widespectrum.images.darkroom.operation import Picture, Plane, operation
from widespectrum.images.darkroom.pictures import (
    grid,
    half_sides,
    mix,
    noise,
    resample,
    rgb,
    shorter,
    smoothstep,
)
from widespectrum.images.darkroom.props import PROPS
from widespectrum.images.darkroom.subject import subject_of


@operation("Tilted horizon", "object pairing", "main object", metric="displacement")
def tilted_horizon(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The camera was held askew: everything tips to one side."""
    full = np.radians(rng.uniform(20, 26))
    side = rng.choice([-1, 1])
    longer = max(image.shape[:2]) / shorter(image)
    # The frame is enlarged until it fits inside the turned picture. A panorama would have to be
    # enlarged beyond recognition, so it tilts less: no more than an enlargement of 1.9 allows.
    limit = np.arcsin(min(1.0, 1.9 / np.hypot(1, longer))) - np.arctan(1 / longer)
    angle = severity * side * min(full, limit)
    zoom = np.cos(angle) + longer * abs(np.sin(angle))
    rows, columns = grid(image.shape)
    down = (rows * np.cos(angle) - columns * np.sin(angle)) / zoom
    right = (rows * np.sin(angle) + columns * np.cos(angle)) / zoom
    return _reframed(image, down, right)


@operation("Cropped subject", "main object", metric="displacement")
def cropped_subject(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The frame cuts the subject off at its edge."""
    subject = subject_of(image)
    side = rng.choice([-1.0, 1.0])
    rows, columns = grid(image.shape)
    high, wide = half_sides(image.shape)
    window = 0.5
    # At full severity the subject's centre lies on the edge of a window half as large.
    row = np.clip(subject.row + 0.3 * window * high, -(1 - window) * high, (1 - window) * high)
    aim = subject.column + side * window * wide
    column = np.clip(aim, -(1 - window) * wide, (1 - window) * wide)
    scale = 1 + severity * (window - 1)
    return _reframed(image, rows * scale + severity * row, columns * scale + severity * column)


@operation("Shrunken subject", "main object", "richness", metric="displacement")
def shrunken_subject(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The subject shrinks to a speck in a corner of a large vague nothing."""
    corner = rng.choice([-1.0, 1.0], 2)
    rows, columns = grid(image.shape)
    high, wide = half_sides(image.shape)
    scale = 1 + 4.2 * severity**1.4
    down = rows * scale - 0.6 * (scale - 1) * corner[0] * high
    right = columns * scale - 0.6 * (scale - 1) * corner[1] * wide
    small = _reframed(blur(image, 0.25 * (scale - 1)), down, right)
    # The photograph has no more to show beyond its rim: it dissolves into the colours found there.
    seam = 0.25 * min(1.0, 4 * severity)
    inside = np.minimum(high - np.abs(down), wide - np.abs(right))
    rim = _rim_colours(image, down, right)
    haze = noise(image.shape, rng, 0.3)
    return mix(rim + 0.05 * (haze[..., None] - 0.5), small, smoothstep(inside, 0.0, seam + 1e-3))


def _rim_colours(image: Picture, down: Plane, right: Plane) -> Picture:
    """The colours of the nearest part of the picture's rim, washed into each other."""
    unit = shorter(image)
    vague = blur(image, 0.12 * unit)
    high, wide = half_sides(image.shape)
    held = _reframed(vague, np.clip(down, -high, high), np.clip(right, -wide, wide))
    return blur(held, 0.1 * unit)


@operation("Fenced subject", "main object")
def fenced_subject(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The subject is glimpsed only through the gaps of a fence, which thickens with severity."""
    lean, shift = rng.uniform(-0.08, 0.08), rng.uniform(0, 1)
    rows, columns = grid(image.shape)
    across = (columns + lean * rows) / 0.135 + shift + 0.12 * noise(image.shape, rng, 0.6)
    board = np.floor(across).astype(np.int64)
    tones = rng.uniform(0.75, 1.1, 64)[board % 64]
    within = np.abs(across % 1 - 0.5)
    streaks = smooth(rng.standard_normal(image.shape[:2], np.float32), 0.6)
    grain = 0.05 * np.repeat(streaks[:1], image.shape[0], axis=0) + 0.03 * streaks
    shade = 1 - 0.55 * smoothstep(within, 0.25, 0.45)
    wood = rgb(0.42, 0.31, 0.22) * (tones * shade + grain)[..., None]
    reach = 0.41 * severity
    covered = min(1.0, 10 * severity) * smoothstep(reach - within, -0.012, 0.012)
    return mix(image, np.clip(wood, 0, 1), covered)


@operation("Misplaced object", "object pairing")
def misplaced_object(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Props that have no business in the scene hang in it, pasted on; more as severity rises."""
    subject = subject_of(image)
    rows, columns = grid(image.shape)
    high, wide = half_sides(image.shape)
    turn = rng.uniform(0, 2 * np.pi)
    order = rng.permutation(len(PROPS))
    result, free = image, np.ones(image.shape[:2], np.float32)
    for number, due in enumerate((0.08, 0.3, 0.55, 0.75, 0.9)):
        angle = turn + number * 2.4  # the golden angle spreads them evenly
        way = rng.uniform(0.55, 0.85)
        row = 0.3 * subject.row + way * high * np.sin(angle)
        column = 0.3 * subject.column + way * wide * np.cos(angle)
        size, tilt = rng.uniform(0.12, 0.19), rng.uniform(-0.6, 0.6)
        paint, shape = PROPS[order[number % len(PROPS)]](
            *_turned((rows - row) / size, (columns - column) / size, tilt)
        )
        shown = float(np.clip((severity - due) / 0.1, 0, 1))
        result = mix(result, paint, shown * shape * free)
        free = free * (1 - shape)
    return result


def _turned(rows: Plane, columns: Plane, angle: float) -> tuple[Plane, Plane]:
    sine, cosine = float(np.sin(angle)), float(np.cos(angle))
    return rows * cosine - columns * sine, rows * sine + columns * cosine


def _reframed(image: Picture, down: Plane, right: Plane) -> Picture:
    """The picture read at coordinates in shorter sides from the middle."""
    height, width = image.shape[:2]
    unit = shorter(image)
    return resample(image, down * unit + (height - 1) / 2, right * unit + (width - 1) / 2)
