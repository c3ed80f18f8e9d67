"""The rotary frequencies as both rewards were trained with them: rounded to eight bits.

Upstream turns the whole model into bfloat16 before training and before use, and with the weights
the buffers in which transformers keeps the frequencies of its rotary positions. They are rounded by
up to 0.2%, which at the end of a sequence of 800 tokens is more than a radian. The weights were
fitted to these frequencies, so they belong to the model, whatever precision it computes in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

TEXT, VISION = "language_model.rotary_emb", "visual.rotary_pos_emb"


def as_trained(backbone: nn.Module, dtype: torch.dtype) -> None:
    """Give a backbone, which may come from the meta device, its frequencies.

    Args:
        backbone: of transformers, Qwen2-VL or Qwen3-VL.
        dtype: the precision that it computes in.
    """
    for name in (TEXT, VISION):
        old: Any = backbone.get_submodule(name)
        fresh = type(old)(old.config)  # a buffer from the meta device has no content
        fresh.inv_freq = fresh.inv_freq.bfloat16().float()
        backbone.set_submodule(name, VisionRotation(fresh, dtype) if name == VISION else fresh)


class VisionRotation(nn.Module):
    """The vision tower's rotation, whose angles upstream computes in the precision of the model.

    Today's transformers computes them in single precision always.
    """

    def __init__(self, rotation: Any, dtype: torch.dtype) -> None:
        super().__init__()
        self.rotation = rotation
        self.dtype = dtype

    def forward(self, states: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine for patches at `places`, ``(patches, 2)`` down and across."""
        frequencies = self.rotation.inv_freq.to(states.device, self.dtype)
        angles = places[..., None].to(self.dtype) * frequencies
        arrange = self.rotation.recomposition_frequencies
        return arrange(angles.cos()), arrange(angles.sin())
