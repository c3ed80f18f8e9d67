"""From a base to an adapter that ships, on a tiny generator of the world's vocabulary."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from alignment_toys import SHAPE, Brightness
from PIL import Image
from typer.testing import CliRunner

from widespectrum.bonsai.alignment import examination
from widespectrum.bonsai.alignment.prompts import bucketed
from widespectrum.bonsai.alignment.recipes import (
    RECIPES,
    AlignmentRecipe,
    Materials,
    chosen_dose,
    follow_alignment,
    kept_doses,
)
from widespectrum.bonsai.generator.network import GeneratorNetwork
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import Header, digest, read_header, write_weights
from widespectrum.bonsai.training.loop import Device
from widespectrum.cli.train import app
from widespectrum.contracts import GenerationRequest
from widespectrum.errors import BadInput, ForeignRun, InvalidResult
from widespectrum.generators import load_generator

RECIPE = AlignmentRecipe(
    "toy", "brightness", "towards white", steps=4, learning_rate=1e-2, dose_every=2, budget=10.0
)
ONE = Device(threads=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alignment")


@pytest.fixture(scope="module")
def file(folder: Path) -> Path:
    torch.manual_seed(0)
    network = GeneratorNetwork(replace(SHAPE, vocabulary=world_language().size))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return written(folder / "base.safetensors", network)


def written(path: Path, network: GeneratorNetwork) -> Path:
    vocabulary = world_language().fingerprint
    header = Header("generator", asdict(network.shape), vocabulary, {"recipe": "toy"})
    write_weights(path, network, header)
    return path


@pytest.fixture(scope="module")
def materials(file: Path) -> Materials:
    language = world_language()
    prompts = bucketed(["a red cat", "a dark house", "a blue boat at sea"], language, {"n": 3})
    return Materials(file, Brightness(), prompts, prompts, language)


@pytest.fixture(scope="module")
def shipped(folder: Path, materials: Materials) -> Path:
    """What an undisturbed alignment ships; its doses are beside it."""
    return made(materials, folder)


def made(materials: Materials, out: Path, recipe: AlignmentRecipe = RECIPE) -> Path:
    stages = list(follow_alignment(recipe, materials, out, ONE))
    assert not stages or (stages[-1].done == recipe.steps and "reward" in stages[-1].detail)
    return out / "toy.safetensors"


def test_keeps_doses_with_their_grades_and_ships_one(
    folder: Path, shipped: Path, materials: Materials
) -> None:
    doses = kept_doses(folder / "toy")
    assert [dose.stem for dose in doses] == ["000002", "000004"]
    grades = [read_header(dose).provenance for dose in doses]
    assert 0 < grades[0]["drift"] < grades[1]["drift"]
    header = read_header(shipped)
    assert (header.kind, header.vocabulary) == ("adapter", digest(materials.base))
    assert header.provenance["step"] == 4
    assert header.provenance["grades"]["000002"] == [grades[0]["reward"], grades[0]["drift"]]
    assert header.provenance["task"]["reward"] == {"reward": "brightness"}
    assert (folder / "toy" / "sheets" / "000004.png").is_file()


def test_stopped_and_resumed_it_ships_the_same_bytes(
    tmp_path: Path, shipped: Path, materials: Materials
) -> None:
    stages = follow_alignment(RECIPE, materials, tmp_path, ONE)
    for _ in range(3):
        next(stages)
    stages.close()
    assert made(materials, tmp_path).read_bytes() == shipped.read_bytes()


def test_done_it_is_not_done_again_and_another_rate_is_refused(
    folder: Path, shipped: Path, materials: Materials
) -> None:
    before = shipped.read_bytes()
    assert not list(follow_alignment(RECIPE, materials, folder, ONE))
    assert shipped.read_bytes() == before
    with pytest.raises(ForeignRun):
        made(materials, folder, replace(RECIPE, learning_rate=1e-3))


def test_ships_the_last_one_before_the_budget_is_left(folder: Path, shipped: Path) -> None:
    doses = kept_doses(folder / "toy")
    drifts = [read_header(dose).provenance["drift"] for dose in doses]
    assert chosen_dose(doses, drifts[1]) == doses[1]
    assert chosen_dose(doses, (drifts[0] + drifts[1]) / 2) == doses[0]
    assert chosen_dose([doses[0], doses[1], doses[0]], drifts[0]) == doses[0]
    with pytest.raises(InvalidResult, match="reference penalty"):
        chosen_dose(doses, drifts[0] / 2)


def test_the_reward_gradient_is_a_method_too(tmp_path: Path, materials: Materials) -> None:
    path = made(materials, tmp_path, replace(RECIPE, method="reward-gradient"))
    assert read_header(path).provenance["method"] == "reward-gradient"


def test_an_unknown_method_is_refused(tmp_path: Path, materials: Materials) -> None:
    with pytest.raises(BadInput, match="forward-process or reward-gradient"):
        made(materials, tmp_path, replace(RECIPE, method="magic"))


def test_the_members_differ_in_their_reward_alone() -> None:
    assert len({recipe.reward for recipe in RECIPES.values()}) == len(RECIPES) == 3
    plain = {replace(each, name="", reward="", summary="") for each in RECIPES.values()}
    assert len(plain) == 1


def test_a_generator_paints_with_an_adapter_at_any_scale(
    shipped: Path, materials: Materials
) -> None:
    requests = [GenerationRequest("a red cat", seed) for seed in range(3)]

    def painted(**settings: object) -> tuple[list[bytes], str]:
        generator = load_generator("bonsai", weights=str(materials.base), steps=3, **settings)  # type: ignore[arg-type]
        pictures = generator.generate(requests)
        assert all(isinstance(picture, Image.Image) for picture in pictures)
        return [np.asarray(picture).tobytes() for picture in pictures], generator.fingerprint

    base, plain = painted()
    zero, _ = painted(adapter=str(shipped), adapter_scale=0.0)
    full, aligned = painted(adapter=str(shipped))
    half, between = painted(adapter=str(shipped), adapter_scale=0.5)
    assert zero == base
    assert full != base != half != full
    assert len({plain, aligned, between}) == 3
    assert np.frombuffer(full[0], np.uint8).mean() > np.frombuffer(base[0], np.uint8).mean()


def test_an_adapter_of_another_base_is_refused(tmp_path: Path, shipped: Path) -> None:
    network = GeneratorNetwork(replace(SHAPE, vocabulary=world_language().size))
    other = written(tmp_path / "other.safetensors", network)
    generator = load_generator("bonsai", weights=str(other), adapter=str(shipped))
    with pytest.raises(BadInput, match="another generator"):
        generator.generate([GenerationRequest("a red cat", 0)])


@pytest.mark.slow
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the shipped taste, whose pictures are 64 x 64."""
    vocabulary = world_language().size
    network = GeneratorNetwork(replace(SHAPE, vocabulary=vocabulary, patch=16, image_size=64))
    file = written(tmp_path / "base.safetensors", network)
    monkeypatch.setattr(examination, "TIMES", (0.5,))
    given = ["--base", file, "--out", tmp_path, "--steps", 1, "--threads", 1]
    arguments = ["bonsai-polished", *map(str, given), "--precision", "float32"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "bonsai-polished.safetensors") in result.stdout
    assert (tmp_path / "bonsai-polished.safetensors").stat().st_size < 500_000
