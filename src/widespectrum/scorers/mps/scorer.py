"""``mps``: the Multi-dimensional Preference Score, under its overall condition.

Only the crossing module runs per pair: image tokens are made once per image, words once per prompt,
and the words of the condition once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import (
    check_placement,
    device_of,
    dtype_of,
    faithful,
    file_identity,
    from_repository,
    locate_file,
    read_tensors,
)
from widespectrum.encodings import (
    BatchSize,
    content_key,
    encoded,
    in_batches,
    known,
    prepared,
    text_key,
)
from widespectrum.errors import BadInput
from widespectrum.scorers.arrays import to_array, to_tensor
from widespectrum.scorers.blocks import distinct_texts, in_blocks_of_images
from widespectrum.scorers.catalog import scorer_facts
from widespectrum.scorers.clip import (
    ClipTokens,
    Preprocessing,
    VocabularyFiles,
    locate_vocabulary,
    read_architecture,
    read_vocabulary,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from widespectrum.contracts import FloatArray, Image, IntArray
    from widespectrum.scorers.mps.network import MpsNetwork

VERSION = 1
"""Part of every fingerprint; raised when the same weights begin to give other scores."""

OVERALL = (
    "light, color, clarity, tone, style, ambiance, artistry, shape, face, hair, hands, limbs, "
    "structure, instance, texture, quantity, attributes, position, number, location, word, things."
)
"""Upstream's condition for a picture as a whole. Data: it must match byte for byte."""
_PAIRS_PER_IMAGE = 2
"""So many times the batch of images are crossed at once."""


