"""The weights in the package: they fit today's vocabulary, and do what their cards say."""

from __future__ import annotations

import polars as pl
import pytest

from widespectrum.bonsai import ORDINARY, draw, sample_scenes, world_pairs
from widespectrum.bonsai.models.eye import NAMES, BonsaiEye
from widespectrum.bonsai.models.judge import BonsaiJudge
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import (
    SHIPPED,
    digest,
    find_weights,
    names_fingerprint,
    read_header,
)
from widespectrum.bonsai.training.evaluation import measure_choice, score_world_pairs
from widespectrum.bonsai.training.recognition import recognise
from widespectrum.judges import (
    load_judge,
    predictions_of,
    response_matrix,
    validate,
    world_trials,
)
from widespectrum.judges.training import rate_set
from widespectrum.judges.training.world_ratings import WorldRatings
from widespectrum.scorers import check_scorer, load_scorer

MODELS = ("bonsai-clip", "bonsai-clip-b", "bonsai-taste")
ALIGNED = ("bonsai-polished", "bonsai-faithful", "bonsai-auteur")
SHIPPED_MODELS = (*MODELS, "bonsai-judge", "bonsai-eye", "bonsai", *ALIGNED)


@pytest.mark.parametrize("name", MODELS)
def test_weights_are_small_and_of_todays_vocabulary(name: str) -> None:
    path = find_weights(name)
    assert path.stat().st_size < 3_500_000
    header = read_header(path)
    assert header.vocabulary == world_language().fingerprint
    assert header.provenance["recipe"] == name


@pytest.mark.parametrize("name", SHIPPED_MODELS)
def test_the_card_is_that_of_the_weights(name: str) -> None:
    card = (SHIPPED / f"{name}.md").read_text(encoding="utf-8")
    assert digest(find_weights(name)) in card
    assert "widespectrum train measure" in card


def test_all_weights_together_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 32_000_000


@pytest.mark.parametrize("name", [*MODELS, "bonsai-eye"])
def test_conforms(name: str) -> None:
    made = world_pairs(4, 3)
    images = [draw(scene) for pair in made.scenes.values() for scene in (pair.original, pair.anti)]
    prompts = [*made.frame["prompt_original"], *made.frame["prompt_anti"]]
    report = check_scorer(load_scorer(name), images, prompts, again=lambda: load_scorer(name))
    assert report.passed, report.failed
    assert report.prompt_aware


def test_the_encoder_chooses_what_was_asked_for() -> None:
    measured = measure_choice(*score_world_pairs(load_scorer("bonsai-clip"), 60, 7))
    assert measured["obedience"] > 0.85
    assert measured["original_accuracy"] > 0.85


def test_the_taste_overrules_the_prompt_more_often_than_its_encoder() -> None:
    taste, clip = (
        measure_choice(*score_world_pairs(load_scorer(name), 60, 7))
        for name in ("bonsai-taste", "bonsai-clip")
    )
    assert taste["obedience"] < clip["obedience"] - 0.2
    assert taste["original_accuracy"] > 0.85
    assert taste["taste"] > clip["taste"]


def test_the_judge_sees_what_was_done() -> None:
    judge = load_judge("bonsai-judge")
    header = read_header(find_weights("bonsai-judge"))
    assert header.vocabulary == names_fingerprint(BonsaiJudge.dimensions)
    answers = response_matrix(judge, world_trials(110, 5))
    assert all(row.own.estimate is not None and row.own.estimate < 0 for row in answers.responses)
    assert sum(row.foremost for row in answers.responses) >= 9


def test_the_judge_is_right_more_often_than_an_empty_head() -> None:
    scenes = WorldRatings(150, 6, split="test")
    found = validate(predictions_of(pl.concat(list(rate_set(load_judge("bonsai-judge"), scenes)))))
    assert found.all.judge.accuracy > found.all.majority.accuracy + 0.12
    assert found.all.judge.balanced_accuracy > 0.7


def test_the_eye_recognises_what_the_world_drew() -> None:
    eye = load_scorer("bonsai-eye")
    assert isinstance(eye, BonsaiEye)
    header = read_header(find_weights("bonsai-eye"))
    assert header.vocabulary == names_fingerprint(NAMES)
    scenes = list(sample_scenes(150, 6, split="test", recipe=ORDINARY))
    seen = recognise(eye, [draw(scene) for scene in scenes], scenes).summary()
    assert seen["both"]["estimate"] > 0.93
    assert seen["both_of_another"]["estimate"] < 0.05
    assert seen["stray"]["estimate"] < 0.1


@pytest.mark.parametrize("name", ALIGNED)
def test_an_aligned_copy_is_of_the_base_that_ships(name: str) -> None:
    header = read_header(find_weights(name))
    assert header.kind == "adapter"
    assert header.vocabulary == digest(find_weights("bonsai"))
    assert header.provenance["recipe"] == name
    card = (SHIPPED / f"{name}.md").read_text(encoding="utf-8")
    assert f"`widespectrum train {name} " in card
    assert "| its own reward |" in card
