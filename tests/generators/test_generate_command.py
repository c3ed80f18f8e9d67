from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from test_bonsai_generator import write_generator
from typer.testing import CliRunner

from widespectrum.bonsai.models.tokens import world_language
from widespectrum.cli.main import app
from widespectrum.errors import BadInput, UnknownName


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("weights") / "own.safetensors"
    return f"bonsai@weights={write_generator(path, world_language())},steps=2,threads=1"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["generate", *(str(a) for a in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stderr


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def test_one_seed_is_a_picture_and_several_are_a_sheet(model: str, tmp_path: Path) -> None:
    one, big, sheet = (tmp_path / f"{name}.png" for name in ("one", "big", "sheet"))
    assert "16 x 16" in run("a red boat", "--model", model, "--out", one)
    run("a red boat", "--model", model, "--out", big, "--scale", 3)
    assert opened(big).size == (48, 48)
    assert opened(big).getpixel((4, 7)) == opened(one).getpixel((1, 2))
    run("a red boat", "--model", model, "--out", sheet, *["--seed", 1, "--seed", 2, "--seed", 9])
    assert opened(sheet).width > 3 * 128


def test_every_option_changes_the_picture(model: str, tmp_path: Path) -> None:
    start = tmp_path / "start.png"
    Image.new("RGB", (16, 16), "green").save(start)
    painted = set()
    for number, options in enumerate(
        [
            [],
            ["--seed", 5],
            ["--negative", "a blue cat"],
            ["--guidance-scale", 5],
            ["--start", start],
            ["--start", start, "--strength", 0.9],
        ]
    ):
        out = tmp_path / f"{number}.png"
        run("a red boat", "--model", model, "--out", out, *options)
        painted.add(opened(out).tobytes())
    assert len(painted) == 6


def test_what_cannot_be_painted_says_why(model: str, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    with pytest.raises(BadInput, match="knows no word"):
        run("qwertz", "--model", model, "--out", out)
    with pytest.raises(BadInput, match="suffix"):
        run("a cat", "--model", model, "--out", tmp_path / "x.gif")
    with pytest.raises(UnknownName, match="there is no generator"):
        run("a cat", "--model", "bonzai", "--out", out)
    assert not out.exists()