class Mps:
    """The Multi-dimensional Preference Score.

    Args:
        entry: the catalog entry, with name and facts.
        path: your own copy of the weights, a safetensors file or a folder that has it.
        revision: the commit of the hub repository; by default the catalog's.
        tokenizer: a folder, or a hub repository, with CLIP's vocabulary.
        architecture: ``ViT-H/14``, or the ``config.json`` of another CLIP.
        condition: words that say what the score is about.
        threshold: a word of the prompt is read if it counts more than this for the condition.
            Upstream's model and README say 0.01, both its evaluation scripts 0.3.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        batch_size: images per pass; halved when memory runs out.

    Raises:
        BadInput: a setting is none of these.
    """

    def __init__(
        self,
        entry: ModelEntry,
        *,
        path: str | None = None,
        revision: str | None = None,
        tokenizer: str | None = None,
        architecture: str = "ViT-H/14",
        condition: str = OVERALL,
        threshold: float = 0.01,
        device: str = "auto",
        dtype: str = "float32",
        batch_size: int = 8,
    ) -> None:
        check_placement(device, dtype)
        if isinstance(threshold, bool) or not isinstance(threshold, int | float):
            raise BadInput(f"is {threshold!r}", "Give a number below 1.", field="threshold")
        if not -math.inf < threshold < 1:  # at 1 nothing would be left to read
            raise BadInput(f"is {threshold!r}", "Give a number below 1.", field="threshold")
        self.name = entry.name
        self.architecture = read_architecture(architecture)
        limit = self.architecture.token_limit
        self.facts = replace(scorer_facts(entry), token_limit=limit, instruction=condition)
        self.prepare = Preprocessing("huggingface", self.architecture.image_size)
        self.condition, self.threshold = condition, float(threshold)
        self._entry = from_repository(entry, revision=revision)
        self._file = entry.file or "model.safetensors"
        self._path, self._tokenizer = path, tokenizer
        self._device, self._dtype = device, dtype
        self._batch = BatchSize(batch_size)

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    @cached_property
    def fingerprint(self) -> str:
        """Identity of weights, vocabulary and settings. Device and batch are left out: rounding.

        Raises:
            MissingWeights: weights or vocabulary are not here, and the hub cannot be asked.
        """
        return fingerprint(
            scorer="mps", tower=self._tower, condition=self.condition, threshold=self.threshold
        )

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Tokens of each prompt, uncut, the signs of beginning and end counted."""
        return self._words.count(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Scores of `pairs`; every image and every prompt in them is encoded once.

        Raises:
            MissingWeights: weights or vocabulary are not here.
            BadInput: they are damaged, or of another model.
            OutOfMemory: not even one image fits.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if len(pairs) == 0:
            return np.empty(0, dtype=np.float32)
        _ = self.network  # read before inference begins: its tensors are then ordinary ones
        asked, prompt_of = np.unique(pairs[:, 1], return_inverse=True)
        first, text_of = distinct_texts(self._words.encode([prompts[p] for p in asked]))
        with faithful():
            texts = self._tensor(self._encode_prompts([prompts[asked[place]] for place in first]))

            def score_block(
                block: Sequence[int], image_of_row: IntArray, text_of_row: IntArray
            ) -> FloatArray:
                seen = self._tensor(self._encode_images([images[i] for i in block]))
                size = _PAIRS_PER_IMAGE * len(block)
                rows = np.stack([image_of_row, text_of_row], axis=1)
                parts = [rows[start : start + size] for start in range(0, len(rows), size)]
                return np.concatenate([self._cross(seen, texts, *part.T) for part in parts])

            places = np.stack([pairs[:, 0], text_of[prompt_of.reshape(-1)]], axis=1)
            return in_blocks_of_images(places, self._batch, score_block)

    def known(self, images: Sequence[Image]) -> list[bool]:
        """Which images need not be prepared (`contracts.Prepares`)."""
        return known(self._seen_as, images, content_key)

    @cached_property
    def network(self) -> MpsNetwork:
        """The network where it computes, read once."""
        from widespectrum.scorers.mps.network import mps_network

        file = locate_file(self._entry, self._file, path=self._path)
        network = mps_network(
            self.architecture, read_tensors(file, rehost=self._entry.rehost), file
        )
        known = network.clip.text_model.embeddings.token_embedding.num_embeddings
        if self._words.size > known:
            raise BadInput(
                f"the vocabulary has {self._words.size} tokens, and {self.name} knows {known}",
                "Name the vocabulary that belongs to these weights: @tokenizer=FOLDER.",
                field="tokenizer",
            )
        return network.to(device=device_of(self._device), dtype=dtype_of(self._dtype))

    def _cross(
        self, seen: Tensor, texts: Tensor, image_of_row: IntArray, text_of_row: IntArray
    ) -> FloatArray:
        """Scores of rows, each of an image and a prompt."""
        from torch.nn.functional import cosine_similarity

        from widespectrum.scorers.mps.network import visible_words

        different, place = np.unique(text_of_row, return_inverse=True)
        text, of_row, image = (
            to_tensor(rows, self._device) for rows in (different, place.reshape(-1), image_of_row)
        )
        words, whole = texts[text, :-1], texts[text, -1]
        visible = visible_words(words, self._condition, self.threshold)
        first = self.network.crossing(seen, words, visible, image, of_row)
        cosines = cosine_similarity(first.float(), whole[of_row].float(), dim=-1)
        scale = self.network.clip.logit_scale.float().exp()
        scores: FloatArray = (scale * cosines).cpu().numpy()
        return scores

    @cached_property
    def _condition(self) -> Tensor:
        """The words of the condition in the joint space, ``(words, width)``."""
        return self._tensor(self._encode_prompts([self.condition]))[0, :-1]

    @cached_property
    def _words(self) -> ClipTokens:
        vocabulary = read_vocabulary(self._vocabulary)
        return ClipTokens(vocabulary, cleaned=False, limit=self.architecture.token_limit)

    @cached_property
    def _vocabulary(self) -> VocabularyFiles:
        return locate_vocabulary(self._entry, path=self._path, tokenizer=self._tokenizer)

    @cached_property
    def _tower(self) -> str:
        """Name of both towers with all that changes what they give."""
        return "mps/" + fingerprint(
            weights=file_identity(self._entry, self._file, path=self._path),
            vocabulary=self._vocabulary.identity,
            architecture=dict(self.architecture.config),
            dtype=self._dtype,
            version=VERSION,
        )

    @property
    def _seen_as(self) -> str:
        return f"{self._tower}/image"

    def _encode_images(self, images: Sequence[Image]) -> NDArray[Any]:
        def see(images: Sequence[Image]) -> NDArray[Any]:
            pixels = np.stack([prepared(image, self.prepare) for image in images])
            return to_array(self.network.see(self._tensor(pixels)))

        return encoded(self._seen_as, images, content_key, see)

    def _encode_prompts(self, prompts: Sequence[str]) -> NDArray[Any]:
        def read(rows: IntArray) -> NDArray[Any]:
            tokens = to_tensor(rows, self._device)
            return to_array(self.network.read(tokens, self._words.end))

        def encode(prompts: Sequence[str]) -> NDArray[Any]:
            return in_batches(self._whole_rows(prompts), self._batch, read, fill=False)

        return encoded(f"{self._tower}/text", prompts, text_key, encode)

    def _whole_rows(self, prompts: Sequence[str]) -> IntArray:
        """Tokens of prompts, each filled up to the limit: here padding is read and counts."""
        rows = np.full((len(prompts), self._words.limit), self._words.end, dtype=np.int64)
        for row, tokens in zip(rows, self._words.encode(prompts), strict=True):
            row[: len(tokens)] = tokens
        return rows

    def _tensor(self, values: NDArray[Any]) -> Tensor:
        return to_tensor(values, self._device, self._dtype)
