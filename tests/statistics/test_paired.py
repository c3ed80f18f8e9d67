"""Paired tests against enumeration, scipy and statsmodels."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from widespectrum.errors import BadInput
from widespectrum.statistics import against_chance, cluster_means, mcnemar, sign_flip, wilcoxon

RNG = np.random.default_rng(7)


def test_sign_flip_of_few_clusters_is_exact():
    differences = np.array([0.5, 0.2, -0.1, 0.9, 0.3, 0.4, -0.2])
    clusters = np.array(["a", "a", "b", "b", "c", "d", "e"])
    sums = np.array([0.7, 0.8, 0.3, 0.4, -0.2])
    totals = np.array([np.dot(signs, sums) for signs in product([1, -1], repeat=5)])
    (result,) = sign_flip(differences, clusters)
    assert result.p == (np.abs(totals) >= sums.sum() - 1e-9).mean()
    assert result.statistic == pytest.approx(2 / 7)
    assert "exact (32 flips)" in result.method
    assert result.effect == pytest.approx(differences.mean() / differences.std(ddof=1))


def test_random_flips_approach_the_exact_p():
    differences = RNG.normal(0.5, 1, 12)
    (exact,) = sign_flip(differences, np.arange(12), draws=4096)
    (random,) = sign_flip(differences, np.arange(12), draws=4000)
    assert "exact" in exact.method
    assert "random" in random.method
    assert random.p == pytest.approx(exact.p, abs=0.03)


def test_sign_flip_of_single_rows_equals_scipy():
    differences = RNG.normal(0.4, 1, 11)
    (ours,) = sign_flip(differences, np.arange(11))
    theirs = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert ours.p == pytest.approx(theirs.pvalue)


def test_clusters_keep_shared_prompts_from_counting_twice():
    """Five copies of each prompt are no more evidence than one."""
    differences = RNG.normal(0.35, 1, 30)
    (once,) = sign_flip(differences, np.arange(30), seed=1)
    (copied,) = sign_flip(np.repeat(differences, 5), np.repeat(np.arange(30), 5), seed=1)
    (naive,) = sign_flip(np.repeat(differences, 5), np.arange(150), seed=1)
    assert copied.p == once.p
    assert naive.p < once.p / 2


def test_columns_and_masks_are_separate_tests():
    clusters = np.repeat(np.arange(25), 4)
    differences = RNG.normal(0.2, 1, (100, 2))
    where = np.column_stack([np.arange(100) % 4 < 2, np.ones(100, dtype=bool)])
    damaged = np.where(where, differences, np.nan)
    both = sign_flip(damaged, clusters, where, seed=3)
    for column in range(2):
        rows = where[:, column]
        (alone,) = sign_flip(differences[rows, column], clusters[rows], seed=3)
        assert both[column].n == rows.sum()
        assert both[column].p == alone.p
        assert both[column].effect == pytest.approx(alone.effect)


def test_sign_flip_holds_its_level():
    clusters = np.repeat(np.arange(20), 3)
    nothing = np.repeat(RNG.normal(size=(20, 400)), 3, axis=0) + RNG.normal(size=(60, 400))
    share = np.mean([result.p <= 0.05 for result in sign_flip(nothing, clusters, draws=999)])
    assert share == pytest.approx(0.05, abs=0.03)


def test_effect_in_a_given_unit():
    (result,) = sign_flip([1.0, 3.0], ["a", "b"], scale=4.0)
    assert result.effect == 0.5
    assert result.effect_name == "mean difference / scale"
    with pytest.raises(BadInput, match="field 'scale'"):
        sign_flip([1.0, 3.0], ["a", "b"], scale=0.0)


def test_against_chance_is_a_risk_difference():
    credit = np.r_[np.ones(70), np.zeros(30)]
    (result,) = against_chance(credit, np.arange(100))
    assert result.effect == pytest.approx(0.2)
    assert result.effect_name == "risk difference"
    assert result.p < 0.001
    (even,) = against_chance(np.r_[np.ones(50), np.zeros(50)], np.arange(100))
    assert even.p == 1


def test_differences_without_information():
    (nothing,) = sign_flip([], [])
    assert (nothing.statistic, nothing.p, nothing.effect) == (None, None, None)
    assert nothing.reason == "no rows"
    (zeros,) = sign_flip([0.0, 0.0, 0.0], ["a", "b", "c"])
    assert (zeros.statistic, zeros.p, zeros.effect) == (0, 1, None)
    assert "do not vary" in zeros.reason
    (equal,) = sign_flip(np.full(5, 0.1), np.arange(5))
    assert equal.p == 2 / 32
    assert equal.effect is None


def test_cluster_means_gives_one_independent_difference_per_prompt():
    np.testing.assert_allclose(cluster_means([1, 2, 3, 10], ["b", "a", "b", "a"]), [6, 2])


def test_wilcoxon_equals_scipy_where_scipy_is_exact():
    differences = RNG.normal(0.3, 1, 30)
    ours, theirs = wilcoxon(differences), stats.wilcoxon(differences, method="exact")
    assert ours.p == pytest.approx(theirs.pvalue)
    assert min(ours.statistic, 465 - ours.statistic) == theirs.statistic


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
@settings(deadline=None, max_examples=60)
def test_wilcoxon_is_exact_with_ties_and_drops_zeros(differences):
    result = wilcoxon(differences)
    kept = np.array([value for value in differences if value], dtype=float)
    assert result.dropped == len(differences) - len(kept)
    if len(kept) == 0:
        assert result.p is None
        assert result.reason == "every difference is zero"
        return
    ranks = stats.rankdata(np.abs(kept))
    centre = ranks.sum() / 2
    sums = np.array(
        [ranks[list(kept_)].sum() for kept_ in product([True, False], repeat=len(kept))]
    )
    found = ranks[kept > 0].sum()
    assert result.statistic == found
    assert result.p == pytest.approx((np.abs(sums - centre) >= abs(found - centre) - 1e-9).mean())
    assert result.effect == pytest.approx((found - (2 * centre - found)) / (2 * centre))


def test_wilcoxon_of_twenty_out_of_twenty():
    result = wilcoxon(np.arange(1, 21))
    assert f"{result.p:.1e}" == "1.9e-06"
    assert result.effect == 1
    assert "exact" in result.method


def test_wilcoxon_of_many_is_approximated():
    differences = np.round(RNG.normal(0.2, 1, 80), 1)
    kept = differences[differences != 0]
    result = wilcoxon(differences)
    assert result.p == pytest.approx(stats.wilcoxon(kept, method="approx").pvalue)
    assert "normal approximation" in result.method
    assert wilcoxon([]).reason == "no rows"


@pytest.mark.parametrize(("b", "c", "exact"), [(9, 2, True), (12, 12, True), (30, 12, False)])
def test_mcnemar_sees_only_discordant_rows(b, c, exact):
    first = np.r_[np.ones(b), np.zeros(c), np.ones(50), np.zeros(8)].astype(bool)
    second = np.r_[np.zeros(b), np.ones(c), np.ones(50), np.zeros(8)].astype(bool)
    result = mcnemar(first, second)
    if exact:
        expected = stats.binomtest(b, b + c).pvalue
    else:
        expected = stats.chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1)
    assert result.p == pytest.approx(expected)
    assert ("exact" in result.method) == exact
    assert result.effect == pytest.approx((b - c) / (b + c + 58))
    assert (result.statistic, result.dropped) == (b, 58)


def test_mcnemar_without_discordance_or_with_numbers():
    same = np.array([True, False])
    result = mcnemar(same, same)
    assert result.p is None
    assert result.effect == 0
    assert result.reason == "no discordant rows"
    assert mcnemar(np.zeros(0, bool), np.zeros(0, bool)).effect is None
    with pytest.raises(BadInput, match="boolean"):
        mcnemar([1, 0], [0, 1])
