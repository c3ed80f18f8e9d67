"""From a score table to aligned arrays: what is filled, what is refused."""

import numpy as np
import polars as pl
import pytest
from known_scorers import BLIND, OBEDIENT, levelled, random_scores, scores_of

from widespectrum.contracts import ScorerFacts
from widespectrum.errors import BadInput
from widespectrum.studies.reward_bias.sample import LARGEST, sample_of


def test_scorers_are_aligned_by_id():
    scores = random_scores(6, 2)
    shuffled = pl.concat(
        [scores.filter(scorer="scorer 0"), scores.filter(scorer="scorer 1").reverse().head(4)]
    )
    of = sample_of(shuffled)
    assert of.pairs["id"].to_list() == [f"pair {number}" for number in range(6)]
    assert of.scorers[1].present.tolist() == [False, False, True, True, True, True]
    own = scores.filter(scorer="scorer 1")["ia_po"].to_numpy()
    assert of.scorers[1].scores["ia_po"][2:].tolist() == own[2:].tolist()
    assert np.isnan(of.scorers[1].scores["ia_po"][:2]).all()


def test_facts_decide_the_order_and_unknown_scorers_follow():
    scores = random_scores(2, 3)
    facts = {name: ScorerFacts(prompt_aware=True) for name in ("scorer 2", "absent", "scorer 0")}
    names = [scorer.name for scorer in sample_of(scores, facts).scorers]
    assert names == ["scorer 2", "scorer 0", "scorer 1"]


def test_a_fact_stated_once_counts_for_the_pair():
    judged = scores_of({"a": levelled(OBEDIENT, 2)}, choice=[0, 1], prompt_original=["x", "y"])
    bare = scores_of({"b": levelled(BLIND, 2)})
    for order in ([judged, bare], [bare, judged]):
        of = sample_of(pl.concat(order, how="diagonal"))
        assert of.truth.tolist() == [0, 1]
        assert of.pairs["cluster"].to_list() == ["x", "y"]


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("choice", 1, 0),
        ("prompt_anti", "a cat", "a dog"),
        ("generator", "flux", "sd"),
        ("severity", 0.5, 0.25),
        ("cluster", "x", "y"),
    ],
)
def test_one_id_must_mean_one_pair(field, one, other):
    first = scores_of({"a": [OBEDIENT]}, **{field: [one]})
    second = scores_of({"b": [OBEDIENT]}, **{field: [other]})
    with pytest.raises(BadInput) as caught:
        sample_of(pl.concat([first, second]))
    assert caught.value.place.field == field
    assert caught.value.place.row == "pair 0"


def test_white_space_does_not_make_another_prompt():
    first = scores_of({"a": [OBEDIENT]}, prompt_original=["a  cat "])
    second = scores_of({"b": [OBEDIENT]}, prompt_original=["a cat"])
    assert sample_of(pl.concat([first, second])).pairs.height == 1


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), None, 10 * LARGEST])
@pytest.mark.parametrize("name", ["io_po", "ia_pa"])
def test_a_score_that_is_none_is_refused_with_its_place(name, wrong):
    scores = scores_of({"s": levelled(OBEDIENT, 3)})
    values = scores[name].to_list()
    values[1] = wrong
    with pytest.raises(BadInput) as caught:
        sample_of(scores.with_columns(pl.Series(name, values)))
    assert caught.value.place.field == name
    assert caught.value.place.row == 2


def test_a_pair_scored_twice_is_refused():
    scores = scores_of({"s": levelled(OBEDIENT, 2)})
    with pytest.raises(BadInput, match="repeats"):
        sample_of(pl.concat([scores, scores]))


def test_a_missing_column_is_refused():
    with pytest.raises(BadInput) as caught:
        sample_of(scores_of({"s": [OBEDIENT]}).drop("ia_po"))
    assert caught.value.place.field == "ia_po"


def test_two_token_limits_are_refused():
    scores = scores_of({"s": levelled(OBEDIENT, 2)}, token_limit=[77, 35])
    with pytest.raises(BadInput) as caught:
        sample_of(scores)
    assert caught.value.place.field == "token_limit"


def test_clusters_are_numbered_in_the_order_of_their_names():
    scores = scores_of({"s": levelled(OBEDIENT, 4)}, cluster=["b", "a", "c", "b"])
    assert sample_of(scores).clusters.tolist() == [1, 0, 2, 1]


def test_long_prompts_as_clusters_cost_no_memory_per_row():
    prompts = ["x" * 20_000, *(f"prompt {number}" for number in range(999))]
    scores = scores_of({"s": levelled(OBEDIENT, 1000)}, prompt_original=prompts)
    assert sample_of(scores).clusters.nbytes == 8000
