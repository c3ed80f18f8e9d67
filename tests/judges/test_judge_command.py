import json

import numpy as np
import polars as pl
import pytest
from judge_toys import gradient, grey
from typer.testing import CliRunner

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.cli.main import app
from widespectrum.errors import BadInput, UnknownName
from widespectrum.judges import predictions_frame
from widespectrum.tables import write_frame


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def toy():
    """A judge of the user's own, in a file."""
    from pathlib import Path

    return f"{Path(__file__).parent / 'judge_toys.py'}:GreyJudge"


@pytest.fixture
def picture(tmp_path):
    gradient().save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def test_pictures_are_rated(toy, picture, tmp_path):
    grey(250).save(tmp_path / "bright.png")
    images = [picture, tmp_path / "bright.png"]
    rows = json.loads(run("judge", "rate", *images, "--judge", toy, "--json").stdout)
    assert [(row["dimension"], row["image"]) for row in rows][:2] == [
        ("color brightness", str(picture)),
        ("richness", str(picture)),
    ]
    assert rows[2]["expected"] == pytest.approx(250 / 255 * 2, abs=0.01)
    shown = run("judge", "rate", *images, "--judge", toy, "--dimension", "richness")
    assert "neutral" in shown.stdout
    out = tmp_path / "ratings.csv"
    run("judge", "rate", picture, "--judge", toy, "--out", out)
    assert pl.read_csv(out).height == 2


def test_a_judge_is_tried_on_known_effects(toy, tmp_path):
    out = tmp_path / "matrix.csv"
    arguments = ["judge", "response", "--judge", toy, "--world", "bonsai", "--scenes", 40]
    found = json.loads(run(*arguments, "--json", "--out", out).stdout)
    assert found["responses"][0]["lowered"] == "color brightness"
    assert found["responses"][0]["falls"] is True
    cells = pl.read_csv(out)
    assert set(cells["rated"]) == {"color brightness", "richness"}
    assert "falls most" in run(*arguments).stdout
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(3):
        gradient(255 - 20 * number, (96, 64)).save(photos / f"{number}.png")
    dark = ["judge", "response", "--judge", toy, "--photos", photos, "--effects-per-photo", 0]
    row = json.loads(run(*dark, "--json").stdout)["responses"][0]
    assert row["changes"]["color brightness"]["n"] == 3


def test_ratings_are_compared_with_the_truth(tmp_path):
    dice = np.random.default_rng(0)
    truth = dice.integers(0, 3, (20, 11))
    frame = predictions_frame(
        [f"{n}.png" for n in range(20)], FIXED_ORDER, dice.dirichlet([1, 1, 1], (20, 11)), truth
    )
    write_frame(frame, tmp_path / "ratings.parquet")
    found = json.loads(run("judge", "validate", tmp_path / "ratings.parquet", "--json").stdout)
    assert found["eleven"]["judge"] == found["all"]["judge"]
    assert len(found["dimensions"]) == 11
    shown = run("judge", "validate", tmp_path / "ratings.parquet").stdout
    assert "always neutral" in shown
    assert "lighting distinction" in shown


def test_a_judge_is_checked(toy):
    shown = run("check", toy, "--kind", "judge")
    assert shown.exit_code == 0
    assert "grey keeps its contract." in shown.stdout
    report = json.loads(run("check", toy, "--kind", "judge", "--json").stdout)
    assert report["passed"] is True


def test_a_judges_name_says_that_it_is_one(tiny_folder):
    name = f"qwen3vl-4b@dtype=float32,path={tiny_folder},size=64"
    report = json.loads(run("check", name, "--json").stdout)
    assert report["judge"] == name.replace(str(tiny_folder), tiny_folder.name)
    assert report["passed"] is True


def test_judges_are_listed_and_shown():
    rows = json.loads(run("models", "list", "--kind", "judge", "--json").stdout)
    assert {"judge-qwen3vl", "qwen3vl-4b"} <= {row["name"] for row in rows}
    facts = json.loads(run("models", "show", "judge-qwen3vl", "--json").stdout)
    assert facts["lineage"]["towards"] == ["VisionRewardDB"]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (["judge", "rate", "x.png", "--judge", "nobody"], UnknownName, "no judge 'nobody'"),
        (["check", "sharpness", "--kind", "poet"], BadInput, "Give scorer or judge"),
        (["judge", "response", "--judge", "qwen3vl-4b", "--world", "moon"], BadInput, "darkroom"),
        (["judge", "validate", "nothing.csv"], BadInput, "does not exist"),
        (["models", "show", "judge-qwen"], UnknownName, "Did you mean 'judge-qwen3vl'"),
    ],
)
def test_what_is_wrong_is_told(arguments, error, says):
    with pytest.raises(error, match=says):
        run(*arguments)
