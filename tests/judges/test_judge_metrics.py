import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from widespectrum.errors import BadInput
from widespectrum.judges import answered, expected_rating, quality
from widespectrum.judges.metrics import majority

ratings = st.lists(st.tuples(st.floats(0, 2), st.integers(0, 2)), min_size=1, max_size=60).map(
    lambda rows: tuple(map(np.array, zip(*rows, strict=True)))
)


@given(ratings)
@settings(max_examples=60, deadline=None)
def test_every_figure_is_that_of_the_reference(rows):
    expected, truth = rows
    said, found = answered(expected), quality(expected, truth)
    present = sorted(set(truth.tolist()))
    assert found.n == len(truth)
    assert found.mae == pytest.approx(reference.mean_absolute_error(truth, expected))
    assert found.accuracy == pytest.approx(reference.accuracy_score(truth, said))
    f1 = {"y_true": truth, "y_pred": said, "labels": present, "zero_division": 0}
    assert found.weighted_f1 == pytest.approx(reference.f1_score(average="weighted", **f1))
    assert found.macro_f1 == pytest.approx(reference.f1_score(average="macro", **f1))
    recall = reference.recall_score(truth, said, labels=present, average="macro", zero_division=0)
    assert found.balanced_accuracy == pytest.approx(recall)
    within = [np.abs(expected - truth)[truth == each].mean() for each in present]
    assert found.balanced_mae == pytest.approx(np.mean(within))
    if len({*said, *truth}) > 1:
        kappa = reference.cohen_kappa_score(truth, said, weights="quadratic")
        assert found.kappa == pytest.approx(kappa)
    else:
        assert found.kappa is None


def test_a_perfect_judge_and_an_empty_head():
    truth = np.array([0, 1, 1, 2, 2, 2])
    perfect = quality(truth, truth)
    assert (perfect.mae, perfect.accuracy, perfect.weighted_f1, perfect.kappa) == (0, 1, 1, 1)
    neutral = quality(np.ones(6), truth)
    assert neutral.balanced_mae == pytest.approx(2 / 3)
    assert neutral.balanced_accuracy == pytest.approx(1 / 3)
    assert neutral.kappa == 0


def test_the_answer_is_the_rounded_expected_value_not_the_likeliest_class():
    probabilities = np.array([0.45, 0.15, 0.40])  # likeliest low, on balance neutral
    expected = expected_rating(probabilities)
    assert expected == pytest.approx(0.95)
    assert answered(expected) == 1
    assert answered([0.5, 1.5]).tolist() == [0, 2]


def test_the_majority_is_the_most_frequent_class_and_rather_neutral():
    assert majority([0, 0, 2]) == 0
    assert majority([0, 1, 2]) == 1
    assert majority([0, 1]) == 1


@pytest.mark.parametrize(
    ("expected", "truth", "says"),
    [
        ([], [], "cannot be compared"),
        ([1.0], [1, 1], "cannot be compared"),
        ([2.1], [1], "outside 0 to 2"),
        ([np.nan], [1], "outside 0 to 2"),
        ([1.0], [3], "none of 0, 1, 2"),
    ],
)
def test_what_cannot_be_compared(expected, truth, says):
    with pytest.raises(BadInput, match=says):
        quality(expected, truth)
