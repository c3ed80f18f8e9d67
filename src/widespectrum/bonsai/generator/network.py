"""The generator's network: a flow-matching transformer over patches and words.

About 5 million parameters. A picture of 64 x 64 pixels is 64 tokens, one per patch of 8 x 8; they
and the prompt's words pass eight blocks of joint attention (as Stable Diffusion 3, arXiv
2403.03206). Both streams share its weights, which spares a quarter of the file, and are modulated
separately by time and prompt. The network answers with the clean picture rather than with noise or
velocity (arXiv 2511.13720), and two small convolutions over the whole picture hide the seams of the
patches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from widespectrum.bonsai.generator.attention import (
    AttentionStep,
    JointAttention,
    joint_attention,
)
from widespectrum.bonsai.generator.text import PromptReader, Text
from widespectrum.bonsai.models.encoder import EncoderShape

_FREQUENCIES = 256
_MODULATIONS = 9
_LOW = -1e4
"""Bias of a padded word's logit: its weight is exactly zero."""


@dataclass(frozen=True)
class GeneratorShape:
    """What decides the shapes of the generator's weights."""

    vocabulary: int
    """Number of tokens, padding included."""
    token_limit: int
    """Longest prompt in tokens."""
    text_width: int = 160
    text_heads: int = 5
    text_blocks: int = 2
    text_embedding: int = 128
    width: int = 192
    heads: int = 6
    blocks: int = 8
    patch: int = 8
    """Side of a patch in pixels."""
    image_size: int = 64
    """Side of the picture in pixels; a multiple of the patch."""
    head_channels: int = 12
    """Of the map that the last convolutions read."""

    @property
    def reader(self) -> EncoderShape:
        """The shape of the encoder that the text tower is copied from."""
        return EncoderShape(
            self.vocabulary,
            self.token_limit,
            width=self.text_width,
            heads=self.text_heads,
            text_blocks=self.text_blocks,
            embedding=self.text_embedding,
        )


