"""Shares under other prompts, by hand."""

import numpy as np
import polars as pl
import pytest
from known_scorers import BLIND_FOR_ANTI, OBEDIENT, levelled, only, sample, scores_of

from widespectrum.statistics import ClusterBootstrap
from widespectrum.studies.reward_bias.controls import control_shares
from widespectrum.studies.reward_bias.sample import sample_of


def shares_of(of):
    return control_shares(of, ClusterBootstrap(of.clusters, draws=200, seed=0))


def test_a_listener_prefers_the_anti_image_under_its_own_prompt_only():
    scores = scores_of({"s": levelled(OBEDIENT, 10)}).with_columns(
        io_ps=pl.lit(1.0), ia_ps=pl.lit(0.0), io_pn=pl.lit(1.0), ia_pn=pl.lit(1.0)
    )
    shares = shares_of(sample_of(scores))
    assert shares["prompt"].to_list() == [
        "anti prompt",
        "another pair's anti prompt",
        "neutral rewrite",
        "original prompt",
    ]
    assert shares["share"].to_list() == [1.0, 0.0, 0.5, 0.0]
    assert shares["gap"].to_list() == [None, 1.0, 0.5, 1.0]


def test_a_prompt_blind_scorer_gains_exactly_nothing():
    shares = shares_of(sample({"s": levelled(BLIND_FOR_ANTI, 10)}))
    row = only(shares, prompt="original prompt")
    assert (row["share"], row["gap"], row["gap_low"], row["gap_high"]) == (1.0, 0.0, 0.0, 0.0)


def test_the_gap_is_over_the_pairs_that_have_both():
    # Own margin: right, right, wrong, wrong; the control is known for the last two alone.
    quads = [(0, 0, 0, 1), (2, 0, 0, 1), (4, 1, 0, 0), (6, 1, 0, 0)]
    scores = scores_of({"s": quads}).with_columns(
        io_ps=pl.Series([None, None, 0.0, 0.0]), ia_ps=pl.Series([1.0, None, 1.0, 1.0])
    )
    row = only(shares_of(sample_of(scores)), prompt="another pair's anti prompt")
    assert (row["n"], row["share"], row["gap"]) == (2, 1.0, -1.0)


def test_pairs_whose_anti_image_is_not_as_asked_stay_out():
    quads = [(0, 0, 0, 1), (2, 1, 0, 0), (4, 1, 0, 0)]
    row = only(shares_of(sample({"s": quads}, choice=[1, 0, -1])), prompt="anti prompt")
    assert (row["n"], row["share"]) == (1, 1.0)


def test_without_such_a_pair_the_table_is_empty_with_its_columns():
    shares = shares_of(sample({"s": levelled(OBEDIENT, 3)}, choice=[0, 0, -1]))
    assert shares.height == 0
    assert {"scorer", "prompt", "share", "gap_low"} <= set(shares.columns)


def test_the_gap_is_paired_within_each_draw():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 4)) + np.arange(200)[:, None]
    of = sample({"s": values.tolist()})
    row = only(shares_of(of), prompt="original prompt")
    own = values[:, 3] > values[:, 1]
    other = values[:, 2] > values[:, 0]
    assert row["gap"] == pytest.approx(own.mean() - other.mean())
    assert row["gap_low"] < row["gap"] < row["gap_high"]
