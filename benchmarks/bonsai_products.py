"""The matrix products that Bonsai's generator cannot do without, and how long they take alone.

Everything else that it computes (norms, softmax, modulation ...) could in principle be hidden
behind them, so their time is the limit that sampling and training are held against.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from widespectrum.bonsai.generator.network import GeneratorShape

Product = Callable[[], object]


def forward_products(
    shape: GeneratorShape, pictures: int, words: int, dtype: torch.dtype
) -> list[tuple[int, Product]]:
    """How often each product is needed for one answer of the network, and the product."""
    width, patches = shape.width, (shape.image_size // shape.patch) ** 2
    both, pixels = patches + words, shape.patch**2
    heads, narrow = shape.heads, shape.width // shape.heads

    def linear(tokens: int, ins: int, outs: int) -> Product:
        x, w = torch.randn(pictures * tokens, ins).to(dtype), torch.randn(outs, ins).to(dtype)
        return lambda: x @ w.T

    q, k, v = (torch.randn(pictures * heads, both, narrow).to(dtype) for _ in range(3))
    weights = torch.randn(pictures * heads, both, both).to(dtype)
    side, channels = shape.image_size, shape.head_channels + 3
    picture = torch.randn(pictures, channels, side, side).to(dtype)
    inner = torch.randn(pictures, 24, side, side).to(dtype)
    first, last = torch.randn(24, channels, 3, 3).to(dtype), torch.randn(3, 24, 3, 3).to(dtype)
    return [
        (shape.blocks, linear(both, width, 3 * width)),
        (shape.blocks, lambda: q @ k.mT),
        (shape.blocks, lambda: weights @ v),
        (shape.blocks, linear(both, width, width)),
        (shape.blocks, linear(patches, width, 4 * width)),
        (shape.blocks, linear(patches, 4 * width, width)),
        (1, linear(patches, 3 * pixels, width)),
        (1, linear(words, shape.text_width, width)),
        (1, linear(1, width, 9 * width)),
        (1, linear(patches, width, pixels * shape.head_channels)),
        (1, lambda: torch.conv2d(picture, first, padding=1)),
        (1, lambda: torch.conv2d(inner, last, padding=1)),
    ]


def seconds(action: Product, repeats: int = 5) -> float:
    """The best of several times, after one that does not count."""
    action()
    best = float("inf")
    for _ in range(repeats):
        begun = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - begun)
    return best


def time_of_products(
    shape: GeneratorShape, pictures: int, words: int, dtype: torch.dtype, repeats: int = 5
) -> float:
    """Seconds that the products of one answer take, each timed alone."""
    with torch.inference_mode():
        return sum(
            times * seconds(product, repeats)
            for times, product in forward_products(shape, pictures, words, dtype)
        )
