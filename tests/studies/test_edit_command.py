"""Editing by command: which pictures it begins with, what it says before, and its page."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from world_painters import Painter, TruthChooser, asked

from widespectrum.cli.main import main
from widespectrum.cli.painting import bases_of
from widespectrum.errors import BadInput
from widespectrum.studies.generating import load_models, prepare_generation
from widespectrum.studies.image_to_image import starts_from

PAINTERS = Path(__file__).parent / "world_painters.py"
COUNT = 16


@pytest.fixture(scope="module")
def painted(tmp_path_factory):
    """A run of two painters, one of whom never dares; a chooser has looked at both."""
    folder = tmp_path_factory.mktemp("painted") / "run"
    models = load_models(
        [Painter("bold"), Painter("never", 1.0)], scorers=[], chooser=TruthChooser(COUNT)
    )
    job = prepare_generation(models, asked(COUNT)[0], out=folder)
    for _ in job.work():
        pass
    return folder


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["widespectrum", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0, capsys.readouterr()


def test_which_pairs_to_begin_with(painted):
    assert starts_from(painted).height == 2 * COUNT
    bold = starts_from(painted, painter="bold")
    assert set(bold["generator"]) == {"bold"}
    # Those of the timid one are no unpolished pictures, and the chooser has said so.
    assert set(starts_from(painted, followed=True)["generator"]) == {"bold"}
    with pytest.raises(BadInput, match="bold, never"):
        starts_from(painted, painter="flux")
    with pytest.raises(BadInput, match="no chooser took"):
        starts_from(painted, painter="never", followed=True)


def test_editing_by_command(painted, tmp_path, monkeypatch, capsys):
    arguments = (
        "edit",
        f"{PAINTERS}:Editor@name=keeper",
        f"{PAINTERS}:Editor@name=cleaner,polish=1.0",
        "--pairs",
        painted,
        "--from",
        "bold",
        "--followed",
        "--scorer",
        "sharpness",
        "--strength",
        0.5,
        "--strength",
        1.0,
        "--aligned",
        "cleaner=keeper",
        "--draws",
        100,
        "--out",
        tmp_path / "edits",
    )
    code, said = command(monkeypatch, capsys, *arguments, "--dry-run")
    assert code == 0
    assert not (tmp_path / "edits").exists()
    code, said = command(monkeypatch, capsys, *arguments, "--json")
    assert code == 0
    told = json.loads(said.out)
    strengths = {row["strength"] for row in told["tables"]["changes"]}
    assert strengths == {0.5, 1.0}
    assert {row["source"] for row in told["tables"]["published"]} == {"this run", "published"}
    assert (tmp_path / "edits" / "report" / "index.html").is_file()
    assert "At strength 0.5, cleaner moves" in told["headline"][0]


def test_drawn_pairs_are_a_place_to_begin(tmp_path, monkeypatch, capsys):
    code, said = command(
        monkeypatch, capsys, "bonsai", "pairs", "--out", tmp_path / "drawn", "--count", 3
    )
    assert code == 0
    pairs = starts_from(Path(said.out.strip()), followed=True)
    assert pairs.height == 3
    assert Path(pairs["image_anti"][0]).is_file()


def test_a_lineage_between_names_with_settings():
    names = ["bonsai@steps=4", "bonsai@steps=4,adapter=a.safetensors"]
    text = f"{names[1]}={names[0]}"
    assert bases_of([text], names) == {names[1]: names[0]}
    assert bases_of(["a=b"], names) == {"a": "b"}
    for wrong in ("bold", "=b", "a="):
        with pytest.raises(BadInput, match="ALIGNED=BASE"):
            bases_of([wrong], names)
