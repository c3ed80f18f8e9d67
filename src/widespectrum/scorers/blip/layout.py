"""From the weights' names in BLIP's own checkpoints to those of transformers.

The Salesforce repositories on the hub have transformers' names already; ImageReward's checkpoint
has BLIP's own, below ``blip.``, beside the layers of its score.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_BLOCK = r"visual_encoder\.blocks\.(\d+)\."
_LAYER = r"vision_model.encoder.layers.\1."
_VISION = (
    (r"visual_encoder\.cls_token", "vision_model.embeddings.class_embedding"),
    (r"visual_encoder\.pos_embed", "vision_model.embeddings.position_embedding"),
    (r"visual_encoder\.patch_embed\.proj\.", "vision_model.embeddings.patch_embedding."),
    (r"visual_encoder\.norm\.", "vision_model.post_layernorm."),
    (_BLOCK + r"norm([12])\.", _LAYER + r"layer_norm\2."),
    (_BLOCK + r"attn\.qkv\.", _LAYER + "self_attn.qkv."),
    (_BLOCK + r"attn\.proj\.", _LAYER + "self_attn.projection."),
    (_BLOCK + r"mlp\.", _LAYER + "mlp."),
)
_RULES = [(re.compile(pattern), target) for pattern, target in _VISION]


def from_blip(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights under BLIP's own names, under transformers' names.

    The text encoder is named alike in both. Names that BLIP does not have stay what they are, so
    that loading can object to them.
    """
    return {_renamed(name): tensor for name, tensor in tensors.items()}


def from_imagereward(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights of ImageReward's checkpoint: towers under transformers' names, ``mlp.*`` as it is."""
    return from_blip({name.removeprefix("blip."): tensor for name, tensor in tensors.items()})


def _renamed(name: str) -> str:
    for pattern, target in _RULES:
        if pattern.match(name):
            return pattern.sub(target, name, count=1)
    return name
