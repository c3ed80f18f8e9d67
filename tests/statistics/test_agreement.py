"""Kappa against scikit-learn, alpha against the published example, both under the bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from widespectrum.errors import BadInput
from widespectrum.statistics import (
    ClusterBootstrap,
    bootstrapped_alpha,
    bootstrapped_kappa,
    cohen_kappa,
    krippendorff_alpha,
)

VERDICTS = (0, -1, 1)
"""Original, tie, anti: the order of the scale."""

# Krippendorff (2011), example C: four observers, twelve units, 0 standing for no value.
EXAMPLE = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ],
    dtype=float,
).T
EXAMPLE[EXAMPLE == 0] = np.nan


@given(st.lists(st.tuples(*[st.sampled_from(VERDICTS)] * 2), min_size=1, max_size=40))
@settings(deadline=None, max_examples=80)
@pytest.mark.parametrize("weighting", ["unweighted", "quadratic"])
@pytest.mark.filterwarnings("ignore")  # scikit-learn warns where we say undefined
def test_kappa_equals_scikit_learn(weighting, pairs):
    first, second = zip(*pairs, strict=True)
    ours = cohen_kappa(first, second, VERDICTS, weighting)
    theirs = cohen_kappa_score(
        first, second, labels=VERDICTS, weights=None if weighting == "unweighted" else "quadratic"
    )
    if len({*first, *second}) == 1:
        assert ours.value is None
        assert "only one class" in ours.reason
    else:
        assert ours.value == pytest.approx(theirs)


@pytest.mark.parametrize("weighting", ["unweighted", "quadratic"])
def test_bootstrapped_kappa_equals_the_naive_loop(weighting):
    rng = np.random.default_rng(0)
    first = rng.choice(VERDICTS, 80)
    second = np.where(rng.random(80) < 0.6, first, rng.choice(VERDICTS, 80))
    boot = ClusterBootstrap(np.arange(80) // 3, 50)
    replicates = bootstrapped_kappa(boot, first, second, VERDICTS, weighting)
    for draw, counts in enumerate(boot.weights()):
        rows = np.repeat(np.arange(80), counts[boot.cluster_of_row])
        naive = cohen_kappa(first[rows], second[rows], VERDICTS, weighting)
        assert replicates.drawn[0, draw] == pytest.approx(naive.value)
    (interval,) = replicates.intervals()
    assert interval.estimate == pytest.approx(cohen_kappa(first, second, VERDICTS, weighting).value)
    assert interval.low < interval.estimate < interval.high


def test_kappa_of_unanimous_raters_is_undefined_in_the_bootstrap_too():
    boot = ClusterBootstrap(np.arange(5), 30)
    same = np.ones(5)
    (interval,) = bootstrapped_kappa(boot, same, same, VERDICTS, "quadratic").intervals()
    assert interval.estimate is None
    assert "only one class" in interval.reason


def test_alpha_of_the_published_example():
    alpha = krippendorff_alpha(EXAMPLE, (1, 2, 3, 4, 5))
    assert round(alpha.value, 3) == 0.815
    assert alpha.n == 11  # the last unit has a single value


def test_bootstrapped_alpha_equals_the_naive_loop():
    boot = ClusterBootstrap(np.arange(12), 40)
    replicates = bootstrapped_alpha(boot, EXAMPLE, (1, 2, 3, 4, 5))
    for draw, counts in enumerate(boot.weights()):
        naive = krippendorff_alpha(np.repeat(EXAMPLE, counts, axis=0), (1, 2, 3, 4, 5))
        assert replicates.drawn[0, draw] == pytest.approx(naive.value)


def test_alpha_bounds():
    assert krippendorff_alpha([[1, 1], [2, 2], [3, 3]], (1, 2, 3)).value == pytest.approx(1)
    assert krippendorff_alpha([[1, 3], [3, 1]], (1, 2, 3)).value < 0


def test_agreement_that_data_cannot_show_is_undefined():
    assert krippendorff_alpha([[1, 1], [1, 1]], (1, 2)).value is None
    assert krippendorff_alpha([[1, np.nan]], (1, 2)).reason == "no rows"
    assert cohen_kappa([], [], VERDICTS, "unweighted").reason == "no rows"


def test_strange_ratings_are_named():
    with pytest.raises(BadInput, match="row 2, field 'ratings': is 7, none of the classes"):
        cohen_kappa([0, 7], [0, 0], VERDICTS, "unweighted")
    with pytest.raises(BadInput, match="units x raters"):
        krippendorff_alpha([1, 2], (1, 2))
