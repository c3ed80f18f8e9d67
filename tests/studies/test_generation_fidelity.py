"""Generation fidelity: painters of known timidity, and tables whose answers are known."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import vl_convert
from world_painters import Painter, TruthChooser, TruthJudge, asked, lot, painted_by_hand

from widespectrum.errors import BadInput
from widespectrum.report import report_run
from widespectrum.studies import generation_fidelity
from widespectrum.studies.findings import load_findings, save_findings
from widespectrum.studies.generating import load_models, prepare_generation, shots_of
from widespectrum.studies.generation_fidelity.published import beside_published, relations
from widespectrum.studies.painted import RATINGS, SCORES, Painted

COUNT = 16


def row_of(frame: pl.DataFrame, **values: str) -> dict:
    (row,) = frame.filter(
        pl.all_horizontal([pl.col(name) == value for name, value in values.items()])
    ).to_dicts()
    return row


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """Three painters of the world: bold, timid in half of its shots, and one that never dares."""
    models = load_models(
        [Painter("bold"), Painter("timid", 0.5), Painter("never", 1.0)],
        scorers=["sharpness", "wordmeter"],
        judge=TruthJudge(),
        chooser=TruthChooser(),
        bases={"timid": "bold", "never": "bold"},
    )
    folder = tmp_path_factory.mktemp("family") / "run"
    job = prepare_generation(models, asked(COUNT)[0], out=folder, repeats=2)
    for _ in job.work():
        pass
    return job


@pytest.fixture(scope="module")
def findings(job):
    return generation_fidelity.analyse(
        job.painted(), job.models.lineages, baseline="wordmeter", draws=500
    )


def test_the_painters_are_told_apart(job, findings):
    board = findings.table("generators").frame
    assert board["generator"].to_list() == ["bold", "timid", "never"]
    assert board["rank"].to_list() == [1, 2, 3]
    assert board["success"][0] == 1.0
    assert board["success"][2] == 0.0
    assert board["tie"][2] == 1.0
    # The timid painter's lots decide how often it dares.
    shots, images = job.painted().of("timid").shots, job.run.table("images")
    seeds = dict(images.filter(variant="anti").select("pair_id", "seed").iter_rows())
    dared = [
        lot("dares", row["prompt_anti"], seeds[row["id"]]) >= 0.5
        for row in shots.iter_rows(named=True)
    ]
    assert board["success"][1] == pytest.approx(np.mean(dared))
    assert board["success_low"][1] < board["success"][1] < board["success_high"][1]


def test_the_judge_sees_what_the_world_drew(findings):
    board = findings.table("generators").frame
    bold, timid, never = board.to_dicts()
    assert never["delta_j"] == never["delta_j_all"] == 0
    assert bold["delta_j"] < timid["delta_j"] < 0
    # What was asked for is low in every picture of the bold painter.
    assert bold["j_after"] == 0


def test_lineages_are_paired_and_corrected(findings):
    table = findings.table("lineages").frame
    never = row_of(table, aligned="never", measure="success")
    assert never["difference"] == never["difference_low"] == never["difference_high"] == -1
    assert never["follows_less"]
    assert "sign-flip" in never["test"]
    assert never["p_holm"] < 0.05
    moved = row_of(table, aligned="never", measure="delta_j")
    assert moved["follows_less"]
    assert moved["effect"] == 1
    assert (table["p_holm"] >= table["p"]).drop_nulls().all()
    assert findings.headline[0].startswith("never follows the anti prompt in 0% of 32 shots")
    assert "100 points less" in findings.headline[0]
    lost = findings.table("losses").frame.filter(aligned="never", measure="success")
    assert (lost["difference"] == -1).all()


def test_seeds_are_shared_by_all(job):
    images = job.run.table("images").join(
        job.shots.select("id", "prompt", "repeat"), left_on="pair_id", right_on="id"
    )
    seeds = images.group_by("prompt", "repeat").agg(pl.col("seed").n_unique())
    assert (seeds["seed"] == 1).all()
    assert images["seed"].n_unique() == COUNT * 2


def test_a_finished_run_paints_nothing_and_one_more_painter_only_itself(job):
    bold = job.models.generators[0]
    bold.painted = 0
    bolder = Painter("bolder")
    models = load_models([bold, bolder], chooser=TruthChooser())
    again = prepare_generation(models, asked(COUNT)[0], out=job.run.path, repeats=2)
    for _ in again.work():
        pass
    assert bold.painted == 0
    assert bolder.painted == COUNT * 4
    board = generation_fidelity.analyse(again.painted(), draws=100).table("generators").frame
    assert board["rank"].to_list() == [1.5, 1.5]


def test_failures_are_no_successes(tmp_path):
    models = load_models([Painter("bold"), Painter("shy", fails=0.4)], chooser=TruthChooser())
    job = prepare_generation(models, asked(COUNT)[0], out=tmp_path / "run")
    for _ in job.work():
        pass
    findings = generation_fidelity.analyse(job.painted(), {"shy": "bold"}, draws=200)
    shy = row_of(findings.table("generators").frame, generator="shy")
    assert shy["unpainted"] > 0
    assert shy["unanswered"] == pytest.approx(shy["unpainted"] / COUNT)
    assert shy["success"] == shy["win"] == pytest.approx(1 - shy["unanswered"])
    assert any("failed" in note for note in findings.notes)


def test_mcnemar_where_every_prompt_has_one_shot():
    both = painted_by_hand({"base": [1] * 30, "aligned": [1] * 12 + [0] * 9 + [-1] * 9})
    findings = generation_fidelity.analyse(both, {"aligned": "base"}, draws=200)
    row = row_of(findings.table("lineages").frame, measure="success")
    assert row["difference"] == pytest.approx(-0.6)
    assert row["effect"] == pytest.approx(-0.6)
    assert row["p"] == pytest.approx(2 * 0.5**18)
    assert "McNemar, exact" in row["test"]
    board = row_of(findings.table("generators").frame, generator="aligned")
    assert (board["win"], board["tie"], board["loss"]) == pytest.approx((0.4, 0.3, 0.3))
    assert board["net"] == pytest.approx(0.1)


def test_change_of_scores_and_its_contrast():
    shots = painted_by_hand({"base": [1] * 20, "aligned": [1] * 20}).shots
    level = np.arange(20.0)
    rows = []
    for name, moved in (("base", -4.0), ("aligned", -1.0)):
        own = shots.filter(generator=name)["id"]
        rows += [
            {"id": i, "scorer": "HP", "io_po": x, "io_pa": 0.0, "ia_po": x + moved, "ia_pa": 0.5}
            for i, x in zip(own, level, strict=True)
        ]
    scores = pl.DataFrame(rows, schema=SCORES)
    both = Painted(shots, scores, pl.DataFrame(schema=RATINGS))
    findings = generation_fidelity.analyse(both, {"aligned": "base"}, baseline="HP", draws=200)
    base = row_of(findings.table("scores").frame, generator="base")
    assert (base["before"], base["change"], base["after"]) == pytest.approx((9.5, -4.0, 5.5))
    row = row_of(findings.table("lineages").frame, measure="change:HP")
    assert row["difference"] == row["difference_low"] == 3.0
    assert row["scaled"] == pytest.approx(3 / level.std(ddof=1))
    assert (row["effect"], row["follows_less"]) == (1.0, True)
    kept = row_of(findings.table("lineages").frame, measure="kept")
    assert kept["difference"] == 0
    assert kept["follows_less"] is None
    assert "it moves less" in findings.headline[0]
    assert findings.table("generators").frame["generator"].to_list() == ["base", "aligned"]


def test_the_papers_relation_is_recomputed():
    rows = relations(pl.DataFrame(schema={"measure": pl.String})).to_dicts()
    everything, kept = rows
    assert everything["spearman"] == pytest.approx(0.600, abs=5e-4)
    assert everything["n"] == 10
    assert kept["spearman"] == pytest.approx(0.810, abs=5e-4)
    assert kept["p"] == pytest.approx(0.022, abs=5e-4)


def test_published_rows_stand_beside_what_means_the_same(findings):
    table = findings.table("published").frame
    measured = table.filter(source="this run")
    assert measured.height == 3
    # Neither of our two scorers is one of the paper's.
    assert measured["delta_hpsv3"].null_count() == 3
    assert measured["success_rate"].null_count() == 0
    assert row_of(table, generator="Nano Banana")["success_rate"] == 0.990
    empty = pl.DataFrame(schema={"generator": pl.String, "measure": pl.String, "n": pl.Int64})
    assert beside_published(empty).height == 10


def test_a_page_is_written_and_figures_compile(job, findings):
    save_findings(findings, job.run.findings)
    page = report_run(job.run)
    shown = page.read_text(encoding="utf-8")
    for title in ("Who follows the anti prompt", "By dimension asked for", "Measured and publ"):
        assert title in shown
    names = {figure.name for figure in findings.figures}
    assert names == {"ranking", "lineages", "forest_dimension", "relation"}
    for figure in findings.figures:
        assert vl_convert.vegalite_to_svg(dict(figure.spec)).startswith("<svg")
        assert figure.alt
    again = load_findings(job.run.findings / "generation-fidelity.json")
    assert again.headline == findings.headline
    assert again.lineup is not None
    assert again.lineup.frame.equals(findings.lineup.frame)
    assert shown.count('class="line-row"') == COUNT


def test_the_most_smoothed_prompt_stands_first(job, findings):
    lineup = findings.lineup
    assert lineup is not None
    assert lineup.frame.height == 3 * COUNT
    rows = lineup.frame.partition_by("id")
    for row in rows:
        assert row["model"].to_list() == ["bold", "timid", "never"]
        assert row["smoothed"][0] == 0
        # One that never dares smooths everything away.
        assert row["smoothed"][2] == row["smoothed"].max() > 0
    assert set(lineup.frame.filter(model="never")["verdict"]) == {"no difference"}
    assert set(lineup.frame.filter(model="bold")["verdict"]) == {"follows"}
    apart = painted_by_hand({"one": [1, 1, None], "two": [1, 0, 1]})
    found = generation_fidelity.analyse(apart, draws=100).lineup
    rows = {(r["id"], r["model"]): r for r in found.frame.to_dicts()}
    assert rows["prompt 001", "two"]["smoothed"] == 1
    assert rows["prompt 001", "two"]["verdict"] == "does not follow"
    assert rows["prompt 002", "one"]["verdict"] == "no answer"
    alone = generation_fidelity.analyse(apart.of("one"), draws=100)
    assert alone.lineup is None


def test_without_anybody_to_ask(tmp_path):
    models = load_models([Painter("bold")])
    job = prepare_generation(models, asked(COUNT)[0].head(3), out=tmp_path / "run")
    for _ in job.work():
        pass
    findings = generation_fidelity.analyse(job.painted(), draws=100)
    assert "nobody was asked" in findings.headline[0]


def test_what_cannot_be_compared_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no generator"):
        load_models([])
    with pytest.raises(BadInput, match="is there twice"):
        load_models([Painter("bold"), Painter("bold")])
    with pytest.raises(BadInput, match="cannot be compared"):
        load_models([Painter("bold")], bases={"bold": "older"})
    one = painted_by_hand({"base": [1, 0]})
    with pytest.raises(BadInput, match="none of the scorers"):
        generation_fidelity.analyse(one, baseline="blip")
    with pytest.raises(BadInput, match="has painted nothing"):
        generation_fidelity.analyse(one, {"aligned": "base"})
    with pytest.raises(BadInput, match="at least once"):
        prepare_generation(
            load_models([Painter()]), asked(COUNT)[0], out=tmp_path / "run", repeats=0
        )


def test_shots_keep_the_columns_of_the_prompts():
    prompts = pl.DataFrame(
        {"id": ["a"], "prompt_original": ["a cat"], "prompt_anti": ["a dark cat"]}
    )
    shots = shots_of(prompts, ["x", "y"], 2)
    assert shots.height == 4
    assert shots["cluster"].unique().to_list() == ["a cat"]
    assert shots["id"].n_unique() == 4
