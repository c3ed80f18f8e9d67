import json

import numpy as np
import pytest
from tiny_qwen3vl import pictures

from widespectrum.errors import BadInput, UnknownName
from widespectrum.judges import load_judge

PAPER = ["clarity", "emotion", "richness"]


def tiny(folder, **settings):
    settings = {"path": str(folder), "size": 64, "dtype": "float32", "device": "cpu"} | settings
    return load_judge("judge-qwen3vl", **settings)


def test_ratings_are_probabilities(tiny_folder):
    judge = tiny(tiny_folder)
    rated = judge.rate(pictures(4), PAPER)
    assert rated.shape == (4, 3, 3)
    assert rated.dtype == np.float32
    assert np.allclose(rated.sum(-1), 1, atol=1e-6)
    assert rated.min() >= 0
    assert rated.std() > 0.01


@pytest.mark.parametrize("base", ["judge-qwen3vl", "qwen3vl-4b"])
def test_a_rating_depends_on_its_picture_and_question_alone(tiny_folder, base):
    settings = {"path": str(tiny_folder), "size": 64, "dtype": "float32"}
    judge = load_judge(base, **settings)
    images = pictures(4)
    whole = judge.rate(images, PAPER)
    alone = judge.rate(images[2:3], PAPER[1:2])
    assert np.allclose(whole[2:3, 1:2], alone, atol=1e-5)
    shuffled = judge.rate(images[::-1], PAPER[::-1])
    assert np.allclose(shuffled[::-1, ::-1], whole, atol=1e-5)
    small = load_judge(base, batch_size=3, **settings)
    assert np.allclose(small.rate(images, PAPER), whole, atol=1e-5)


def test_a_long_question_beside_it_does_not_move_a_short_ones_answer(tiny_folder):
    """In a right-padded batch read at its last column it would."""
    images = pictures(2)
    pair = ["color brightness", "detail refinement"]  # the shortest and the longest
    judge, theirs = tiny(tiny_folder), tiny(tiny_folder, compat="right-pad-last")
    right = judge.rate(images, pair)
    assert np.allclose(right[:, :1], judge.rate(images, pair[:1]), atol=1e-5)
    wrong = theirs.rate(images, pair)
    assert np.abs(wrong[:, 0] - right[:, 0]).max() > 0.01
    assert theirs.fingerprint != judge.fingerprint


def test_no_picture_or_no_question_is_no_rating(tiny_folder):
    judge = tiny(tiny_folder)
    assert judge.rate([], PAPER).shape == (0, 3, 3)
    assert judge.rate(pictures(2), []).shape == (2, 0, 3)


def test_a_dimension_without_a_question_is_refused_before_anything_loads(tmp_path):
    judge = load_judge("judge-qwen3vl", path=str(tmp_path))
    with pytest.raises(UnknownName, match="no question for dimension 'symmetry'"):
        judge.rate(pictures(1), ["symmetry"])
    assert "symmetry" in load_judge("qwen3vl-4b").dimensions


def test_the_fingerprint_is_of_all_that_changes_a_rating(tiny_folder, tmp_path):
    from tiny_qwen3vl import write_tiny

    base = tiny(tiny_folder).fingerprint
    assert tiny(tiny_folder, batch_size=1).fingerprint == base
    assert tiny(tiny_folder, size=96).fingerprint != base
    assert tiny(tiny_folder, dtype="bfloat16").fingerprint != base
    assert tiny(tiny_folder, wording="plain").fingerprint != base
    assert tiny(write_tiny(tmp_path / "other", seed=5)).fingerprint != base


def test_half_precision_stays_near(tiny_folder):
    images = pictures(3)
    full = tiny(tiny_folder).rate(images, PAPER)
    half = tiny(tiny_folder, dtype="bfloat16").rate(images, PAPER)
    assert np.abs(half - full).max() < 0.1
    assert half.dtype == np.float32


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"size": 100}, "squares of 32 pixels"),
        ({"dtype": "int8"}, "Give float32 or bfloat16"),
        ({"device": "abacus"}, "Give auto"),
        ({"compat": "left"}, "Give none or right-pad-last"),
        ({"compat": "right-pad-last", "wording": "plain"}, "Use it with wording=paper"),
        ({"batch_size": 0}, "at least 1"),
        ({"repo": "../etc"}, "cannot be a hub repository"),
        ({"revision": "main"}, "which is no commit"),
    ],
)
def test_settings_that_nobody_could_mean(tiny_folder, settings, says):
    with pytest.raises(BadInput, match=says):
        tiny(tiny_folder, **settings).rate(pictures(1), PAPER)


def test_weights_that_were_trained_here_say_how_they_want_to_be_asked(tiny_folder, tmp_path):
    import shutil

    folder = shutil.copytree(tiny_folder, tmp_path / "mine")
    (folder / "judge.json").write_text(json.dumps({"wording": "plain", "size": 96}))
    judge = load_judge("qwen3vl-4b", path=str(folder))
    assert (judge.wording.name, judge.size) == ("plain", 96)
    with pytest.raises(BadInput, match="trained with the wording 'plain'"):
        load_judge("judge-qwen3vl", path=str(folder))
    (folder / "judge.json").write_text("[]")
    with pytest.raises(BadInput, match="is no record of a judge"):
        load_judge("qwen3vl-4b", path=str(folder))
