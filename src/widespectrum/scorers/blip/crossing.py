"""The text encoder, reading images: what depends on the image alone is computed once per image.

BLIP's text encoder lets every word attend to every place of the image, in each layer, through keys
and values that follow from the image and not from the text. `transformers` computes them again for
every text; here they are made once (`look`) and then read by as many texts as there are (`read`).
The modules, and the numbers, are those of `transformers.BlipTextModel`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor
    from transformers.models.blip.modeling_blip_text import BlipTextModel, BlipTextSelfAttention


class Seen(NamedTuple):
    """One layer's view of some images; both ``(images, heads, places, channels per head)``."""

    keys: Tensor
    values: Tensor


def look(text_encoder: BlipTextModel, images: Tensor) -> list[Seen]:
    """Keys and values of images, per layer.

    Args:
        text_encoder: with cross-attention.
        images: states of the vision tower, ``(images, places, width)``.
    """
    seen = []
    for layer in _layers(text_encoder):
        attention = layer.crossattention.self
        keys = _in_heads(attention, attention.key(images))
        seen.append(Seen(keys, _in_heads(attention, attention.value(images))))
    return seen


def read(
    text_encoder: BlipTextModel,
    seen: list[Seen],
    tokens: Tensor,
    mask: Tensor,
    text_of_row: Tensor,
    image_of_row: Tensor,
) -> Tensor:
    """The states of ``[CLS]`` after texts have read images.

    Before its first look at the image a text is the same for all; that part is shared too.

    Args:
        text_encoder: with cross-attention.
        seen: of `look`.
        tokens: ids of different texts, ``(texts, length)``.
        mask: 1 for tokens and 0 for padding, of the same shape.
        text_of_row: which text each row reads with, ``(rows,)``.
        image_of_row: which image it reads, ``(rows,)``.

    Returns:
        ``(rows, width)``.
    """
    states: Tensor = text_encoder.embeddings(input_ids=tokens)
    blocked = (1 - mask[:, None, None, :].to(states.dtype)) * torch.finfo(states.dtype).min
    for number, (layer, view) in enumerate(zip(_layers(text_encoder), seen, strict=True)):
        states, _ = layer.attention(states, attention_mask=blocked)
        if number == 0:
            states, blocked = states[text_of_row], blocked[text_of_row]
        states = layer.crossattention.output(
            _attend(layer.crossattention.self, states, view, image_of_row), states
        )
        states = layer.feed_forward_chunk(states)
    return states[:, 0]


def _attend(attention: BlipTextSelfAttention, states: Tensor, view: Seen, of_row: Tensor) -> Tensor:
    queries = _in_heads(attention, attention.query(states))
    mixed = functional.scaled_dot_product_attention(queries, view.keys[of_row], view.values[of_row])
    return mixed.transpose(1, 2).flatten(2)


def _layers(text_encoder: BlipTextModel) -> Iterable[Any]:
    return cast("Iterable[Any]", text_encoder.encoder.layer)


def _in_heads(attention: BlipTextSelfAttention, states: Tensor) -> Tensor:
    """``(rows, places, width)`` -> ``(rows, heads, places, channels per head)``."""
    heads = (attention.num_attention_heads, attention.attention_head_size)
    return states.view(*states.shape[:-1], *heads).transpose(1, 2)
