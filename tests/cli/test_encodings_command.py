"""`encodings`, and what an audit keeps for later audits."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from widespectrum.bonsai import draw, world_pairs
from widespectrum.cli.main import main
from widespectrum.tables import write_frame

Command = Callable[..., tuple[int, str, str]]


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
    """Three pairs of Bonsai's world."""
    made = world_pairs(3, 0)
    names = {"original": "image_original", "anti": "image_anti"}
    columns: dict[str, list[str]] = {column: [] for column in names.values()}
    for row in made.frame["id"]:
        for variant, column in names.items():
            draw(getattr(made.scenes[row], variant)).save(tmp_path / f"{row}-{variant}.png")
            columns[column].append(f"{row}-{variant}.png")
    kept = made.frame.select("id", "prompt_original", "prompt_anti")
    return write_frame(
        kept.with_columns(pl.Series(name, paths) for name, paths in columns.items()),
        tmp_path / "pairs.csv",
    )


def test_a_second_audit_of_the_same_pictures_encodes_nothing(
    command: Command, pairs: Path, tmp_path: Path
) -> None:
    def audit(out: str) -> int:
        arguments = ("--out", tmp_path / out, "--draws", 100, "--encodings", tmp_path / "kept")
        code, _, err = command("audit", "bonsai-clip", "--pairs", pairs, *arguments)
        assert code == 0, err
        said = re.search(r"(\d+) encodings made", err)
        return int(said[1]) if said else -1

    assert audit("first") > 6
    assert audit("second") == 0
    scores = [
        sorted((tmp_path / out / "findings").rglob("*.json"))[0].read_text()
        for out in ("first", "second")
    ]
    assert json.loads(scores[0])["tables"] == json.loads(scores[1])["tables"]

    code, out, _ = command("encodings", "show", "--encodings", tmp_path / "kept", "--json")
    towers = json.loads(out)["towers"]
    assert code == 0
    assert {tower["tower"].split("/")[1] for tower in towers} == {"image", "text"}
    assert sum(tower["encodings"] for tower in towers if "/image/" in tower["tower"]) == 6

    code, out, err = command("encodings", "show", "--encodings", tmp_path / "kept")
    assert (code, "bonsai/image" in out, "MB in" in err) == (0, True, True)
    text = next(tower["tower"] for tower in towers if "/text/" in tower["tower"])
    assert command("encodings", "clear", text, "--encodings", tmp_path / "kept")[0] == 0
    assert command("encodings", "clear", text, "--encodings", tmp_path / "kept")[0] == 2
    assert command("encodings", "clear", "--encodings", tmp_path / "kept")[0] == 0
    assert not list((tmp_path / "kept").rglob("*"))


def test_without_a_folder_there_is_nothing_to_show(command: Command) -> None:
    code, _, err = command("encodings", "show")  # the tests switch keeping off
    assert code == 2
    assert "--encodings" in err
