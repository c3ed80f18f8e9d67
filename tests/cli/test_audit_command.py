"""`audit` and `analyse` from the command line: results, exit codes, bad input, resuming."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from widespectrum.cli.main import main

Command = Callable[..., tuple[int, str, str]]

HOSTILE = '"><img src=x onerror=alert(1)></script>\u202e'


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the program as the shell would: arguments in; exit code, stdout and stderr out."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["widespectrum", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Four pairs of a picture and its blurred copy, in a folder of their own."""
    folder = tmp_path / "pairs"
    folder.mkdir()
    rows = ["id,prompt_original,prompt_anti,prompt_neutral,dimensions,image_original,image_anti"]
    for number in range(4):
        noise = np.random.default_rng(number).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        picture = Image.fromarray(noise)
        picture.save(folder / f"{number}.png")
        picture.filter(ImageFilter.GaussianBlur(2)).save(folder / f"{number}_anti.png")
        rows.append(
            f"{number},scene {number},scene {number} with heavy blur,a plain scene {number},"
            f"clarity,{number}.png,{number}_anti.png"
        )
    table = folder / "pairs.csv"
    table.write_text("\n".join(rows) + "\n")
    return table


def test_a_prompt_blind_scorer_is_found_out(command: Command, pairs: Path, tmp_path: Path) -> None:
    code, out, err = command(
        "audit", "sharpness", "--pairs", pairs, "--out", tmp_path / "run", "--draws", 200
    )
    assert code == 0, err
    assert Path(out.strip()) == tmp_path / "run" / "report" / "index.html"
    assert "does not listen" in err
    page = Path(out.strip()).read_text(encoding="utf-8")
    assert "sharpness" in page


