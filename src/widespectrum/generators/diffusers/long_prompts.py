"""Prompts that are longer than a text encoder reads, divided at spaces into parts that it reads.

CLIP reads 77 tokens and drops the rest; anti-aesthetic prompts are often longer. Each part is
encoded as a text of its own, and the parts' states stand one after the other before the network.
A vocabulary of CLIP's kind never joins letters across a space, so the parts have the very tokens of
the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

MOST = 8
"""Parts of one prompt. What is beyond them is not read, and recorded as cut."""

_WORD = re.compile(r"\s*\S+(?:\s+$)?")


def divider(pipeline: Any, limits: Mapping[str, int]) -> Callable[[str], tuple[str, ...]]:
    """A function from a text to its parts, which joined are the text, but for what is cut.

    Args:
        pipeline: who has the tokenizers.
        limits: tokenizer component -> the most tokens that its encoder reads, with those that
            open and close a text.
    """
    tokenizers = [(getattr(pipeline, name), limit) for name, limit in limits.items()]

    def fits(text: str) -> bool:
        return all(count(tokenizer, text) <= limit for tokenizer, limit in tokenizers)

    @lru_cache(maxsize=1024)
    def parts(text: str) -> tuple[str, ...]:
        return (text,) if fits(text) else tuple(_filled(text, fits)[:MOST])

    return parts


def count(tokenizer: Any, text: str) -> int:
    """Tokens of a text, with those that open and close it."""
    return len(tokenizer(text, truncation=False, verbose=False).input_ids)


def _filled(text: str, fits: Callable[[str], bool]) -> list[str]:
    """As few parts as there can be, divided at spaces."""
    parts = [""]
    for word in _WORD.findall(text):
        for piece in _pieces(word, fits):
            if fits(parts[-1] + piece):
                parts[-1] += piece
            else:
                parts.append(piece)
    return [part for part in parts if part]


def _pieces(word: str, fits: Callable[[str], bool]) -> list[str]:
    """A word; one that is too long by itself (a text without spaces) in pieces."""
    pieces = []
    while not fits(word) and len(word) > 1:
        least, most = 1, len(word) - 1
        while least < most:
            middle = (least + most + 1) // 2
            least, most = (middle, most) if fits(word[:middle]) else (least, middle - 1)
        pieces.append(word[:least])
        word = word[least:]
    return [*pieces, word]
