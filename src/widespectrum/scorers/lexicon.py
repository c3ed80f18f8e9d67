"""What a prompt's words ask of the measures of a picture: "blurred" asks for less sharpness.

The lexicon is data (``data/wordmeter.toml``): words with a star for any ending, and whole effects
of the dimension files, whose phrases are read as one before single words are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from widespectrum.aesthetics import Dimensions, load_dimensions

FILE = Path(__file__).parent / "data" / "wordmeter.toml"

Wish = tuple[str, int]
"""A measure, and +1 for more of it or -1 for less."""

# "no grain", "not very dark", "without any visible noise": up to two words may stand between.
_NEGATION = re.compile(r"\b(?:no|not|never|without|hardly|free of|free from)(?:\s+\w+){0,2}\s+$")
_SENTENCE_TAIL = 60
"""So many characters before a word are searched for a negation."""


@dataclass(frozen=True)
class Reference:
    """A measure's mean and standard deviation over ordinary photographs."""

    mean: float
    sd: float


class Lexicon:
    """Reads prompts.

    Args:
        references: every measure that may be asked for.
        words: a word or phrase, maybe with a star for any ending -> what it asks for.
        phrases: whole phrases -> what they ask for; they are read first.
    """

    def __init__(
        self,
        references: Mapping[str, Reference],
        words: Mapping[str, tuple[Wish, ...]],
        phrases: Mapping[str, tuple[Wish, ...]],
    ) -> None:
        self.references = dict(references)
        self._words = _Finder(words)
        self._phrases = _Finder(phrases)

    def wishes(self, prompt: str) -> dict[str, float]:
        """What the prompt asks for: measure -> mean of its wishes, from -1 (less) to 1 (more).

        A negated word ("without grain") asks for nothing; contradictory words give 0.
        """
        text = " ".join(prompt.casefold().split())
        found: dict[str, list[int]] = {}
        rest = text
        for start, end, wishes in self._phrases.matches(text):
            rest = rest[:start] + "." * (end - start) + rest[end:]
            _note(found, wishes)
        for start, _, wishes in self._words.matches(rest):
            if not _NEGATION.search(rest[max(0, start - _SENTENCE_TAIL) : start]):
                _note(found, wishes)
        return {measure: sum(signs) / len(signs) for measure, signs in found.items()}


@cache
def load_lexicon() -> Lexicon:
    """The shipped lexicon, with the phrases of the shipped dimensions."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    references = {name: Reference(**values) for name, values in table["measures"].items()}
    words = {word: read_wishes(asked) for word, asked in table["words"].items()}
    effects = {key: read_wishes(asked) for key, asked in table["effects"].items()}
    return Lexicon(references, words, dict(_phrases(load_dimensions(), effects)))


def _phrases(
    dimensions: Dimensions, effects: Mapping[str, tuple[Wish, ...]]
) -> Iterator[tuple[str, tuple[Wish, ...]]]:
    for key, wishes in effects.items():
        for phrase in dimensions.effect(key).phrases:
            yield phrase, wishes


def read_wishes(asked: Iterable[str]) -> tuple[Wish, ...]:
    """Wishes as the file writes them: ``"-sharpness"`` asks for less sharpness."""
    return tuple((text[1:], {"+": 1, "-": -1}[text[0]]) for text in asked)


def _note(found: dict[str, list[int]], wishes: Iterable[Wish]) -> None:
    for measure, sign in wishes:
        found.setdefault(measure, []).append(sign)


class _Finder:
    """Finds the longest of many words and phrases at every place of a text."""

    def __init__(self, wishes: Mapping[str, tuple[Wish, ...]]) -> None:
        longest_first = sorted(wishes, key=lambda word: (-len(word), word))
        self._wishes = [wishes[word] for word in longest_first]
        parts = (re.escape(word.casefold()).replace(r"\*", r"\w*") for word in longest_first)
        # One numbered group each: the number of the group that matched is the word's place.
        choice = "|".join(f"({part})" for part in parts) or "(?!)"  # nothing known, nothing found
        self._pattern = re.compile(rf"(?<!\w)(?:{choice})(?!\w)")

    def matches(self, text: str) -> Iterator[tuple[int, int, tuple[Wish, ...]]]:
        for match in self._pattern.finditer(text):
            assert match.lastindex is not None
            yield match.start(), match.end(), self._wishes[match.lastindex - 1]
