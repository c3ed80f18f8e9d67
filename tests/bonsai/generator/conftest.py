from __future__ import annotations

import pytest
import torch
from torch import nn

from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.models.tokens import Language, Reading

SPECIALS = 3
WORDS = ("cat", "dog", "red", "blue", "blurry", "sharp")


def _read(prompt: str) -> Reading:
    words = prompt.lower().split()
    known = tuple(WORDS.index(word) + SPECIALS for word in words if word in WORDS)
    return Reading(known, tuple(dict.fromkeys(word for word in words if word not in WORDS)))


@pytest.fixture
def spoken() -> Language:
    """A language of six words, with the world's special tokens before them."""
    return Language("f" * 64, len(WORDS) + SPECIALS, 72, _read)


@pytest.fixture
def shape() -> GeneratorShape:
    """A generator of a few thousand weights."""
    return GeneratorShape(
        vocabulary=len(WORDS) + SPECIALS,
        token_limit=72,
        text_width=20,
        text_heads=2,
        text_blocks=1,
        text_embedding=16,
        width=32,
        heads=2,
        blocks=2,
        patch=2,
        image_size=16,
        head_channels=4,
    )


@pytest.fixture
def network(shape: GeneratorShape) -> GeneratorNetwork:
    """A network none of whose weights is zero, so that everything it computes shows."""
    torch.manual_seed(0)
    made = GeneratorNetwork(shape).eval()
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.1)
    return made.requires_grad_(False)
