"""Batches are of one size, and of half that size when memory runs out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from widespectrum.encodings import BatchSize, SmallerBatches, in_batches, is_out_of_memory
from widespectrum.errors import BadInput, OutOfMemory


class Device:
    """Doubles what it is given, as far as it fits, and remembers the sizes of its batches."""

    def __init__(self, fits: int = 1000, error: Exception | None = None) -> None:
        self.fits, self.sizes = fits, []
        self.error = error or MemoryError()

    def __call__(self, rows):
        self.sizes.append(len(rows))
        if len(rows) > self.fits:
            raise self.error
        return np.asarray(rows) * 2


@given(st.lists(st.integers(0, 99), min_size=1, max_size=20), st.integers(1, 7), st.booleans())
def test_every_row_is_encoded_in_order(rows, size, fill):
    device = Device()
    assert in_batches(rows, size, device, fill=fill).tolist() == [2 * row for row in rows]
    assert not fill or set(device.sizes) == {size}
    assert sum(device.sizes) - len(rows) < size


def test_arrays_stay_arrays():
    kinds = []

    def encode(part):
        kinds.append((type(part), part.shape))
        return part

    rows = np.arange(10).reshape(5, 2)
    assert np.array_equal(in_batches(rows, 4, encode), rows)
    assert kinds == [(np.ndarray, (4, 2))] * 2


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OutOfMemory("full"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: not enough memory"
        ),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("MPS backend out of memory"),
    ],
    ids=lambda error: f"{type(error).__name__}-{str(error)[:12]}",
)
def test_when_memory_runs_out_the_batch_is_halved_and_the_work_goes_on(error):
    device, size = Device(fits=3, error=error), BatchSize(8)
    with pytest.warns(SmallerBatches) as noted:
        rows = in_batches(list(range(10)), size, device)
    assert rows.tolist() == [2 * row for row in range(10)]
    assert device.sizes == [8, 4, 2, 2, 2, 2, 2]
    assert "batches of 2" in str(noted[-1].message)
    assert size.rows == 2  # the next call begins with what fitted


def test_a_real_allocation_that_fails_is_recognised():
    with pytest.raises(RuntimeError) as failed:
        torch.empty(1 << 50)
    assert is_out_of_memory(failed.value)


def test_other_errors_are_not_mistaken_for_it():
    device = Device(fits=0, error=RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="shapes"):
        in_batches([1, 2], 2, device)
    assert device.sizes == [2]


def test_a_row_that_does_not_fit_alone_is_an_error_with_a_remedy():
    with (
        pytest.warns(SmallerBatches),
        pytest.raises(OutOfMemory, match=r"even one .*dtype=bfloat16"),
    ):
        in_batches([1, 2], 2, Device(fits=0))


@pytest.mark.parametrize("size", [0, -1, True, "8"])
def test_a_batch_size_is_a_number_of_rows(size):
    with pytest.raises(BadInput, match="batch_size"):
        BatchSize(size)


def test_nothing_to_encode_is_an_error():
    with pytest.raises(BadInput):
        in_batches([], 2, Device())
