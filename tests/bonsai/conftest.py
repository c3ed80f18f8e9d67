from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from widespectrum.bonsai.models.encoder import EncoderShape
from widespectrum.bonsai.models.tokens import Language, Reading

WORDS = ("cat", "dog", "red", "blue", "blurry", "sharp")


def _read(prompt: str) -> Reading:
    words = prompt.lower().split()
    known = tuple(WORDS.index(word) + 1 for word in words if word in WORDS)
    return Reading(known, tuple(dict.fromkeys(word for word in words if word not in WORDS)))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks are faster on one thread of a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def language() -> Language:
    """A language of six words."""
    return Language("f" * 64, len(WORDS) + 1, 8, _read)


@pytest.fixture
def tiny() -> EncoderShape:
    """An encoder of a few thousand weights."""
    return EncoderShape(
        vocabulary=7,
        token_limit=8,
        width=20,
        heads=2,
        image_blocks=1,
        text_blocks=1,
        embedding=16,
        image_size=16,
    )
