from __future__ import annotations

import subprocess
import sys
import warnings
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from widespectrum.bonsai import UnknownWords, draw, world_pairs
from widespectrum.bonsai.models.eye import GROUNDS, HUES, NAMES, THINGS, BonsaiEye, named
from widespectrum.bonsai.models.recogniser import Recogniser, RecogniserShape
from widespectrum.bonsai.models.weights import (
    Header,
    load_recogniser,
    names_fingerprint,
    write_weights,
)
from widespectrum.catalog import ModelEntry
from widespectrum.errors import BadInput
from widespectrum.scorers import check_scorer

SHAPE = RecogniserShape(len(THINGS), len(HUES), len(GROUNDS), width=16, blocks=1, image_size=16)
ENTRY = ModelEntry.model_validate(
    {
        "name": "tiny-eye",
        "kind": "scorer",
        "title": "An eye of a few thousand weights",
        "class": "widespectrum.bonsai.models.eye:BonsaiEye",
        "facts": {"prompt_aware": True, "closed_vocabulary": True, "range": [0.0, 1.0]},
    }
)


def _written(path: Path, names: tuple[str, ...] = NAMES) -> Path:
    torch.manual_seed(0)
    network = Recogniser(SHAPE)
    torch.nn.init.normal_(network.bias)
    header = Header("eye", asdict(SHAPE), names_fingerprint(names), {})
    write_weights(path, network, header)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _written(tmp_path / "tiny.safetensors")


@pytest.fixture
def eye(file: Path) -> BonsaiEye:
    return BonsaiEye(ENTRY, weights=str(file))


@pytest.fixture
def pictures() -> list[Image.Image]:
    rng = np.random.default_rng(0)
    return [Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)) for _ in range(3)]


def test_sees_what_the_network_does(
    file: Path, eye: BonsaiEye, pictures: list[Image.Image]
) -> None:
    pixels = torch.from_numpy(np.stack([np.asarray(each) for each in pictures]))
    logits = load_recogniser(file, NAMES)(pixels.permute(0, 3, 1, 2).float() / 127.5 - 1)
    sight = eye.see(pictures)
    np.testing.assert_allclose(sight.things, logits.things.sigmoid().numpy(), atol=1e-5)
    np.testing.assert_allclose(sight.colours, logits.colours.softmax(-1).numpy(), atol=1e-5)
    np.testing.assert_allclose(sight.places, logits.places.softmax(-1).numpy(), atol=1e-5)
    assert np.ptp(sight.things, axis=0).min() > 0, "every thing depends on the picture"


def test_nothing_is_seen_in_no_picture(eye: BonsaiEye) -> None:
    assert eye.see([]).colours.shape == (0, len(THINGS), len(HUES))


def test_the_score_is_how_likely_everything_named_is_there(
    eye: BonsaiEye, pictures: list[Image.Image]
) -> None:
    prompts = ["a red boat on the sea", "a cat", "a green book left of a white lamp"]
    sight = eye.see(pictures)
    things, colours, places = sight.things, sight.colours, sight.places

    def coloured(colour: str, thing: str) -> np.ndarray:
        place = THINGS.index(thing)
        return things[:, place] * colours[:, place, HUES.index(colour)]

    wanted = [
        coloured("red", "boat") * places[:, GROUNDS.index("sea")],
        things[:, THINGS.index("cat")],
        coloured("green", "book") * coloured("white", "lamp"),
    ]
    grid = np.indices((3, 3)).reshape(2, -1).T
    scores = eye.score(pictures, prompts, grid).reshape(3, 3)
    np.testing.assert_allclose(scores, np.stack(wanted, axis=1), rtol=1e-4)


def test_how_a_picture_should_look_is_not_heard(
    eye: BonsaiEye, pictures: list[Image.Image]
) -> None:
    prompts = ["a red boat on the sea", "a red boat on the sea, dark, out of focus"]
    plain, anti = eye.score(pictures[:1], prompts, np.array([[0, 0], [0, 1]]))
    assert plain == anti


def test_every_original_names_its_subject() -> None:
    made = world_pairs(20, 3)
    for identifier, prompt in made.frame.select("id", "prompt_original").rows():
        scene = made.scenes[identifier].original
        asked = named(prompt)
        assert asked[0] == f"{scene.subject.colour} {scene.subject.kind}"
        assert asked[-1] == scene.place


def test_what_names_nothing_is_refused(eye: BonsaiEye, pictures: list[Image.Image]) -> None:
    with pytest.raises(BadInput, match="neither a thing nor a place"):
        eye.score(pictures[:1], ["smoke and litter everywhere"], np.array([[0, 0]]))


def test_unknown_words_are_complained_about_once(
    eye: BonsaiEye, pictures: list[Image.Image]
) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        eye.score(pictures[:1], ["a red boat with a carburettor"], np.array([[0, 0]]))
    assert [each.category for each in told] == [UnknownWords]


def test_keeps_the_contract_of_scorers(file: Path, eye: BonsaiEye) -> None:
    made = world_pairs(3, 3)
    images = [draw(scene) for pair in made.scenes.values() for scene in (pair.original, pair.anti)]
    prompts = [*made.frame["prompt_original"], *made.frame["prompt_anti"]]
    report = check_scorer(eye, images, prompts, again=lambda: BonsaiEye(ENTRY, weights=str(file)))
    assert report.passed, report.failed
    assert report.prompt_aware


def test_weights_for_other_names_are_refused(tmp_path: Path, pictures: list[Image.Image]) -> None:
    path = _written(tmp_path / "backwards.safetensors", tuple(reversed(NAMES)))
    with pytest.raises(BadInput, match="other things, colours or places"):
        BonsaiEye(ENTRY, weights=str(path)).see(pictures)


def test_making_one_needs_no_torch(file: Path) -> None:
    code = (
        "import sys\n"
        "from widespectrum.bonsai.models.eye import BonsaiEye\n"
        "from widespectrum.catalog import ModelEntry\n"
        f"entry = ModelEntry.model_validate({ENTRY.model_dump(by_alias=True)!r})\n"
        f"BonsaiEye(entry, weights={str(file)!r}).fingerprint\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