def test_json_is_one_document_with_every_control(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    code, out, _ = command(
        "audit",
        "sharpness",
        "brightness",
        "--pairs",
        pairs,
        "--out",
        tmp_path / "run",
        "--draws",
        200,
        "--json",
    )
    assert code == 0
    found = json.loads(out)
    rows = {row["scorer"]: row for row in found["tables"]["scorers"]}
    assert rows["sharpness"]["accuracy"] == 0.0
    assert rows["sharpness"]["listening"] == 0.0
    assert rows["sharpness"]["obeyed"] == 0.0
    kinds = {row["prompt"] for row in found["tables"]["controls"]}
    assert kinds == {
        "anti prompt",
        "another pair's anti prompt",
        "neutral rewrite",
        "original prompt",
    }


def test_a_second_run_does_nothing_again_and_adds_a_scorer(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    arguments = ["--pairs", pairs, "--out", run, "--draws", 200]
    assert command("audit", "sharpness", *arguments)[0] == 0
    first = {p: p.stat().st_mtime_ns for p in (run / "tables").rglob("*.parquet")}
    assert command("audit", "sharpness", *arguments)[0] == 0
    assert {p: p.stat().st_mtime_ns for p in (run / "tables").rglob("*.parquet")} == first
    assert command("audit", "sharpness", "brightness", *arguments)[0] == 0
    assert len(list((run / "tables").rglob("*.parquet"))) > len(first)


def test_another_table_does_not_enter_the_same_folder(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    arguments = ["--pairs", pairs, "--out", tmp_path / "run", "--draws", 200]
    assert command("audit", "sharpness", *arguments)[0] == 0
    pairs.write_text(pairs.read_text().replace("scene 0", "scene zero"))
    code, _, err = command("audit", "sharpness", *arguments)
    assert code == 2
    assert "another" in err


def test_a_changed_image_is_another_run(command: Command, pairs: Path, tmp_path: Path) -> None:
    arguments = ["--pairs", pairs, "--out", tmp_path / "run", "--draws", 200]
    assert command("audit", "sharpness", *arguments)[0] == 0
    Image.new("RGB", (40, 60), "red").save(pairs.parent / "0.png")
    assert command("audit", "sharpness", *arguments)[0] == 2


def test_an_unreadable_image_costs_its_pair_only(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    (pairs.parent / "2_anti.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    code, out, err = command(
        "audit",
        "sharpness",
        "--pairs",
        pairs,
        "--out",
        tmp_path / "run",
        "--draws",
        200,
        "--json",
    )
    assert code == 3, err
    found = json.loads(out)
    assert found["tables"]["scorers"][0]["n"] == 3
    assert any("left out" in note for note in found["notes"])
    assert "--retry-failed" in err


def test_a_scorer_that_returns_nan_for_one_image(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "def score(images, prompts):\n"
        "    values = [float(i.getpixel((0, 0))[0]) for i in images]\n"
        "    return [float('nan') if v == values[0] and '0' in p else v\n"
        "            for v, p in zip(values, prompts)]\n"
    )
    code, _, err = command(
        "audit", f"{own}:score", "--pairs", pairs, "--out", tmp_path / "run", "--draws", 200
    )
    assert code == 3
    assert "requests failed" in err


def test_a_scorer_of_the_wrong_shape(command: Command, pairs: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("def score(images, prompts):\n    return [1.0]\n")
    code, _, err = command(
        "audit", f"{own}:score", "--pairs", pairs, "--out", tmp_path / "run", "--draws", 200
    )
    assert code == 2
    assert "own:score" in err


def test_hostile_text_stays_text(command: Command, pairs: Path, tmp_path: Path) -> None:
    hostile = HOSTILE.replace('"', '""')
    pairs.write_text(
        pairs.read_text().replace("scene 1 with heavy blur", f'"{hostile} {"x" * 9000}"')
    )
    code, out, err = command(
        "audit", "sharpness", "--pairs", pairs, "--out", tmp_path / "run", "--draws", 200
    )
    assert code == 0, err
    page = Path(out.strip()).read_text(encoding="utf-8")
    assert "<img src=x" not in page
    assert "</script>\u202e" not in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "sharpnes", "--pairs", "pairs.csv"), "sharpness"),
        (("audit", "sharpness", "--pairs", "nowhere.csv"), "nowhere.csv: does not exist"),
        (("analyse", "nowhere.csv"), "nowhere.csv: does not exist"),
        (("report", "nowhere"), "nowhere"),
    ],
)
def test_bad_input_says_what_and_where(
    command: Command,
    pairs: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(pairs.parent)
    code, out, err = command(*arguments)
    assert code == 2
    assert said in err
    assert out == ""


def test_analyse_a_table_and_several(command: Command, tmp_path: Path) -> None:
    header = "id,scorer,prompt_original,dimensions,io_po,io_pa,ia_po,ia_pa"
    rows = [f"{i},mine,p{i // 2},clarity,{i % 7},0,0,{i % 3}" for i in range(30)]
    first = tmp_path / "first.csv"
    first.write_text("\n".join([header, *rows]) + "\n")
    second = tmp_path / "second.csv"
    second.write_text("\n".join([header, *rows]).replace("mine", "theirs") + "\n")
    code, out, _ = command(
        "analyse", first, second, "--draws", 200, "--out", tmp_path / "out", "--json"
    )
    assert code == 0
    found = json.loads(out)
    assert [row["scorer"] for row in found["tables"]["scorers"]] == ["mine", "theirs"]
    assert found["provenance"]["clusters"] == 15
    assert Path(found["report"]).is_file()


def test_a_listening_scorer_has_a_deaf_one_beside_it(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    arguments = ["audit", "wordmeter", "--pairs", pairs, "--draws", 200, "--json", "--out"]
    found = json.loads(command(*arguments, tmp_path / "run")[1])
    rows = {row["scorer"]: row for row in found["tables"]["scorers"]}
    assert rows["sharpness"]["listening"] == 0.0
    assert rows["wordmeter"]["listening"] > 0
    assert not any("sharpness" in sentence for sentence in found["headline"])
    alone = json.loads(command(*arguments, tmp_path / "alone", "--no-null")[1])
    assert [row["scorer"] for row in alone["tables"]["scorers"]] == ["wordmeter"]


def test_a_run_is_a_source_of_pairs(command: Command, pairs: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    arguments = ["--draws", 200, "--json"]
    code, told, _ = command("audit", "brightness", "--pairs", pairs, "--out", first, *arguments)
    assert code == 0
    code, again, err = command(
        "audit", "brightness", "--pairs", first, "--out", tmp_path / "second", *arguments
    )
    assert code == 0, err
    assert json.loads(again)["tables"]["scorers"] == json.loads(told)["tables"]["scorers"]


def test_a_run_without_images_is_no_source(command: Command, pairs: Path, tmp_path: Path) -> None:
    for picture in pairs.parent.glob("*.png"):
        picture.write_bytes(b"no picture")
    run = tmp_path / "run"
    code, _, err = command("audit", "brightness", "--pairs", pairs, "--out", run)
    assert code == 2
    assert "not one pair has all four scores" in err
    code, _, err = command("audit", "brightness", "--pairs", run, "--out", tmp_path / "second")
    assert code == 2
    assert "holds no pair with both images" in err


def test_a_scorer_without_a_single_score_is_not_forgotten(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.py"
    own.write_text("def score(images, prompts):\n    return [float('nan') for _ in images]\n")
    arguments = [
        *("audit", "brightness", f"{own}:score", "--pairs", pairs, "--json"),
        *("--draws", 200, "--out"),
    ]
    code, _, err = command(*arguments, tmp_path / "many")
    assert code == 2
    assert "own:score" in err  # raised for one request after the other: broken, said once

    pairs.write_text("".join(pairs.read_text().splitlines(keepends=True)[:2]))
    code, out, err = command(*arguments, tmp_path / "few")
    assert code == 3, err
    found = json.loads(out)
    assert found["provenance"]["pairs excluded"]["own:score"] == 1
    assert any("own:score" in note and "left out" in note for note in found["notes"])
