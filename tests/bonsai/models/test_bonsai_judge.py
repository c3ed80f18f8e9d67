from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from widespectrum.bonsai import draw, world_pairs
from widespectrum.bonsai.models.judge import BonsaiJudge
from widespectrum.bonsai.models.rater import Rater, RaterShape
from widespectrum.bonsai.models.weights import (
    Header,
    load_rater,
    names_fingerprint,
    write_weights,
)
from widespectrum.catalog import ModelEntry
from widespectrum.errors import BadInput, MissingWeights, UnknownName
from widespectrum.judges import check_judge

SHAPE = RaterShape(len(BonsaiJudge.dimensions), width=20, blocks=1, image_size=16)
ENTRY = ModelEntry.model_validate(
    {
        "name": "tiny-judge",
        "kind": "judge",
        "title": "A judge of a few thousand weights",
        "class": "widespectrum.bonsai.models.judge:BonsaiJudge",
    }
)


def _written(path: Path, seed: int = 0, dimensions: tuple[str, ...] | None = None) -> Path:
    torch.manual_seed(seed)
    named = BonsaiJudge.dimensions if dimensions is None else dimensions
    header = Header("judge", asdict(SHAPE), names_fingerprint(named), {"seed": seed})
    write_weights(path, Rater(SHAPE), header)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _written(tmp_path / "tiny.safetensors")


@pytest.fixture
def judge(file: Path) -> BonsaiJudge:
    return BonsaiJudge(ENTRY, weights=str(file))


def test_keeps_the_contract_of_judges(file: Path, judge: BonsaiJudge) -> None:
    scenes = world_pairs(3, 3).scenes.values()
    images = [draw(scene) for pair in scenes for scene in (pair.original, pair.anti)]
    report = check_judge(judge, images, again=lambda: BonsaiJudge(ENTRY, weights=str(file)))
    assert report.passed, report.failed


def test_rates_as_the_network_does_on_average_of_picture_and_mirror_image(
    file: Path, judge: BonsaiJudge
) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    network = load_rater(file, judge.dimensions)
    seen = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    either = network(seen).softmax(-1), network(seen.flip(-1)).softmax(-1)
    rated = judge.rate([Image.fromarray(each) for each in pixels], judge.dimensions)
    np.testing.assert_allclose(rated, (sum(either) / 2).numpy(), atol=1e-6)
    turned = judge.rate([Image.fromarray(each[:, ::-1]) for each in pixels], judge.dimensions)
    np.testing.assert_allclose(turned, rated, atol=1e-6)
    assert not torch.allclose(*either, atol=1e-3), "the network alone tells left from right"
    assert np.ptp(rated[:, :, 0], axis=0).min() > 0, "every dimension depends on the picture"


def test_says_that_its_world_is_closed(judge: BonsaiJudge) -> None:
    assert judge.closed_world
    with pytest.raises(UnknownName, match="symmetry") as caught:
        judge.rate([Image.new("RGB", (16, 16))], ["clarity", "symmetry"])
    assert "object pairing" in str(caught.value)


def test_bfloat16_is_near_and_another_judge(file: Path, judge: BonsaiJudge) -> None:
    low = BonsaiJudge(ENTRY, weights=str(file), precision="bfloat16")
    picture = Image.effect_noise((16, 16), 80).convert("RGB")
    assert low.fingerprint != judge.fingerprint
    near = low.rate([picture], judge.dimensions) - judge.rate([picture], judge.dimensions)
    assert np.abs(near).max() < 0.05


def test_other_weights_are_another_judge(tmp_path: Path, judge: BonsaiJudge) -> None:
    other = BonsaiJudge(ENTRY, weights=str(_written(tmp_path / "other.safetensors", seed=1)))
    assert other.fingerprint != judge.fingerprint


def test_weights_for_other_dimensions_are_refused(tmp_path: Path) -> None:
    backwards = tuple(reversed(BonsaiJudge.dimensions))
    path = _written(tmp_path / "backwards.safetensors", dimensions=backwards)
    judge = BonsaiJudge(ENTRY, weights=str(path))
    with pytest.raises(BadInput, match="other dimensions"):
        judge.rate([Image.new("RGB", (16, 16))], ["clarity"])


def test_weights_of_another_kind_are_refused(file: Path) -> None:
    judge = BonsaiJudge(ENTRY, weights="bonsai-clip")
    with pytest.raises(BadInput, match="kind 'encoder', not 'judge'"):
        judge.rate([Image.new("RGB", (64, 64))], ["clarity"])


@pytest.mark.parametrize("settings", [{"precision": "int4"}, {"threads": -1}, {"threads": True}])
def test_settings_that_nobody_could_mean_are_refused(
    file: Path, settings: dict[str, object]
) -> None:
    with pytest.raises(BadInput, match=next(iter(settings))):
        BonsaiJudge(ENTRY, weights=str(file), **settings)  # type: ignore[arg-type]


def test_missing_weights_are_named() -> None:
    with pytest.raises(MissingWeights, match="nowhere"):
        BonsaiJudge(ENTRY, weights="nowhere.safetensors")


def test_making_one_needs_no_torch(file: Path) -> None:
    code = (
        "import sys\n"
        "from widespectrum.bonsai.models.judge import BonsaiJudge\n"
        "from widespectrum.catalog import ModelEntry\n"
        f"entry = ModelEntry.model_validate({ENTRY.model_dump(by_alias=True)!r})\n"
        f"BonsaiJudge(entry, weights={str(file)!r}).fingerprint\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
