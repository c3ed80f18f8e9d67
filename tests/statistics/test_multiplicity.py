"""Corrections by hand, and tests without a p-value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from widespectrum.errors import BadInput
from widespectrum.statistics import benjamini_hochberg, holm


def test_holm_by_hand():
    # Sorted 0.01, 0.03, 0.04 times 3, 2, 1, never falling.
    assert holm([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))


def test_benjamini_hochberg_by_hand():
    # Sorted 0.01, 0.03, 0.04 times 3/1, 3/2, 3/3, never rising from the largest down.
    assert benjamini_hochberg([0.04, 0.01, 0.03]) == pytest.approx((0.04, 0.03, 0.04))


@pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
def test_a_missing_p_keeps_its_place_and_is_no_member(correct):
    full = correct([0.01, 0.04])
    assert correct([None, 0.01, float("nan"), 0.04]) == (None, full[0], None, full[1])
    assert correct([None]) == (None,)
    assert correct([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@settings(deadline=None, max_examples=25)
def test_corrections_equal_statsmodels_and_are_ordered(p_values):
    for ours, theirs in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        expected = multipletests(p_values, method=theirs)[1]
        assert ours(p_values) == pytest.approx(tuple(expected))
    for raw, bh, strict in zip(p_values, benjamini_hochberg(p_values), holm(p_values), strict=True):
        assert raw - 1e-12 <= bh <= strict + 1e-12
        assert strict <= min(1, len(p_values) * raw) + 1e-12


def test_impossible_p_is_named():
    with pytest.raises(BadInput, match="row 2, field 'p': must lie between 0 and 1"):
        holm([0.5, 1.5])
