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
        _tent_basis(side, max(1, round(coarsest * side / min(height, width))) * 2**doublings)
        for side in (height, width)
    )

    def project(image: Picture) -> Picture:
        return _project(_project(image, down, axis=0), right, axis=1)

    return project


def _tent_basis(side: int, intervals: int) -> NDArray[np.float32] | None:
    """Orthonormal functions on `side` pixels, linear between ``intervals + 1`` knots.

    None where there are as many knots as pixels, and every function is one of them.
    """
    if intervals + 1 >= side:
        return None
    position = np.linspace(0, intervals, side)
    hats = np.maximum(0, 1 - np.abs(position[:, None] - np.arange(intervals + 1)))
    return np.linalg.qr(hats)[0].astype(np.float32)


def _project(image: Picture, basis: NDArray[np.float32] | None, axis: int) -> Picture:
    if basis is None:
        return image
    weights = np.tensordot(basis, image, axes=(0, axis))  # (knots, other side, 3)
    return np.moveaxis(np.tensordot(basis, weights, axes=(1, 0)), 0, axis)
