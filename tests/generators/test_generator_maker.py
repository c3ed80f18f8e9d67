from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.errors import BrokenContract
from widespectrum.generators import GeneratorMaker, generation_payload
from widespectrum.runs import ImageRequest


@dataclass
class Flat:
    """Paints one colour: red from the seed, green from the strength."""

    name: str = "flat"
    fingerprint: str = "f" * 64
    asked: list[GenerationRequest] = field(default_factory=list)

    def generate(self, requests: Sequence[GenerationRequest]) -> list[Image.Image | Failure]:
        self.asked += requests
        return [
            Failure("provider_refused", "no")
            if request.prompt == "refuse"
            else Image.new(
                "RGB", (4, 4), (request.seed or 0, int(255 * (request.strength or 0)), 0)
            )
            for request in requests
        ]


def requests(*payloads: dict[str, Any]) -> list[ImageRequest]:
    return [ImageRequest(f"pair-{n}", "original", payload) for n, payload in enumerate(payloads)]


def test_payloads_become_requests_and_answers_keep_their_places(tmp_path: Path) -> None:
    Image.new("RGB", (5, 5), "blue").save(tmp_path / "start.png")
    generator = Flat()
    maker = GeneratorMaker(generator, tmp_path)
    assert (maker.name, maker.fingerprint) == ("flat", "f" * 64)
    answers = maker.make(
        requests(
            generation_payload("a cat", 7, negative_prompt="sharp"),
            {"seed": 3},
            generation_payload("refuse", 8),
            generation_payload("a cat", start_image="start.png", strength=0.5),
            generation_payload("a cat", start_image="missing.png", strength=0.5),
            {"prompt": "a cat", "seed": "7"},
        )
    )
    assert isinstance(answers[0], Image.Image)
    assert answers[0].getpixel((0, 0)) == (7, 0, 0)
    kinds = [answer.kind if isinstance(answer, Failure) else None for answer in answers]
    assert kinds == [None, "bad_input", "provider_refused", None, "bad_input", "bad_input"]
    first, second, third = generator.asked
    assert (first.prompt, first.seed, first.negative_prompt) == ("a cat", 7, "sharp")
    assert second.prompt == "refuse"
    assert third.seed is None
    assert third.start_image is not None
    assert third.start_image.size == (5, 5)


def test_a_generator_that_loses_a_request_is_caught() -> None:
    class Loses(Flat):
        def generate(self, requests: Sequence[GenerationRequest]) -> list[Image.Image | Failure]:
            return super().generate(requests)[1:]

    with pytest.raises(BrokenContract, match="answered 0 of 1"):
        GeneratorMaker(Loses()).make(requests(generation_payload("a cat", 1)))


def test_payloads_hold_only_what_is_given() -> None:
    assert generation_payload("a cat") == {"prompt": "a cat"}
    assert generation_payload("a cat", 0) == {"prompt": "a cat", "seed": 0}
