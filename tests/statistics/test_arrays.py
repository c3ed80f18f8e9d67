"""Columns per scorer and group."""

from __future__ import annotations

import numpy as np

from widespectrum.statistics import ClusterBootstrap, crossed


def test_crossed_pairs_every_column_with_every_group():
    scorers = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    groups = np.array([[True, False, True], [True, True, False], [True, True, False]])
    values, where = crossed(scorers, groups)
    means = ClusterBootstrap(np.arange(3), 5).means(values, where).estimates
    np.testing.assert_allclose(means.reshape(2, 3), [[2, 2.5, 1], [20, 25, 10]])
