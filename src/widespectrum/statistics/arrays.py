"""What counts as a usable array here: numbers, the right shape, finite where they are used.

Statistics on damaged input are worse than none, so nothing is dropped or repaired silently: a
caller removes rows on purpose, with a mask, and can then count them.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from widespectrum.errors import BadInput

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]


def vector(values: ArrayLike, name: str) -> Floats:
    """`values` as finite float64, ``(n,)``.

    Raises:
        BadInput: not numbers, not one-dimensional, or NaN or infinite somewhere.
    """
    array = _numbers(values, name)
    if array.ndim != 1:
        raise BadInput(f"needs one dimension, has shape {array.shape}", field=name)
    _refuse_infinite(array[:, None], None, name)
    return array


def vectors(**values: ArrayLike) -> tuple[Floats, ...]:
    """Several vectors of one length.

    Raises:
        BadInput: as `vector`, or the lengths differ.
    """
    arrays = {name: vector(value, name) for name, value in values.items()}
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise BadInput(f"lengths differ: {told}", "Give one value per row in each.")
    return tuple(arrays.values())


def matrix(values: ArrayLike, rows: int, name: str, where: Bools | None = None) -> Floats:
    """`values` as float64 columns ``(rows, k)``; a vector is one column.

    Args:
        values: ``(rows,)`` or ``(rows, k)``.
        rows: how many rows there must be.
        name: how the message calls it.
        where: ``(rows, k)`` or ``(rows, 1)``; only values where it is true must be finite.

    Raises:
        BadInput: not numbers, another number of rows, or NaN or infinite where it is used.
    """
    array = _numbers(values, name)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or len(array) != rows:
        raise BadInput(f"needs {rows} rows, has shape {np.shape(values)}", field=name)
    _refuse_infinite(array, where, name)
    return array


def mask(where: ArrayLike | None, rows: int) -> Bools:
    """`where` as boolean columns ``(rows, k)``; ``None`` means every row, as one column.

    Raises:
        BadInput: not boolean (a list of row numbers, say), or another number of rows.
    """
    if where is None:
        return np.ones((rows, 1), dtype=bool)
    array = np.asarray(where)
    if array.ndim == 1:
        array = array[:, None]
    if array.dtype != bool or array.ndim != 2 or len(array) != rows:
        raise BadInput(
            f"needs {rows} rows of true or false, has {array.dtype} of shape {np.shape(where)}",
            field="where",
        )
    return array


def crossed(columns: ArrayLike, groups: Bools) -> tuple[Floats, Bools]:
    """Every column under every group: values and mask for statistics per scorer and group.

    Args:
        columns: ``(n, s)``, say a score per scorer.
        groups: ``(n, g)``, say a generator each.

    Returns:
        Values and mask, ``(n, s * g)``: column i under group j stands at ``i * g + j``.
    """
    values = np.asarray(columns, dtype=np.float64)
    return np.repeat(values, groups.shape[1], axis=1), np.tile(groups, (1, values.shape[1]))


def codes(labels: ArrayLike, name: str = "clusters") -> tuple[NDArray[Any], Ints]:
    """The distinct labels in order, ``(C,)``, and each row's place among them, ``(n,)``.

    Raises:
        BadInput: not one label per row, or one missing.
    """
    array = np.asarray(labels)
    if array.ndim != 1:
        raise BadInput(f"needs one label per row, has shape {array.shape}", field=name)
    missing = [row for row, label in enumerate(array.tolist()) if label is None or label != label]
    if missing:
        raise BadInput(
            "is missing", "Give every row the label of its cluster.", row=missing[0] + 1, field=name
        )
    try:
        distinct, code = np.unique(array, return_inverse=True)
    except TypeError as error:
        raise BadInput(
            f"mixes kinds of labels ({error})", "Use text throughout.", field=name
        ) from error
    return distinct, code.astype(np.int64)


def _numbers(values: ArrayLike, name: str) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadInput(f"must hold numbers ({error})", field=name) from error


def _refuse_infinite(array: Floats, where: Bools | None, name: str) -> None:
    bad = ~np.isfinite(array)
    if where is not None:
        bad = bad & where
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise BadInput(
            f"holds {array[row, min(column, array.shape[1] - 1)]}",
            "Exclude such rows first, and count them.",
            row=int(row) + 1,
            field=name,
        )
