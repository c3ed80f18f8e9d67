"""Betting: wealth by hand, an interval that agrees with wealth, and errors that stay rare."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput
from widespectrum.statistics import bonett_price, confidence_sequence, wealth
from widespectrum.statistics.sequential import FRACTIONS

SIGNS = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=60)


def paired_verdicts(rng, base, aligned, n):
    """Differences of two independent successes."""
    return (rng.random(n) < base).astype(float) - (rng.random(n) < aligned).astype(float)


def test_wealth_by_hand():
    (first, second) = wealth([1.0, -1.0], 0.0)
    assert first == pytest.approx((1 + FRACTIONS).mean())
    assert second == pytest.approx(((1 + FRACTIONS) * (1 - FRACTIONS)).mean())
    assert wealth([0.25, 0.25], 0.25) == pytest.approx([1, 1])


@settings(max_examples=40, deadline=None)
@given(SIGNS, st.floats(-0.9, 0.9))
def test_the_interval_is_what_wealth_does_not_reject(rows, mean):
    interval = confidence_sequence(rows)
    assert -1 <= interval.low <= interval.estimate <= interval.high <= 1
    if abs(mean - interval.low) > 1e-6:
        assert (wealth(rows, mean)[-1] >= 40) == (mean < interval.low)
    if abs(mean - interval.high) > 1e-6:
        assert (wealth([-r for r in rows], -mean)[-1] >= 40) == (mean > interval.high)


@settings(max_examples=20, deadline=None)
@given(SIGNS)
def test_it_turns_with_the_signs_and_order_does_not_matter(rows):
    one, other = confidence_sequence(rows), confidence_sequence([-r for r in rows])
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)
    assert confidence_sequence(rows[::-1]) == one


def test_looking_after_every_pair_seldom_finds_what_is_not_there():
    """No drop, 1,000 experiments of 300 looks: a drop is found in at most 2.5% of them."""
    rng = np.random.default_rng(0)
    alarms = naive = 0
    for _ in range(1000):
        rows = paired_verdicts(rng, 0.6, 0.6, 300)
        alarms += wealth(rows, 0.0).max() >= 40
        seen = np.arange(1, 301)
        mean = np.cumsum(rows) / seen
        spread = np.sqrt(np.maximum(np.cumsum(rows**2) / seen - mean**2, 1e-9) / seen)
        naive += (mean / spread > 1.96)[20:].any()
    # 2.5% of 1,000 is 25; with three standard errors of such a count, 40.
    assert alarms <= 40
    # Ordinary intervals, looked at as often, cry wolf.
    assert naive > 100


def test_a_drop_as_large_as_the_margin_is_seldom_taken_for_a_smaller_one():
    rng = np.random.default_rng(1)
    margin = 0.1
    wrong = sum(
        wealth(-paired_verdicts(rng, 0.6, 0.5, 400), -margin).max() >= 40 for _ in range(500)
    )
    assert wrong <= 25


def test_a_large_drop_is_found_early():
    rng = np.random.default_rng(2)
    stops = []
    for _ in range(100):
        found = np.flatnonzero(wealth(paired_verdicts(rng, 0.95, 0.5, 400), 0.0) >= 40)
        stops.append(found[0] + 1 if len(found) else 400)
    assert np.median(stops) < 35


def test_the_paired_interval_has_width_where_all_agree():
    interval = bonett_price(np.zeros(10))
    assert interval.estimate == 0
    assert interval.low == pytest.approx(-interval.high)
    # Two of twelve pairs discordant, one on each side: sqrt(2 / 12 / 12) standard errors.
    assert interval.high == pytest.approx(1.959964 * np.sqrt(2 / 12 / 12), abs=1e-5)


def test_the_paired_interval_of_bonett_and_price():
    # b = 9 and c = 1 of 50 pairs: p12 = 10 / 52, p21 = 2 / 52.
    rows = [1.0] * 9 + [-1.0] + [0.0] * 40
    p12, p21 = 10 / 52, 2 / 52
    reach = 1.959964 * np.sqrt((p12 + p21 - (p12 - p21) ** 2) / 52)
    interval = bonett_price(rows)
    assert interval.estimate == pytest.approx(8 / 50)
    assert interval.low == pytest.approx(p12 - p21 - reach, abs=1e-5)
    assert interval.high == pytest.approx(p12 - p21 + reach, abs=1e-5)


@pytest.mark.parametrize("function", [confidence_sequence, bonett_price])
def test_what_is_no_difference(function):
    with pytest.raises(BadInput, match="between -1 and 1"):
        function([0.0, 1.5])
    with pytest.raises(BadInput, match="between 0 and 1"):
        function([0.0], level=1.0)
    assert function([]).reason == "no rows"
    with pytest.raises(BadInput, match="between -1 and 1"):
        wealth([0.0], 1.0)
