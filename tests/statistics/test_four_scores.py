"""The decomposition: what it promises exactly, and the figures it gives on real scores."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from widespectrum.errors import BadInput
from widespectrum.statistics import FourScores

# Half-precision scores, as HPSv2.1 gives them: every sum and difference below is exact in float64,
# so the identities hold to the last bit, and ties really occur.
HALVES = arrays.arrays(
    np.float16,
    st.tuples(st.just(4), st.integers(1, 30)),
    elements=st.floats(-4, 4, width=16) | st.sampled_from([0.0, 0.5, 1.0]),
)


@given(HALVES)
@settings(deadline=None, max_examples=200)
def test_obeyed_exactly_when_listening_exceeds_absolute_taste(columns):
    scores = FourScores(*columns.astype(float))
    np.testing.assert_array_equal(scores.obeyed, scores.listening > np.abs(scores.taste))


@given(HALVES)
@settings(deadline=None, max_examples=50)
def test_margins_are_sums_of_the_two_contrasts(columns):
    scores = FourScores(*columns.astype(float))
    np.testing.assert_array_equal(scores.margin, scores.listening - scores.taste)
    np.testing.assert_array_equal(scores.io_po - scores.ia_po, scores.listening + scores.taste)


@given(HALVES)
@settings(deadline=None, max_examples=50)
def test_prompt_blind_scorer_never_listens_and_is_never_obeyed(columns):
    original, anti = columns[:2].astype(float)
    scores = FourScores(original, original, anti, anti)
    assert not scores.listening.any()
    assert not scores.obeyed.any()
    np.testing.assert_array_equal(scores.taste, original - anti)


def test_array_is_indexed_by_image_then_prompt():
    scores = FourScores([1.0], [2.0], [3.0], [4.0])
    np.testing.assert_array_equal(scores.array, [[[1, 2], [3, 4]]])
    assert (scores.io_po[0], scores.io_pa[0], scores.ia_po[0], scores.ia_pa[0]) == (1, 2, 3, 4)
    assert len(scores) == 1


def test_rows_selects_pairs():
    scores = FourScores([1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12])
    chosen = scores.rows(np.array([True, False, True]))
    np.testing.assert_array_equal(chosen.io_po, [1, 3])
    np.testing.assert_array_equal(chosen.ia_pa, [10, 12])


def test_scale_is_the_sample_deviation_of_ordinary_images():
    scores = FourScores([1, 2, 6], [0, 0, 0], [0, 0, 0], [0, 0, 0])
    assert scores.scale.value == pytest.approx(np.std([1, 2, 6], ddof=1))
    standard = scores.standardised()
    assert standard.scale.value == pytest.approx(1)
    np.testing.assert_allclose(standard.taste, scores.taste / scores.scale.value)


@pytest.mark.parametrize(
    ("io_po", "reason"),
    [([], "two pairs"), ([1.0], "two pairs"), ([0.1, 0.1, 0.1], "the same in every pair")],
)
def test_degenerate_scale_is_undefined_with_a_reason(io_po, reason):
    zeros = np.zeros(len(io_po))
    scores = FourScores(io_po, zeros, zeros, zeros)
    assert scores.scale.value is None
    assert reason in scores.scale.reason
    with pytest.raises(BadInput, match=reason):
        scores.standardised()


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_scale_given_must_be_positive(scale):
    with pytest.raises(BadInput, match="scale must be positive"):
        FourScores([1.0], [2.0], [3.0], [4.0]).standardised(scale)


def test_bad_scores_are_named_by_row_and_column():
    with pytest.raises(BadInput, match="row 2, field 'ia_po': holds nan"):
        FourScores([1, 2], [1, 2], [1, np.nan], [1, 2])
    with pytest.raises(BadInput, match="lengths differ"):
        FourScores([1, 2], [1, 2], [1], [1, 2])
    with pytest.raises(BadInput, match="field 'io_po': must hold numbers"):
        FourScores(["good"], [1], [1], [1])


def real_scores(file: str, prefix: str) -> FourScores:
    """Scores of 300 pairs in the authors' format, if they lie beside the project."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "scores" / file
    if not path.exists():
        pytest.skip(f"the released scores are not beside the project ({file})")
    rows = json.loads(path.read_text(encoding="utf-8"))
    names = ("oiop", "oidp", "diop", "didp")
    return FourScores(*([row[f"{prefix}_{name}"] for row in rows] for name in names))


@pytest.mark.parametrize(
    ("file", "prefix", "taste", "listening", "obeyed", "preferred", "ties", "change"),
    [
        ("hpsv2_rewards.json", "hpsv2", 0.38, 0.78, 0.52, 192, 1, -0.03645),
        ("image_reward.json", "image_reward", -0.04, 0.78, 0.53, 231, 0, -0.46729),
    ],
)
def test_check_figures_on_released_scores(
    file, prefix, taste, listening, obeyed, preferred, ties, change
):
    scores = real_scores(file, prefix)
    assert len(scores) == 300
    standard = scores.standardised()
    assert round(standard.taste.mean(), 2) == taste
    assert round(standard.listening.mean(), 2) == listening
    assert round(scores.obeyed.mean(), 2) == obeyed
    assert (scores.margin > 0).sum() == preferred
    assert (scores.margin == 0).sum() == ties
    assert round((scores.ia_po - scores.io_po).mean(), 5) == change
