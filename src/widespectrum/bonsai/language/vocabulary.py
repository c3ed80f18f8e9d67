"""The vocabulary: every word that Bonsai knows, as numbers, and whose numbers they are.

It is built from the language itself, the effect phrases of `widespectrum.aesthetics`, and the words
with which `widespectrum.prompts` joins them, so it changes when any of these does. A model keeps
the tokens it was trained with; `Vocabulary.check` says when they are not today's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from widespectrum.bonsai.language import wordings as say
from widespectrum.bonsai.language.lexicon import all_wordings
from widespectrum.bonsai.language.words import words
from widespectrum.errors import BadInput
from widespectrum.prompts.frames import CAPTION_FIRST, EFFECTS_FIRST, PICTURE_WORDS
from widespectrum.prompts.neutral import STATEMENTS

if TYPE_CHECKING:
    from widespectrum.contracts import IntArray

TOKEN_LIMIT = 72
"""Words of a prompt that Bonsai reads. Anti-aesthetic prompts have fewer than 70."""

PAD, UNKNOWN, NULL = "<pad>", "<unk>", "<null>"
"""Padding; any word that is not known; the empty prompt of guidance without a classifier."""

SPECIALS = (PAD, UNKNOWN, NULL)

_FRAME_WORDS = "also has picture lead scene its subject it shows this is following pictured an a \
ordinary everyday like many others dressed in mood of the subject with and plus"


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by number.

    Raises:
        BadInput: the specials are not in front, or a token comes twice.
    """

    tokens: tuple[str, ...]
    """The specials, then the words in alphabetical order."""

    def __post_init__(self) -> None:
        if self.tokens[: len(SPECIALS)] != SPECIALS or len(set(self.tokens)) != len(self.tokens):
            raise BadInput(
                "is no vocabulary of Bonsai's", "Get the model's files again.", field="tokens"
            )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.tokens)}

    @cached_property
    def fingerprint(self) -> str:
        """Identity of the tokens and their order."""
        return sha256(json.dumps(self.tokens).encode()).hexdigest()[:16]

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def count(self, prompts: Sequence[str]) -> IntArray:
        """Tokens each prompt would need uncut, ``(n_prompts,)``."""
        return np.array([len(words(prompt)) for prompt in prompts], dtype=np.int64)

    def encode(self, prompts: Sequence[str], limit: int = TOKEN_LIMIT) -> IntArray:
        """Prompts as numbers, cut after `limit` words and padded, ``(n_prompts, limit)``.

        A prompt without any word is the null token alone, as for guidance without a classifier.
        """
        pad, unknown, null = range(len(SPECIALS))
        table = np.full((len(prompts), limit), pad, dtype=np.int64)
        for row, prompt in enumerate(prompts):
            numbers = [self._numbers.get(word, unknown) for word in words(prompt)[:limit]]
            table[row, : max(1, len(numbers))] = numbers or [null]
        return table

    def check(self, fingerprint: str, *, model: str) -> None:
        """Make sure that a model was trained with these tokens.

        Raises:
            BadInput: it was trained with others.
        """
        if fingerprint != self.fingerprint:
            raise BadInput(
                f"was trained with the vocabulary {fingerprint}, not {self.fingerprint}",
                "Use the weights that belong to this version, or train the model again.",
                file=model,
                field="vocabulary",
            )


def _all_words() -> Iterable[str]:
    for text, _ in all_wordings():
        yield from words(text)
    for frame in (*EFFECTS_FIRST, *CAPTION_FIRST):
        yield from words(_without_slots(frame.text))
    for group in STATEMENTS:
        for statement in group:
            yield from words(statement)
    yield from words(" ".join(PICTURE_WORDS))
    yield from words(_FRAME_WORDS)
    yield from say.FUNCTION_WORDS


def _without_slots(text: str) -> str:
    return " ".join(part.split("}")[-1] for part in text.split("{"))


@cache
def vocabulary() -> Vocabulary:
    """Today's vocabulary."""
    return Vocabulary((*SPECIALS, *sorted(set(_all_words()))))


@cache
def known_words() -> frozenset[str]:
    """Every word of the vocabulary, without the specials."""
    return frozenset(vocabulary().tokens[len(SPECIALS) :])
