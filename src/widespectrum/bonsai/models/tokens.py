"""Prompts as the numbers that networks read, and what becomes of words that they never learned."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from widespectrum.bonsai.language import PAD, TOKEN_LIMIT, UnknownWords, vocabulary, words
from widespectrum.errors import BadInput

if TYPE_CHECKING:
    from widespectrum.contracts import IntArray


@dataclass(frozen=True)
class Reading:
    """A prompt as the vocabulary reads it, uncut."""

    tokens: tuple[int, ...]
    """Of the known words, in order; none is the padding token 0."""
    unknown: tuple[str, ...] = ()
    """Words passed over, in order, each once."""


@dataclass(frozen=True)
class Language:
    """A vocabulary, as far as networks care."""

    fingerprint: str
    size: int
    """Number of tokens, padding included."""
    token_limit: int
    """Tokens beyond it are cut."""
    read: Callable[[str], Reading]

    def count(self, prompts: Sequence[str]) -> IntArray:
        """Tokens that each prompt would need uncut, ``(n,)``."""
        return np.array([len(self.read(prompt).tokens) for prompt in prompts], dtype=np.int64)

    def encode(self, prompts: Sequence[str]) -> IntArray:
        """Token ids, ``(n, token_limit)``, filled up with 0 and cut at the limit.

        Warns:
            UnknownWords: naming the words that are not in the vocabulary.

        Raises:
            BadInput: a prompt has no known word at all. Names the prompt.
        """
        ids = np.zeros((len(prompts), self.token_limit), dtype=np.int64)
        unknown: dict[str, None] = {}
        for row, prompt in enumerate(prompts):
            reading = self.read(prompt)
            if not reading.tokens:
                raise BadInput(
                    f"Bonsai knows no word of the prompt {prompt[:80]!r}",
                    "Write about its world; things, colours, places and effects that it draws.",
                    field="prompt",
                )
            kept = reading.tokens[: self.token_limit]
            ids[row, : len(kept)] = kept
            unknown.update(dict.fromkeys(reading.unknown))
        if unknown:
            named = ", ".join(list(unknown)[:12]) + (" ..." if len(unknown) > 12 else "")
            warnings.warn(
                f"Bonsai does not know {len(unknown)} word(s) and passes them over: {named}",
                UnknownWords,
                stacklevel=2,
            )
        return ids


@cache
def world_language() -> Language:
    """Today's vocabulary of the world."""
    today = vocabulary()
    numbers = {token: number for number, token in enumerate(today.tokens)}
    assert numbers[PAD] == 0

    def read(prompt: str) -> Reading:
        found = words(prompt)
        known = tuple(numbers[word] for word in found if word in numbers)
        unknown = tuple(dict.fromkeys(word for word in found if word not in numbers))
        return Reading(known, unknown)

    return Language(today.fingerprint, len(today), TOKEN_LIMIT, read)
