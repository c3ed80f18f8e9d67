"""Names of weights: from OpenAI's layout, which open_clip shares, to those of `CLIPModel`.

Three differences besides the names: `CLIPModel` keeps query, key and value apart, where the others
have one matrix of three times the height; and its two projections are transposed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

DROPPED = (
    "*.position_ids",  # a buffer that transformers once stored
    "attn_mask",  # the causal mask
    "input_resolution",  # numbers in OpenAI's archives
    "context_length",
    "vocab_size",
)
"""What may stand in a checkpoint beside its weights."""

_NAMES = {
    "logit_scale": "logit_scale",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "ln_final.weight": "text_model.final_layer_norm.weight",
    "ln_final.bias": "text_model.final_layer_norm.bias",
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    # transformers misspells this one, and so must we.
    "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight",
    "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
    "visual.ln_post.weight": "vision_model.post_layernorm.weight",
    "visual.ln_post.bias": "vision_model.post_layernorm.bias",
}
_TRANSPOSED = {
    "text_projection": "text_projection.weight",
    "visual.proj": "visual_projection.weight",
}
_IN_A_BLOCK = {
    "attn.out_proj": "self_attn.out_proj",
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
}
_BLOCK = re.compile(r"(visual\.)?transformer\.resblocks\.(\d+)\.(.+?)[._](weight|bias)")


def to_clip_model(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a CLIP under the names of `CLIPModel`.

    Weights in OpenAI's layout are renamed, split and transposed; those that have the names of
    `CLIPModel` already are taken as they are. A prefix before all names (``model.``, as some copies
    of HPSv2.1 have it) is cut. What is unknown keeps its name, for a strict loader to refuse.
    """
    tensors = _without_prefix(tensors)
    if "visual.proj" not in tensors:
        return dict(tensors)
    renamed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        block = _BLOCK.fullmatch(name)
        if name in _TRANSPOSED:
            renamed[_TRANSPOSED[name]] = tensor.t().contiguous()
        elif block is not None:
            renamed.update(_block(name, tensor, block))
        else:
            renamed[_NAMES.get(name, name)] = tensor
    return renamed


def _block(name: str, tensor: Tensor, found: re.Match[str]) -> dict[str, Tensor]:
    """One weight of one transformer block; three where query, key and value stand together."""
    visual, number, part, kind = found.groups()
    layer = f"{'vision' if visual else 'text'}_model.encoder.layers.{number}"
    if part == "attn.in_proj":
        thirds = zip("qkv", tensor.chunk(3, dim=0), strict=True)
        return {f"{layer}.self_attn.{side}_proj.{kind}": third for side, third in thirds}
    if part in _IN_A_BLOCK:
        return {f"{layer}.{_IN_A_BLOCK[part]}.{kind}": tensor}
    return {name: tensor}


def _without_prefix(tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Cut what stands before every name, if anything does."""
    scale = "logit_scale"
    first = next((name for name in tensors if name.endswith(f".{scale}")), scale)
    prefix = first.removesuffix(scale)
    if not prefix or not all(name.startswith(prefix) for name in tensors):
        return tensors
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
