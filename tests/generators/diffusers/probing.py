"""What tests ask of a painter: how often its network was asked, how far two pictures are apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from PIL import Image

from widespectrum.contracts import Failure, GenerationRequest

PROMPTS = (
    "a red ball",
    "a red ball on a table, out of focus, badly lit, the horizon far from level",
    "ein trüber Teich, 濁った池",
)
"""Of different lengths, and not all Latin."""


def requests(seeds: Sequence[int] = (1, 2, 3)) -> list[GenerationRequest]:
    """One request per prompt, with a seed of its own."""
    return [GenerationRequest(text, seed) for text, seed in zip(PROMPTS, seeds, strict=True)]


def apart(one: Any, other: Any) -> int:
    """The largest difference of two pictures, in grey levels of 255."""
    assert isinstance(one, Image.Image), one
    assert isinstance(other, Image.Image), other
    first, second = (np.asarray(image.convert("RGB"), dtype=int) for image in (one, other))
    assert first.shape == second.shape
    return int(abs(first - second).max())


def refusal(answer: Any) -> str:
    """The reason of a request that was refused because of what it asks for."""
    assert isinstance(answer, Failure), answer
    assert answer.kind == "bad_input", answer
    return answer.reason


def sources(*seeds: int) -> list[torch.Generator]:
    """Noise for a bare pipeline, as its documentation says to seed a batch."""
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def start_picture(seed: int = 0, side: int = 32) -> Image.Image:
    """A picture to begin with."""
    values = np.random.default_rng(seed).integers(0, 255, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((side, side))


@contextmanager
def passes_of(network: torch.nn.Module) -> Iterator[list[int]]:
    """How many pictures each pass through a network was for (guided ones counted twice)."""
    seen: list[int] = []

    def count(_module: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = kwargs.get("hidden_states", args[0] if args else None)
        assert given is not None
        seen.append(len(given))

    hook = network.register_forward_pre_hook(count, with_kwargs=True)
    try:
        yield seen
    finally:
        hook.remove()
