"""A generator of a few thousand weights that paints greys, and the plainest of rewards."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from widespectrum.bonsai.alignment.rewards import Reward
from widespectrum.bonsai.generator.flow import draw_times, flow_loss, mix
from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.models.tokens import Language, Reading

SPECIALS = 3
WORDS = ("cat", "dog", "red", "blue", "blurry", "sharp")
TEXTS = ["red cat", "blue dog", "blurry red dog", "sharp blue cat", "cat"]

SHAPE = GeneratorShape(
    vocabulary=len(WORDS) + SPECIALS,
    token_limit=72,
    text_width=20,
    text_heads=2,
    text_blocks=1,
    text_embedding=16,
    width=32,
    heads=2,
    blocks=2,
    patch=4,
    image_size=16,
    head_channels=4,
)


class Brightness(Reward):
    """The mean of the picture, whatever the prompt."""

    def forward(self, pictures: Tensor, tokens: Tensor) -> Tensor:
        assert len(pictures) % len(tokens) == 0
        return pictures.mean((1, 2, 3))

    def describe(self) -> dict[str, Any]:
        return {"reward": "brightness"}


def spoken_language() -> Language:
    def read(prompt: str) -> Reading:
        words = prompt.lower().split()
        return Reading(tuple(WORDS.index(word) + SPECIALS for word in words if word in WORDS))

    return Language("f" * 64, len(WORDS) + SPECIALS, 72, read)


def grey_painter() -> GeneratorNetwork:
    """Trained for a few seconds to paint even greys of every level."""
    torch.manual_seed(0)
    network = GeneratorNetwork(SHAPE)
    network.reader.requires_grad_(False)
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learned, 3e-3)
    rng = np.random.default_rng(0)
    for _ in range(150):
        levels = torch.from_numpy(rng.uniform(-0.8, 0.8, 32).astype(np.float32))
        clean = levels[:, None, None, None].expand(-1, 3, 16, 16)
        time = draw_times(32, torch.device("cpu"))
        text = network.read(torch.from_numpy(rng.integers(SPECIALS, 9, (32, 2))))
        answer = network(mix(clean, torch.randn(clean.shape), time), time, text)
        loss = flow_loss(answer, clean, time)
        network.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
    return network
