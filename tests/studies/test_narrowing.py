"""Narrowing: verdicts by hand, a gate that few prompts cannot pass, and painting that stops."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import vl_convert
from world_painters import Painter, TruthChooser, asked, painted_by_hand

from widespectrum.cli.main import main
from widespectrum.errors import BadInput
from widespectrum.report import report_run
from widespectrum.statistics import pairs_needed
from widespectrum.studies.findings import save_findings
from widespectrum.studies.generating import load_models
from widespectrum.studies.narrowing import (
    analyse,
    expected_stop,
    looking_order,
    matches,
    prepare,
    requirements,
    verdict_of,
)
from widespectrum.studies.narrowing.looks import looks

HERE = Path(__file__).parent
COUNT = 16


def both(base, aligned, **settings):
    return painted_by_hand({"base": base, "aligned": aligned}, **settings)


def outcome(base, aligned, **settings):
    return verdict_of(matches(both(base, aligned), "base", "aligned"), **settings)


def test_three_verdicts():
    assert outcome([1] * 60, [1] * 30 + [0] * 30).outcome == "narrowed"
    assert outcome([1] * 60, [1] * 60).outcome == "kept"
    # A coin each: no drop is shown, and none is ruled out.
    assert outcome([1, 0] * 15, [0, 1] * 15).outcome == "undecided"


def test_a_gate_is_not_passed_by_a_handful_of_prompts():
    assert outcome([1] * 5, [1] * 5).outcome == "undecided"
    assert outcome([1] * 5, [1] * 5, sequential=True).outcome == "undecided"


def test_a_small_drop_passes_and_is_told():
    painted = both([1] * 400, [1] * 388 + [0] * 12)
    findings, verdict = analyse(painted, "base", "aligned", draws=100)
    assert verdict.outcome == "kept"
    assert verdict.drop.low > 0
    assert "slightly, by less than 10 points" in findings.headline[0]


def test_a_base_that_never_follows_has_nothing_to_lose():
    verdict = outcome([0] * 100, [0] * 100)
    assert verdict.outcome == "undecided"
    assert verdict.little_to_lose
    findings, _ = analyse(both([0] * 100, [0] * 100), "base", "aligned", draws=100)
    assert "too rarely to lose" in findings.headline[0]


def test_power_and_required_prompts_are_those_of_the_formula():
    verdict = outcome([1] * 42 + [0] * 18, [1] * 36 + [0] * 24)
    assert verdict.discordant == pytest.approx(0.1)
    assert verdict.needed == pairs_needed(0.7, 0.1, discordant=0.1)
    assert 0 < verdict.power < 1
    table = requirements(0.7, prompts=100)
    assert table.filter(drop=0.1)["needed"].to_list() == [pairs_needed(0.7, 0.1)]
    assert table["needed"].is_sorted(descending=True)
    assert table["power"].is_sorted()


def test_a_chooser_without_an_answer_is_no_ones_failure():
    painted = both([1, 1, None, 1], [1, 0, 1, 1])
    found = matches(painted, "base", "aligned")
    assert found.left_out == 1
    assert found.drops.tolist() == [0, 1, 0]
    unpainted = pl.when(pl.col("choice").is_null()).then(None).otherwise(pl.col("image_anti"))
    shots = painted.shots.with_columns(unpainted.alias("image_anti"))
    refused = matches(type(painted)(shots, painted.scores, painted.ratings, "x"), "base", "aligned")
    assert refused.left_out == 0
    assert refused.drops.tolist() == [0, 1, -1, 0]


def test_shots_of_one_cluster_count_once():
    painted = both([1, 1, 1, 1], [1, 0, 0, 0], repeats=2, clusters=["a", "b"])
    assert matches(painted, "base", "aligned").drops.tolist() == [0.5, 1.0]


def test_nothing_to_compare_is_refused():
    with pytest.raises(BadInput, match="share no shot"):
        matches(both([None], [None]), "base", "aligned")
    with pytest.raises(BadInput, match="nobody said"):
        matches(type(both([1], [1]))(*[pl.DataFrame()] * 3), "base", "aligned")
    with pytest.raises(BadInput, match="between 0 and 1"):
        outcome([1], [1], margin=0)


def test_the_order_of_looking_is_a_lot():
    clusters = [f"p{number}" for number in range(50)]
    order = looking_order(clusters, 0)
    assert sorted(order) == sorted(clusters)
    assert order == looking_order(clusters[::-1], 0)
    assert order != looking_order(clusters, 1)


def test_looks_stop_at_the_first_clear_answer():
    painted = both([1] * 80, [0] * 80)
    order = looking_order(painted.shots["cluster"], 0)
    found = matches(painted, "base", "aligned", order)
    taken = looks(found, order, margin=0.1)
    assert taken[-1].prompts < 16
    assert taken[-1].verdict.outcome == "narrowed"
    assert [look.verdict.outcome for look in taken[:-1]] == ["undecided"] * (len(taken) - 1)


def test_how_long_it_takes_is_simulated():
    assert expected_stop(0.9, 0.5, 0.1) < expected_stop(0.9, 0.3, 0.1)
    assert expected_stop(0.5, 0.05, 0.1, most=100) is None


def prepared(folder, timid, **settings):
    models = load_models(
        [Painter("bold"), Painter("timid", timid)], chooser=TruthChooser(), scorers=["sharpness"]
    )
    return prepare(models, asked(COUNT)[0], out=folder, **settings)


def test_a_sequential_comparison_saves_pictures_and_can_be_finished(tmp_path):
    job = prepared(tmp_path / "run", 1.0, sequential=True, look=4)
    records = list(job.work())
    base, aligned = job.generation.models.generators
    assert base.painted == aligned.painted < 2 * COUNT
    assert all(
        record.done <= record.total == 2 * COUNT for record in records if record.stage == "images"
    )
    findings, verdict = analyse(job.painted(), "bold", "timid", order=job.order, look=4, draws=100)
    assert verdict.outcome == "narrowed"
    assert findings.headline[0].startswith("Alignment has narrowed timid")
    assert f"after {base.painted // 2} of {COUNT} prompts" in " ".join(findings.notes)
    # What was never painted is no failure.
    lineages = findings.table("lineages").frame
    assert lineages.filter(measure="success")["at_base"].to_list() == [1.0]
    save_findings(findings, job.generation.run.findings)
    assert "Alignment has narrowed timid" in report_run(job.generation.run).read_text("utf-8")
    for figure in findings.figures:
        assert vl_convert.vegalite_to_svg(dict(figure.spec)).startswith("<svg")
    whole = prepared(tmp_path / "run", 1.0)
    for _ in whole.work():
        pass
    painted = sum(generator.painted for generator in whole.generation.models.generators)
    assert painted + 2 * base.painted == 4 * COUNT
    assert analyse(whole.painted(), "bold", "timid", draws=100)[1].drop.n == COUNT


def test_what_cannot_be_planned_is_refused(tmp_path):
    models = load_models([Painter("bold"), Painter("timid", 1.0)])
    with pytest.raises(BadInput, match="no chooser"):
        prepare(models, asked(COUNT)[0], out=tmp_path)
    with pytest.raises(BadInput, match="1 generators were given"):
        prepare(load_models([Painter()], chooser=TruthChooser()), asked(COUNT)[0], out=tmp_path)
    with pytest.raises(BadInput, match="between 0 and 1"):
        prepared(tmp_path, 1.0, margin=1.5)


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["widespectrum", "compare", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0, capsys.readouterr().out


def test_the_command_is_a_gate(tmp_path, monkeypatch, capsys):
    painters = HERE / "world_painters.py"
    prompts = tmp_path / "prompts.parquet"
    asked(COUNT)[0].write_parquet(prompts)
    common = ("--prompts", prompts, "--chooser", f"{painters}:TruthChooser", "--gate", "--json")
    common = (*common, "--draws", 100, "--margin", "0.25")
    code, out = command(
        monkeypatch,
        capsys,
        f"{painters}:Painter@name=bold",
        f"{painters}:Painter@name=timid,timid=1.0",
        *common,
        "--out",
        tmp_path / "narrowed",
    )
    assert code == 1
    assert json.loads(out)["tables"]["verdict"][0]["outcome"] == "narrowed"
    code, out = command(
        monkeypatch,
        capsys,
        f"{painters}:Painter@name=bold",
        f"{painters}:Painter@name=twin",
        *common,
        "--out",
        tmp_path / "kept",
    )
    assert code == 0
    assert json.loads(out)["tables"]["verdict"][0]["outcome"] == "kept"


def test_a_dry_run_paints_nothing(tmp_path, monkeypatch, capsys):
    painters = HERE / "world_painters.py"
    code, out = command(
        monkeypatch,
        capsys,
        f"{painters}:Painter@name=bold",
        f"{painters}:Painter@name=twin",
        "--count",
        20,
        "--dry-run",
        "--sequential",
        "--out",
        tmp_path / "run",
        "--json",
    )
    assert code == 0
    told = json.loads(out)
    assert told["prompts"] == 20
    assert {row["drop"]: row["needed"] for row in told["drops"]}[0.1] == 480
    assert not (tmp_path / "run").exists()
    assert all(np.isfinite(row["power"]) for row in told["drops"])
