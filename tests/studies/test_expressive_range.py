"""Expressive range: distances by hand, what shrinks it, and painters of known timidity."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import polars as pl
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from world_painters import Painter, TruthJudge, asked, painted_by_hand

from widespectrum.errors import BadInput
from widespectrum.report import report_run
from widespectrum.studies.expressive_range import analyse, rated_pictures
from widespectrum.studies.findings import save_findings
from widespectrum.studies.generating import load_models, prepare_generation
from widespectrum.studies.painted import RATINGS

COUNT = 16


def rated(places, dimensions=("clarity", "emotion"), **settings):
    """Shots whose ratings are given: generator -> (n prompts, 2 variants, dimensions)."""
    painted = painted_by_hand({name: [1] * len(own) for name, own in places.items()}, **settings)
    rows = [
        (f"{name} | {prompt} | 0", dimension, own[prompt][0][d], own[prompt][1][d])
        for name, own in places.items()
        for prompt in range(len(own))
        for d, dimension in enumerate(dimensions)
    ]
    ratings = pl.DataFrame(rows, schema=RATINGS, orient="row")
    return replace(painted, ratings=ratings, judge="by hand")


def board_of(painted, **settings):
    findings = analyse(painted, draws=200, **settings)
    return {row["generator"]: row for row in findings.table("generators").frame.to_dicts()}


def by_hand(values):
    """Mean |difference| over pairs of different prompts, averaged over dimensions."""
    (n, _, dimensions) = values.shape
    found = [
        np.mean(
            [
                abs(values[a, v, d] - values[b, w, d])
                for a, b in combinations(range(n), 2)
                for v in range(2)
                for w in range(2)
            ]
        )
        for d in range(dimensions)
    ]
    return np.mean(found)


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 7), st.integers(0, 10**6))
def test_it_is_the_mean_distance_between_prompts(prompts, seed):
    values = np.random.default_rng(seed).uniform(0, 2, (prompts, 2, 2))
    row = board_of(rated({"one": values}))["one"]
    assert row["range"] == pytest.approx(by_hand(values))


def test_its_ends():
    ends = np.zeros((200, 2, 2))
    ends[::2] = 2
    rows = board_of(rated({"same": np.ones((200, 2, 2)), "ends": ends}))
    assert rows["same"]["range"] == rows["same"]["range_high"] == 0
    # Two different pictures of 200 are opposite with a chance of 100 / 199.
    assert rows["ends"]["range"] == pytest.approx(2 * 100 / 199)
    assert rows["ends"]["range_low"] > 0.95


def test_it_does_not_grow_with_the_number_of_pictures():
    found = []
    for prompts in (10, 160):
        own = [
            board_of(rated({"one": np.random.default_rng(s).uniform(0, 2, (prompts, 2, 2))}))
            for s in range(20)
        ]
        found.append(np.mean([each["one"]["range"] for each in own]))
    # Two uniform ratings lie 2/3 apart on average.
    assert found == pytest.approx([2 / 3, 2 / 3], abs=0.03)


def test_intervals_are_not_narrower_than_the_sample():
    values = np.random.default_rng(0).uniform(0, 2, (12, 2, 3))
    findings = analyse(rated({"one": values}, ("a", "b", "c")), draws=2000)
    row = findings.table("generators").frame.to_dicts()[0]
    # Copies of a prompt in a draw do not pull the middle of the draws down.
    assert row["range_low"] < row["range"] < row["range_high"]
    middle = (row["range_low"] + row["range_high"]) / 2
    assert middle == pytest.approx(row["range"], abs=0.05)


def test_half_the_distance_is_half_the_range():
    values = np.random.default_rng(1).uniform(0, 2, (60, 2, 2))
    painted = rated({"base": values, "aligned": 1 + values / 2})
    findings = analyse(painted, {"aligned": "base"}, draws=300)
    row = findings.table("lineages").frame.filter(kind="range").to_dicts()[0]
    assert (row["left"], row["left_low"]) == pytest.approx((0.5, 0.5))
    assert row["p_holm"] < 0.05
    assert findings.headline[0].endswith("its range has shrunk.")
    assert "50% of the range of its base base" in findings.headline[0]
    again = analyse(painted.of("base"), draws=100)
    assert "base reaches" in again.headline[0]


def test_one_dimension_that_stands_still_is_named():
    values = np.random.default_rng(2).uniform(0, 2, (40, 2, 2))
    frozen = values.copy()
    frozen[:, :, 1] = 2
    parts = analyse(rated({"base": values, "aligned": frozen}), draws=100).table("dimensions").frame
    found = {(r["dimension"], r["generator"]): r["range"] for r in parts.to_dicts()}
    assert found["emotion", "aligned"] == 0
    assert found["clarity", "aligned"] == found["clarity", "base"] > 0


def test_painters_of_the_world(tmp_path):
    models = load_models([Painter("bold"), Painter("never", 1.0)], judge=TruthJudge())
    job = prepare_generation(models, asked(COUNT)[0], out=tmp_path / "run")
    for _ in job.work():
        pass
    findings = analyse(job.painted(), {"never": "bold"}, draws=200)
    assert "has shrunk" in findings.headline[0]
    rows = {r["generator"]: r for r in findings.table("generators").frame.to_dicts()}
    assert rows["never"]["range_anti"] == rows["never"]["range_original"]
    assert rows["bold"]["range_original"] == rows["never"]["range_original"]
    assert rows["bold"]["range_anti"] > rows["never"]["range_anti"]
    save_findings(findings, job.run.findings)
    assert "Where the pictures lie" in report_run(job.run).read_text("utf-8")
    for figure in findings.figures:
        assert vl_convert.vegalite_to_svg(dict(figure.spec)).startswith("<svg")
        assert figure.alt


def test_what_has_no_range_is_refused():
    with pytest.raises(BadInput, match="nothing was rated"):
        analyse(painted_by_hand({"one": [1, 1]}))
    with pytest.raises(BadInput, match="fewer than two prompts"):
        analyse(rated({"one": np.ones((1, 2, 2))}))
    half = rated({"one": np.ones((3, 2, 2))})
    gone = half.ratings.with_columns(pl.lit(None, pl.Float64).alias("anti"))
    assert rated_pictures(replace(half, ratings=gone)).height == 3
