"""Form that breaks, melts, smears, or was never finished."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from widespectrum.images.darkroom.filters import guided, smooth
from widespectrum.images.darkroom.operation import Picture, Plane, operation
from widespectrum.images.darkroom.pictures import (
    displace,
    eager,
    grey,
    grid,
    half_sides,
    mix,
    noise,
    recolour,
    saturate,
    shorter,
    smoothstep,
)
from widespectrum.images.darkroom.spaces import blocks, cells, descend, triangles
from widespectrum.images.darkroom.subject import subject_of

Labels = NDArray[np.int64]


@operation("Fragmentation", "detail refinement", "detail realism")
def fragmentation(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """The picture is cut into tiles that no longer line up; more of them as severity rises."""
    tiles = blocks(image.shape, 7)
    count = int(tiles.max()) + 1
    moves = rng.uniform(0.03, 0.085, (count, 2)) * rng.choice([-1, 1], (count, 2))
    broken = displace(image, _per_cell(moves[:, 0], tiles), _per_cell(moves[:, 1], tiles))
    broken = mix(broken, 0.06, _seams(tiles, 0.006 * shorter(image)))
    return _take_over(image, broken, tiles, severity, rng)


@operation("Shattering", "detail refinement", "detail realism")
def shattering(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Sharp disconnected shards, as of a broken mirror; more of them as severity rises."""
    shards = _scattered_cells(image.shape, rng, 70)
    count = int(shards.max()) + 1
    moves, turn = rng.normal(0, 0.075, (count, 2)), rng.normal(0, 0.35, count)
    light = rng.uniform(-0.12, 0.12, count)
    rows, columns = grid(image.shape)
    row_mid, column_mid = (
        _per_cell(_cell_means(field, shards), shards) for field in (rows, columns)
    )
    angle = _per_cell(turn, shards)
    down = (
        (rows - row_mid) * np.cos(angle) - (columns - column_mid) * np.sin(angle) + row_mid - rows
    )
    right = (rows - row_mid) * np.sin(angle) + (columns - column_mid) * np.cos(angle)
    right = right + column_mid - columns
    broken = displace(
        image, down + _per_cell(moves[:, 0], shards), right + _per_cell(moves[:, 1], shards)
    )
    broken = np.clip(broken + _per_cell(light, shards)[..., None], 0, 1)
    broken = mix(broken, 0.96, _seams(shards, 0.0025 * shorter(image)))
    return _take_over(image, broken, shards, severity, rng)


