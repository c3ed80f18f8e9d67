"""Text as words: the one way in which prompts, captions and the vocabulary are cut."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")
_SEGMENT = re.compile(r"[,.;:!?()\[\]\"“”…—\n]+")


def words(text: str) -> list[str]:
    """The words of a text, in lower case. A hyphen parts two words; punctuation is dropped."""
    return _WORD.findall(text.lower().replace("’", "'"))


def segments(text: str) -> list[list[str]]:
    """The words between two punctuation marks, segment by segment; no wording reaches across."""
    return [found for part in _SEGMENT.split(text) if (found := words(part))]
