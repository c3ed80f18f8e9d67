"""Preference data: pairs of pictures under one prompt, and how the annotators voted.

Pairs come from the corpus. A prompt is one wording of a variant's caption, the two pictures are two
variants of the same family. An **ordinary** prompt asks for nothing low; an **anti** prompt asks
for at least one low attribute. Which share of the pairs has an anti prompt, and how strictly pairs
are filtered by agreement, are dials.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai.training.annotators import (
    Annotators,
    Comparisons,
    Floats,
    Population,
    agreed,
)
from widespectrum.bonsai.training.corpus import Corpus
from widespectrum.errors import BadInput

Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Dial:
    """What decides whether a reward listens. Everything the dose-response study turns."""

    mainstream: float = 0.85
    """Share of mainstream annotators."""
    prompt_weight: float = 0.25
    """Their mean weight for doing what the prompt asked."""
    agreement: float = 0.95
    """Pairs are kept if at least this share of annotators voted alike; 0.5 keeps all."""
    anti_share: float = 0.1
    """Share of the kept pairs whose prompt is anti-aesthetic."""

    @property
    def population(self) -> Population:
        """Whom the annotators are drawn from."""
        return Population(self.mainstream, self.prompt_weight)

    def describe(self) -> dict[str, float]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Preferences:
    """Pairs and votes, as indices into a corpus."""

    family: Ints
    prompt: Ints
    """The variant whose caption is the prompt."""
    first: Ints
    second: Ints
    share: Floats
    """Of the annotators who voted for the first."""
    anti: NDArray[np.bool_]
    """Whether the prompt asks for something low."""

    def __len__(self) -> int:
        return len(self.family)

    def take(self, rows: Any) -> Preferences:
        """The pairs of these rows."""
        return Preferences(
            **{name: getattr(self, name)[rows] for name in self.__dataclass_fields__}
        )


def all_pairs(corpus: Corpus, annotators: Annotators, seed: int) -> Preferences:
    """Every prompt of every family with every two of its pictures, voted upon."""
    variants = corpus.levels.shape[1]
    grid = np.array(
        [(p, i, j) for p in range(variants) for i, j in combinations(range(variants), 2)]
    )
    family = np.repeat(np.arange(len(corpus)), len(grid))
    prompt, first, second = np.tile(grid, (len(corpus), 1)).T
    share = annotators.vote(compare(corpus, family, prompt, first, second), seed)
    anti = (corpus.levels[family, prompt] < 0).any(axis=-1)
    return Preferences(family, prompt, first, second, share, anti)


def vote(corpus: Corpus, population: Population, seed: int) -> Preferences:
    """`all_pairs` with annotators drawn from a population."""
    return all_pairs(corpus, population.draw(corpus.levels.shape[-1], seed), seed)


def collect(pairs: Preferences, dial: Dial, seed: int, most: int | None = None) -> Preferences:
    """The training pairs of a dial: filtered, and mixed in the share asked for.

    Args:
        pairs: all pairs, voted upon by the dial's population.
        dial: filter and mixture.
        seed: of the choice.
        most: pairs at most, so that dials can be compared at equal size; by default all there are.

    Raises:
        BadInput: the filter leaves no pair of a kind that is asked for.
    """
    kept = agreed(pairs.share, dial.agreement)
    rng = np.random.default_rng([seed, 0x5A3E])
    ordinary = rng.permutation(np.flatnonzero(kept & ~pairs.anti))
    anti = rng.permutation(np.flatnonzero(kept & pairs.anti))
    wants = {"ordinary": (ordinary, 1 - dial.anti_share), "anti": (anti, dial.anti_share)}
    for kind, (rows, share) in wants.items():
        if share > 0 and len(rows) == 0:
            raise BadInput(
                f"no pair with an {kind} prompt has {dial.agreement:.0%} agreement",
                "Lower the agreement, or draw a larger corpus.",
                field="agreement",
            )
    # As many as there are of the scarcer kind, in the share asked for.
    total = min(len(rows) / share for rows, share in wants.values() if share > 0)
    total = min(total, most or total)
    chosen = [rows[: round(total * share)] for rows, share in wants.values()]
    return pairs.take(np.sort(np.concatenate(chosen)))


def compare(corpus: Corpus, family: Any, prompt: Any, first: Any, second: Any) -> Comparisons:
    """What annotators see of these pairs."""
    content = corpus.content[family, prompt]
    both = np.stack([first, second], axis=1)
    shown = corpus.content[family[:, None], both]
    return Comparisons(
        levels=corpus.levels[family[:, None], both].astype(np.float32),
        match=(shown == content[:, None]).mean(axis=-1, dtype=np.float32),
        asked=corpus.levels[family, prompt].astype(np.float32),
    )
