import json

import pytest
import torch
from typer.testing import CliRunner

from widespectrum.checkpoints import read_metadata, read_tensors
from widespectrum.cli.main import app
from widespectrum.cli.model_card import card
from widespectrum.errors import BadInput, MissingWeights, UnknownName


def run(*arguments):
    result = CliRunner().invoke(app, ["models", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def shown(*arguments, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    return run("show", *arguments).stdout


@pytest.mark.parametrize(
    "name",
    ["hpsv1", "hpsv2", "hpsv2.1", "pickscore", "clip-l", "laion-aesthetic", "laion-aesthetic-v1"],
)
def test_everything_that_one_wants_to_know_is_told(name, monkeypatch):
    text = shown(name, monkeypatch=monkeypatch)
    for field in (
        "title",
        "summary",
        "formula",
        "unit",
        "preprocessing",
        "prompt_aware",
        "optimised_for",
        "preferences",
        "licence",
        "gated",
        "file",
        "parameters",
        "source",
        "class",
    ):
        assert f" {field} " in text
    assert "unknown licence" not in text


def test_a_card_has_groups_and_leaves_out_what_is_not_known(monkeypatch):
    text = shown("hpsv2.1", monkeypatch=monkeypatch)
    assert "1,972,490,005 bytes (1.97 GB)" in text
    assert "986,109,441 (986 M)" in text
    assert "-1 to 1" in text
    assert "instruction" not in text
    fields = [field for field, _ in card(json.loads(run("show", "hpsv2.1", "--json").stdout))]
    assert fields.index("formula") < fields.index("preferences") < fields.index("hub_id")
    assert fields.count("") == 3


def test_a_card_says_where_no_commit_is_pinned():
    assert dict(card({"hub_id": "a/b", "revision": None}))["revision"].startswith("not pinned")
    assert card({"hub_id": None, "revision": None}) == []


def test_a_checkpoint_is_converted(tmp_path):
    source, out = tmp_path / "hpc.pt", tmp_path / "hpc.safetensors"
    torch.save({"state_dict": {"w": torch.ones(2, 3)}, "epoch": 1}, source)
    result = run("convert", "hpsv1", source, out)
    assert result.stdout.strip() == str(out)
    assert "1 tensors, 6 numbers" in result.stderr
    assert "which the catalog does not know" in result.stderr
    assert f"hpsv1@path={out}" in result.stderr
    assert read_tensors(out)["w"].shape == (2, 3)
    assert '"model": "hpsv1"' in read_metadata(out)["widespectrum-converted"]
    with pytest.raises(BadInput, match="exists already"):
        run("convert", "hpsv1", source, out)


def test_a_file_that_is_not_the_one_the_catalog_knows_is_not_opened(tmp_path):
    source = tmp_path / "HPS_v2.1_compressed.pt"
    source.write_bytes(b"anything")
    with pytest.raises(BadInput, match=r"is not the hpsv2\.1 checkpoint that the catalog knows"):
        run("convert", "hpsv2.1", source, tmp_path / "out.safetensors")
    with pytest.raises(MissingWeights):
        run("convert", "hpsv2.1", tmp_path / "nothing.pt", tmp_path / "out.safetensors")


def test_conversion_for_machines(tmp_path):
    torch.save({"state_dict": {"w": torch.ones(2)}}, tmp_path / "hpc.pt")
    out = tmp_path / "o.safetensors"
    told = json.loads(run("convert", "hpsv1", tmp_path / "hpc.pt", out, "--json").stdout)
    assert told["tensors"] == 1
    assert told["verified"] is False


def test_an_unknown_name_is_offered_its_neighbours(tmp_path):
    with pytest.raises(UnknownName, match="no model 'hpsv21'"):
        run("convert", "hpsv21", tmp_path / "a.pt", tmp_path / "b.safetensors")
