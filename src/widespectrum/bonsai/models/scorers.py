"""``bonsai-clip`` and ``bonsai-taste`` as scorers of the ordinary contract.

Every unique picture and prompt is encoded once, and not at all where its encoding is kept from an
earlier time (`widespectrum.encodings`); pairs are looked up. Pictures and prompts are encoded in
batches of one fixed size, so a score depends neither on its neighbours nor on their number.

No torch is imported, and no weights are read, before the first score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as pil

from widespectrum.bonsai.models.tokens import Language, world_language
from widespectrum.bonsai.models.weights import (
    VERSION,
    digest,
    find_weights,
    load_encoder,
    load_taste,
    read_header,
)
from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.contracts import ScorerFacts
from widespectrum.encodings import BatchSize, content_key, encoded, in_batches, text_key
from widespectrum.errors import BadInput
from widespectrum.images import to_rgb

if TYPE_CHECKING:
    from torch import Tensor

    from widespectrum.bonsai.models.encoder import DualEncoder
    from widespectrum.bonsai.models.taste import Taste
    from widespectrum.contracts import FloatArray, Image, IntArray

BATCH = 32
"""Pictures or prompts per pass. On processors a larger batch is no faster, and this one wastes
little when a single picture is scored."""
PAIR_BATCH = 256
PRECISIONS = ("float32", "bfloat16")


class BonsaiScorer:
    """What both scorers have in common.

    Args:
        entry: the catalog entry, with name and facts.
        weights: a shipped model's name, or the path of a ``.safetensors`` file.
        precision: ``float32``, or ``bfloat16`` where the processor computes in it: about twice as
            fast, scores differ in the third digit.
        threads: processor threads; 0 leaves torch's own choice. A setting of the whole process.
        language: the vocabulary; by default the world's.

    Raises:
        MissingWeights: there is no such weight file.
        BadInput: a setting is none of the above, or the file is not a weight file of Bonsai.
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
        self.name = entry.name
        if precision not in PRECISIONS:
            raise BadInput(f"is {precision!r}", "Give float32 or bfloat16.", field="precision")
        if isinstance(threads, bool) or not isinstance(threads, int) or not 0 <= threads <= 1024:
            raise BadInput(f"is {threads!r}", "Give 0 or a number of threads.", field="threads")
        self.precision, self.threads = precision, threads
        self.weights = find_weights(weights)
        self._image_size = read_header(self.weights).shape.get("image_size", 64)
        language = language or world_language()
        self.facts = ScorerFacts(
            **{
                **entry.facts,
                "optimised_for": entry.optimised_for,
                "preferences": entry.preferences,
                "licence": entry.licence,
                "token_limit": language.token_limit,
            }
        )
        self._language = language
        self._network: Any = None
        # `threads` is left out: it changes a score by rounding at most.
        network = {
            "weights": digest(self.weights),
            "vocabulary": language.fingerprint,
            "version": VERSION,
            "precision": precision,
            "batch": BATCH,
        }
        self.fingerprint = fingerprint(scorer=type(self).__qualname__, **network)
        self._tower = f"bonsai/{{}}/{fingerprint(**network)}"
        self._batch, self._pair_batch = BatchSize(BATCH), BatchSize(PAIR_BATCH)

    def __repr__(self) -> str:
        return f"<scorer {self.name}>"

    def tokens(self, prompts: Sequence[str]) -> IntArray:
        """Tokens of each prompt that Bonsai knows, uncut; unknown words count none."""
        return self._language.count(prompts)

    def score(self, images: Sequence[Image], prompts: Sequence[str], pairs: IntArray) -> FloatArray:
        """Scores of `pairs`.

        Pictures of another size than 64 x 64 are resized to it, antialiased, their shape not kept.

        Warns:
            UnknownWords: prompts have words that Bonsai does not know.

        Raises:
            BadInput: a prompt has no known word; the weights do not fit the vocabulary.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if len(pairs) == 0:
            return np.empty(0, dtype=np.float32)
        wanted_images, image_of = np.unique(pairs[:, 0], return_inverse=True)
        wanted_prompts, prompt_of = np.unique(pairs[:, 1], return_inverse=True)
        texts = [prompts[p] for p in wanted_prompts]
        # Before any look-up: words that are not known are complained about every time.
        read = list(zip(texts, self._language.encode(texts), strict=True))
        prompt = encoded(
            self._tower.format("text"), read, lambda item: text_key(item[0]), self._encode_prompts
        )
        pictures = [images[i] for i in wanted_images]
        image = encoded(self._tower.format("image"), pictures, content_key, self._encode_images)
        return self._compare(image[image_of], prompt[prompt_of])

    def _encode_images(self, images: Sequence[Image]) -> Any:
        network = self._load()
        pixels = as_bytes(images, self._image_size)
        return self._forward(
            lambda part: network.encode_images(_to_pixels(part)), pixels, self._batch
        )

    def _encode_prompts(self, read: Sequence[tuple[str, Any]]) -> Any:
        """Vectors of prompts, given as (text, tokens)."""
        tokens = np.stack([tokens for _, tokens in read])
        return self._forward(self._load().encode_prompts, tokens, self._batch)

    def _compare(self, image: FloatArray, prompt: FloatArray) -> FloatArray:
        raise NotImplementedError

    def _read(self) -> Any:
        raise NotImplementedError

    def _load(self) -> Any:
        if self._network is None:
            self._network = self._read()
        if self.threads:
            import torch

            torch.set_num_threads(self.threads)
        return self._network

    def _forward(self, network: Callable[[Tensor], Tensor], rows: Any, size: BatchSize) -> Any:
        """What a part of the network makes of rows, in batches."""
        import torch

        def forward(part: Any) -> Any:
            return network(torch.from_numpy(part)).float().numpy()

        with (
            torch.inference_mode(),
            torch.autocast("cpu", torch.bfloat16, enabled=self.precision == "bfloat16"),
        ):
            return in_batches(rows, size, forward)


class BonsaiClip(BonsaiScorer):
    """How well picture and prompt fit: the cosine of their vectors, -1 to 1. Unaligned."""

    _network: DualEncoder | None

    def _read(self) -> DualEncoder:
        return load_encoder(self.weights, self._language)

    def _compare(self, image: FloatArray, prompt: FloatArray) -> FloatArray:
        fits: FloatArray = (image * prompt).sum(axis=1, dtype=np.float32)
        return fits


class BonsaiTaste(BonsaiScorer):
    """How much annotators would like the picture for the prompt: a utility in log odds."""

    _network: Taste | None

    def _read(self) -> Taste:
        return load_taste(self.weights, self._language)

    def _compare(self, image: FloatArray, prompt: FloatArray) -> FloatArray:
        network = self._load()
        joined = np.concatenate([image, prompt], axis=1)

        def utility(rows: Tensor) -> Tensor:
            values: Tensor = network.utility(*rows.chunk(2, dim=1))
            return values

        utilities: FloatArray = self._forward(utility, joined, self._pair_batch)
        return utilities


def as_bytes(images: Sequence[Image], size: int) -> Any:
    """Pictures as ``(n, size, size, 3)`` bytes.

    Raises:
        BadImage: a mode has no agreed black and white.
    """
    rows = np.empty((len(images), size, size, 3), dtype=np.uint8)
    for row, image in enumerate(images):
        rgb = to_rgb(image)
        if rgb.size != (size, size):
            # Bicubic in PIL widens with the reduction, so that shrinking does not alias.
            rgb = rgb.resize((size, size), pil.Resampling.BICUBIC)
        rows[row] = np.asarray(rgb)
    return rows


def _to_pixels(images: Tensor) -> Tensor:
    from widespectrum.bonsai.models.encoder import to_pixels

    return to_pixels(images)
