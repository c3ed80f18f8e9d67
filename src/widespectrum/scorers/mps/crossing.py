"""The crossing module of MPS: the image tokens read the words that the condition lets them see.

Four layers, each of a cross-attention block and a self-attention block, both with a feed-forward
beside the attention (as in PaLM): attention and feed-forward read the same normalised input, and
both are added to it. All heads share one key and one value.

Learning Multi-dimensional Human Preference for Text-to-Image Generation, arXiv 2405.14705, sec. 4.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

ROTARY_BASE = 10_000


class Shape(NamedTuple):
    """Sizes of the module."""

    width: int
    layers: int
    heads: int
    head_width: int
    inner: int
    """Width of the feed-forward, after its gate."""


class Gate(nn.Module):
    """SwiGLU: the first half, times the SiLU of the second."""

    def forward(self, states: Tensor) -> Tensor:
        """``(..., 2 n)`` -> ``(..., n)``."""
        value, gate = states.chunk(2, dim=-1)
        return functional.silu(gate) * value


class CrossBlock(nn.Module):
    """Image tokens read words. Words are not normalised."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        attention = shape.heads * shape.head_width
        self.head_width = shape.head_width
        self.norm = nn.LayerNorm(shape.width)
        self.to_q = nn.Linear(shape.width, attention, bias=False)
        self.to_kv = nn.Linear(shape.width, 2 * shape.head_width, bias=False)
        self.to_out = nn.Linear(attention, shape.width, bias=False)
        self.ff = nn.Sequential(
            nn.Linear(shape.width, 2 * shape.inner, bias=False),
            Gate(),
            nn.Linear(shape.inner, shape.width, bias=False),
        )

    def prepare(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """What depends on the image tokens alone: their queries, and all that is added to them."""
        normed = self.norm(images)
        return self.to_q(normed), images + self.ff(normed)

    def forward(self, prepared: tuple[Tensor, Tensor], words: Tensor, visible: Tensor) -> Tensor:
        """Image tokens after they have read.

        Args:
            prepared: of `prepare`, ``(rows, tokens, ...)``.
            words: ``(rows, words, width)``.
            visible: which words may be read, ``(rows, words)``.
        """
        queries, rest = prepared
        keys, values = self.to_kv(words).chunk(2, dim=-1)
        per_head = _per_head(queries, self.head_width)
        mixed = _attend(per_head, keys, values, visible[:, None, None, :])
        read: Tensor = rest + self.to_out(mixed)
        return read


class SelfBlock(nn.Module):
    """Image tokens read each other, with rotary positions."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        attention = shape.heads * shape.head_width
        self.head_width = shape.head_width
        self.parts = (attention, shape.head_width, shape.head_width, 2 * shape.inner)
        self.norm = nn.LayerNorm(shape.width)
        self.fused_attn_ff_proj = nn.Linear(shape.width, sum(self.parts), bias=False)
        self.attn_out = nn.Linear(attention, shape.width, bias=False)
        self.ff_out = nn.Sequential(Gate(), nn.Linear(shape.inner, shape.width, bias=False))

    def forward(self, states: Tensor, first: int | None = None) -> Tensor:
        """Image tokens after they have read each other; only the `first` few, if not all.

        Args:
            states: ``(rows, tokens, width)``.
            first: so many tokens are wanted. All of them are read.
        """
        normed = self.norm(states)
        asking = normed[:, :first]
        of_queries, of_keys, of_values, of_inner = torch.split(
            self.fused_attn_ff_proj.weight, list(self.parts)
        )
        angles = _angles(states.shape[1], self.head_width, states)
        queries = functional.linear(asking, of_queries)
        keys = _rotated(functional.linear(normed, of_keys), angles)
        turned = _rotated(_per_head(queries, self.head_width), angles[: asking.shape[1]])
        mixed = _attend(turned, keys, functional.linear(normed, of_values))
        inner = self.ff_out(functional.linear(asking, of_inner))
        read: Tensor = states[:, :first] + self.attn_out(mixed) + inner
        return read


class Crossing(nn.Module):
    """The whole module; `forward` gives the first image token, which is what is scored."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.ModuleList([CrossBlock(shape), SelfBlock(shape)]) for _ in range(shape.layers)
        )

    def forward(
        self,
        images: Tensor,
        words: Tensor,
        visible: Tensor,
        image_of_row: Tensor,
        prompt_of_row: Tensor,
    ) -> Tensor:
        """The first token of images after they have read prompts, ``(rows, width)``.

        What the first layer computes from the image alone is computed once per image, and the last
        block computes the first token only.

        Args:
            images: image tokens, ``(images, tokens, width)``.
            words: word tokens, ``(prompts, words, width)``.
            visible: which words may be read, ``(prompts, words)``.
            image_of_row: which image each row is about, ``(rows,)``.
            prompt_of_row: which prompt it reads, ``(rows,)``.
        """
        words, visible = words[prompt_of_row], visible[prompt_of_row]
        (cross, own), *later = cast("list[tuple[CrossBlock, SelfBlock]]", list(self.layers))
        queries, rest = cross.prepare(images)
        states = cross((queries[image_of_row], rest[image_of_row]), words, visible)
        for next_cross, next_own in later:
            states = next_cross(next_cross.prepare(own(states)), words, visible)
            own = next_own
        first: Tensor = own(states, first=1)[:, 0]
        return first


def _per_head(states: Tensor, head_width: int) -> Tensor:
    """``(rows, tokens, heads * head_width)`` -> ``(rows, heads, tokens, head_width)``."""
    return states.view(*states.shape[:-1], -1, head_width).transpose(1, 2)


def _attend(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None) -> Tensor:
    """All heads with one key and one value, ``(rows, tokens, heads * head_width)``.

    Args:
        queries: ``(rows, heads, tokens, head_width)``.
        keys: ``(rows, sources, head_width)``.
        values: the same.
        mask: true where a source may be read, broadcast to ``(rows, heads, tokens, sources)``.
    """
    shared = (-1, queries.shape[1], -1, -1)
    mixed = functional.scaled_dot_product_attention(
        queries, keys[:, None].expand(shared), values[:, None].expand(shared), attn_mask=mask
    )
    return mixed.transpose(1, 2).flatten(2)


def _angles(tokens: int, head_width: int, like: Tensor) -> Tensor:
    """Angle of each pair of channels at each position, ``(tokens, head_width)``."""
    halves = torch.arange(0, head_width, 2, device=like.device, dtype=torch.float32)
    frequencies = 1.0 / ROTARY_BASE ** (halves / head_width)
    angles = torch.arange(tokens, device=like.device, dtype=torch.float32)[:, None] * frequencies
    return torch.cat([angles, angles], dim=-1)


def _rotated(states: Tensor, angles: Tensor) -> Tensor:
    """Each channel of the first half turned with its partner in the second."""
    first, second = states.chunk(2, dim=-1)
    turned = torch.cat([-second, first], dim=-1)
    return states * angles.cos().to(states.dtype) + turned * angles.sin().to(states.dtype)
