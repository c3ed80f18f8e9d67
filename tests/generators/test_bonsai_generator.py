from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from widespectrum.bonsai.generator.network import GeneratorNetwork, GeneratorShape
from widespectrum.bonsai.language import UnknownWords
from widespectrum.bonsai.models.tokens import Language, Reading, world_language
from widespectrum.bonsai.models.weights import Header, write_weights
from widespectrum.catalog import ModelEntry
from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.errors import BadInput, MissingWeights
from widespectrum.generators import BonsaiGenerator, load_generator

WORDS = ("cat", "red", "blue", "blurry")


def _read(prompt: str) -> Reading:
    said = prompt.lower().split()
    known = tuple(WORDS.index(word) + 3 for word in said if word in WORDS)
    return Reading(known, tuple(word for word in said if word not in WORDS))


SPOKEN = Language("f" * 64, len(WORDS) + 3, 72, _read)


def write_generator(
    path: Path,
    language: Language = SPOKEN,
    kind: str = "generator",
    about: dict[str, Any] | None = None,
) -> Path:
    shape = GeneratorShape(
        language.size,
        72,
        text_width=20,
        text_heads=2,
        text_blocks=1,
        text_embedding=16,
        width=24,
        heads=2,
        blocks=1,
        patch=4,
        image_size=16,
        head_channels=4,
    )
    torch.manual_seed(0)
    network = GeneratorNetwork(shape)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    header = Header(kind, asdict(shape), language.fingerprint, about or {})  # type: ignore[arg-type]
    write_weights(path, network, header)
    return path


def entry(name: str = "tiny") -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "name": name,
            "kind": "generator",
            "title": "Tiny",
            "class": "widespectrum.generators.bonsai:BonsaiGenerator",
        }
    )


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_generator(tmp_path_factory.mktemp("weights") / "tiny.safetensors")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def make(weights: Path, **settings: object) -> BonsaiGenerator:
    settings = {"steps": 3, **settings}
    return BonsaiGenerator(entry(), weights=str(weights), language=SPOKEN, **settings)  # type: ignore[arg-type]


def bytes_of(answer: Image.Image | Failure) -> bytes:
    assert isinstance(answer, Image.Image), answer
    assert answer.size == (16, 16)
    assert answer.mode == "RGB"
    return answer.tobytes()


def test_it_fulfils_the_contract(weights: Path) -> None:
    generator = make(weights)
    assert isinstance(generator, Generator)
    assert generator.name == "tiny"
    assert generator.generate([]) == []


def test_the_same_request_gives_the_same_picture_whoever_is_beside_it(weights: Path) -> None:
    requests = [
        GenerationRequest("red cat", seed=1),
        GenerationRequest("blurry blue cat", seed=2, negative_prompt="red"),
        GenerationRequest("red cat", seed=2),
    ]
    alone = [bytes_of(make(weights).generate([request])[0]) for request in requests]
    together = [bytes_of(picture) for picture in make(weights).generate(requests[::-1])]
    assert together == alone[::-1]
    assert len(set(alone)) == 3


def test_without_a_seed_every_picture_is_another(weights: Path) -> None:
    first, second = make(weights).generate([GenerationRequest("cat")] * 2)
    assert bytes_of(first) != bytes_of(second)


def test_a_bad_request_fails_alone(weights: Path) -> None:
    start = Image.new("RGB", (9, 30), "green")
    requests = [
        GenerationRequest("red cat", seed=1),
        GenerationRequest("qwertz", seed=1),
        GenerationRequest("", seed=1),
        GenerationRequest("cat", seed=-1),
        GenerationRequest("cat", seed=1, negative_prompt="qwertz"),
        GenerationRequest("cat", seed=1, strength=0.5),
        GenerationRequest("cat", seed=1, start_image=start),
        GenerationRequest("cat", seed=1, start_image=start, strength=0.0),
        GenerationRequest("cat", seed=1, start_image=start, strength=1.5),
        GenerationRequest("cat", seed=1, start_image=start, strength=float("nan")),
        GenerationRequest("cat", seed=1, start_image=start, strength=0.5),
    ]
    answers = make(weights).generate(requests)
    bytes_of(answers[0])
    bytes_of(answers[-1])
    for answer, field in zip(
        answers[1:-1],
        ["prompt", "prompt", "seed", "prompt", *["strength"] * 5],
        strict=True,
    ):
        assert isinstance(answer, Failure)
        assert answer.kind == "bad_input"
        assert field in answer.reason


def test_unknown_words_are_named_once(weights: Path) -> None:
    generator = make(weights)
    requests = [GenerationRequest("red zebra", seed=1), GenerationRequest("blue zebra", seed=1)]
    with pytest.warns(UnknownWords, match="zebra") as caught:
        with_unknown = generator.generate(requests)
    assert len(caught) == 1
    known = generator.generate([GenerationRequest("red", seed=1)])
    assert bytes_of(with_unknown[0]) == bytes_of(known[0])


def test_strength_says_how_far_from_the_start(weights: Path) -> None:
    start = Image.fromarray(np.random.default_rng(0).integers(0, 255, (16, 16, 3), np.uint8))
    generator = make(weights, guidance=1.0)
    near, far, forgotten = (
        np.frombuffer(bytes_of(picture), np.uint8).astype(int)
        for picture in generator.generate(
            [GenerationRequest("cat", 1, None, start, strength) for strength in (0.02, 0.5, 1.0)]
        )
    )
    never = bytes_of(generator.generate([GenerationRequest("cat", 1)])[0])
    assert forgotten.astype(np.uint8).tobytes() == never
    assert not np.array_equal(near, far)


def test_the_fingerprint_is_that_of_weights_and_settings(weights: Path, tmp_path: Path) -> None:
    base = make(weights).fingerprint
    assert make(weights).fingerprint == base
    assert make(weights, threads=1).fingerprint == base
    others = [
        make(weights, steps=4),
        make(weights, guidance=1.5),
        make(weights, method="heun"),
        make(weights, precision="bfloat16"),
    ]
    assert len({base, *(other.fingerprint for other in others)}) == 5


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("steps", 0),
        ("steps", "many"),
        ("guidance", -1),
        ("method", "leap"),
        ("precision", "float8"),
        ("threads", -1),
    ],
)
def test_wrong_settings_are_refused(weights: Path, setting: str, value: object) -> None:
    with pytest.raises(BadInput) as caught:
        make(weights, **{setting: value})
    assert caught.value.place.field == setting


def test_files_that_are_no_generator_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights):
        make(tmp_path / "nothing.safetensors")
    other = write_generator(tmp_path / "other.safetensors", kind="encoder")
    with pytest.raises(BadInput, match="of kind 'encoder'"):
        make(other).generate([GenerationRequest("cat", 1)])
    foreign = write_generator(tmp_path / "foreign.safetensors", world_language())
    with pytest.raises(BadInput, match="another vocabulary"):
        make(foreign).generate([GenerationRequest("cat", 1)])


def test_it_is_found_by_name_with_settings(tmp_path: Path) -> None:
    path = write_generator(tmp_path / "own.safetensors", world_language())
    generator = load_generator("bonsai", weights=str(path), steps=2)
    assert isinstance(generator, BonsaiGenerator)
    assert generator.sampler.steps == 2
    answer = generator.generate([GenerationRequest("a red boat on the sea", seed=1)])[0]
    bytes_of(answer)
