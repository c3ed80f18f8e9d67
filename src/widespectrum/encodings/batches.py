"""Batches of one size, that become smaller when memory runs out.

A network's matrix products round differently for batches of different sizes. So every batch is
filled up to one size, and a row's encoding depends neither on its neighbours nor on their number.
"""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.errors import BadInput, OutOfMemory

_SIGNS = (
    "out of memory",  # CUDA, ROCm, XPU; "DefaultCPUAllocator: not enough memory" on processors
    "not enough memory",
    "can't allocate memory",
    "cannot allocate memory",
    "cublas_status_alloc_failed",
)


class SmallerBatches(UserWarning):
    """Memory ran out; from now on batches are smaller. Scores may move in their last digit."""


@dataclass
class BatchSize:
    """How many rows a model is given at once: as many as it was told, or as last fitted."""

    rows: int

    def __post_init__(self) -> None:
        if isinstance(self.rows, bool) or not isinstance(self.rows, int) or self.rows < 1:
            raise BadInput(f"is {self.rows!r}", "Give a number of at least 1.", field="batch_size")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a smaller batch may help."""
    if isinstance(error, MemoryError | OutOfMemory):
        return True
    if type(error).__name__ == "OutOfMemoryError":  # torch's; asked without importing torch
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in text for sign in _SIGNS)


def in_batches(
    rows: Sequence[Any] | NDArray[Any],
    size: int | BatchSize,
    encode: Callable[[Any], NDArray[Any]],
    *,
    fill: bool = True,
) -> NDArray[Any]:
    """The encodings of `rows`, in order.

    When memory runs out, the batch is halved and the work goes on. A `BatchSize` remembers that for
    later calls; a plain number does not.

    Args:
        rows: what is encoded: a list, or an array whose first axis is the rows.
        size: rows per batch.
        encode: a batch, of the kind that `rows` is -> array whose first axis is the batch.
        fill: give `encode` always `size` rows, the last batch filled up with its own first row.
            Without it the last batch is as short as it is: cheaper for a heavy network and few
            rows, and scores may then differ in the last digit with the number of neighbours.

    Warns:
        SmallerBatches: memory ran out.

    Raises:
        BadInput: there are no rows, so nobody knows the shape of an encoding; or a size below 1.
        OutOfMemory: not even one row fits.
    """
    if len(rows) == 0:
        raise BadInput("nothing to encode", "Give at least one image or text.")
    batch = size if isinstance(size, BatchSize) else BatchSize(size)
    parts: list[NDArray[Any]] = []
    done = 0
    while done < len(rows):
        part = rows[done : done + batch.rows]
        full = _filled(part, batch.rows) if fill else part
        encoded = _attempt(encode, full)
        if encoded is None:
            _halve(batch)
            continue
        parts.append(np.asarray(encoded)[: len(part)])
        done += len(part)
    return np.concatenate(parts)


def _filled(part: Any, size: int) -> Any:
    missing = size - len(part)
    if not missing:
        return part
    if isinstance(part, np.ndarray):
        return np.concatenate([part, np.repeat(part[:1], missing, axis=0)])
    return [*part, *([part[0]] * missing)]


def _attempt(encode: Callable[[Any], NDArray[Any]], part: Any) -> NDArray[Any] | None:
    """The encodings, or None if memory ran out.

    A function of its own: once it has returned, no traceback holds what filled the memory.
    """
    try:
        return encode(part)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return None


def _halve(batch: BatchSize) -> None:
    if batch.rows == 1:
        raise OutOfMemory(
            "there is not enough memory to encode even one image or text",
            "Close other programs, use a smaller precision (@dtype=bfloat16), or another device.",
        )
    batch.rows //= 2
    _release()
    warnings.warn(
        f"Memory ran out; going on with batches of {batch.rows}.", SmallerBatches, stacklevel=3
    )


def _release() -> None:
    gc.collect(1)  # what an error may still hold is young; a full collection takes a second
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
