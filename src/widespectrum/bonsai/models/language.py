"""What the networks know of the world's vocabulary: words to numbers, and which words they lack."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from widespectrum.errors import BadInput

if TYPE_CHECKING:
    from widespectrum.contracts import IntArray


class UnknownWords(UserWarning):
    """A prompt has words that Bonsai never learned; they are passed over."""


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
                    "Write about its world; `widespectrum bonsai vocabulary` lists its words.",
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