@operation("Low polygon", "detail refinement", "richness")
def low_polygon(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Crude triangular facets stand in for smooth form."""
    rows, columns = grid(image.shape)
    down = rows + 0.10 * (noise(image.shape, rng, 0.3) - 0.5)
    right = columns + 0.10 * (noise(image.shape, rng, 0.3) - 0.5)
    levels = [cells(triangles(down, right, across)) for across in (36.0, 18.0, 9.0)]
    return descend(image, severity, levels)


@operation("Brush smear", "detail refinement")
def brush_smear(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Textures are wiped flat as with a rag, stroke by stroke."""
    strokes = _scattered_cells(image.shape, rng, 90, stretch=2.6)
    count = int(strokes.max()) + 1
    angle = _per_cell(rng.normal(0.3, 0.55, count), strokes)
    down, right = np.sin(angle), np.cos(angle)
    # Averaging with a copy half, a quarter, an eighth ... as far away makes 16 copies of four.
    wiped = displace(image, 0.11 * down, 0.11 * right)
    for reach in (0.08, 0.04, 0.02, 0.01):
        wiped = (wiped + displace(wiped, -reach * down, -reach * right)) / 2
    bristles = 0.05 * smooth(rng.standard_normal(image.shape[:2], np.float32), 1.2)
    return _take_over(image, wiped + bristles[..., None], strokes, severity, rng)


@operation("Plastic surface", "detail realism", "detail refinement")
def plastic_surface(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Skin, fur and wood turn into waxy plastic: no texture, hard candy-coloured shine."""
    waxy = image
    for radius in (0.012, 0.02, 0.02):
        guide = grey(waxy)
        waxy = np.stack(
            [guided(waxy[..., c], guide, radius * shorter(image), 0.06) for c in range(3)], axis=-1
        )
    luminance = grey(waxy)
    broad = guided(luminance, luminance, 0.07 * shorter(image), 0.2)
    shine = smoothstep(luminance - broad, 0.03, 0.13) * smoothstep(luminance, 0.3, 0.6)
    moulded = saturate(recolour(waxy, broad + 1.25 * (luminance - broad)), 1.4)
    return mix(image, np.clip(mix(moulded, 1.0, 0.55 * shine), 0, 1), eager(severity))


@operation("Warping", "detail realism", metric="displacement")
def warping(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Straight lines bend into impossible waves."""
    waves = [2 * noise(image.shape, rng, 0.22) - 1 for _ in range(2)]
    return displace(image, 0.14 * severity * waves[0], 0.14 * severity * waves[1])


@operation("Melting", "detail realism", metric="displacement")
def melting(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Solid shapes sag and run down like warm wax."""
    height, width = image.shape[:2]
    drips = noise(image.shape, rng, 0.045)[:1]
    drips = smoothstep(np.broadcast_to(drips, (height, width)), 0.25, 0.85)
    sag = 0.16 + 0.84 * drips
    rows = grid(image.shape)[0]
    fall = smoothstep(0.5 * rows / half_sides(image.shape)[0], -0.5, 0.35)
    sway = 0.03 * np.sin(9 * rows + 6.28 * noise(image.shape, rng, 0.5))
    return displace(image, -0.34 * severity * sag * fall, severity * sway * fall)


@operation("Doubled parts", "detail realism", "object pairing")
def doubled_parts(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Pieces of the subject sprout again beside it, where only one belongs."""
    subject = subject_of(image)
    rows, columns = grid(image.shape)
    still: Plane = np.zeros(image.shape[:2], np.float32)
    result, free = image, still + 1
    for number in range(5):
        angle, way = rng.uniform(-np.pi, np.pi), rng.uniform(0.16, 0.3)
        row = subject.row + 0.5 * subject.size * np.sin(angle)
        column = subject.column + 0.5 * subject.size * np.cos(angle)
        down, right = way * np.sin(angle), way * np.cos(angle)
        distance = np.hypot(rows - row - down, columns - column - right)
        patch = smoothstep(-distance, -0.17, -0.11)
        copy = displace(image, still - down, still - right)
        shown = np.clip((severity - 0.18 * number) / 0.18, 0, 1)
        result = mix(result, copy, shown * patch * free)
        free = free * (1 - patch)
    return result


@operation("Half rendered", "detail refinement")
def half_rendered(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """From below, the picture breaks off into raw blocks, as if loading had stopped."""
    grains = blocks(image.shape, 20)
    order = rng.random(int(grains.max()) + 1, dtype=np.float32)
    front = 0.35 * noise(image.shape, rng, 0.5)
    rows = np.linspace(1, 0, image.shape[0], dtype=np.float32)[:, None]  # 0 below
    due = _cell_means(rows + front, grains) + 0.25 * order
    due = (due - due.min()) / max(float(np.ptp(due)), 1e-6)
    coarse = cells(grains)(image)
    raw = mix(coarse, 0.5, _per_cell((order > 0.5).astype(np.float32), grains) * 0.8)
    return mix(image, raw, _per_cell((due < 0.9 * severity).astype(np.float32), grains))


@operation("Missing parts", "detail refinement", "richness")
def missing_parts(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Whole parts are gone, as if erased down to the paper."""
    depth = 0.8 * noise(image.shape, rng, 0.24) + 0.2 * noise(image.shape, rng, 0.04)
    level = float(np.quantile(depth, 0.72 * severity))
    erased = smoothstep(level - depth, -0.012, 0.012)
    return mix(image, 0.93, erased)


def _take_over(
    image: Picture, broken: Picture, labels: Labels, severity: float, rng: np.random.Generator
) -> Picture:
    """Cells fall to the broken picture one after another; at 1 all have fallen."""
    due = rng.random(int(labels.max()) + 1)
    return mix(image, broken, _per_cell((due < severity).astype(np.float32), labels))


def _scattered_cells(
    shape: tuple[int, ...], rng: np.random.Generator, count: int, stretch: float = 1.0
) -> Labels:
    """Voronoi cells of about `count` random points, `stretch` times as wide as tall."""
    height, width = shape[:2]
    unit = min(height, width)
    total = max(1, min(height * width, round(count * max(height, width) / unit), 4000))
    seeds = np.ones((height, width), bool)
    places = rng.choice(height * width, total, replace=False)
    seeds.reshape(-1)[places] = False
    nearest = ndimage.distance_transform_edt(
        seeds, sampling=(stretch, 1.0), return_distances=False, return_indices=True
    )
    _, labels = np.unique(nearest[0] * width + nearest[1], return_inverse=True)
    return np.asarray(labels.reshape(height, width), np.int64)


def _per_cell(values: NDArray[np.floating], labels: Labels) -> Plane:
    return np.asarray(values, np.float32)[labels]


def _cell_means(field: Plane, labels: Labels) -> NDArray[np.float64]:
    flat = labels.reshape(-1)
    return np.bincount(flat, field.reshape(-1)) / np.maximum(np.bincount(flat), 1)


def _seams(labels: Labels, width: float) -> Plane:
    """1 along the borders of cells, `width` pixels and at least one wide."""
    size = max(2, round(2 * width))
    edge = ndimage.maximum_filter(labels, size) != ndimage.minimum_filter(labels, size)
    return np.asarray(edge, np.float32)
