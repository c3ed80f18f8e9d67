"""Accuracy, F1 and AUROC against scikit-learn, and the cases in which there is no number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from widespectrum.errors import BadInput
from widespectrum.statistics import (
    accuracy,
    auroc,
    cells,
    chosen,
    class_f1,
    credit,
    drop_ties,
    weighted_f1,
)

PAIRS = st.lists(
    st.tuples(st.integers(-3, 3).map(lambda tenth: tenth / 10), st.integers(0, 1)),
    min_size=1,
    max_size=60,
).map(lambda rows: tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


@given(PAIRS)
@settings(deadline=None, max_examples=150)
def test_scores_of_the_authors_rule_equal_scikit_learn(pairs):
    margin, truth = pairs
    predicted = chosen(margin, ties="original")
    assert accuracy(predicted, truth).value == pytest.approx(accuracy_score(truth, predicted))
    assert weighted_f1(predicted, truth).value == pytest.approx(
        f1_score(truth, predicted, average="weighted", zero_division=0)
    )
    for positive in (1, 0):
        assert class_f1(predicted, truth, positive).value == pytest.approx(
            f1_score(truth, predicted, pos_label=positive, zero_division=0)
        )


@given(PAIRS)
@settings(deadline=None, max_examples=150)
def test_auroc_equals_scikit_learn_with_ties(pairs):
    margin, truth = pairs
    found = auroc(margin, truth)
    if len(set(truth)) == 1:
        assert found.value is None
        assert "only one class" in found.reason
    else:
        assert found.value == pytest.approx(roc_auc_score(truth, margin))


def test_a_score_tie_is_half_a_choice_or_the_original():
    margin = [0.5, 0.0, -0.5]
    np.testing.assert_array_equal(chosen(margin), [1, 0.5, 0])
    np.testing.assert_array_equal(chosen(margin, ties="original"), [1, 0, 0])
    np.testing.assert_array_equal(credit(chosen(margin), [1, 1, 1]), [1, 0.5, 0])
    np.testing.assert_array_equal(credit(chosen(margin), [0, 0, 0]), [0, 0.5, 1])


def test_an_undecided_choice_stands_half_in_each_cell():
    tp, fp, fn, tn = cells([0.5, 0.5], [1, 0])
    np.testing.assert_array_equal([tp, fp, fn, tn], [[0.5, 0], [0, 0.5], [0.5, 0], [0, 0.5]])


def test_half_credit_is_the_mean_of_both_ways_to_break_ties():
    rng = np.random.default_rng(0)
    margin, truth = rng.integers(-2, 3, 200) / 10, rng.integers(0, 2, 200)
    anti_wins_ties = accuracy((margin >= 0).astype(float), truth).value
    original_wins_ties = accuracy(chosen(margin, ties="original"), truth).value
    halved = accuracy(chosen(margin), truth).value
    assert halved == pytest.approx((anti_wins_ties + original_wins_ties) / 2)


def test_a_scorer_that_always_says_anti_on_a_lopsided_truth():
    """27 of 2,245 untied pairs have the original as the right answer, as in the paper's table 1."""
    truth = np.r_[np.zeros(27), np.ones(2218)]
    always = np.ones(2245)
    assert round(accuracy(always, truth).value, 3) == 0.988
    assert round(class_f1(always, truth).value, 3) == 0.994
    assert round(weighted_f1(always, truth).value, 3) == 0.982
    assert class_f1(always, truth, positive=0).value == 0
    assert auroc(always, truth).value == 0.5


def test_auroc_sees_margins_that_a_softmax_cannot_tell_apart():
    margin, truth = np.array([40.0, 41.0]), np.array([0, 1])
    assert np.unique(1 / (1 + np.exp(-margin))).size == 1
    assert auroc(margin, truth).value == 1


def test_ties_in_the_truth_are_set_aside_and_counted():
    untied = drop_ties([1, -1, 0, -1])
    np.testing.assert_array_equal(untied.rows, [True, False, True, False])
    assert untied.ties == 2


@pytest.mark.parametrize("score", [accuracy, class_f1, weighted_f1, auroc])
def test_without_rows_there_is_no_number(score):
    nothing = score([], [])
    assert nothing.value is None
    assert nothing.reason == "no rows"


def test_bad_input_is_named():
    with pytest.raises(BadInput, match=r"row 2, field 'truth'.*is -1.*drop_ties"):
        accuracy([1, 0], [1, -1])
    with pytest.raises(BadInput, match=r"row 1, field 'choice'.*is 0.7"):
        weighted_f1([0.7], [1])
    with pytest.raises(BadInput, match=r"field 'truth'.*is 2"):
        drop_ties([2])
    with pytest.raises(BadInput, match="holds nan"):
        chosen([np.nan])
    with pytest.raises(BadInput, match="lengths differ"):
        auroc([0.1], [0, 1])
