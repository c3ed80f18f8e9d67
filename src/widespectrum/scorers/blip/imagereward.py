"""``imagereward``: ImageReward v1.0, a BLIP fitted to human preferences.

ImageReward, arXiv 2304.05977. The state of ``[CLS]`` after the prompt has read the image goes
through five linear layers without any activation between them, which are one affine map, and is
normalised by a constant mean and deviation.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import file_identity, from_repository, locate_file, read_tensors
from widespectrum.scorers.blip.scorer import BlipScorer
from widespectrum.scorers.blip.text import WordPieces
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.clip import Preprocessing

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray
    from widespectrum.scorers.blip.networks import Blip

VOCABULARY = "vocab.txt"
SIZE = 224
"""Pixels to a side."""
LENGTH = 35
"""Tokens that ImageReward was trained on and reads; the rest of a prompt is cut off."""


class ImageReward(BlipScorer):
    """The reward of an image for a prompt, about -2 to 2 and roughly of unit deviation.

    Args:
        entry: the catalog entry.
        path: ``ImageReward.pt``, or a folder that has it.
        tokenizer: a folder with ``vocab.txt``, or a repository of the hub. By default the file
            beside the user's own weights, and where there is none, that of the catalog's tokenizer.
        max_length: prompts are cut after so many tokens. More than 35 is not what the model was
            trained on.
        device, dtype, batch_size: see `BlipScorer`.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        tokenizer: str | None = None,
        max_length: int = LENGTH,
        device: str = "auto",
        dtype: str = "float32",
        batch_size: int = 8,
    ) -> None:
        super().__init__(
            entry,
            dataclasses.replace(scorer_facts(entry), token_limit=max_length),
            path=path,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
            max_length=max_length,
        )
        self.file = entry.file or "ImageReward.pt"
        self.tokenizer = tokenizer

    def weights(self) -> dict[str, str]:
        """See `BlipScorer`."""
        entry, folder = self._vocabulary_at()
        return {
            "weights": file_identity(self.entry, self.file, path=self.path),
            VOCABULARY: file_identity(entry, VOCABULARY, path=folder),
        }

    def read_vocabulary(self) -> WordPieces:
        """See `BlipScorer`."""
        entry, folder = self._vocabulary_at()
        return WordPieces(locate_file(entry, VOCABULARY, path=folder), marks=True)

    def read_network(self) -> Blip:
        """See `BlipScorer`."""
        from widespectrum.scorers.blip.networks import imagereward_network

        file = locate_file(self.entry, self.file, path=self.path)
        return imagereward_network(read_tensors(file), file)

    @property
    def prepare(self) -> Preprocessing:
        """See `BlipScorer`."""
        return Preprocessing("openai", SIZE)

    def to_scores(self, outputs: FloatArray) -> FloatArray:
        """See `BlipScorer`."""
        return outputs[:, 0]

    def _vocabulary_at(self) -> tuple[ModelEntry, str | None]:
        """Whose file the vocabulary is, and in which folder of the user's if in any."""
        if self.tokenizer is not None and Path(self.tokenizer).is_dir():
            return self.entry, self.tokenizer
        if self.tokenizer is None and self.path is not None:
            own = Path(self.path)
            folder = own if own.is_dir() else own.parent
            if (folder / VOCABULARY).is_file():
                return self.entry, str(folder)
        return from_repository(self.entry, self.tokenizer or self.entry.tokenizer), None
