"""``bonsai-auteur-taste``: what ``bonsai-auteur`` was aligned towards, as an ordinary scorer.

So that what a copy was rewarded for can be measured on any pictures, next to those who had no part
in its reward.

No torch is imported, and no weights are read, before the first score.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.bonsai.models.scorers import BATCH, BonsaiClip, as_bytes
from widespectrum.bonsai.models.tokens import Language
from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.encodings import BatchSize

if TYPE_CHECKING:
    from torch import Tensor

    from widespectrum.contracts import FloatArray, Image

VERSION = 1
"""Of the formula (`widespectrum.bonsai.alignment.rewards.AuteurReward`)."""


class BonsaiAuteurTaste(BonsaiClip):
    """Nearness to the auteur's picture, and fit to the prompt; higher is better.

    Arguments are those of `BonsaiScorer`; `weights` are the encoder's.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        weights: str,
        precision: str = "float32",
        threads: int = 0,
        language: Language | None = None,
    ) -> None:
        super().__init__(
            entry, weights=weights, precision=precision, threads=threads, language=language
        )
        encoder = self.fingerprint
        self.fingerprint = fingerprint(
            scorer=type(self).__qualname__, version=VERSION, encoder=encoder
        )
        # A picture's row has one number more than the encoder's: its looks.
        self._tower = f"bonsai-auteur/{{}}/{self.fingerprint}"
        self._looks_batch = BatchSize(BATCH)

    def _encode_images(self, images: Sequence[Image]) -> Any:
        from widespectrum.bonsai.alignment.rewards import auteur_look
        from widespectrum.bonsai.models.encoder import to_pixels

        def looks(part: Tensor) -> Tensor:
            return auteur_look(to_pixels(part))[:, None]

        pixels = as_bytes(images, self._image_size)
        return np.concatenate(
            [super()._encode_images(images), self._forward(looks, pixels, self._looks_batch)],
            axis=1,
        )

    def _compare(self, image: FloatArray, prompt: FloatArray) -> FloatArray:
        from widespectrum.bonsai.alignment.rewards import AUTEUR_CONTENT

        rewards: FloatArray = image[:, -1] + AUTEUR_CONTENT * super()._compare(
            image[:, :-1], prompt
        )
        return rewards.astype(np.float32)
