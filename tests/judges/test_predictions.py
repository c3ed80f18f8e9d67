import json

import numpy as np
import polars as pl
import pytest

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.errors import BadInput
from widespectrum.judges import predictions_frame, read_predictions, validate
from widespectrum.tables import write_frame

ROWS = {
    "image": ["a", "a", "b", "b"],
    "dimension": ["clarity", "emotion", "clarity", "emotion"],
    "truth": [0, 1, 2, 1],
}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_table_of_expected_values(tmp_path, suffix):
    path = tmp_path / f"ratings.{suffix}"
    write_frame(pl.DataFrame(ROWS | {"expected": [0.5, 1.0, 1.9, 0.7]}), path)
    found = read_predictions(path)
    assert found.dimensions == tuple(ROWS["dimension"])
    assert found.expected.tolist() == [0.5, 1.0, 1.9, 0.7]
    assert found.truth.tolist() == ROWS["truth"]


def test_a_table_of_probabilities_and_back(tmp_path):
    probabilities = np.random.default_rng(0).dirichlet([1, 1, 1], (3, 2))
    truth = np.array([[0, 1], [2, -1], [-1, 0]])
    frame = predictions_frame(["a", "b", "c"], ["clarity", "emotion"], probabilities, truth)
    write_frame(frame, tmp_path / "ratings.parquet")
    found = read_predictions(tmp_path / "ratings.parquet")
    assert found.truth.tolist() == [0, 1, 2, 0]
    assert found.dimensions == ("clarity", "emotion", "clarity", "emotion")
    picked = probabilities[[0, 0, 1, 2], [0, 1, 0, 1]]
    assert np.allclose(found.expected, picked @ [0, 1, 2])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"truth": [0, 1, 3, 1]}, "row 3, field 'truth'"),
        ({"expected": [0.5, 2.5, 1, 1]}, "row 2, field 'expected'"),
        ({"image": ["a", "a", "a", "b"]}, "clarity"),
    ],
)
def test_a_table_that_is_wrong_says_where(tmp_path, change, says):
    path = tmp_path / "ratings.csv"
    write_frame(pl.DataFrame(ROWS | {"expected": [0.5, 1.0, 1.9, 0.7]} | change), path)
    with pytest.raises(BadInput, match=says):
        read_predictions(path)


def test_a_softmax_over_the_whole_vocabulary_is_noticed(tmp_path):
    path = tmp_path / "ratings.csv"
    columns = {"p_low": [0.1] * 4, "p_neutral": [0.3] * 4, "p_high": [0.2] * 4}
    write_frame(pl.DataFrame(ROWS | columns), path)
    with pytest.raises(BadInput, match=r"sum to 0\.6000") as caught:
        read_predictions(path)
    assert caught.value.place.row == 1


def authors(pred, gt):
    return {"pred": pred, "gt": gt}


@pytest.fixture
def their_file(tmp_path):
    """Two images, three dimensions; one picture has no hands."""
    scores = {"clarity_score": 1.5, "emotion_score": 0.25, "hands_score": 1.0, "hands_pred": 1}
    levels = [{"clarity": 2, "emotion": -1, "hands": -4}, {"clarity": 0, "emotion": 1, "hands": 1}]
    path = tmp_path / "eval.json"
    path.write_text(json.dumps(authors([scores, scores], levels)))
    return path


def test_the_authors_file_by_the_authors_rule(their_file):
    found = read_predictions(their_file)
    assert found.dimensions == ("clarity", "emotion", "hands") * 2
    assert found.truth.tolist() == [2, 0, 0, 1, 2, 2]  # no hands counts as bad hands
    assert found.expected.tolist() == [1.5, 0.25, 1.0] * 2


def test_none_in_the_picture_can_be_left_out(their_file):
    found = read_predictions(their_file, applicable=True)
    assert found.truth.tolist() == [2, 0, 1, 2, 2]
    assert (found.left_out, validate(found).left_out) == (1, 1)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (authors([{}], []), "not equally long"),
        (authors([{"clarity_score": 1}], [[1]]), "row 1, field 'gt'"),
        (authors([{}], [{"clarity": 1}]), "row 1, field 'clarity_score'"),
        (authors([{"clarity_score": 3}], [{"clarity": 1}]), "from 0 to 2"),
        (authors([{"clarity_score": 1}], [{"clarity": "x"}]), "field 'clarity'"),
        (authors([], []), "holds no annotations"),
    ],
)
def test_an_authors_file_that_is_wrong_says_where(tmp_path, document, says):
    path = tmp_path / "eval.json"
    path.write_text(json.dumps(document))
    with pytest.raises(BadInput, match=says):
        read_predictions(path)


def test_validation_is_by_dimension_over_all_and_over_the_eleven(tmp_path):
    dice = np.random.default_rng(1)
    names = [*FIXED_ORDER[::-1], "symmetry"]
    truth = dice.integers(0, 3, (40, len(names)))
    truth[:, 3] = 2
    probabilities = dice.dirichlet([1, 1, 1], truth.shape)
    path = tmp_path / "ratings.parquet"
    write_frame(predictions_frame([str(n) for n in range(40)], names, probabilities, truth), path)
    found = validate(read_predictions(path))
    assert [each.what for each in found.dimensions] == [*FIXED_ORDER, "symmetry"]
    assert found.all.judge.n == 40 * 12
    assert found.eleven is not None
    assert found.eleven.judge.n == 40 * 11
    constant = next(each for each in found.dimensions if each.what == names[3])
    assert constant.majority.accuracy == 1
    assert constant.neutral.accuracy == 0
    # Over all, the baseline answers each dimension's own most frequent class.
    best = [np.bincount(column).max() for column in truth.T]
    assert found.all.majority.accuracy == pytest.approx(sum(best) / truth.size)
    document = found.to_json()
    assert json.loads(json.dumps(document))["eleven"]["judge"]["n"] == 440


def test_without_all_eleven_there_is_no_figure_for_them(tmp_path):
    path = tmp_path / "ratings.csv"
    write_frame(pl.DataFrame(ROWS | {"expected": [0.5, 1.0, 1.9, 0.7]}), path)
    assert validate(read_predictions(path)).eleven is None
