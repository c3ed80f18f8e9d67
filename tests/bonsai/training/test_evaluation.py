from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image as pil

from widespectrum.bonsai.training.annotators import Population
from widespectrum.bonsai.training.evaluation import (
    HELD_OUT_ANNOTATORS,
    Exam,
    draw_exam,
    half_credit,
    measure_agreement,
    measure_choice,
    measure_scorer,
    score_families,
)
from widespectrum.bonsai.training.preferences import Dial, all_pairs
from widespectrum.scorers import as_scorer
from widespectrum.statistics import FourScores


@pytest.fixture(scope="module")
def exam() -> Exam:
    return draw_exam(10, 0)


def brightness(images: Sequence[pil.Image], prompts: Sequence[str]) -> list[float]:
    return [float(np.asarray(image).mean()) for image in images]


def test_an_obedient_scorer_a_deaf_one_and_a_contrary_one() -> None:
    n, asked = 6, [("clarity",), ("clarity", "emotion")] * 3
    spread = np.linspace(0, 0.1, n)
    obedient = FourScores(1 + spread, np.zeros(n), np.zeros(n), np.ones(n))
    deaf = FourScores(1 + spread, np.ones(n), np.zeros(n), np.zeros(n))
    contrary = FourScores(spread, np.ones(n), np.ones(n), np.zeros(n))
    measured = [measure_choice(four, asked) for four in (obedient, deaf, contrary)]
    assert [m["obedience"] for m in measured] == [1, 0, 0]
    assert [m["original_accuracy"] for m in measured] == [1, 1, 0]
    assert [m["right_under_both"] for m in measured] == [1, 0, 0]
    per_dimension = measured[0]["per_dimension"]
    assert per_dimension["clarity"]["pairs"] == 6
    assert per_dimension["clarity"]["pairs_alone"] == 3
    assert per_dimension["emotion"]["obedience_alone"] is None


def test_every_picture_meets_every_prompt_of_its_family(exam: Exam) -> None:
    tables = score_families(as_scorer(brightness), exam, batch=3)
    assert tables.shape == (10, 4, 4)
    means = np.stack([family.images.mean(axis=(1, 2, 3)) for family in exam.families])
    np.testing.assert_allclose(tables, np.repeat(means[:, None], 4, axis=1), rtol=1e-5)


def test_the_majority_agrees_with_itself(exam: Exam) -> None:
    dial = Dial()
    people = dial.population.draw(exam.corpus.levels.shape[-1], HELD_OUT_ANNOTATORS)
    pairs = all_pairs(exam.corpus, people, HELD_OUT_ANNOTATORS)
    # Scores whose differences have the sign of the votes: one table entry per comparison decides.
    wins = np.zeros((len(exam.families), 4, 4), np.float32)
    for f, p, i, j, share in zip(
        pairs.family, pairs.prompt, pairs.first, pairs.second, pairs.share, strict=True
    ):
        wins[f, p, i] += share
        wins[f, p, j] += 1 - share
    measured = measure_agreement(wins, exam, dial)
    assert measured["majority"] > 0.9
    assert measured["single_annotators"] <= measured["ceiling_for_single_annotators"]
    turned = measure_agreement(-wins, exam, dial)
    assert turned["majority"] == pytest.approx(1 - measured["majority"])


def test_held_out_annotators_are_other_people_than_those_of_training() -> None:
    training, held_out = (Population().draw(12, seed) for seed in (0, HELD_OUT_ANNOTATORS))
    assert not np.isclose(training.taste, held_out.taste).any(axis=1).all()


def test_a_prompt_blind_scorer_has_no_listening() -> None:
    results = measure_scorer(as_scorer(brightness), 8, 0)
    for part in ("choice", "choice_unseen_wordings"):
        assert results[part]["listening"] == pytest.approx(0, abs=1e-6)
        assert results[part]["obedience"] == pytest.approx(1 - results[part]["original_accuracy"])
    assert results["choice"]["pairs"] == 8


def test_ties_count_half() -> None:
    assert half_credit([2.0, 0.0, -1.0]).tolist() == [1, 0.5, 0]
