"""Pictures in ever coarser nested spaces: blocks, triangles, tents.

Each space holds fewer pictures than the one before and lies inside it. The nearest picture in a
coarser space is then always farther from the original (Pythagoras), and so is every picture on the
straight way between two neighbours. That makes the severity of these operations monotone on any
picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from widespectrum.images.darkroom.operation import Picture, Plane

Projection = Callable[[Picture], Picture]


def descend(image: Picture, severity: float, spaces: Sequence[Projection]) -> Picture:
    """The picture on its way down nested spaces, the finest first: 0 itself, 1 the coarsest."""
    position = severity * len(spaces)
    level = min(int(position), len(spaces) - 1)
    above = image if level == 0 else spaces[level - 1](image)
    below = spaces[level](image)
    return above + (position - level) * (below - above)


def cells(labels: NDArray[np.int64]) -> Projection:
    """Pictures of one colour per cell. The nearest one shows each cell's mean colour.

    Args:
        labels: ``(height, width)``, the cell of every pixel, counted from 0.
    """

    def project(image: Picture) -> Picture:
        flat = labels.reshape(-1)
        counts = np.maximum(np.bincount(flat), 1)
        means = [
            np.bincount(flat, image[..., channel].reshape(-1)) / counts for channel in range(3)
        ]
        return np.stack(means, axis=-1).astype(np.float32)[labels]

    return project


def blocks(shape: tuple[int, ...], across: int) -> NDArray[np.int64]:
    """Square cells, `across` of them along the shorter side. Nested if `across` doubles."""
    height, width = shape[:2]
    unit = min(height, width)
    across = min(across, unit)  # a cell has at least one pixel
    rows, columns = (np.arange(side) * across // unit for side in (height, width))
    return rows[:, None] * (int(columns[-1]) + 1) + columns[None, :]


def triangles(rows: Plane, columns: Plane, across: float) -> NDArray[np.int64]:
    """Triangular cells, `across` along a unit of the coordinates. Nested if `across` doubles.

    Args:
        rows: vertical coordinate of every pixel; bending it bends the triangles.
        columns: horizontal coordinate of every pixel.
        across: triangles per unit.
    """
    # Three families of parallel lines, 60 degrees apart.
    lines = (rows / 0.866, columns + rows / 1.732, columns - rows / 1.732)
    index = np.zeros(rows.shape, np.int64)
    for line in lines:
        number = np.floor(line * across).astype(np.int64)
        number -= number.min()
        index = index * (int(number.max()) + 1) + number
    dense = np.unique(index, return_inverse=True)[1]
    return np.asarray(dense, np.int64).reshape(rows.shape)


def tents(shape: tuple[int, ...], coarsest: int, doublings: int) -> Projection:
    """Pictures that are linear between knots, as an enlarged thumbnail is.

    Args:
        shape: of the picture.
        coarsest: intervals between knots along the shorter side before any doubling.
        doublings: how often that number is doubled; each space lies inside the next doubled one.
    """
    height, width = shape[:2]
    down, right = (
        _hats(side, max(1, round(coarsest * side / min(height, width))) * 2**doublings)
        for side in (height, width)
    )

    def project(image: Picture) -> Picture:
        return _nearest(_nearest(image, down, axis=0), right, axis=1)

    return project


def _hats(side: int, intervals: int) -> sparse.csr_array | None:
    """Values on `side` pixels of the functions that peak at one of ``intervals + 1`` knots each.

    None where there are as many knots as pixels, and every function is one of them.
    """
    if intervals + 1 >= side:
        return None
    position = np.linspace(0, intervals, side)
    left = np.minimum(position.astype(np.int64), intervals - 1)
    pixels = np.arange(side)
    return sparse.csr_array(
        (
            np.concatenate([left + 1 - position, position - left]),
            (np.concatenate([pixels, pixels]), np.concatenate([left, left + 1])),
        ),
        shape=(side, intervals + 1),
    )


def _nearest(image: Picture, hats: sparse.csr_array | None, axis: int) -> Picture:
    """The nearest combination of hats along one axis, by least squares."""
    if hats is None:
        return image
    lines = np.moveaxis(image, axis, 0)
    flat = lines.reshape(lines.shape[0], -1).astype(np.float64)
    overlap = (hats.T @ hats).tocsr()  # only neighbours overlap: three diagonals
    banded = np.zeros((2, overlap.shape[0]))
    banded[0, 1:], banded[1] = overlap.diagonal(1), overlap.diagonal()
    fitted = hats @ linalg.solveh_banded(banded, hats.T @ flat)
    return np.moveaxis(fitted.reshape(lines.shape).astype(np.float32), 0, axis)
