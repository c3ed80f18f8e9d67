"""The fewest FLOPs that the four scores of pairs can cost, added up by hand.

Two FLOPs per multiplication with addition, of matrix products only, as torch counts them. Each
image once, each prompt once, each combination only where the network needs one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def minimum(
    name: str, scorer: Any, prompts: Sequence[str], layers: tuple[int, int], pairs: int
) -> float:
    """FLOPs of four scores for each of `pairs` pairs."""
    images = 2 * pairs
    tokens = scorer.tokens(prompts)
    if name == "clip-l":
        image = tower(257, 1024, 4096, layers[0]) + 2 * 256 * 1024 * 3 * 14**2 + 2 * 1024 * 768
        text = sum(tower(n, 768, 3072, layers[1]) + 2 * 768 * 768 for n in np.minimum(tokens, 77))
        return images * image + text
    if name in ("imagereward", "blip-large"):
        side, limit = (14, 35) if name == "imagereward" else (24, 512)
        places = side * side + 1
        image = tower(places, 1024, 4096, layers[0]) + 2 * side * side * 1024 * 3 * 16**2
        image += layers[1] * 2 * 2 * places * 1024 * 768  # keys and values for the text to read
        # Each prompt reads both images of its pair.
        text = sum(2 * reader(n, places, layers[1]) for n in np.minimum(tokens, limit))
        return images * image + text
    return images * prefix(scorer, layers) + sum(
        2 * suffix(scorer, prompt, layers[1]) for prompt in prompts
    )


def tower(n: int, width: int, inner: int, layers: int) -> float:
    """A transformer over `n` tokens."""
    return layers * (2 * n * (4 * width**2 + 2 * width * inner) + 4 * n**2 * width)


def reader(n: int, places: int, layers: int) -> float:
    """BLIP's text encoder over `n` tokens, that read an image whose keys and values are there."""
    width = 768
    own = 2 * n * (4 * width**2 + 2 * width * 4 * width) + 4 * n**2 * width
    crossing = 2 * n * 2 * width**2 + 4 * n * places * width
    return layers * (own + crossing)


def prefix(scorer: Any, layers: tuple[int, int]) -> float:
    """HPSv3 up to the prompt: image tower, merger, and the language model over all of it."""
    patches, width = 32 * 32, 1280
    seen = tower(patches, width, 4 * width, layers[0]) + 2 * patches * width * 3 * 2 * 14**2
    merged = patches // 4
    seen += 2 * merged * ((4 * width) ** 2 + 4 * width * 3584)
    length = len(scorer.wording.before) + merged + len(scorer.wording.shared)
    return seen + language(length, length, layers[1])


def suffix(scorer: Any, prompt: str, layers: int) -> float:
    """HPSv3 behind the prefix."""
    own = len(scorer.wording.after(prompt)) - len(scorer.wording.shared)
    before = len(scorer.wording.before) + 256 + len(scorer.wording.shared)
    return language(own, before + own, layers)


def language(new: int, seen: int, layers: int) -> float:
    """Qwen2-VL-7B's layers over `new` tokens, that look at `seen`."""
    width, inner, shared = 3584, 18944, 512
    return layers * (
        2 * new * (2 * width**2 + 2 * width * shared + 3 * width * inner) + 4 * new * seen * width
    )
