"""What every scorer of the BLIP family does: each image through the vision tower once, then read.

The order of work follows from what depends on what: an image's states depend on the image, its keys
and values too, and only the text encoder's pass depends on the pair. So images come in blocks, and
each block is read by all prompts that any of its images is asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import check_placement, device_of, dtype_of, faithful
from widespectrum.contracts import ScorerFacts
from widespectrum.encodings import BatchSize, content_key, encoded, known, prepared
from widespectrum.errors import BadInput
from widespectrum.scorers.arrays import to_array, to_tensor
from widespectrum.scorers.blip.text import WordPieces, padded
from widespectrum.scorers.blocks import distinct_texts, in_blocks_of_images

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from widespectrum.contracts import FloatArray, Image, IntArray
    from widespectrum.scorers.blip.images import Squash
    from widespectrum.scorers.blip.networks import Blip
    from widespectrum.scorers.clip import Preprocessing

VERSION = 1
"""Part of every fingerprint; raised when the same weights begin to give other scores."""
_TEXTS_PER_IMAGE = 4
"""A text is short beside an image: so many times the batch of images are read at once."""


class BlipScorer(ABC):
    """A text encoder that reads the states of an image.

    Args:
        entry: the catalog entry, with name and facts.
        facts: the entry's facts, as its settings change them.
        path: the user's copy of the weights: a file, or a folder.
        device, dtype: where and in which precision (`checkpoints.check_placement`).
        batch_size: images per pass; halved when memory runs out.
        max_length: prompts are cut after so many tokens.
    """

    def __init__(
        self,
        entry: ModelEntry,
        facts: ScorerFacts,
        *,
        path: str | None,
        device: str,
        dtype: str,
        batch_size: int,
        max_length: int,
    ) -> None:
        check_placement(device, dtype)
        if isinstance(max_length, bool) or not isinstance(max_length, int) or max_length < 2:
            raise BadInput(
                f"is {max_length!r}", "Give a number of tokens, at least 2.", field="max_length"
            )
        self.name, self.facts = entry.name, facts
        self.entry, self.path = entry, path
        self.device, self.dtype, self.max_length = device, dtype, max_length
        self.batch = BatchSize(batch_size)

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    @abstractmethod
    def weights(self) -> dict[str, str]:
        """Identity of every file that a score depends on."""

    @abstractmethod
    def read_vocabulary(self) -> WordPieces:
        """The tokenizer."""

    @abstractmethod
    def read_network(self) -> Blip:
        """The network, on the CPU in single precision."""

    @property
    @abstractmethod
    def prepare(self) -> Preprocessing | Squash:
        """What is done to an image before the vision tower sees it (`contracts.Prepares`)."""

    @abstractmethod
    def to_scores(self, outputs: FloatArray) -> FloatArray:
        """``(rows, outputs)`` of the head -> ``(rows,)``."""

    def settings(self) -> dict[str, Any]:
        """Settings that change a score, besides `max_length` and `dtype`."""
        return {}

    @cached_property
    def fingerprint(self) -> str:
        """Identity of weights, vocabulary, preprocessing and settings.

        Device and batch size change a score by rounding at most, and are left out.
        """
        return fingerprint(
            scorer=type(self).__qualname__,
            version=VERSION,
            weights=self.weights(),
            max_length=self.max_length,
            dtype=self.dtype,
            **self.settings(),
        )

    @cached_property
    def tower(self) -> str:
        """Name of the vision tower, under which encodings of images are kept."""
        about = fingerprint(weights=self.weights(), version=VERSION, dtype=self.dtype)
        return f"{type(self).__name__}/image/{about}"

    @cached_property
    def vocabulary(self) -> WordPieces:
        """The tokenizer, read once."""
        return self.read_vocabulary()

    @cached_property
    def network(self) -> Blip:
        """The network where it computes, read once.

        Raises:
            MissingWeights: its files are not here.
            BadInput: they are not those of this model; `max_length` is more than it can read.
        """
        network = self.read_network()
        if self.prepare.size != network.image_size:
            raise BadInput(
                f"the network sees {network.image_size} pixels to a side, and {self.name} has "
                f"{self.prepare.size}",
                "Name the weights of this model, or the model of these weights.",
                field="path",
            )
        if self.max_length > network.positions:
            raise BadInput(
                f"is {self.max_length}, and the text encoder reads {network.positions} tokens",
                "Give fewer.",
                field="max_length",
            )
        if len(self.vocabulary) > network.words:
            raise BadInput(
                f"has {len(self.vocabulary)} word pieces, and the network {network.words}",
                "Name the vocabulary of this model.",
                file=self.vocabulary.file,
            )
        return network.to(device_of(self.device), dtype_of(self.dtype))

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Word pieces of each prompt uncut, with ``[CLS]`` and ``[SEP]``."""
        return self.vocabulary.count(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Scores of `pairs`. Each image passes the vision tower once; padding is masked.

        Raises:
            MissingWeights: the model's files are not here.
            BadInput: they are not those of this model.
            OutOfMemory: not even one image fits.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if len(pairs) == 0:
            return np.empty(0, dtype=np.float32)
        _ = self.network  # read before inference begins: its tensors are then ordinary ones
        with faithful():
            return self.score_pairs(images, prompts, pairs)

    def score_pairs(
        self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray
    ) -> FloatArray:
        """Scores of at least one pair."""
        asked, prompt_of = np.unique(pairs[:, 1], return_inverse=True)
        read = self.vocabulary.encode([prompts[p] for p in asked], self.max_length)
        first, text_of = distinct_texts(read)
        texts = [read[place] for place in first]

        def score_block(
            block: Sequence[int], image_of_row: IntArray, text_of_row: IntArray
        ) -> FloatArray:
            states = self.states([images[number] for number in block])
            return self.outputs(states, texts, text_of_row, image_of_row)

        places = np.stack([pairs[:, 0], text_of[prompt_of.reshape(-1)]], axis=1)
        return self.to_scores(in_blocks_of_images(places, self.batch, score_block))

    def known(self, images: Sequence[Image]) -> list[bool]:
        """Which images need not be prepared (`contracts.Prepares`)."""
        return known(self.tower, images, content_key)

    def states(self, images: Sequence[Image]) -> NDArray[Any]:
        """States of the vision tower, ``(images, places, width)``, through the store in force."""
        return encoded(self.tower, images, content_key, self.see)

    def outputs(
        self,
        states: NDArray[Any],
        texts: Sequence[Sequence[int]],
        text_of_row: IntArray,
        image_of_row: IntArray,
    ) -> FloatArray:
        """What the head says of each row, ``(rows, outputs)``; each text reads one image."""
        from widespectrum.scorers.blip.crossing import look, read

        network = self.network
        seen = look(network.text, self._tensor(states))
        outputs = np.empty((len(text_of_row), network.head.out_features), dtype=np.float32)
        # Texts of like length together, so that little padding is computed.
        by_length = np.argsort([len(texts[text]) for text in text_of_row], kind="stable")
        for rows in _chunks(by_length, _TEXTS_PER_IMAGE * len(states)):
            different, text = np.unique(text_of_row[rows], return_inverse=True)
            ids, mask = padded([texts[place] for place in different], self.max_length)
            state = read(
                network.text,
                seen,
                *map(self._index, (ids, mask, text.reshape(-1), image_of_row[rows])),
            )
            outputs[rows] = network.head(state.float()).cpu().numpy()
        return outputs

    def see(self, images: Sequence[Image]) -> NDArray[Any]:
        """One pass of the vision tower, ``(images, places, width)``."""
        pixels = np.stack([prepared(image, self.prepare) for image in images])
        states = self.network.vision(pixel_values=self._tensor(pixels)).last_hidden_state
        return to_array(states)

    def _tensor(self, values: NDArray[Any]) -> Tensor:
        return to_tensor(values, self.device, self.dtype)

    def _index(self, numbers: IntArray) -> Tensor:
        return to_tensor(numbers, self.device)


def _chunks(rows: IntArray, size: int) -> list[IntArray]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
