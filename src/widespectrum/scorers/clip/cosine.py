"""The one formula of the family: the cosine of the unit vectors of picture and prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.clip.preprocessing import Preprocessing
from widespectrum.scorers.clip.towers import ClipTowers

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, IntArray


class CosineScorer:
    """Cosine of picture and prompt, times the network's own scale where `scaled`.

    Args:
        entry: its name and facts.
        towers: what encodes.
        rule: what is done to a picture before.
        scaled: whether the cosine is multiplied with the scale that the network learned.
    """

    def __init__(
        self, entry: ModelEntry, towers: ClipTowers, rule: Preprocessing, *, scaled: bool
    ) -> None:
        self.name = entry.name
        self.facts = replace(scorer_facts(entry), token_limit=towers.architecture.token_limit)
        if scaled:  # by a number that the weights hold: no bound is known before they are loaded
            self.facts = replace(self.facts, range=None)
        self._towers, self.prepare, self._scaled = towers, rule, scaled

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    @cached_property
    def fingerprint(self) -> str:
        """Identity of weights, vocabulary and settings. Device and batch are left out: rounding.

        Raises:
            MissingWeights: weights or vocabulary are not here, and the hub cannot be asked.
        """
        return fingerprint(
            scorer="cosine",
            network=self._towers.identity,
            reading=self._towers.reading,
            rule=asdict(self.prepare),
            scaled=self._scaled,
        )

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Tokens of each prompt, uncut, the signs of beginning and end counted."""
        return self._towers.tokens.count(prompts)

    def known(self, images: Sequence[Image]) -> list[bool]:
        """Whose encodings are kept already (`widespectrum.contracts.Prepares`)."""
        return self._towers.known_images(images, self.prepare)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Scores of `pairs`; every picture and every prompt in them is encoded once.

        Raises:
            MissingWeights: weights or vocabulary are not here.
            BadInput: they are damaged, or of another model.
            OutOfMemory: not even one picture fits.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if len(pairs) == 0:
            return np.empty(0, dtype=np.float32)
        wanted, image_of = np.unique(pairs[:, 0], return_inverse=True)
        asked, prompt_of = np.unique(pairs[:, 1], return_inverse=True)
        seen = self._towers.encode_images([images[i] for i in wanted], self.prepare)
        read = self._towers.encode_prompts([prompts[p] for p in asked])
        cosines: FloatArray = (seen[image_of] * read[prompt_of]).sum(axis=1, dtype=np.float32)
        # Rounding may lead out of the range of a cosine.
        cosines = cosines.clip(-1, 1)
        return cosines * np.float32(self._towers.scale()) if self._scaled else cosines
