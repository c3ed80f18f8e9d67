"""Pictures as the vision tower takes them: a square of one size, cut into patches.

As the paper's judge does it: resized to a square whatever their shape, bicubic, with Pillow. The
patches are cut by the library's Pillow processor, named explicitly: its namesake on torchvision
resizes differently.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image as pil

from widespectrum.errors import BadInput
from widespectrum.images import to_rgb

if TYPE_CHECKING:
    from torch import Tensor

    from widespectrum.contracts import Image

VERSION = 1
"""Part of a judge's fingerprint; counts up when the pixels that the network sees change."""
_MEAN = _STD = (0.5, 0.5, 0.5)


def grid_of(size: int, vision: Any) -> tuple[int, int]:
    """Rows and columns of patches of a square picture.

    Args:
        size: side of the square in pixels.
        vision: the vision tower's configuration.

    Raises:
        BadInput: patches and their groups do not fit into that size.
    """
    unit = int(vision.patch_size) * int(vision.spatial_merge_size)
    if size < unit or size % unit:
        raise BadInput(
            f"is {size}, and this model sees squares of {unit} pixels",
            f"Give a multiple of {unit}.",
            field="size",
        )
    return size // int(vision.patch_size), size // int(vision.patch_size)


def patches(images: Sequence[Image], size: int, vision: Any) -> Tensor:
    """Pictures as patches, ``(n, rows x columns, numbers per patch)`` float32.

    Args:
        images: of any size and mode.
        size: side of the square that each becomes.
        vision: the vision tower's configuration.

    Raises:
        BadImage: a mode without agreed black and white.
    """
    import torch
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    processor = Qwen2VLImageProcessorPil(
        do_resize=False,
        image_mean=list(_MEAN),
        image_std=list(_STD),
        patch_size=int(vision.patch_size),
        merge_size=int(vision.spatial_merge_size),
        temporal_patch_size=int(vision.temporal_patch_size),
    )
    squares = [to_rgb(image).resize((size, size), pil.Resampling.BICUBIC) for image in images]
    cut = processor(images=squares, return_tensors="np")["pixel_values"]
    return torch.from_numpy(cut).reshape(len(squares), -1, cut.shape[-1])
