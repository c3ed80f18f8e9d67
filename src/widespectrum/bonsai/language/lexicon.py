"""What wordings mean: one table from sequences of words to ideas, and the way to read with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from widespectrum.aesthetics import load_dimensions, load_emotions
from widespectrum.bonsai.language import wordings as say
from widespectrum.bonsai.language.words import words
from widespectrum.bonsai.world.attributes import ATTRIBUTE_OF
from widespectrum.bonsai.world.dimensions import drawable

Part: TypeAlias = Literal[
    "kind",
    "colour",
    "place",
    "relation",
    "emotion",
    "framing",
    "high",
    "effect",
    "topic",
    "element",
]


@dataclass(frozen=True)
class Idea:
    """One thing that a prompt can ask for."""

    part: Part
    name: str
    """As the world calls it; an element as ``topic/element``."""


@dataclass(frozen=True)
class Found:
    """An idea and the words that stand for it."""

    idea: Idea
    words: tuple[str, ...]


@cache
def effect_phrases() -> dict[str, tuple[str, ...]]:
    """The phrases of `widespectrum.aesthetics` for every effect that the world draws.

    The packaged ones only: a user's own dimension is nothing that a shipped model has learned.
    """
    return {
        effect.key: effect.phrases
        for dimension in drawable(load_dimensions()).values()
        for effect in dimension.effects
    }


def all_wordings() -> Iterator[tuple[str, Idea]]:
    """Every wording and its idea, those that are only understood among them."""
    tables: tuple[tuple[Part, dict[str, tuple[str, ...]]], ...] = (
        ("kind", say.KIND_WORDS),
        ("kind", say.OTHER_KIND_WORDS),
        ("colour", say.COLOUR_WORDS),
        ("place", say.PLACE_WORDS),
        ("place", say.PLACE_NOUNS),
        ("relation", say.RELATION_WORDS),
        ("emotion", say.EMOTION_WORDS),
        ("emotion", say.OTHER_EMOTION_WORDS),
        ("high", say.HIGH_WORDS),
        ("effect", say.EFFECT_WORDS),
        ("effect", effect_phrases()),
        ("topic", say.TOPIC_WORDS),
        ("framing", {"portrait": (*say.PORTRAIT_WORDS, "portrait", "face")}),
    )
    for part, table in tables:
        for name, texts in table.items():
            yield from ((text, Idea(part, name)) for text in texts)
    for topic, elements in say.ELEMENT_WORDS.items():
        for element, texts in elements.items():
            yield from ((text, Idea("element", f"{topic}/{element}")) for text in texts)
    for emotion in load_emotions().values():
        if emotion.key in say.EMOTION_WORDS:
            for text in (emotion.adjective, *emotion.synonyms, emotion.noun):
                yield text, Idea("emotion", emotion.key)
    for kind, texts in (*say.KIND_WORDS.items(), *say.OTHER_KIND_WORDS.items()):
        if kind != "fish":
            yield from ((f"{text}s", Idea("kind", kind)) for text in texts)


_FADED = ("a", "an", "the")
"""Articles at the front of a wording carry nothing: "a grubby wall" and "grubby wall" are one."""


def _key(text: str) -> tuple[str, ...]:
    found = words(text)
    return tuple(found[1:] if len(found) > 1 and found[0] in _FADED else found)


@cache
def lexicon() -> dict[tuple[str, ...], Idea]:
    """Every wording, as a sequence of words without a leading article, and its idea.

    Raises:
        AssertionError: one wording stands for two ideas.
    """
    table: dict[tuple[str, ...], Idea] = {}
    for text, idea in all_wordings():
        known = table.setdefault(_key(text), idea)
        assert known == idea, f"'{text}' means both {known} and {idea}"
    assert all(idea.name in ATTRIBUTE_OF for idea in table.values() if idea.part == "effect")
    return table


@cache
def _longest() -> int:
    return max(len(key) for key in lexicon())


def read(segment: Sequence[str]) -> Iterator[Found]:
    """The ideas in a run of words, from left to right; at each place the longest wording wins."""
    table, longest = lexicon(), _longest()
    start = 0
    while start < len(segment):
        for length in range(min(longest, len(segment) - start), 0, -1):
            taken = tuple(segment[start : start + length])
            idea = table.get(taken)
            if idea is not None:
                yield Found(idea, taken)
                start += length
                break
        else:
            start += 1
