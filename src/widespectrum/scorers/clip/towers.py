"""The two towers of a CLIP: pictures and prompts in, unit vectors out, each encoded once.

Encodings go through the store of encodings, under a name that says everything that could change
them. So scorers that share weights share encodings, too: LAION's predictors and CLIP-L.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import check_placement, faithful, file_identity, locate_file
from widespectrum.encodings import (
    BatchSize,
    encoded,
    in_batches,
    known,
    prepared,
    text_key,
)
from widespectrum.errors import BadInput
from widespectrum.scorers.clip.architectures import Architecture
from widespectrum.scorers.clip.networks import load_network
from widespectrum.scorers.clip.preprocessing import Preprocessing
from widespectrum.scorers.clip.tokens import ClipTokens
from widespectrum.scorers.clip.vocabulary import VocabularyFiles, locate_vocabulary, read_vocabulary

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel

    from widespectrum.contracts import FloatArray, Image, IntArray

VERSION = 1
"""Counts changes of this code that change encodings."""


class ClipTowers:
    """Weights, vocabulary and network of a CLIP, each of them found and loaded when it is needed.

    Args:
        entry: whose weights; `entry.file` is their file.
        architecture: which network.
        path: the user's own weights, file or folder.
        key: where in a PyTorch file they stand.
        tokenizer: where the vocabulary is, if not beside them or where the catalog says.
        cleaned: whether prompts are repaired before they are read.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        batch_size: pictures, or prompts, at once.

    Raises:
        BadInput: a setting is none of the above.
    """

    def __init__(
        self,
        entry: ModelEntry,
        architecture: Architecture,
        *,
        path: str | None = None,
        key: str | None = None,
        tokenizer: str | None = None,
        cleaned: bool = False,
        device: str = "auto",
        dtype: str = "float32",
        batch_size: int = 32,
    ) -> None:
        check_placement(device, dtype)
        self.architecture = architecture
        self._entry = entry
        self._file = entry.file or "model.safetensors"
        self._path, self._key, self._tokenizer = path, key, tokenizer
        self._cleaned = cleaned
        self._device, self._dtype = device, dtype
        self._batch = BatchSize(batch_size)

    @cached_property
    def identity(self) -> str:
        """What the network is: weights, architecture, precision. Loads nothing."""
        return fingerprint(
            weights=file_identity(self._entry, self._file, path=self._path),
            architecture=dict(self.architecture.config),
            dtype=self._dtype,
            version=VERSION,
        )

    @cached_property
    def reading(self) -> str:
        """How prompts are read: vocabulary, repair, limit. Loads nothing."""
        return fingerprint(
            vocabulary=self._vocabulary.identity,
            cleaned=self._cleaned,
            limit=self.architecture.token_limit,
        )

    @cached_property
    def tokens(self) -> ClipTokens:
        """The tokenizer."""
        return ClipTokens(
            read_vocabulary(self._vocabulary),
            cleaned=self._cleaned,
            limit=self.architecture.token_limit,
        )

    @cached_property
    def network(self) -> CLIPModel:
        """The network, loaded when it is first asked for."""
        return load_network(
            self.architecture,
            locate_file(self._entry, self._file, path=self._path),
            who=self._name,
            key=self._key,
            rehost=self._entry.rehost,
            device=self._device,
            dtype=self._dtype,
        )

    def encode_images(self, images: Sequence[Image], rule: Preprocessing) -> FloatArray:
        """Unit vectors of `images`, ``(n, embedding)``."""

        def encode(missing: Sequence[Image]) -> FloatArray:
            return in_batches(missing, self._batch, lambda part: self._see(part, rule), fill=False)

        return encoded(self._seen_as(rule), images, rule.key, encode)

    def known_images(self, images: Sequence[Image], rule: Preprocessing) -> list[bool]:
        """Whose unit vectors are kept already."""
        return known(self._seen_as(rule), images, rule.key)

    def encode_prompts(self, prompts: Sequence[str]) -> FloatArray:
        """Unit vectors of `prompts`, ``(n, embedding)``."""
        numbers = fingerprint(network=self.identity, reading=self.reading)
        return encoded(f"{self._name}/text/{numbers}", prompts, text_key, self._read_all)

    def scale(self) -> float:
        """What the network multiplies a cosine with, e to the power of its `logit_scale`."""

        def encode(_: Sequence[str]) -> FloatArray:
            return self.network.logit_scale.detach().float().exp().cpu().numpy().reshape(1, 1)

        return float(encoded(f"{self._name}/scale/{self.identity}", ["scale"], str, encode)[0, 0])

    def _seen_as(self, rule: Preprocessing) -> str:
        """Name under which encodings of images are kept."""
        numbers = fingerprint(network=self.identity, mean=rule.mean, deviation=rule.deviation)
        return f"{self._name}/image/{numbers}"

    @property
    def _name(self) -> str:
        return self._entry.name.partition("@")[0]

    @cached_property
    def _vocabulary(self) -> VocabularyFiles:
        return locate_vocabulary(self._entry, path=self._path, tokenizer=self._tokenizer)

    def _see(self, images: Sequence[Image], rule: Preprocessing) -> FloatArray:
        """One batch of pictures through the image tower."""
        import torch

        network = self.network
        with faithful():
            pixels = torch.from_numpy(np.stack([prepared(image, rule) for image in images]))
            pixels = pixels.to(network.visual_projection.weight)
            return _unit(network.get_image_features(pixel_values=pixels).pooler_output)

    def _read_all(self, prompts: Sequence[str]) -> FloatArray:
        """Prompts through the text tower, those of one length together.

        Raises:
            BadInput: the vocabulary is not that of the network.
        """
        words = self.network.text_model.embeddings.token_embedding.num_embeddings
        if self.tokens.size > words:
            raise BadInput(
                f"the vocabulary has {self.tokens.size} tokens, and {self._name} knows {words}",
                "Name the vocabulary that belongs to these weights: @tokenizer=FOLDER.",
                field="tokenizer",
            )
        rows = self.tokens.encode(prompts)
        vectors: dict[int, FloatArray] = {}
        for length in sorted({len(row) for row in rows}):
            places = [place for place, row in enumerate(rows) if len(row) == length]
            alike = np.stack([rows[place] for place in places])
            made = in_batches(alike, self._batch, self._read, fill=False)
            vectors.update(zip(places, made, strict=True))
        return np.stack([vectors[place] for place in range(len(rows))])

    def _read(self, rows: IntArray) -> FloatArray:
        """One batch of token numbers through the text tower, read off at the sign of the end.

        Done by hand: `CLIPModel` looks for the sign that its configuration names, and the
        configurations of early versions name a wrong one.
        """
        import torch

        network = self.network
        with faithful():
            numbers = torch.from_numpy(rows).to(network.device)
            hidden = network.text_model(input_ids=numbers).last_hidden_state
            ends = (numbers == self.tokens.end).int().argmax(dim=1)
            pooled = hidden[torch.arange(len(rows), device=hidden.device), ends]
            return _unit(network.text_projection(pooled))


def _unit(features: Tensor) -> FloatArray:
    """Features in single precision, each divided by its length."""
    from torch.nn.functional import normalize

    vectors: FloatArray = normalize(features.float(), dim=-1).cpu().numpy()
    return vectors
