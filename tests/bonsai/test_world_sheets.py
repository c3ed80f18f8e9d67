"""The sheets, and the commands that write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from widespectrum.bonsai import SHEETS, world_sheet
from widespectrum.cli.main import app
from widespectrum.errors import BadInput, UnknownName

RUN = CliRunner()


@pytest.mark.parametrize("kind", SHEETS)
def test_every_sheet_is_drawn(kind: str) -> None:
    sheet = world_sheet(kind, seed=1)
    assert sheet.mode == "RGB"
    assert min(sheet.size) > 500


def test_an_unknown_sheet_is_refused() -> None:
    with pytest.raises(UnknownName, match="objects"):
        world_sheet("unicorns")


def test_sheet_command(tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    result = RUN.invoke(app, ["bonsai", "sheet", "--kind", "emotions", "--out", str(out)])
    assert result.exit_code == 0, result.output
    with Image.open(out) as sheet:
        assert sheet.width > 500
    again = tmp_path / "again.png"
    RUN.invoke(app, ["bonsai", "sheet", "--kind", "emotions", "--out", str(again)])
    assert again.read_bytes() == out.read_bytes()


def test_sheet_command_wants_png_or_jpeg(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["bonsai", "sheet", "--out", str(tmp_path / "sheet.gif")])
    assert isinstance(result.exception, BadInput)


def test_draw_command_names_unknown_words_and_prints_the_scene(tmp_path: Path) -> None:
    out = tmp_path / "boat.png"
    result = RUN.invoke(
        app,
        [
            "bonsai",
            "draw",
            "A blurry dark red zeppelin boat",
            "--out",
            str(out),
            "--scale",
            "2",
            "--json",
        ],
    )
    assert result.exit_code == 0, result.output
    assert "zeppelin" in result.stderr
    with Image.open(out) as picture:
        assert picture.size == (128, 128)
    scene = json.loads(result.stdout)
    assert scene["subject"] == {"kind": "boat", "colour": "red"}
    assert scene["look"]["effects"] == ["missed-focus", "underexposure"]


def test_draw_command_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["bonsai", "draw", "zeppelin", "--out", str(tmp_path / "x.png")])
    assert isinstance(result.exception, BadInput)
    assert not (tmp_path / "x.png").exists()


def test_words_command() -> None:
    result = RUN.invoke(app, ["bonsai", "words", "--json"])
    found = json.loads(result.stdout)
    assert "boat" in found["words"]
    assert found["words"] == sorted(found["words"])
