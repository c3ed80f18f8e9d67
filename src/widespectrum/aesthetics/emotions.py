"""The emotions of the paper's studies, in the forms that prompts and tables need.

Captions carry a slot that wants an adjective ("a sad man") in one place and a noun ("a face full of
sadness") in another, so both forms are data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from widespectrum.aesthetics.names import Named, nearest
from widespectrum.aesthetics.toml_files import Line, Table, packaged, read_table
from widespectrum.errors import UnknownName


@dataclass(frozen=True)
class Emotion:
    """An emotion a face can show."""

    key: str
    """The authors' word in data, an adjective: ``sad``."""
    adjective: str
    noun: str
    synonyms: tuple[str, ...]
    """Adjectives that may stand in for `adjective`."""
    noun_synonyms: tuple[str, ...]
    """Nouns that may stand in for `noun`; the paper's table 5 uses some of them."""
    negative: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Every word for it: adjectives, then nouns."""
        return (self.adjective, *self.synonyms, self.noun, *self.noun_synonyms)


class Emotions(Named[Emotion]):
    """All emotions by key, in order.

    Looking up an unknown emotion raises `UnknownName`, which offers the nearest ones.
    """

    def __init__(self, emotions: Iterable[Emotion]) -> None:
        super().__init__("emotion", ((emotion.key, emotion) for emotion in emotions))
        self._by_word = {word: emotion for emotion in self.values() for word in emotion.words}

    @property
    def negative(self) -> tuple[str, ...]:
        """Keys of the negative emotions, in order."""
        return tuple(key for key, emotion in self.items() if emotion.negative)

    def of(self, word: str) -> Emotion:
        """The emotion that a word means, in any of its forms and in any case.

        Raises:
            UnknownName: no emotion has that word; the message offers the nearest words.
        """
        try:
            return self._by_word[word.strip().lower()]
        except KeyError:
            raise UnknownName(
                f"no emotion is called {word!r}", nearest(word.lower(), self._by_word)
            ) from None


class _EmotionTable(Table):
    key: Line
    adjective: Line
    noun: Line
    synonyms: list[Line] = Field(min_length=1)
    noun_synonyms: list[Line] = Field(default_factory=list)
    negative: bool


class _EmotionsTable(Table):
    emotions: list[_EmotionTable]


def load_emotions() -> Emotions:
    """The packaged emotions: happy, sad, angry, fearful and neutral."""
    table = read_table(packaged("emotions.toml"), _EmotionsTable)
    return Emotions(
        Emotion(
            key=each.key,
            adjective=each.adjective,
            noun=each.noun,
            synonyms=tuple(each.synonyms),
            noun_synonyms=tuple(each.noun_synonyms),
            negative=each.negative,
        )
        for each in table.emotions
    )
