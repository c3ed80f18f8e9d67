"""The effects lexicon: by which words does a text tell which dimensions it asks for?

Two kinds of evidence. A phrase of an effect that stands in the text letter by letter tells the
effect for certain. Apart from those, words from a list (``data/lexicon.toml``) tell the dimension:
a list that anybody can read and correct, not a model's opinion. What it misses it misses, and
"a dark suit" it takes for darkness unless the caption has it: so whoever uses it shows the words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Literal

from widespectrum.aesthetics import Dimension, Effect, load_dimensions
from widespectrum.prompts.content import stems

Manner = Literal["praise", "interpretation"]
"""Ways of speaking that have a list of their own."""


@dataclass(frozen=True)
class Sign:
    """Words of a text, and what they tell."""

    dimension: str
    words: str
    """As they stand in the text."""
    start: int
    end: int
    effect: str | None = None
    """Key of the effect whose phrase it is; None where only the dimension is told."""

    def within(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Whether it lies inside one of the spans."""
        return any(start <= self.start and self.end <= end for start, end in spans)


class Lexicon:
    """The words of some dimensions.

    Args:
        dimensions: those that a text can be read for; a user's own are told by their effects'
            names and phrases.
    """

    def __init__(self, dimensions: Iterable[Dimension]) -> None:
        self._dimensions = {dimension.key: dimension for dimension in dimensions}
        self._signs: dict[str, re.Pattern[str]] = {}
        self._hints: dict[str, re.Pattern[str]] = {}
        for key, dimension in self._dimensions.items():
            signs, hints = told_by(dimension)
            self._signs[key] = _pattern(signs)
            self._hints[key] = _pattern([*signs, *hints])

    @property
    def identity(self) -> str:
        """Changes when what it finds may change."""
        patterns = [p.pattern for p in (*self._signs.values(), *self._hints.values())]
        phrases = [e.phrases for d in self._dimensions.values() for e in d.effects]
        return sha256(repr((patterns, phrases)).encode()).hexdigest()

    def phrases(self, text: str) -> tuple[Sign, ...]:
        """Effects whose phrase stands in the text letter by letter, but for capitals."""
        low = text.lower()
        found = [
            Sign(key, text[at : at + len(phrase)], at, at + len(phrase), effect.key)
            for key, dimension in self._dimensions.items()
            for effect in dimension.effects
            for phrase in effect.phrases
            if (at := low.find(phrase.lower())) >= 0
        ]
        return tuple(sorted(found, key=lambda sign: (sign.start, -sign.end)))

    def signs(self, text: str, *, hints: Iterable[str] = ()) -> tuple[Sign, ...]:
        """Words of the text that are signs of a dimension, in order.

        Args:
            text: any.
            hints: keys of dimensions whose hints count as well.
        """
        hinted = set(hints)
        found = [
            Sign(key, match[0], *match.span())
            for key in self._dimensions
            for match in (self._hints if key in hinted else self._signs)[key].finditer(text)
        ]
        return tuple(sorted(found, key=lambda sign: (sign.start, -sign.end, sign.dimension)))

    def told(
        self, text: str, asked: Iterable[str], source: str = "", *, words_only: bool = False
    ) -> frozenset[str]:
        """Which of the dimensions asked for the text tells, by phrase, sign or hint.

        Args:
            text: a prompt.
            asked: keys.
            source: the caption: its own words tell nothing.
            words_only: do without phrases, which only templates have letter by letter: for
                comparisons that must not favour them.
        """
        wanted = set(asked)
        own = stems([source])
        by_words = {
            s.dimension for s in self.signs(text, hints=wanted) if not stems([s.words]) <= own
        }
        by_phrase = set() if words_only else {s.dimension for s in self.phrases(text)}
        return frozenset(wanted & (by_words | by_phrase))

    def unasked(
        self,
        text: str,
        asked: Iterable[str],
        source: str = "",
        excused: Iterable[tuple[int, int]] = (),
        *,
        words_only: bool = False,
    ) -> tuple[Sign, ...]:
        """Signs of dimensions that nobody asked for, in order.

        Args:
            text: a prompt.
            asked: keys of what was asked for.
            source: the caption: a sign whose words it has is its own.
            excused: spans of the text that are known to express what was asked for.
            words_only: as for `told`.
        """
        wanted = set(asked)
        phrases = () if words_only else self.phrases(text)
        right = [*excused, *((s.start, s.end) for s in phrases if s.dimension in wanted)]
        right += [(s.start, s.end) for s in self.signs(text) if s.dimension in wanted]
        own = stems([source])
        return tuple(
            sign
            for sign in (*phrases, *self.signs(text))
            if sign.dimension not in wanted
            and not sign.within(right)
            and not (sign.effect is None and stems([sign.words]) <= own)
        )

    def effect(self, dimension: str, key: str) -> Effect | None:
        """The effect of a dimension that has this key or name."""
        effects = self._dimensions[dimension].effects if dimension in self._dimensions else ()
        return next((e for e in effects if key in (e.key, e.name)), None)


@cache
def shipped_lexicon() -> Lexicon:
    """That of the dimensions that ship."""
    return Lexicon(load_dimensions().values())


def told_by(dimension: Dimension) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The signs and the hints of a dimension, as they stand in the list; a star is any ending."""
    words = _data()["dimensions"].get(dimension.key)
    if words is None:
        return tuple(effect.name for effect in dimension.effects), ()
    return tuple(words["signs"]), tuple(words.get("hints", ()))


def manner_words(text: str, manner: Manner, source: str = "") -> tuple[str, ...]:
    """Words of praise, or of interpretation, that stand in `text` and not in `source`."""
    own = stems([source])
    found = (match[0] for match in _manner(manner).finditer(text))
    return tuple(dict.fromkeys(words for words in found if not stems([words]) <= own))


@cache
def _manner(manner: Manner) -> re.Pattern[str]:
    return _pattern(_data()[manner]["signs"])


@cache
def _data() -> Mapping[str, Mapping[str, dict[str, list[str]]]]:
    file = resources.files(__package__).joinpath("data", "lexicon.toml")
    return tomllib.loads(file.read_text("utf-8"))


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Longer entries first, so that *out of focus* is not cut short. *noise-free* is no noise."""
    ordered = sorted(set(words), key=lambda entry: (-len(entry), entry))
    alternatives = "|".join(
        r"[\s-]+".join(re.escape(part).replace(r"\*", r"\w*") for part in entry.split())
        for entry in ordered
    )
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)(?!-free\b)", re.IGNORECASE)
