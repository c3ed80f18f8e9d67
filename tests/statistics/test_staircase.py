"""The merge gives the quadratic form that it replaces, exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.statistics import staircase

ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 4)), min_size=0, max_size=40
)


def quadratic_form(margin, positive, cluster, weights):
    """w' A w with A[c, d] counted pair by pair."""
    a = np.zeros((len(weights), len(weights)))
    for i in np.flatnonzero(positive):
        for j in np.flatnonzero(~positive):
            a[cluster[i], cluster[j]] += (margin[i] > margin[j]) + (margin[i] == margin[j]) / 2
    return np.einsum("cb,cd,db->b", weights, a, weights)


@given(ROWS, st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=150)
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_wins_are_the_quadratic_form(precision, rows, seed):
    margin = np.array([row[0] for row in rows], dtype=float)
    positive = np.array([row[1] for row in rows], dtype=bool)
    cluster = np.array([row[2] for row in rows], dtype=np.int64)
    weights = np.random.default_rng(seed).integers(0, 4, size=(5, 7)).astype(precision)
    found = staircase.wins(staircase.climb(margin, positive, cluster), weights)
    np.testing.assert_array_equal(found, quadratic_form(margin, positive, cluster, weights))


def test_rows_of_one_class_win_nothing():
    steps = staircase.climb(np.array([1.0, 2.0]), np.array([True, True]), np.array([0, 1]))
    np.testing.assert_array_equal(staircase.wins(steps, np.ones((2, 3), np.float32)), 0)
