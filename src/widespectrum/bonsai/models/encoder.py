"""The dual encoder: a picture and a prompt become unit vectors that point the same way if they fit.

About 1.6 million parameters. A picture passes a convolutional stem that turns 64 x 64 pixels into
8 x 8 tokens, then three transformer blocks; a prompt passes two. Trained contrastively it is
``bonsai-clip`` (as CLIP, arXiv 2103.00020, in miniature); with a head on top, ``bonsai-taste``.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

PADDING = 0
"""The token that fills a prompt up to its length. It is never attended to."""

START_SCALE = 10.0
LARGEST_SCALE = 100.0


@dataclass(frozen=True)
class EncoderShape:
    """What decides the shapes of the encoder's weights."""

    vocabulary: int
    """Number of tokens, padding included."""
    token_limit: int
    """Longest prompt in tokens."""
    width: int = 160
    heads: int = 5
    image_blocks: int = 3
    text_blocks: int = 2
    embedding: int = 128
    """Length of the unit vectors."""
    image_size: int = 64
    """Side of the picture in pixels; a multiple of 8."""


class Attention(nn.Module):
    """Multi-head self-attention, with softmax in float32."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.project_in = nn.Linear(width, 3 * width)
        self.project_out = nn.Linear(width, width)

    def forward(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        """``(batch, n, width)`` -> the same; `mask` is added to the logits."""
        batch, count, width = tokens.shape
        split = self.project_in(tokens).view(batch, count, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        # Spelled out: on processors this was faster in the backward pass than the fused kernel.
        logits = (query @ key.mT).float() * (width // self.heads) ** -0.5
        if mask is not None:
            logits = logits + mask
        mixed = logits.softmax(-1).to(value.dtype) @ value
        out: Tensor = self.project_out(mixed.transpose(1, 2).reshape(batch, count, width))
        return out


class Block(nn.Module):
    """A pre-norm transformer block."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 5 * width // 2), nn.GELU(), nn.Linear(5 * width // 2, width)
        )

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """``(batch, n, width)`` -> the same."""
        tokens = tokens + self.attention(self.norm_attention(tokens), mask)
        out: Tensor = tokens + self.mlp(self.norm_mlp(tokens))
        return out


class DualEncoder(nn.Module):
    """Pictures and prompts into one space of unit vectors."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        self.shape = shape
        width, side = shape.width, shape.image_size // 8
        self.stem = nn.Sequential(
            nn.Conv2d(3, width // 5, 4, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(width // 5, width // 3, 4, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(width // 3, width, 4, stride=2, padding=1),
        )
        self.image_places = nn.Parameter(torch.randn(1, side * side, width) * 0.02)
        self.image_blocks = nn.ModuleList(
            Block(width, shape.heads) for _ in range(shape.image_blocks)
        )
        self.image_norm = nn.LayerNorm(width)
        # Mean and maximum over the tokens: one for what is everywhere, one for what is somewhere.
        self.image_out = nn.Linear(2 * width, shape.embedding)
        self.words = nn.Embedding(shape.vocabulary, width)
        nn.init.normal_(self.words.weight, std=0.1)
        self.text_places = nn.Parameter(torch.randn(1, shape.token_limit, width) * 0.02)
        self.text_blocks = nn.ModuleList(
            Block(width, shape.heads) for _ in range(shape.text_blocks)
        )
        self.text_norm = nn.LayerNorm(width)
        self.text_out = nn.Linear(width, shape.embedding)
        self.log_scale = nn.Parameter(torch.tensor(START_SCALE).log())

    @property
    def scale(self) -> Tensor:
        """What cosines are multiplied by before the softmax of the contrastive loss."""
        return self.log_scale.exp().clamp(max=LARGEST_SCALE)

    def encode_images(self, pixels: Tensor) -> Tensor:
        """Unit vectors of pictures.

        Args:
            pixels: ``(n, 3, size, size)`` floats from -1 to 1; see `to_pixels`.

        Returns:
            ``(n, embedding)`` float32.
        """
        tokens = self.stem(pixels).flatten(2).transpose(1, 2) + self.image_places
        for block in self.image_blocks:
            tokens = block(tokens)
        tokens = self.image_norm(tokens)
        pooled = torch.cat([tokens.mean(1), tokens.amax(1)], dim=-1)
        return functional.normalize(self.image_out(pooled).float(), dim=-1)

    def encode_prompts(self, tokens: Tensor) -> Tensor:
        """Unit vectors of prompts.

        Args:
            tokens: ``(n, length)`` integers, filled up with `PADDING`; length up to the limit.
                Every prompt has at least one token that is not padding.

        Returns:
            ``(n, embedding)`` float32.
        """
        real = tokens != PADDING
        mask = torch.zeros(tokens.shape, device=tokens.device).masked_fill(~real, -1e4)
        mixed = self.words(tokens) + self.text_places[:, : tokens.shape[1]]
        for block in self.text_blocks:
            mixed = block(mixed, mask[:, None, None])
        mixed = self.text_norm(mixed)
        weight = real[..., None].to(mixed.dtype)
        pooled = (mixed * weight).sum(1) / weight.sum(1)
        return functional.normalize(self.text_out(pooled).float(), dim=-1)


def to_pixels(images: Tensor) -> Tensor:
    """``(n, height, width, 3)`` bytes -> ``(n, 3, height, width)`` float32 from -1 to 1."""
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1.0
