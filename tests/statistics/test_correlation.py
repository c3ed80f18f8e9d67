"""The paper's two regressions over models, and agreement with scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from widespectrum.errors import BadInput
from widespectrum.statistics import pearson, spearman

# HPS, MPS, PickScore, ImageReward, HPSv2(.1), HPSv3: accuracy and F1 from the paper's table 1;
# preference accuracy on HPDv3, percent, from the HPSv3 paper (arXiv 2508.03789).
ACCURACY = [0.835, 0.706, 0.851, 0.762, 0.565, 0.381]
F1 = [0.910, 0.827, 0.919, 0.854, 0.711, 0.541]
HPDV3 = [63.8, 64.3, 65.6, 58.6, 65.3, 76.9]

# Flux Dev, Dance Flux, PrefFlux, Flux Krea, Playground, SD3.5M, -GenEval, -PickScore from the
# paper's table 2: change of HPSv3, and HPSv3 of the anti images.
CHANGE = np.array([-3.165, -1.105, -2.771, -4.372, -4.170, -5.175, -4.926, -2.781])
AFTER = np.array([9.070, 12.782, 10.211, 7.705, 7.133, 6.537, 6.552, 10.680])
BEFORE = AFTER - CHANGE


def test_reward_models_the_published_line_used_f1():
    with_f1, with_accuracy = pearson(F1, HPDV3), pearson(ACCURACY, HPDV3)
    assert (round(with_f1.coefficient, 4), round(with_f1.p, 4)) == (-0.8041, 0.0538)
    assert (round(with_accuracy.coefficient, 4), round(with_accuracy.p, 4)) == (-0.7777, 0.0686)
    assert round(with_f1.p_exact, 3) == round(with_accuracy.p_exact, 3) == 0.081
    assert (round(with_f1.low, 2), round(with_f1.high, 2)) == (-0.98, 0.02)
    for skill in (F1, ACCURACY):
        rank = spearman(skill, HPDV3)
        assert (round(rank.coefficient, 3), round(rank.p, 3)) == (-0.371, 0.468)


def test_one_reward_model_makes_the_line():
    without_hpsv3 = pearson(F1[:-1], HPDV3[:-1]).coefficient
    assert round(without_hpsv3, 2) == -0.13
    assert pearson(F1, HPDV3).leave_one_out[1] == pytest.approx(without_hpsv3)


def test_generators_eight_distinct_models():
    line, rank = pearson(BEFORE, CHANGE), spearman(BEFORE, CHANGE)
    assert (round(line.coefficient, 3), round(line.p, 4)) == (0.904, 0.0021)
    assert (round(rank.coefficient, 3), round(rank.p, 4)) == (0.810, 0.0149)
    assert round(rank.p_exact, 3) == 0.022


def test_generators_published_figures_count_one_model_twice():
    twice = [*range(8), 7]
    line = pearson(BEFORE[twice], CHANGE[twice])
    rank = spearman(BEFORE[twice], CHANGE[twice])
    assert (round(line.coefficient, 3), round(line.p, 4)) == (0.896, 0.0011)
    assert (round(rank.coefficient, 3), round(rank.p, 4)) == (0.832, 0.0054)


@pytest.mark.parametrize("n", [5, 30])
def test_coefficient_and_p_equal_scipy(n):
    rng = np.random.default_rng(n)
    x = rng.normal(size=n).round(1)
    y = (x + rng.normal(size=n)).round(1)
    ours, theirs = pearson(x, y), stats.pearsonr(x, y)
    assert ours.coefficient == pytest.approx(theirs.statistic)
    assert ours.p == pytest.approx(theirs.pvalue)
    ends = theirs.confidence_interval()
    assert (ours.low, ours.high) == pytest.approx((ends.low, ends.high))
    rank = spearman(x, y)
    assert rank.coefficient == pytest.approx(stats.spearmanr(x, y).statistic)
    assert rank.p == pytest.approx(stats.spearmanr(x, y).pvalue)
    assert (ours.p_exact is None) == (n > 9)


@pytest.mark.parametrize("correlate", [pearson, spearman])
def test_undefined_has_a_reason(correlate):
    constant = correlate([1, 1, 1], [1, 2, 3])
    assert (constant.coefficient, constant.p, constant.low) == (None, None, None)
    assert "does not vary" in constant.reason
    assert "three points" in correlate([1, 2], [1, 2]).reason


def test_perfect_and_tiny():
    perfect = pearson([1, 2, 3, 4], [2, 4, 6, 8])
    assert perfect.coefficient == pytest.approx(1)
    assert perfect.p_exact == pytest.approx(2 / 24)
    three = spearman([1, 2, 3], [1, 3, 2])
    assert (three.low, three.high) == (None, None)
    assert three.leave_one_out == (-1, 1)
    assert pearson([1, 2, 2], [1, 2, 3]).leave_one_out is None


def test_bad_input_is_named():
    with pytest.raises(BadInput, match="lengths differ"):
        pearson([1, 2, 3], [1, 2])
    with pytest.raises(BadInput, match="field 'level'"):
        pearson([1, 2, 3], [1, 2, 4], level=0)
