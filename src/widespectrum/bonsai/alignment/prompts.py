"""What a generator is asked to paint while it is aligned: prompts, and no pictures.

Half of them are ordinary; the other half are drawn as models of the world are trained, seven in ten
of which ask for something that nobody would call beautiful. All are from the training split.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from widespectrum.bonsai.generator.orders import LENGTHS
from widespectrum.bonsai.language import vocabulary
from widespectrum.bonsai.models.encoder import PADDING
from widespectrum.bonsai.models.tokens import Language, world_language
from widespectrum.bonsai.sampling import ORDINARY, TRAINING, sample_examples

Tokens: TypeAlias = NDArray[np.int64]

COUNT = 4_000
SEED = 31


@dataclass(frozen=True)
class Prompts:
    """Prompts by padded length, so that those of a batch have one shape."""

    buckets: tuple[Tokens, ...]
    """``(n, length)`` token ids, filled up with `PADDING`; one array per length that occurs."""
    identity: dict[str, Any]

    def __len__(self) -> int:
        return sum(map(len, self.buckets))

    def draw(self, rng: np.random.Generator, count: int) -> Tokens:
        """`count` prompts of one length, which is drawn as often as prompts have it.

        A prompt may come twice where a length is rare.
        """
        sizes = np.array([len(bucket) for bucket in self.buckets])
        bucket = self.buckets[rng.choice(len(self.buckets), p=sizes / sizes.sum())]
        return bucket[rng.choice(len(bucket), count, replace=len(bucket) < count)]


def bucketed(texts: list[str], language: Language, identity: dict[str, Any]) -> Prompts:
    """Texts as prompts."""
    tokens = language.encode(texts)
    words = (tokens != PADDING).sum(axis=1)
    place = np.searchsorted(LENGTHS, words)
    buckets = (tokens[place == p, :length] for p, length in enumerate(LENGTHS))
    return Prompts(tuple(bucket for bucket in buckets if len(bucket)), identity)


def world_prompts(count: int = COUNT, seed: int = SEED) -> Prompts:
    """Prompts about Bonsai's world; the same arguments give the same."""
    half = count // 2
    texts = [
        example.caption
        for recipe, number in ((ORDINARY, count - half), (TRAINING, half))
        for example in sample_examples(number, seed, recipe=recipe)
    ]
    parts = [repr(ORDINARY), repr(TRAINING), vocabulary().fingerprint]
    world = sha256(json.dumps(parts).encode()).hexdigest()
    return bucketed(texts, world_language(), {"count": count, "seed": seed, "world": world})
