"""A dimension of one's own, from one TOML file, is taken up from the prompts to the report."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from widespectrum.cli.main import main
from widespectrum.images import builtin_photographs

PIXELATED = """
key = "pixelated"
title = "Pixelation"
low = "The picture falls into visible squares."
neutral = "Pixels are neither seen nor missed."
high = "The picture is smooth at any distance."
antonyms = ["smooth"]

[[effects]]
key = "coarse-squares"
name = "coarse squares"
phrases = ["coarse square blocks in place of every contour"]
darkroom = { operation = "pixelation" }
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def call(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["widespectrum", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        return said.out

    return call


def test_from_one_file_to_the_report(run, tmp_path: Path) -> None:
    own = tmp_path / "pixelated.toml"
    own.write_text(PIXELATED)
    run(
        *("prompts", "build", "--count", 4, "--dimensions", own, "--only", "pixelated"),
        *("--dimensions-per-prompt", "1-1", "--out", tmp_path / "prompts.csv"),
    )
    prompts = pl.read_csv(tmp_path / "prompts.csv")
    assert prompts["prompt_anti"].str.contains("coarse square blocks").all()

    photos = tmp_path / "photos"
    photos.mkdir()
    rows = ["file,caption"]
    for photograph in builtin_photographs()[:3]:
        (photos / photograph.path.name).write_bytes(photograph.path.read_bytes())
        rows.append(f'{photograph.path.name},"{photograph.caption}"')
    (photos / "captions.csv").write_text("\n".join(rows) + "\n")
    made = tmp_path / "made"
    run(
        *("darkroom", "build", photos, "--out", made, "--dimensions", own),
        *("--effects", "coarse-squares", "--severity", 0.5, "--severity", 1),
        *("--longest-side", 128),
    )
    out = run(
        *("audit", "sharpness", "--pairs", made / "pairs.csv", "--out", tmp_path / "run"),
        *("--draws", 200, "--json"),
    )
    found = json.loads(out)
    assert [row["value"] for row in found["tables"]["dimensions"]] == ["pixelated"]
    assert found["tables"]["severity_response"]
    assert "pixelated" in Path(found["report"]).read_text(encoding="utf-8")