class Block(nn.Module):
    """Joint attention of both streams, then a perceptron for the picture.

    Each is scaled, shifted and gated. The prompt has no perceptron: its words have been thought
    about by the reader, and would cost a fifth of all arithmetic.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = JointAttention(width, heads)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        nn.init.zeros_(self.narrow.weight)
        own = torch.zeros(_MODULATIONS, width)
        own[[2, 5, 8]] = 1.0
        self.modulation = nn.Parameter(own)

    def forward(
        self, picture: Tensor, prompt: Tensor, modulation: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor]:
        """``(batch, n, width)`` of both streams -> the same.

        Args:
            picture: tokens of patches.
            prompt: tokens of words.
            modulation: ``(batch, 9, width)``, which this block adds its own to: scale, shift and
                gate of the picture's attention, of its perceptron, and of the prompt's attention.
            bias: ``(batch, words)``, added to the logits of the words.
        """
        own = (modulation + self.modulation).unsqueeze(2).unbind(1)
        seen, said = self.attention(
            _normed(picture) * (1 + own[0]) + own[1], _normed(prompt) * (1 + own[6]) + own[7], bias
        )
        picture, prompt = picture + own[2] * seen, prompt + own[8] * said
        wide = self.widen(_normed(picture) * (1 + own[3]) + own[4])
        thought = self.narrow(functional.gelu(wide, approximate="tanh"))
        return picture + own[5] * thought, prompt


class GeneratorNetwork(nn.Module):
    """Noisy pictures, times and prompts -> clean pictures.

    Time runs from 0, where a picture is nothing but noise, to 1, where it is clean.
    """

    def __init__(self, shape: GeneratorShape) -> None:
        super().__init__()
        self.shape = shape
        width, side = shape.width, shape.image_size // shape.patch
        self.reader = PromptReader(shape.reader)
        self.see = nn.Linear(shape.patch**2 * 3, width)
        self.places = nn.Parameter(_places(side, width))
        self.hear = nn.Linear(shape.text_width, width)
        self.time = nn.Sequential(
            nn.Linear(_FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.whole = nn.Linear(shape.text_embedding, width)
        self.modulate = nn.Linear(width, _MODULATIONS * width)
        self.blocks = nn.ModuleList(Block(width, shape.heads) for _ in range(shape.blocks))
        self.modulate_last = nn.Linear(width, 2 * width)
        for layer in (self.modulate, self.modulate_last):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.show = nn.Linear(width, shape.patch**2 * shape.head_channels)
        self.smooth_in = nn.Conv2d(shape.head_channels + 3, 24, 3, padding=1)
        self.smooth_out = nn.Conv2d(24, 3, 3, padding=1)
        nn.init.normal_(self.smooth_out.weight, std=0.02)

    def forward(self, noisy: Tensor, time: Tensor, text: Text) -> Tensor:
        """Predict the clean pictures.

        Args:
            noisy: ``(n, 3, size, size)``; `flow.mix` of clean pictures and noise.
            time: ``(n,)``, 0 to 1.
            text: of `read`.

        Returns:
            ``(n, 3, size, size)`` float32, clean pictures from -1 to 1, not clipped.
        """
        size, patch = self.shape.image_size, self.shape.patch
        picture = self.see(functional.pixel_unshuffle(noisy, patch).flatten(2).mT) + self.places
        prompt = self.hear(text.words)
        bias = torch.zeros(text.real.shape, device=noisy.device).masked_fill(~text.real, _LOW)
        known = functional.silu(self.time(_waves(time)) + self.whole(text.whole))
        modulation = self.modulate(known).unflatten(1, (_MODULATIONS, self.shape.width))
        for block in self.blocks:
            picture, prompt = block(picture, prompt, modulation, bias)
        scale, shift = self.modulate_last(known).unsqueeze(1).chunk(2, dim=2)
        shown = self.show(_normed(picture) * (1 + scale) + shift).mT
        sketch = functional.pixel_shuffle(shown.unflatten(2, (size // patch, size // patch)), patch)
        context = torch.cat([sketch, noisy.to(sketch.dtype)], dim=1)
        detail = self.smooth_out(functional.gelu(self.smooth_in(context), approximate="tanh"))
        clean: Tensor = sketch[:, :3].float() + detail.float()
        return clean

    def read(self, tokens: Tensor) -> Text:
        """Prompts ready for `forward`: this is the part that one prompt needs only once."""
        text: Text = self.reader(tokens)
        return text

    @contextmanager
    def attending(self, step: AttentionStep) -> Iterator[None]:
        """Another attention step in every block, as long as the context lasts."""
        layers = [block.attention for block in self.blocks if isinstance(block, Block)]
        for layer in layers:
            layer.step = step
        try:
            yield
        finally:
            for layer in layers:
                layer.step = joint_attention


def _normed(tokens: Tensor) -> Tensor:
    return functional.rms_norm(tokens, (tokens.shape[-1],))


def _waves(time: Tensor) -> Tensor:
    """Times as sines and cosines, ``(n, _FREQUENCIES)``."""
    half = _FREQUENCIES // 2
    steps = torch.arange(half, device=time.device, dtype=torch.float32)
    angles = 1000.0 * time[:, None] * torch.exp(-math.log(1e4) / half * steps)
    return torch.cat([angles.cos(), angles.sin()], dim=1)


def _places(side: int, width: int) -> Tensor:
    """Where every patch is, as sines and cosines of row and column, ``(1, side**2, width)``."""
    speeds = torch.exp(-math.log(100.0) * torch.arange(width // 4) / (width // 4))
    angles = torch.arange(side)[:, None] * speeds
    waves = torch.cat([angles.sin(), angles.cos()], dim=1)
    rows, columns = waves[:, None].expand(-1, side, -1), waves[None].expand(side, -1, -1)
    return torch.cat([rows, columns], dim=-1).reshape(1, side * side, width) * 0.5
