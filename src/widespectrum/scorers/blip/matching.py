"""``blip-large``: does the text describe the image? BLIP's matching head, and its cosine.

BLIP, arXiv 2201.12086: trained to tell the caption of an image from a hard negative. Used here as
the paper did, through the converted checkpoints on the hub: the whole prompt is read, up to the 512
places of the text encoder, although the model was trained on captions of up to 35 tokens.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import file_identity, from_repository, locate_file, read_tensors
from widespectrum.encodings import content_key, encoded, in_batches, known, text_key
from widespectrum.errors import BadInput
from widespectrum.scorers.blip.images import Squash
from widespectrum.scorers.blip.scorer import BlipScorer
from widespectrum.scorers.blip.text import WordPieces, padded
from widespectrum.scorers.catalog import scorer_facts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import BlipConfig

    from widespectrum.contracts import FloatArray, Image, IntArray
    from widespectrum.scorers.blip.networks import Blip

READINGS: dict[str, tuple[tuple[float, float] | None, str]] = {
    "prob": ((0.0, 1.0), "probability of a match"),
    "logit1": (None, "logit of a match"),
    "logit_diff": (None, "log odds of a match"),
    "itc": ((-1.0, 1.0), "cosine"),
}
"""Setting `score` -> range and unit."""
CONFIG, VOCABULARY = "config.json", "vocab.txt"
LONGEST = 512


class BlipMatching(BlipScorer):
    """Any BLIP for image-text matching, from a repository of the hub or a folder like it.

    Args:
        entry: the catalog entry.
        path: a folder with weights, ``config.json`` and ``vocab.txt``; or the weights in one.
        repo, revision: another repository of the hub, at this commit.
        file: name of the weights' file, where it is another than the entry's.
        score: ``prob``, the softmax of the two matching logits at "match", which saturates near 1;
            ``logit_diff``, their difference, which ranks as ``prob`` does and never saturates;
            ``logit1``, the logit of "match" alone, which is not monotone in the probability; or
            ``itc``, the cosine of BLIP's contrastive vectors, for which no text reads the image.
        max_length: prompts are cut after so many tokens; BLIP's own code cuts at 35.
        device, dtype, batch_size: see `BlipScorer`.

    Raises:
        BadInput: a setting is none of these.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        repo: str | None = None,
        revision: str | None = None,
        file: str | None = None,
        score: str = "prob",
        max_length: int = LONGEST,
        device: str = "auto",
        dtype: str = "float32",
        batch_size: int = 8,
    ) -> None:
        if score not in READINGS:
            raise BadInput(f"is {score!r}", f"Give {', '.join(READINGS)}.", field="score")
        entry = from_repository(entry, repo, revision)
        bounds, unit = READINGS[score]
        facts = dataclasses.replace(
            scorer_facts(entry), range=bounds, unit=unit, token_limit=max_length
        )
        super().__init__(
            entry,
            facts,
            path=path,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
            max_length=max_length,
        )
        self.reading = score
        self.file = file or entry.file or "pytorch_model.bin"

    def settings(self) -> dict[str, Any]:
        """See `BlipScorer`."""
        return {"score": self.reading}

    def weights(self) -> dict[str, str]:
        """See `BlipScorer`."""
        weights = file_identity(self.entry, self.file, path=self.path)
        beside = {
            name: file_identity(self.entry, name, path=self._folder)
            for name in (CONFIG, VOCABULARY)
        }
        return {"weights": weights, **beside}

    def read_vocabulary(self) -> WordPieces:
        """See `BlipScorer`."""
        return WordPieces(locate_file(self.entry, VOCABULARY, path=self._folder))

    def read_network(self) -> Blip:
        """See `BlipScorer`."""
        from widespectrum.scorers.blip.networks import matching_network

        file = locate_file(self.entry, self.file, path=self.path)
        return matching_network(self._config, read_tensors(file), file)

    @cached_property
    def prepare(self) -> Squash:
        """See `BlipScorer`."""
        vision: Any = self._config.vision_config
        return Squash(vision.image_size)

    def known(self, images: Sequence[Image]) -> list[bool]:
        """See `BlipScorer`."""
        return known(self._seen_as, images, content_key)

    def to_scores(self, outputs: FloatArray) -> FloatArray:
        """See `BlipScorer`."""
        no, yes = outputs.astype(np.float64).T
        match self.reading:
            case "logit1":
                scores = yes
            case "logit_diff":
                scores = yes - no
            case _:
                scores = 1 / (1 + np.exp(no - yes))
        single: FloatArray = scores.astype(np.float32)
        return single

    def score_pairs(
        self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray
    ) -> FloatArray:
        """See `BlipScorer`."""
        if self.reading != "itc":
            return super().score_pairs(images, prompts, pairs)
        of_images, image = np.unique(pairs[:, 0], return_inverse=True)
        of_prompts, prompt = np.unique(pairs[:, 1], return_inverse=True)
        seen = encoded(
            self._seen_as,
            [images[i] for i in of_images],
            content_key,
            lambda rows: in_batches(rows, self.batch, self._image_vectors, fill=False),
        )
        told = encoded(
            f"{self.tower}/contrast/text/{self.max_length}",
            [prompts[p] for p in of_prompts],
            text_key,
            lambda rows: in_batches(rows, self.batch, self._text_vectors, fill=False),
        )
        cosines = (seen[image.reshape(-1)] * told[prompt.reshape(-1)]).sum(axis=1)
        bounded: FloatArray = np.clip(cosines, -1.0, 1.0)
        return bounded

    def _image_vectors(self, images: Sequence[Image]) -> NDArray[Any]:
        return self._unit(self.network.image_projection, self._tensor(self.see(images)))

    def _text_vectors(self, prompts: Sequence[str]) -> NDArray[Any]:
        ids, mask = padded(self.vocabulary.encode(prompts, self.max_length), self.max_length)
        tower = self.network.text
        states = tower(input_ids=self._index(ids), attention_mask=self._index(mask))
        return self._unit(self.network.text_projection, states.last_hidden_state)

    @staticmethod
    def _unit(projection: Any, states: Any) -> NDArray[Any]:
        """The projected states of ``[CLS]``, at length 1."""
        from torch.nn.functional import normalize

        vectors: NDArray[Any] = normalize(projection(states[:, 0].float()), dim=-1).cpu().numpy()
        return vectors

    @property
    def _seen_as(self) -> str:
        """Name of the tower whose encodings of images this reading keeps."""
        return f"{self.tower}/contrast" if self.reading == "itc" else self.tower

    @cached_property
    def _config(self) -> BlipConfig:
        from widespectrum.scorers.blip.architecture import config_of_repository

        return config_of_repository(locate_file(self.entry, CONFIG, path=self._folder))

    @property
    def _folder(self) -> str | None:
        """Where the user's copy has the files beside the weights."""
        if self.path is None or Path(self.path).is_dir():
            return self.path
        return str(Path(self.path).parent)
