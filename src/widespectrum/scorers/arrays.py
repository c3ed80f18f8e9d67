"""Between a network's tensors and the arrays that are kept, handed on and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from widespectrum.checkpoints import device_of, dtype_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


def to_tensor(values: NDArray[Any], device: str, dtype: str | None = None) -> Tensor:
    """An array where a network computes, and in its precision unless it holds numbers of places.

    Args:
        values: any numbers that torch has.
        device: as in a scorer's settings, ``auto`` included.
        dtype: as in a scorer's settings; ``None`` leaves it as it is.
    """
    import numpy as np
    import torch

    tensor = torch.from_numpy(np.ascontiguousarray(values))
    return tensor.to(device_of(device), None if dtype is None else dtype_of(dtype))


def to_array(states: Tensor) -> NDArray[Any]:
    """A tensor as an array, in a precision that numpy has and that loses nothing."""
    import torch

    kept = states if states.dtype == torch.float16 else states.float()
    array: NDArray[Any] = kept.cpu().numpy()
    return array
