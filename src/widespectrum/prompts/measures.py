"""Measures of a prompt: how long, how hard to read, and how much of what was asked it tells.

All of them can be counted by hand. None says whether a prompt is good.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from widespectrum.prompts.content import kept_share
from widespectrum.prompts.lexicon import Lexicon

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…。！？]+(?=\s|$)")

LONG = 6
"""A word of more letters is a long one (Björnsson)."""


@dataclass(frozen=True)
class Measures:
    """What can be counted in a prompt; None where there is nothing to count."""

    words: float
    sentence_words: float | None
    """Words per sentence."""
    word_letters: float | None
    """Letters per word."""
    lix: float | None
    """Readability by Björnsson (1968): words per sentence, plus the percentage of long words. Under
    30 is a children's book, over 60 a law."""
    distinct: float | None
    """Share of distinct words. It falls with length by itself."""
    asked_told: float | None
    """Share of the dimensions asked for that words of the lexicon tell."""
    unasked: float
    """How many other dimensions they tell."""
    kept: float | None
    """Share of the caption's content words."""


def measure(prompt: str, caption: str, dimensions: Sequence[str], lexicon: Lexicon) -> Measures:
    """The measures of a prompt that was written from a caption and dimensions.

    Effects are found by words alone, never by a template's phrases, so that no writer is favoured
    for using the very wording that the lexicon knows.
    """
    words = _WORD.findall(prompt)
    sentences = max(1, len(_SENTENCE_END.findall(prompt)))
    count = len(words)
    long = sum(len(word) > LONG for word in words)
    told = lexicon.told(prompt, dimensions, caption, words_only=True)
    unasked = lexicon.unasked(prompt, dimensions, caption, words_only=True)
    return Measures(
        words=float(len(prompt.split())),
        sentence_words=count / sentences if count else None,
        word_letters=sum(map(len, words)) / count if count else None,
        lix=count / sentences + 100 * long / count if count else None,
        distinct=len({word.lower() for word in words}) / count if count else None,
        asked_told=len(told) / len(set(dimensions)) if dimensions else None,
        unasked=float(len({sign.dimension for sign in unasked})),
        kept=kept_share(caption, prompt),
    )
