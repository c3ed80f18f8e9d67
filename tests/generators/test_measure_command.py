from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from test_bonsai_generator import write_generator
from typer.testing import CliRunner

from widespectrum.bonsai.models.tokens import world_language
from widespectrum.cli.main import app

PROVENANCE = {
    "recipe": "bonsai",
    "schedule": {"learning_rate": 2e-3, "length": 10, "seed": 0},
    "corpus": {"count": 350_000},
    "steps": 40,
    "pictures_seen": 2_560,
    "encoder": "e" * 64,
    "precision": "float32",
    "device": "cpu",
    "torch": "2",
}


@pytest.mark.slow
def test_a_generator_is_measured_and_gets_its_card(tmp_path: Path) -> None:
    weights = write_generator(tmp_path / "own.safetensors", world_language(), about=PROVENANCE)
    card = tmp_path / "own.md"
    model = f"bonsai@weights={weights},steps=1,guidance=1.0"
    options = ["--count", "20", "--threads", "1", "--card", str(card), "--took", "an hour"]
    result = CliRunner().invoke(app, ["train", "measure", model, *options])
    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert measured["scorer"] == "bonsai-clip-b"
    # Random weights paint nothing; the world's own pictures are what was asked for.
    best = measured["choice_of_the_worlds_own"]["obedience"]
    assert best > 0.8 > measured["choice"]["obedience"]
    assert measured["eye"] == "bonsai-eye"
    seen = measured["recognition_of_the_worlds_own"]["ordinary"]["both"]["estimate"]
    assert seen > 0.85 > 0.2 > measured["recognition"]["ordinary"]["both"]["estimate"]
    text = card.read_text()
    assert f"{seen:.1%}" in text
    assert f"| {measured['choice']['obedience']:.3f} | {best:.3f} |" in text
    assert "2,560" in text
    assert "an hour" in text
    with Image.open(card.with_suffix(".png")) as sheet:
        assert sheet.width > 8 * 128
