"""Clean captions without a model: a description from which everything about style is taken out.

Clauses that speak of an effect, by the lexicon, are dropped; where a clause also holds content,
only the words of the effect are. A heuristic: it keeps what the lexicon does not know, and a
sentence may come out lame. The checks say what is left of style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from widespectrum.contracts import Failure
from widespectrum.errors import InvalidResult
from widespectrum.prompts.content import content_words
from widespectrum.prompts.frames import PICTURE_WORDS
from widespectrum.prompts.grammar import capitalised
from widespectrum.prompts.lexicon import Lexicon, manner_words, shipped_lexicon
from widespectrum.prompts.texts import TextItem, WrittenText

LEAST_WORDS = 2
"""Content words that a clause must have apart from its effects, to be kept without them; where it
begins with "a photo of", one will do."""

_BREAK = re.compile(r"([,;:]\s+|\s+(?:with|featuring)\s+|[.!?]+\s+)")
_OPENING = re.compile(
    rf"^(?:(?:this is )?(?:an?|the|this) )?(?:{'|'.join(PICTURE_WORDS)}|shot)s?"
    r" (?:of|showing|shows|that shows|depicting|depicts) ",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"^(?:\s|and\b|but\b|or\b|plus\b|with\b|[,;:])+|(?:\s|\band|\bbut|\bor|\bwith|[,;:])+$"
)


def write_clean(item: TextItem) -> WrittenText | Failure:
    """The caption without its style."""
    text = without_style(item.fields["caption"], shipped_lexicon())
    if not content_words(text):
        return Failure(InvalidResult.kind, "nothing is left of the caption without its style")
    return WrittenText(text)


def without_style(text: str, lexicon: Lexicon) -> str:
    """What is left of a description when the clauses that ask for effects are gone; maybe nothing.

    Args:
        text: visible text on one line.
        lexicon: which words speak of effects.
    """
    bare = _cut(text, ((sign.start, sign.end) for sign in lexicon.phrases(text)))
    kept, last = "", ""
    pieces = ["", *_BREAK.split(bare)]
    for gap, clause in zip(pieces[::2], pieces[1::2], strict=True):
        last = last if re.match("[.!?]", last) else gap or last
        clean = _cleaned(clause, lexicon)
        if clean:
            kept = f"{kept}{last}{clean}" if kept else clean
            last = ""
    kept = _OPENING.sub("", kept)
    return capitalised(kept) + ("." if kept and kept[-1].isalnum() else "")


def _cleaned(clause: str, lexicon: Lexicon) -> str:
    spans = [(sign.start, sign.end) for sign in lexicon.signs(clause)]
    for words in manner_words(clause, "praise"):
        at = clause.find(words)
        spans.append((at, at + len(words)))
    clean = _tidy(_cut(clause, spans))
    least = LEAST_WORDS if spans and not _OPENING.match(clean) else 1
    return clean if len(content_words(clean)) >= least else ""


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    gone = {place for start, end in spans for place in range(start, end)}
    return "".join(sign for place, sign in enumerate(text) if place not in gone)


def _tidy(clause: str) -> str:
    clause = _LOOSE.sub("", " ".join(clause.split()))
    clause = re.sub(r"\ban(?= [^aeiou\W])", "a", clause, flags=re.IGNORECASE)
    return re.sub(r"\ba(?= [aeiou])", "an", clause)
