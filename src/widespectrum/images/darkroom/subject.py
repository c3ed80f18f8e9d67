"""Where the subject of a photograph is, by an old photographer's assumption.

The subject stands near the middle and has colours that the rim of the frame has not. Starting from
that, colour models of subject and surroundings are refined in turns, and the mask is fitted to the
edges of the picture. It is a guess, good enough to blow out a backdrop or to crop a subject
badly; it is nothing to measure with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse import csgraph

from widespectrum.images.darkroom.filters import guided, smooth
from widespectrum.images.darkroom.operation import Picture, Plane
from widespectrum.images.darkroom.pictures import (
    from_middle,
    grey,
    grid,
    resize,
    shorter,
    smoothstep,
)

_WORKING_SIDE = 144
_BINS = 16


@dataclass(frozen=True)
class Subject:
    """The likely subject of a picture."""

    mask: Plane
    """1 on the subject, 0 on its surroundings, soft between."""
    row: float
    """Centre, in shorter sides from the middle of the frame, positive downwards."""
    column: float
    """Centre, in shorter sides from the middle of the frame, positive rightwards."""
    size: float
    """Typical distance of its points from the centre, in shorter sides."""


def subject_of(image: Picture) -> Subject:
    """The likely subject of a picture."""
    height, width = image.shape[:2]
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    small = np.clip(
        resize(image, max(1, round(height * scale)), max(1, round(width * scale))), 0, 1
    )
    belief = _belief(small)
    mask = np.clip(resize(np.repeat(belief[..., None], 3, axis=2), height, width)[..., 0], 0, 1)
    mask = smoothstep(guided(mask, grey(image), 0.012 * shorter(image) + 1, 0.03), 0.35, 0.65)
    if not 0.02 < float(mask.mean()) < 0.9:
        mask = smoothstep(-from_middle(image.shape), -0.8, -0.4)
    return _located(mask)


def _belief(image: Picture) -> Plane:
    """Probability of being subject, at working size, by place, colour, and a way to the rim."""
    distance = from_middle(image.shape)
    place = 1.6 - 3.2 * distance**2  # in log odds, as is all evidence below
    way = 3.6 * _way_to_rim(image) - 2.6
    bins = np.minimum((image * _BINS).astype(np.int64), _BINS - 1)
    colour = (bins[..., 0] * _BINS + bins[..., 1]) * _BINS + bins[..., 2]
    belief = _logistic(place + way)
    for _ in range(5):
        subject, surroundings = _histogram(colour, belief), _histogram(colour, 1 - belief)
        odds = np.log((subject + 1e-5) / (surroundings + 1e-5))
        evidence = np.clip(odds[colour], -3, 3)
        belief = guided(_logistic(place + way + evidence), grey(image), 3, 0.05)
        belief = np.clip(belief, 0, 1)
    return _main_part(belief)


def _logistic(odds: np.ndarray) -> Plane:
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


def _way_to_rim(image: Picture) -> Plane:
    """How much colour changes on the easiest way to the rim: little for sky, walls and tables.

    The lower rim does not count: that is where people and still lifes are cut off. 0 is no change
    at all, 1 as much as a strong edge.
    """
    height, width = image.shape[:2]
    soft = np.stack([smooth(image[..., channel], 0.8) for channel in range(3)], axis=-1)
    index = np.arange(height * width).reshape(height, width)
    steps = [
        (index[:-1], index[1:], soft[1:] - soft[:-1]),
        (index[:, :-1], index[:, 1:], soft[:, 1:] - soft[:, :-1]),
    ]
    start = np.concatenate([first.reshape(-1) for first, _, _ in steps])
    end = np.concatenate([second.reshape(-1) for _, second, _ in steps])
    change = np.concatenate([np.linalg.norm(step, axis=-1).reshape(-1) for _, _, step in steps])
    cost = np.maximum(change - 0.02, 0) + 1e-4
    graph = sparse.coo_array((cost, (start, end)), shape=(index.size, index.size)).tocsr()
    rim = np.unique(np.concatenate([index[0], index[:, 0], index[:, -1]]))
    way = csgraph.dijkstra(graph, directed=False, indices=rim, min_only=True)
    return np.clip(way.reshape(height, width) / 0.45, 0, 1).astype(np.float32)


def _histogram(colour: np.ndarray, weight: Plane) -> np.ndarray:
    counts = np.bincount(colour.reshape(-1), weight.reshape(-1), _BINS**3)
    soft = ndimage.gaussian_filter(counts.reshape(_BINS, _BINS, _BINS), 0.8, mode="constant")
    total = soft.sum()
    return (soft / total if total > 0 else soft).reshape(-1)


def _main_part(belief: Plane) -> Plane:
    """The connected part with the most weight near the middle, without holes."""
    parts, count = ndimage.label(belief > 0.5)
    if count == 0:
        return belief
    pull = np.exp(-((from_middle(belief.shape) / 0.7) ** 2))
    weights = ndimage.sum_labels(pull, parts, np.arange(1, count + 1))
    keep = np.isin(parts, 1 + np.flatnonzero(weights > 0.25 * weights.max()))
    # Bridged where the gaps are narrow: eyes, nose and mouth make a face.
    reach = 6
    disc = np.hypot(*np.ogrid[-reach : reach + 1, -reach : reach + 1]) <= reach
    padded = np.pad(keep, reach)
    keep = ndimage.binary_closing(padded, disc)[reach:-reach, reach:-reach]
    keep = ndimage.binary_fill_holes(keep)
    return np.where(keep, np.maximum(belief, 0.75), 0.2 * belief).astype(np.float32)


def _located(mask: Plane) -> Subject:
    rows, columns = grid(mask.shape)
    weight = mask + 1e-6
    total = float(weight.sum())
    row, column = float((rows * weight).sum()) / total, float((columns * weight).sum()) / total
    spread = float((((rows - row) ** 2 + (columns - column) ** 2) * weight).sum()) / total
    return Subject(mask.astype(np.float32), row, column, spread**0.5)
