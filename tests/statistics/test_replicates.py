"""Arithmetic on bootstrapped numbers, and the intervals and p-values read from them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from widespectrum.errors import BadInput
from widespectrum.statistics import ClusterBootstrap


@pytest.fixture
def pair():
    """Two related columns of 80 rows in 40 clusters."""
    rng = np.random.default_rng(1)
    first = rng.normal(1, 1, 80)
    return np.repeat(np.arange(40), 2), np.column_stack([first, first + rng.normal(0.2, 0.1, 80)])


def test_difference_of_two_statistics_is_that_of_their_paired_draws(pair):
    clusters, values = pair
    boot = ClusterBootstrap(clusters, 300)
    means = boot.means(values)
    gap = means[1:] - means[:1]
    np.testing.assert_allclose(gap.drawn, boot.means(values[:, 1] - values[:, 0]).drawn, atol=1e-12)
    (interval,) = gap.intervals()
    alone = means.intervals()
    assert interval.high - interval.low < (alone[0].high - alone[0].low) / 5


def test_standardised_mean_takes_its_unit_from_the_same_draw(pair):
    clusters, values = pair
    boot = ClusterBootstrap(clusters, 50)
    ratio = boot.means(values) / boot.deviations(values[:, 0])
    for draw, counts in enumerate(boot.weights()):
        rows = np.repeat(np.arange(80), counts[boot.cluster_of_row])
        expected = values[rows].mean(axis=0) / values[rows, 0].std(ddof=1)
        np.testing.assert_allclose(ratio.drawn[:, draw], expected, rtol=1e-10)


def test_average_is_the_macro_average(pair):
    clusters, values = pair
    where = np.column_stack([np.arange(80) < 20, np.arange(80) >= 20])
    means = ClusterBootstrap(clusters, 100).means(values[:, 0], where)
    macro = means.average()
    np.testing.assert_allclose(macro.values, means.values.mean(axis=0, keepdims=True))
    (interval,) = macro.intervals()
    assert interval.n == 80


def test_numbers_and_selections(pair):
    clusters, values = pair
    means = ClusterBootstrap(clusters, 100).means(values)
    np.testing.assert_allclose((means * 2 + 1).values, means.values * 2 + 1)
    assert len(means[np.array([False, True])]) == 1
    assert means[np.array([1])].estimates[0] == means.estimates[1]


def test_division_by_zero_is_undefined_with_its_reason(pair):
    clusters, values = pair
    boot = ClusterBootstrap(clusters, 100)
    (interval,) = (boot.means(values[:, 0]) / boot.means(np.zeros(80))).intervals()
    assert interval.estimate is None
    assert "the denominator is zero" in interval.reason


def test_only_replicates_of_one_bootstrap_combine(pair):
    clusters, values = pair
    one, other = (ClusterBootstrap(clusters, 100).means(values) for _ in range(2))
    with pytest.raises(BadInput, match="two bootstraps"):
        _ = one - other
    with pytest.raises(BadInput, match="3 statistics cannot be combined with 2"):
        _ = one[np.array([0, 1, 0])] - one
    with pytest.raises(BadInput, match="no statistics"):
        one[:0].average()


def test_bca_equals_scipy_on_skewed_data():
    values = np.random.default_rng(3).exponential(size=40)
    boot = ClusterBootstrap(np.arange(40), 20_000, jackknife=True)
    (ours,) = boot.means(values).intervals(method="bca")
    (percentile,) = boot.means(values).intervals()
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(0)
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)
    assert ours.high - percentile.high > 0.02


def test_bca_of_a_statistic_that_never_varies_is_a_point():
    boot = ClusterBootstrap(np.arange(10), 200, jackknife=True)
    (interval,) = boot.means(np.ones(10)).intervals(method="bca")
    assert (interval.low, interval.estimate, interval.high) == (1, 1, 1)


def test_interval_options_are_checked(pair):
    clusters, values = pair
    means = ClusterBootstrap(clusters, 100).means(values)
    with pytest.raises(BadInput, match="jackknife=True"):
        means.intervals(method="bca")
    with pytest.raises(BadInput, match="field 'level'"):
        means.intervals(level=1)


def test_p_value_is_where_the_interval_touches_the_null(pair):
    clusters, values = pair
    means = ClusterBootstrap(clusters, 5000).means(values[:, 0])
    (p,) = means.p_values(null=0.75)
    (interval,) = means.intervals(level=1 - p.value)
    assert min(abs(interval.low - 0.75), abs(interval.high - 0.75)) < 0.01
    (far,) = means.p_values(null=-10)
    assert far.value == pytest.approx(2 / 5001)
    (at,) = means.p_values(null=float(np.median(means.drawn)))
    assert at.value == pytest.approx(1, abs=0.01)
