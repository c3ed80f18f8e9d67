"""The commands, from nothing to weights that score: tiny corpora, a few steps, whole networks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from widespectrum.bonsai.models.weights import read_header
from widespectrum.bonsai.training import selection
from widespectrum.cli.train import app
from widespectrum.errors import BadInput, ForeignRun, MissingWeights
from widespectrum.judges import load_judge
from widespectrum.scorers import load_scorer

TINY = ["--families", "64", "--threads", "1", "--precision", "float32"]


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_lists_what_can_be_trained() -> None:
    assert [row["name"] for row in json.loads(run("list", "--json"))] == [
        "bonsai-clip",
        "bonsai-clip-b",
        "bonsai-taste",
        "bonsai-judge",
        "bonsai-eye",
        "bonsai",
        "bonsai-polished",
        "bonsai-faithful",
        "bonsai-auteur",
    ]
    assert "bonsai-taste" in run("list")


@pytest.mark.slow
def test_an_encoder_and_a_taste_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "SELECTION_FAMILIES", 5)
    run("bonsai-clip", "--out", tmp_path, "--steps", 2, *TINY)
    encoder = tmp_path / "bonsai-clip.safetensors"
    first = encoder.read_bytes()
    assert len(first) < 3_500_000
    run("bonsai-clip", "--out", tmp_path, "--steps", 2, *TINY)  # nothing is left to do
    assert encoder.read_bytes() == first
    with pytest.raises(ForeignRun):
        run("bonsai-clip", "--out", tmp_path, "--steps", 3, *TINY)

    run("bonsai-taste", "--out", tmp_path, "--steps", 2, "--encoder", encoder, *TINY)
    taste = tmp_path / "bonsai-taste.safetensors"
    assert len(taste.read_bytes()) < 3_500_000
    selected = read_header(taste).provenance["selected"]
    assert selected["step"] == 2
    assert set(selected["agreement_by_step"]) == {"000002"}

    card = tmp_path / "card.md"
    model = f"bonsai-taste@weights={taste}"
    printed = run("measure", model, "--count", 20, "--card", card, "--threads", 1)
    results = json.loads(printed)
    assert results["fingerprint"] == load_scorer(model).fingerprint
    assert 0 <= results["choice"]["obedience"] <= 1
    text = card.read_text()
    assert f"{results['choice']['obedience']:.3f}" in text
    assert "fixed beforehand" in text


@pytest.mark.slow
def test_a_judge_from_nothing(tmp_path: Path) -> None:
    run("bonsai-judge", "--out", tmp_path, "--steps", 2, *TINY)
    weights = tmp_path / "bonsai-judge.safetensors"
    assert len(weights.read_bytes()) < 2_500_000
    judge = load_judge(f"bonsai-judge@weights={weights}")
    rated = judge.rate([Image.new("RGB", (64, 64))], ["clarity", "emotion"])
    assert rated.shape == (1, 2, 3)

    card = tmp_path / "card.md"
    model = f"bonsai-judge@weights={weights}"
    results = json.loads(run("measure", model, "--count", 40, "--card", card, "--threads", 1))
    assert results["fingerprint"] == judge.fingerprint
    assert results["validation"]["all"]["judge"]["n"] == 80 * len(judge.dimensions)
    assert sum(row["scenes"] for row in results["by_effects"].values()) == 80
    text = card.read_text()
    assert f"{results['validation']['all']['neutral']['accuracy']:.3f}" in text
    assert "Steps: 2, learning" in text, "one leg"
    assert all(name in text for name in judge.dimensions)


@pytest.mark.slow
def test_an_eye_from_nothing(tmp_path: Path) -> None:
    run("bonsai-eye", "--out", tmp_path, "--steps", 2, *TINY)
    weights = tmp_path / "bonsai-eye.safetensors"
    assert len(weights.read_bytes()) < 1_200_000
    card = tmp_path / "card.md"
    model = f"bonsai-eye@weights={weights}"
    results = json.loads(run("measure", model, "--count", 20, "--card", card, "--threads", 1))
    assert results["fingerprint"] == load_scorer(model).fingerprint
    assert results["ordinary"]["pictures"] == results["anti"]["pictures"] == 20
    assert results["ordinary"]["both"]["estimate"] < 0.5, "two steps teach nothing"
    text = card.read_text()
    assert f"{results['anti']['both']['high']:.1%}]" in text
    assert "no training of a generator" in text


def test_only_an_eye_recognises(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no eye of Bonsai"):
        run("measure", "bonsai", "--count", 20, "--eye", "brightness")


def test_a_taste_without_its_encoder_says_so(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.safetensors"
    with pytest.raises(MissingWeights):
        run("bonsai-taste", "--out", tmp_path, "--encoder", missing, *TINY)


def test_a_card_is_written_for_bonsai_only(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none of Bonsai"):
        run("measure", "brightness", "--count", 20, "--card", tmp_path / "card.md")


def test_an_unknown_precision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="int4"):
        run("bonsai-clip", "--out", tmp_path, "--precision", "int4")
