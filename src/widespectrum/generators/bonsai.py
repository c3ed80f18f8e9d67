"""Bonsai's generators behind the ordinary contract: they paint Bonsai's world, 64 x 64 pixels.

No torch is imported, and no weights are read, before the first picture.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from widespectrum.bonsai.generator.orders import BEND, Order, Sampler
from widespectrum.bonsai.models.scorers import PRECISIONS, as_bytes
from widespectrum.bonsai.models.tokens import Language, world_language
from widespectrum.bonsai.models.weights import (
    VERSION,
    digest,
    find_weights,
    load_adapter,
    load_generator_network,
    read_header,
)
from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.errors import BadInput, WidespectrumError
from widespectrum.generators.facts import GeneratorFacts, Guidance

if TYPE_CHECKING:
    from widespectrum.bonsai.generator.painter import Painter
    from widespectrum.contracts import Image


class BonsaiGenerator:
    """A flow-matching transformer that paints from a prompt over Bonsai's vocabulary.

    A picture follows from its own request: neither the others of the batch nor their number change
    a byte of it.

    Args:
        entry: the catalog entry, with the name.
        weights: a shipped model's name, or the path of a ``.safetensors`` file.
        steps: from noise to picture.
        guidance: how far to go from the answer without the prompt to the answer under it; 1 is no
            guidance and takes half the time.
        method: how the flow is followed: ``multistep``, ``euler``, or ``heun``, which takes twice
            as long per step.
        precision: ``float32``, or ``bfloat16`` where the processor computes in it: faster, and
            pictures differ where nobody sees it.
        threads: processor threads; 0 leaves torch's own choice. A setting of the whole process.
        adapter: a shipped aligned model's name, or the path of an adapter's ``.safetensors`` file,
            which must have been trained on these weights.
        adapter_scale: how much of what it adds: 0 is the base, 1 the aligned model; between and
            beyond are their straight line.
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
        steps: int = Sampler.steps,
        guidance: float = Sampler.guidance,
        method: str = Sampler.method,
        precision: str = "float32",
        threads: int = 0,
        adapter: str | None = None,
        adapter_scale: float = 1.0,
        language: Language | None = None,
    ) -> None:
        self.name = entry.name
        if precision not in PRECISIONS:
            raise BadInput(f"is {precision!r}", "Give float32 or bfloat16.", field="precision")
        if isinstance(threads, bool) or not isinstance(threads, int) or not 0 <= threads <= 1024:
            raise BadInput(f"is {threads!r}", "Give 0 or a number of threads.", field="threads")
        if isinstance(adapter_scale, bool) or not isfinite(adapter_scale):
            raise BadInput(f"is {adapter_scale!r}", "Give a number.", field="adapter_scale")
        self.sampler = Sampler(steps, guidance, method)
        self.precision, self.threads = precision, threads
        self.weights = find_weights(weights)
        self.adapter = None if adapter is None else find_weights(adapter)
        self.adapter_scale = float(adapter_scale)
        self.image_size = read_header(self.weights).shape.get("image_size", 64)
        self.language = language or world_language()
        guided = self.sampler.guidance != 1
        self.facts = GeneratorFacts(
            takes_negative=guided,
            takes_start_image=True,
            size=(self.image_size, self.image_size),
            steps=steps,
            passes=self.sampler.answers * (2 if guided else 1),
            guidance=Guidance("cfg", float(guidance), {"guidance": float(guidance)}),
            licence=entry.licence,
        )
        self._painter: Painter | None = None
        # `threads` is left out: it changes a picture by rounding at most.
        self.fingerprint = fingerprint(
            generator=type(self).__qualname__,
            weights=digest(self.weights),
            vocabulary=self.language.fingerprint,
            version=VERSION,
            precision=precision,
            steps=steps,
            guidance=float(guidance),
            method=method,
            bend=BEND,
            **self._alignment,
        )

    def __repr__(self) -> str:
        return f"<generator {self.name}>"

    @property
    def _alignment(self) -> dict[str, str | float]:
        """What alignment adds to the identity: nothing, where there is none."""
        if self.adapter is None:
            return {}
        return {"adapter": digest(self.adapter), "adapter_scale": self.adapter_scale}

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image | Failure]:
        """One picture of 64 x 64 pixels, or `Failure`, per request, in order.

        A request without a seed gets one that nobody knows. A start picture of another size is
        resized, its shape not kept. Guidance leads away from a negative prompt, if there is one.

        Warns:
            UnknownWords: prompts have words that Bonsai does not know.
        """
        results: dict[int, Image | Failure] = {}
        orders: dict[int, Order] = {}
        readings = self._read(requests)
        for number, request in enumerate(requests):
            try:
                orders[number] = self._order(request, readings)
            except WidespectrumError as error:
                results[number] = Failure(error.kind, str(error))
        numbers = list(orders)
        if numbers:
            for place, picture in self._load().paint([orders[number] for number in numbers]):
                results[numbers[place]] = picture
        return [results[number] for number in range(len(requests))]

    def _read(self, requests: Sequence[GenerationRequest]) -> Mapping[str, tuple[int, ...]]:
        """Tokens of every prompt that has a known word; unknown words are warned of once."""
        texts = dict.fromkeys(
            text
            for request in requests
            for text in (request.prompt, request.negative_prompt)
            if text and self.language.read(text).tokens
        )
        rows = self.language.encode(list(texts))
        return {
            text: tuple(int(token) for token in row if token)
            for text, row in zip(texts, rows, strict=True)
        }

    def _order(self, request: GenerationRequest, readings: Mapping[str, tuple[int, ...]]) -> Order:
        tokens = self._tokens(request.prompt, readings)
        seed = secrets.randbits(31) if request.seed is None else request.seed
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise BadInput(f"is {request.seed!r}", "Give a whole number from 0.", field="seed")
        extra: dict[str, Any] = {}
        if request.negative_prompt:
            extra["against"] = self._tokens(request.negative_prompt, readings)
        if request.start_image is None:
            if request.strength is not None:
                raise BadInput("has no start picture", "Give one.", field="strength")
            return Order(tokens, seed, **extra)
        strength = request.strength
        if strength is None or not 0 < strength <= 1:
            raise BadInput(
                f"is {strength!r}", "Give how far from the start, in (0, 1].", field="strength"
            )
        start = as_bytes([request.start_image], self.image_size)[0]
        return Order(tokens, seed, start=start, strength=float(strength), **extra)

    def _tokens(self, text: str, readings: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
        if text not in readings:
            self.language.encode([text])  # says what is wrong with it
        return readings[text]

    def _load(self) -> Painter:
        import torch

        from widespectrum.bonsai.generator.painter import Painter

        if self.threads:
            torch.set_num_threads(self.threads)
        if self._painter is None:
            network = load_generator_network(self.weights, self.language)
            if self.adapter is not None:
                from widespectrum.bonsai.alignment.adapters import merge

                added = load_adapter(self.adapter, network, digest(self.weights))
                merge(network, added, self.adapter_scale)
            self._painter = Painter(network, self.sampler, precision=self.precision)
        return self._painter
