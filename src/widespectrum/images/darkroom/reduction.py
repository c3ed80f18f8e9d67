"""Less and less in the picture: tones, shapes, and what is on the canvas at all."""

from __future__ import annotations

import numpy as np

from widespectrum.images.darkroom.filters import blur, smooth
from widespectrum.images.darkroom.operation import Picture, operation
from widespectrum.images.darkroom.pictures import (
    clouds,
    grey,
    grid,
    mix,
    noise,
    resample,
    rgb,
    shorter,
    smoothstep,
)
from widespectrum.images.darkroom.subject import subject_of

_PAPER = np.array([0.94, 0.925, 0.89], np.float32)


@operation("Two tones", "richness")
def two_tones(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Only two flat tones are left for the whole scene."""
    hue = rng.uniform(0, 1)
    luminance = smooth(grey(image), 0.008 * shorter(image))
    share = smoothstep(luminance - np.median(luminance), -0.01, 0.01)
    wheel = 2 * np.pi * (hue + np.array([0, 1 / 3, 2 / 3]))
    dark, light = 0.16 + 0.14 * np.cos(wheel), 0.78 + 0.12 * np.cos(wheel + 0.5)
    tones = mix(np.broadcast_to(dark, image.shape), light, share)
    return mix(image, tones, severity)


@operation("Bare canvas", "richness", "background")
def bare_canvas(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The picture peters out into bare canvas; at last only a scrap in the middle is left."""
    subject = subject_of(image)
    rows, columns = grid(image.shape)
    distance = np.hypot(rows - 0.7 * subject.row, columns - 0.7 * subject.column)
    ragged = distance + 0.22 * (noise(image.shape, rng, 0.12) - 0.5)
    far = max(float(ragged.max()) + 0.05, 0.13)
    bare = smoothstep(ragged - (far + severity * (0.13 - far)), -0.03, 0.03)
    thread = 2 * np.pi / max(3.0, shorter(image) / 130)
    down, right = (np.sin(thread * np.arange(side)) for side in image.shape[:2])
    weave = down[:, None] + right[None, :]
    return mix(image, _PAPER - 0.012 * weave[..., None], bare)


@operation("Abandoned sketch", "richness", "detail refinement")
def abandoned_sketch(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A few pencil lines on paper: a sketch given up after a minute."""
    unit = shorter(image)
    luminance = smooth(grey(image), 0.005 * unit)
    broad = smooth(grey(image), 0.014 * unit)
    wobble = [0.008 * unit * (noise(image.shape, rng, 0.05) - 0.5) for _ in range(2)]
    height, width = image.shape[:2]
    rows = np.arange(height, dtype=np.float32)[:, None] + wobble[0]
    columns = np.arange(width, dtype=np.float32)[None, :] + wobble[1]
    edges = np.clip((broad - luminance) * 9, 0, 1)
    lines = resample(np.repeat(edges[..., None], 3, axis=2), rows, columns)[..., 0]
    grit = 0.5 + 0.5 * rng.random((height, width), dtype=np.float32)
    pressure = smoothstep(clouds(image.shape, rng, 0.5), 0.15, 0.6)
    page = _PAPER - (0.75 * lines * grit * pressure)[..., None]
    return mix(image, page, severity)


@operation("Primitive shapes", "richness", "detail refinement")
def primitive_shapes(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Everything is reduced to one primitive shape: a sheet of equal dots."""
    unit = shorter(image) / 13
    height, width = image.shape[:2]
    rows, columns = np.arange(height)[:, None] / unit, np.arange(width)[None, :] / unit
    soft = blur(image, 0.45 * unit)
    middle = resample(
        soft,
        ((np.floor(rows) + 0.5) * unit + 0 * columns).astype(np.float32),
        ((np.floor(columns) + 0.5) * unit + 0 * rows).astype(np.float32),
    )
    distance = np.hypot(rows % 1 - 0.5, columns % 1 - 0.5).astype(np.float32)
    dot = smoothstep(-distance, -0.46, -0.46 + max(0.03, 1.5 / unit))
    sheet = mix(np.broadcast_to(rgb(0.9, 0.9, 0.9), image.shape), middle, dot)
    return mix(image, sheet, severity)


@operation("Uniform texture", "richness", "background")
def uniform_texture(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """One scrap of the picture, tiled from edge to edge, takes the place of everything."""
    height, width = image.shape[:2]
    side = max(1, round(0.11 * shorter(image)))
    luminance = grey(image)
    # A scrap with some texture, but without the strongest edges: the median of a few candidates.
    corners = [
        (int(rng.integers(0, max(1, height - side))), int(rng.integers(0, max(1, width - side))))
        for _ in range(9)
    ]
    spread = [float(luminance[r : r + side, c : c + side].std()) for r, c in corners]
    top, left = corners[int(np.argsort(spread)[len(spread) // 2])]
    scrap = image[top : top + side, left : left + side]
    half = np.concatenate([scrap, scrap[::-1]])  # mirrored, so that the tiles join
    tile = np.concatenate([half, half[:, ::-1]], axis=1)
    repeats = (height // tile.shape[0] + 1, width // tile.shape[1] + 1, 1)
    return mix(image, np.tile(tile, repeats)[:height, :width], severity)
