"""The weights in the package: they fit today's vocabulary, and do what their cards say."""

from __future__ import annotations

import pytest

from widespectrum.bonsai import draw, world_pairs
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import SHIPPED, digest, find_weights, read_header
from widespectrum.bonsai.training.evaluation import measure_choice, score_world_pairs
from widespectrum.scorers import check_scorer, load_scorer

MODELS = ("bonsai-clip", "bonsai-clip-b", "bonsai-taste")


@pytest.mark.parametrize("name", MODELS)
def test_weights_are_small_and_of_todays_vocabulary(name: str) -> None:
    path = find_weights(name)
    assert path.stat().st_size < 3_500_000
    header = read_header(path)
    assert header.vocabulary == world_language().fingerprint
    assert header.provenance["recipe"] == name


@pytest.mark.parametrize("name", MODELS)
def test_the_card_is_that_of_the_weights(name: str) -> None:
    card = (SHIPPED / f"{name}.md").read_text(encoding="utf-8")
    assert digest(find_weights(name)) in card
    assert "widespectrum train measure" in card


@pytest.mark.parametrize("name", MODELS)
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
