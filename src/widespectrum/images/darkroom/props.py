"""Things that belong on a beach or a building site, drawn by formula: ball, cone, box, ring, duck.

Each prop is a function of coordinates in which it lies within about [-1, 1], rows downwards, and
returns its colours and its outline (1 inside, 0 outside, soft over the last few hundredths).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from widespectrum.images.darkroom.operation import Picture, Plane
from widespectrum.images.darkroom.pictures import rgb, smoothstep

Prop = Callable[[Plane, Plane], tuple[Picture, Plane]]
_SOFT = 0.03


def _inside(depth: Plane) -> Plane:
    """1 where a depth below the outline is positive."""
    return smoothstep(depth.astype(np.float32), -_SOFT, _SOFT)


def _paint(colour: tuple[float, float, float], shade: Plane) -> Picture:
    return np.asarray(np.clip(rgb(*colour) * shade[..., None], 0, 1), np.float32)


def _over(below: Picture, above: Picture, mask: Plane) -> Picture:
    return below + mask[..., None] * (above - below)


def _round_shade(rows: Plane, columns: Plane) -> Plane:
    """Light from the upper left on something round."""
    return (1.0 - 0.35 * (rows * 0.8 + columns * 0.6) - 0.25 * (rows**2 + columns**2)).astype(
        np.float32
    )


def beach_ball(rows: Plane, columns: Plane) -> tuple[Picture, Plane]:
    """A ball with red, white, blue and yellow segments."""
    angle = np.arctan2(rows + 0.25, columns + 0.2)
    colours = np.array([[0.9, 0.12, 0.12], [0.97, 0.97, 0.97], [0.1, 0.35, 0.85], [1.0, 0.85, 0.1]])
    segment = np.floor((angle + np.pi) / (2 * np.pi) * 8).astype(np.int64) % 4
    ball = np.clip(colours[segment] * _round_shade(rows, columns)[..., None], 0, 1)
    button = _inside(0.13 - np.hypot(rows + 0.25, columns + 0.2))
    return _over(ball, np.ones_like(ball), button), _inside(1 - np.hypot(rows, columns))


def traffic_cone(rows: Plane, columns: Plane) -> tuple[Picture, Plane]:
    """An orange cone with white bands on a flat foot."""
    half = 0.1 + 0.5 * (rows + 1) / 1.8
    body = np.minimum(half - np.abs(columns), np.minimum(rows + 1, 0.8 - rows))
    foot = np.minimum(0.85 - np.abs(columns), np.minimum(rows - 0.78, 1.0 - rows))
    shade = (1.05 - 0.45 * (columns / np.maximum(half, 0.1) * 0.5 + 0.3)).astype(np.float32)
    orange, white = _paint((1.0, 0.4, 0.05), shade), _paint((0.97, 0.97, 0.95), shade)
    bands = _inside(0.14 - np.abs(rows + 0.25)) + _inside(0.14 - np.abs(rows - 0.3))
    return _over(orange, white, np.clip(bands, 0, 1) * _inside(body)), np.maximum(
        _inside(body), _inside(foot)
    )


def cardboard_box(rows: Plane, columns: Plane) -> tuple[Picture, Plane]:
    """A brown box seen from above one edge, with a strip of tape."""
    front = np.minimum(0.85 - np.abs(columns), np.minimum(rows + 0.35, 0.9 - rows))
    lean = columns + 0.45 * (rows + 0.35)
    top = np.minimum(0.85 - np.abs(lean), np.minimum(rows + 0.85, -0.35 - rows))
    plain = np.ones_like(rows)
    box = _over(_paint((0.68, 0.5, 0.31), plain), _paint((0.82, 0.64, 0.42), plain), _inside(top))
    tape = np.where(
        rows < -0.35, 0.12 - np.abs(lean), np.minimum(0.12 - np.abs(columns), 0.05 - rows)
    )
    return _over(box, _paint((0.9, 0.82, 0.62), plain), _inside(tape)), np.maximum(
        _inside(front), _inside(top)
    )


def swim_ring(rows: Plane, columns: Plane) -> tuple[Picture, Plane]:
    """A red and white ring."""
    radius = np.hypot(rows, columns)
    stripe = np.floor((np.arctan2(rows, columns) + np.pi) / (2 * np.pi) * 8).astype(np.int64) % 2
    tube = (1.05 - 1.6 * np.abs(radius - 0.66) ** 1.3 - 0.15 * rows).astype(np.float32)
    red, white = _paint((0.9, 0.15, 0.12), tube), _paint((0.97, 0.96, 0.93), tube)
    return _over(red, white, stripe.astype(np.float32)), _inside(0.34 - np.abs(radius - 0.66))


def rubber_duck(rows: Plane, columns: Plane) -> tuple[Picture, Plane]:
    """A yellow duck with an orange bill, facing right."""
    body = 1 - np.hypot((rows - 0.4) / 0.55, (columns + 0.1) / 0.85)
    head = 1 - np.hypot((rows + 0.45) / 0.45, (columns - 0.35) / 0.45)
    tail = 1 - np.hypot((rows - 0.12) / 0.3, (columns + 0.8) / 0.22)
    bill = 1 - np.hypot((rows + 0.36) / 0.14, (columns - 0.88) / 0.24)
    shape = np.maximum(np.maximum(body, head), tail)
    yellow = _paint((1.0, 0.84, 0.1), _round_shade(rows * 0.9, columns * 0.9))
    duck = _over(yellow, _paint((1.0, 0.5, 0.05), np.ones_like(rows)), _inside(bill))
    eye = _inside(0.075 - np.hypot(rows + 0.55, columns - 0.5))
    wing = _inside(0.04 - np.abs(np.hypot((rows - 0.3) / 0.28, (columns + 0.15) / 0.42) - 1))
    duck = _over(duck, np.zeros_like(duck), eye)
    duck = _over(duck, _paint((0.85, 0.62, 0.02), np.ones_like(rows)), wing * _inside(body))
    return duck, np.maximum(_inside(shape), _inside(bill))


PROPS: tuple[Prop, ...] = (beach_ball, traffic_cone, cardboard_box, swim_ring, rubber_duck)
"""All props."""
