"""The whole study: a scorer that does what it is told, and a tiny HPSv3, on real pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from known_scorers import only

from widespectrum.aesthetics import load_dimensions
from widespectrum.cli.main import main
from widespectrum.errors import BadInput
from widespectrum.images import builtin_photographs
from widespectrum.images.darkroom import darkroom_pairs
from widespectrum.images.darkroom.folders import build_pairs
from widespectrum.report import report_run
from widespectrum.studies.instruction_ablation import prepare
from widespectrum.tables import with_clusters

HERE = Path(__file__).parent
TOLD = f"{HERE / 'told_scorer.py'}:Told"


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Photographs, and their blurred, darkened and grainy copies, small."""
    photographs = [(photo.id, photo.path, photo.caption) for photo in builtin_photographs()[:6]]
    plans = darkroom_pairs(
        photographs,
        load_dimensions(),
        severities=(0.9,),
        effects=["motion-blur", "film-grain", "underexposure"],
        seed=3,
    )
    return build_pairs(plans, tmp_path_factory.mktemp("pairs"), longest_side=128).table


def run(scorer, pairs, out, **settings):
    job = prepare(scorer, pairs, out=out, draws=500, **settings)
    for _ in job.work():
        pass
    return job, job.conclude()


@pytest.fixture(scope="module")
def done(pairs, tmp_path_factory):
    """A finished ablation of the scorer that does what it is told: folder, job and findings."""
    folder = tmp_path_factory.mktemp("ablation") / "run"
    return folder, *run(TOLD, pairs, folder)


def test_a_scorer_that_does_what_it_is_told(done):
    _, job, findings = done
    rows = {row["instruction"]: row for row in findings.table("instructions").frame.to_dicts()}
    assert rows["original"]["taste"] > rows["neutral"]["taste"] > rows["fidelity"]["taste"]
    assert rows["fidelity"]["obeyed"] > rows["original"]["obeyed"]
    changes = findings.table("changes").frame
    assert only(changes, instruction="fidelity", name="taste")["difference_high"] < 0
    assert only(changes, instruction="fidelity", name="obeyed")["difference"] == pytest.approx(
        rows["fidelity"]["obeyed"] - rows["original"]["obeyed"]
    )
    texts = findings.table("texts").frame
    assert "Only the prompt counts." in texts["sentence"].to_list()
    page = report_run(job.audit.run)
    shown = (page.parent / "instructions.html").read_text(encoding="utf-8")
    for sentence in ("Prefer sharp pictures.", "Rate the picture.", "Only the prompt counts."):
        assert sentence in shown
    assert (page.parent / "reward-bias.html").is_file()


def test_it_goes_on_where_it_stopped(done, pairs):
    folder, _, first = done
    job = prepare(TOLD, pairs, out=folder, draws=500)
    assert all(record.done == record.total for record in job.work())
    assert job.conclude().headline == first.headline


def test_a_scorer_without_an_instruction_is_refused(pairs, tmp_path):
    for scorer in ("sharpness", f"{HERE / 'told_scorer.py'}:untold"):
        with pytest.raises(BadInput, match="instruction"):
            prepare(scorer, pairs, out=tmp_path / "run")


@pytest.mark.parametrize(
    ("instructions", "said"),
    [
        (["original"], "compared with itself"),
        (["neutral", "neutral"], "is there twice"),
        (["original", "polite"], "polite"),
    ],
)
def test_instructions_that_cannot_be_compared_are_refused(pairs, tmp_path, instructions, said):
    with pytest.raises(BadInput, match=said):
        prepare(TOLD, pairs, out=tmp_path / "run", instructions=instructions)


def test_an_instruction_that_changes_nothing_is_refused(pairs, tmp_path):
    with pytest.raises(BadInput, match="changes nothing"):
        prepare(f"{HERE / 'told_scorer.py'}:Deaf", pairs, out=tmp_path / "run")


def test_a_scorer_must_be_named(pairs, tmp_path):
    with pytest.raises(BadInput, match="loaded already"):
        prepare(object(), pairs, out=tmp_path / "run")


def test_the_command(done, pairs, monkeypatch, capsys):
    folder, _, _ = done
    arguments = [
        "widespectrum",
        "instructions",
        TOLD,
        "--pairs",
        str(pairs),
        "--out",
        str(folder),
        "--instructions",
        "original,fidelity",
        "--draws",
        "200",
        "--json",
    ]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    document = json.loads(capsys.readouterr().out)
    assert document["study"] == "instructions"
    assert {row["instruction"] for row in document["tables"]["instructions"]} == {
        "original",
        "fidelity",
    }


@pytest.mark.slow
def test_hpsv3_for_real(pairs, tmp_path):
    """Random weights have no taste; what is shown is that the whole way from files works."""
    sys.path.insert(0, str(HERE.parent / "scorers" / "hpsv3"))
    from hpsv3_toys import write_hpsv3

    write_hpsv3(tmp_path / "tiny")
    own = tmp_path / "own.txt"
    own.write_text("Prompt: {text_prompt}\n")
    import polars as pl

    few = tmp_path / "few.csv"
    table = pl.read_csv(pairs).head(4)
    folder = pairs.parent
    table = table.with_columns(
        *(
            pl.col(column).map_elements(lambda path: str(folder / path), pl.String)
            for column in ("image_original", "image_anti")
        )
    )
    table.write_csv(few)
    spec = f"hpsv3@path={tmp_path / 'tiny'},dtype=float32,device=cpu"
    instructions = ["original", "alignment", "neutral", "fidelity", str(own)]
    job, findings = run(spec, few, tmp_path / "run", instructions=instructions, allow_outside=True)
    results = findings.table("instructions").frame
    assert results["instruction"].to_list() == [*instructions[:4], "own"]
    assert results["n"].to_list() == [4] * 5
    assert results["taste"].n_unique() == 5
    networks = {id(item.scorer.network) for item in job.audit.plan.scores}
    assert len(networks) == 1
    assert with_clusters(table).height == 4
