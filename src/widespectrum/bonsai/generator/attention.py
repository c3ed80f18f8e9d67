"""Joint attention: the tokens of picture and prompt attend to each other in one softmax.

What is done with queries, keys and values is a step that can be replaced from outside, as the
attention processors of diffusers can; so guidance that acts on attention (value sign flip,
arXiv 2508.10931; normalised attention guidance, arXiv 2505.21179) applies here as it does to FLUX
and Stable Diffusion 3. Projections, norms and everything else stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor, nn


class Heads(NamedTuple):
    """Queries, keys and values of one stream, each ``(batch, heads, tokens, head_width)``.

    Queries and keys are normalised, and queries scaled: logits are their plain products.
    """

    query: Tensor
    key: Tensor
    value: Tensor


AttentionStep: TypeAlias = Callable[[Heads, Heads, Tensor], tuple[Tensor, Tensor]]
"""(picture, prompt, bias) -> what the tokens of both gather, each of its stream's shape.

``bias``, ``(batch, words)``, is added to the logits of the prompt's keys: 0, or very low where a
word is padding."""


def joint_attention(picture: Heads, prompt: Heads, bias: Tensor) -> tuple[Tensor, Tensor]:
    """The ordinary step: every token attends to all tokens of both streams."""
    query = torch.cat([picture.query, prompt.query], dim=2)
    gathered = attend(query, picture, prompt, bias)
    pixels = picture.query.shape[2]
    return gathered[:, :, :pixels], gathered[:, :, pixels:]


def attend(query: Tensor, picture: Heads, prompt: Heads, bias: Tensor) -> Tensor:
    """Softmax over the keys of both streams, in float32, and the mean of their values."""
    key = torch.cat([picture.key, prompt.key], dim=2)
    value = torch.cat([picture.value, prompt.value], dim=2)
    every = torch.cat([bias.new_zeros(len(bias), picture.key.shape[2]), bias], dim=1)
    # Spelled out: on processors this was faster in the backward pass than the fused kernel.
    logits = (query @ key.mT).float() + every[:, None, None]
    return logits.softmax(-1).to(value.dtype) @ value


class JointAttention(nn.Module):
    """Projections into heads and back, shared by both streams; between them the step."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.head_width = heads, width // heads
        self.project_in = nn.Linear(width, 3 * width, bias=False)
        self.project_out = nn.Linear(width, width, bias=False)
        nn.init.zeros_(self.project_out.weight)
        self.norm_query = nn.RMSNorm(self.head_width)
        self.norm_key = nn.RMSNorm(self.head_width)
        self.step: AttentionStep = joint_attention

    def forward(self, picture: Tensor, prompt: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """``(batch, n, width)`` of both streams -> the same."""
        count = picture.shape[1]
        both = self._split(torch.cat([picture, prompt], dim=1))
        gathered, said = self.step(
            Heads(*(part[:, :, :count] for part in both)),
            Heads(*(part[:, :, count:] for part in both)),
            bias,
        )
        joined = torch.cat([_joined(gathered), _joined(said)], dim=1)
        out = self.project_out(joined)
        return out[:, :count], out[:, count:]

    def _split(self, tokens: Tensor) -> Heads:
        batch, count, _ = tokens.shape
        split = self.project_in(tokens).view(batch, count, 3, self.heads, self.head_width)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        query = self.norm_query(query.float()) * self.head_width**-0.5
        key = self.norm_key(key.float())
        return Heads(query.to(value.dtype), key.to(value.dtype), value)


def _joined(heads: Tensor) -> Tensor:
    """``(batch, heads, n, head_width)`` -> ``(batch, n, width)``."""
    return heads.transpose(1, 2).flatten(2)
