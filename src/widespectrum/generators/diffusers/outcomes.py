"""What comes out of a call: a picture or a failure, never a placeholder.

A safety checker paints black and calls it a picture, a network in half precision may return no
numbers at all, and either would be scored like any other picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from widespectrum.contracts import Failure
from widespectrum.encodings import is_out_of_memory
from widespectrum.errors import InvalidResult, OutOfMemory, ProviderRefused, WidespectrumError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from widespectrum.contracts import Image

LEAST_SPREAD = 1.0
"""Of 255. A picture none of whose channels has that standard deviation shows nothing."""


def outcomes(pixels: Tensor, flagged: Sequence[bool]) -> list[Image | Failure]:
    """One picture or `Failure` per row.

    Args:
        pixels: ``(n, 3, height, width)``, 0 to 1, on any device.
        flagged: which rows a safety checker has painted over.
    """
    # Between 0 and 1 a sum is finite if every number is, at a fortieth of what asking each takes.
    finite = pixels.float().flatten(1).sum(dim=1).isfinite().cpu().tolist()
    # As diffusers itself rounds, but on the device, which has a quarter as much to hand over.
    values = pixels.nan_to_num().float().clamp(0, 1) * 255
    spreads = _spread(values).cpu().tolist()
    bytes_ = values.permute(0, 2, 3, 1).round().byte().cpu().numpy()
    return [
        _outcome(array, fine, spread, flag)
        for array, fine, spread, flag in zip(bytes_, finite, spreads, flagged, strict=True)
    ]


def failed(error: Exception, explains: Mapping[str, str] | None = None) -> Failure:
    """A request that raised, as a value.

    Args:
        error: what was raised.
        explains: `Recipe.explains`.
    """
    if isinstance(error, WidespectrumError):
        return Failure(error.kind, str(error))
    for pattern, meaning in (explains or {}).items():
        if re.search(pattern, str(error)):
            return Failure(InvalidResult.kind, f"{meaning} ({type(error).__name__}: {error})")
    kind = OutOfMemory.kind if is_out_of_memory(error) else WidespectrumError.kind
    return Failure(kind, f"{type(error).__name__}: {error}")


def _spread(values: Tensor) -> Tensor:
    """Largest standard deviation of a channel, per picture."""
    from torch.linalg import vector_norm

    # `Tensor.std` takes 15 times as long.
    channels = values.flatten(2)
    away = channels - channels.mean(dim=2, keepdim=True)
    deviations: Tensor = vector_norm(away, dim=2) / channels.shape[2] ** 0.5
    return deviations.amax(dim=1)


def _outcome(
    array: NDArray[np.uint8], finite: bool, spread: float, flagged: bool
) -> Image | Failure:
    from PIL import Image

    if flagged:
        return Failure(ProviderRefused.kind, "The model's safety checker refused the picture.")
    if not finite:
        return Failure(
            InvalidResult.kind,
            "The network returned numbers that are not finite. Use dtype=bfloat16 or float32.",
        )
    if spread < LEAST_SPREAD:
        return Failure(InvalidResult.kind, "The picture is of one colour all over.")
    return Image.fromarray(array) if array.shape[-1] == 3 else _grey(array)


def _grey(array: NDArray[np.uint8]) -> Image:
    from PIL import Image

    return Image.fromarray(array[..., 0]).convert("RGB")
