"""The word meter: a small scorer that listens, without anything learned.

It reads the effect words of a prompt (`lexicon`), measures the picture (`measures`), and scores
how well the two agree: what is asked for should be there, what is not asked for should be ordinary.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint, fingerprint_of_code
from widespectrum.scorers import lexicon, measures
from widespectrum.scorers.callables import count_words
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.pocket import working_size

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, IntArray

MEASURES: Mapping[str, Callable[[measures.Array], float]] = MappingProxyType(
    {
        measure.__name__: measure
        for measure in (
            measures.brightness,
            measures.contrast,
            measures.glare,
            measures.vignetting,
            measures.colourfulness,
            measures.cast,
            measures.fringing,
            measures.sharpness,
            measures.grain,
            measures.blockiness,
            measures.line_pattern,
            measures.monotony,
        )
    }
)


class WordMeter:
    """Scores how well the measured picture agrees with the effect words of the prompt.

    With z the departure of each measure from ordinary photographs, in their standard deviations::

        score = mean over what is asked   of  wish * tanh(z / 2)             wish in [-1, 1]
              - mean over what is not     of  tanh(max(0, |z| - 1) / 2)

    so the score lies in [-2, 1]. Under a prompt without any effect word only the second line
    counts: the more ordinary picture wins, whatever it shows.

    What it can read: light, contrast, colour, blur, grain, blocks, lines, fringes and emptiness,
    named in English. What it cannot: what the picture shows, where, of which shape, and in which
    mood; effects that only show at full size; how strong the effect should be. A caption that
    speaks of a dark horse asks for darkness. A word negated shortly before is ignored.
    """

    def __init__(self, entry: ModelEntry, *, size: int = measures.WORKING_SIZE) -> None:
        self.name = entry.name
        self.facts = scorer_facts(entry)
        self.size = working_size(size, entry.name)
        self.fingerprint = _fingerprint(self.size)

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Words of each prompt; all of them are read."""
        return count_words(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """The agreement of each pair; every image is measured once and every prompt read once."""
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        words = lexicon.load_lexicon()
        departures = {int(i): self.departures(images[i]) for i in np.unique(pairs[:, 0])}
        wishes = {int(p): words.wishes(prompts[p]) for p in np.unique(pairs[:, 1])}
        scores = [agreement(departures[int(i)], wishes[int(p)]) for i, p in pairs]
        return np.array(scores, dtype=np.float32)

    def departures(self, image: Image) -> dict[str, float]:
        """How far each measure is from ordinary photographs, in their standard deviations."""
        references = lexicon.load_lexicon().references
        pixels = measures.working_copy(image, self.size)
        return {
            name: (measure(pixels) - references[name].mean) / references[name].sd
            for name, measure in MEASURES.items()
        }


def agreement(departures: Mapping[str, float], wishes: Mapping[str, float]) -> float:
    """How well a picture gives what is asked for and leaves alone what is not, in [-2, 1]."""
    asked = [wish * np.tanh(departures[name] / 2) for name, wish in wishes.items()]
    spared = [
        np.tanh(max(0.0, abs(z) - 1) / 2) for name, z in departures.items() if name not in wishes
    ]
    return float((np.mean(asked) if asked else 0.0) - (np.mean(spared) if spared else 0.0))


@cache
def _fingerprint(size: int) -> str:
    """Of the code, the lexicon, and the phrases that it takes from the dimensions."""
    from widespectrum.aesthetics import load_dimensions

    effects = tomllib.loads(lexicon.FILE.read_text(encoding="utf-8"))["effects"]
    phrases = {key: load_dimensions().effect(key).phrases for key in effects}
    return fingerprint(
        size=size,
        code=[fingerprint_of_code(part) for part in (measures, lexicon, WordMeter, agreement)],
        data=lexicon.FILE.read_text(encoding="utf-8"),
        phrases=phrases,
    )
