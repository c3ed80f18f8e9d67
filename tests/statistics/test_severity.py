"""Response of a score to severity, against scipy and plain least squares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from widespectrum.errors import BadInput
from widespectrum.statistics import response


@pytest.fixture
def darkroom():
    """12 photographs under 2 effects at 5 severities, in no order; the score falls, with noise."""
    rng = np.random.default_rng(0)
    photo, effect, step = (part.ravel() for part in np.indices((12, 2, 5)))
    severity = step / 4
    score = rng.normal(size=12)[photo] - 2 * severity + rng.normal(0, 0.6, 120)
    order = rng.permutation(120)
    series = np.array([f"{p}-{e}" for p, e in zip(photo, effect, strict=True)])
    return score[order], severity[order], series[order], photo[order]


def test_summaries_equal_plain_computation(darkroom):
    score, severity, series, photo = darkroom
    found = response(score, severity, series, photo, rising=False, draws=200)
    labels = np.unique(series)
    rho, steps = [], []
    for label in labels:
        rows = series == label
        curve = score[rows][np.argsort(severity[rows])]
        rho.append(stats.spearmanr(curve, np.arange(5)).statistic)
        steps.extend(np.diff(curve) < 0)
    design = np.column_stack([severity, series[:, None] == labels])
    slope = np.linalg.lstsq(design, score, rcond=None)[0][0]
    assert found.spearman.estimate == pytest.approx(np.mean(rho))
    assert found.slope.estimate == pytest.approx(slope)
    assert found.right_steps.estimate == pytest.approx(np.mean(steps))
    assert found.slope.low < slope < found.slope.high
    assert (found.series, found.flat, found.dropped) == (24, 0, 0)
    assert found.slope.n_clusters == 12


def test_the_expected_direction_matters_only_for_steps(darkroom):
    falling = response(*darkroom, rising=False, draws=50)
    rising = response(*darkroom, rising=True, draws=50)
    assert rising.right_steps.estimate == pytest.approx(1 - falling.right_steps.estimate)
    assert rising.spearman == falling.spearman


def test_monotone_curve_and_tied_steps():
    score, severity = [0, 1, 1, 2, 5, 4, 3], [0, 0.3, 0.6, 1, 0, 0.5, 1]
    found = response(score, severity, ["a"] * 4 + ["b"] * 3, ["p"] * 4 + ["q"] * 3, rising=True)
    assert found.right_steps.estimate == pytest.approx((1 + 0.5 + 1) / 5)
    ranks = stats.spearmanr([0, 1, 1, 2], [0, 1, 2, 3]).statistic
    assert found.spearman.estimate == pytest.approx((ranks - 1) / 2)


def test_flat_and_single_series_are_counted():
    score = [1, 1, 0, 1, 9]
    severity = [0, 1, 0, 1, 0]
    series, photo = ["flat", "flat", "up", "up", "alone"], ["p", "p", "q", "q", "r"]
    found = response(score, severity, series, photo, rising=True, draws=50)
    assert (found.series, found.flat, found.dropped) == (2, 1, 1)
    assert found.spearman.n == 1
    assert found.slope.estimate == pytest.approx(0.5)
    assert found.right_steps.estimate == pytest.approx(0.75)


def test_no_series_is_no_number():
    found = response([], [], [], [], rising=True, draws=10)
    for interval in (found.spearman, found.slope, found.right_steps):
        assert interval.estimate is None
        assert interval.reason == "no rows"


def test_bad_series_are_named():
    with pytest.raises(BadInput, match=r"series a has severity 0\.5 twice"):
        response([1, 2], [0.5, 0.5], ["a", "a"], ["p", "p"], rising=True)
    with pytest.raises(BadInput, match="series a belongs to two photographs"):
        response([1, 2], [0.5, 1], ["a", "a"], ["p", "q"], rising=True)
    with pytest.raises(BadInput, match="2 scores, 1 series labels"):
        response([1, 2], [0.5, 1], ["a"], ["p", "q"], rising=True)
