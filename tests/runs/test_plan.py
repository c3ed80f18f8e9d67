import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_toys import ToyJudge, ToyMaker, ToyScorer, choices, ratings, score_requests, toy_plan

from widespectrum.errors import BadInput
from widespectrum.runs import (
    ChoiceRequest,
    ChoiceWork,
    ImageMaker,
    ImageRequest,
    ImageWork,
    Plan,
    RatingRequest,
    RatingWork,
    ScoreRequest,
    ScoreWork,
)


def asked(plan):
    return {(work.scorer.fingerprint, request) for work in plan.scores for request in work.requests}


def test_a_maker_is_recognised():
    assert isinstance(ToyMaker(), ImageMaker)


def test_plans_of_several_studies_merge():
    first, second = ToyScorer("first"), ToyScorer("second")
    merged = toy_plan(4, scorers=[first]) | toy_plan(6, scorers=[second, first])
    assert len(merged.images) == 1
    assert len(merged.images[0].requests) == 12
    assert [(work.scorer.name, len(work.requests)) for work in merged.scores] == [
        ("first", 24),
        ("second", 24),
    ]
    everything = merged | ratings(2) | choices(2)
    stages = [type(work).__name__ for work in everything.works]
    assert stages == ["ImageWork", "ScoreWork", "ScoreWork", "RatingWork", "ChoiceWork"]


requests = st.lists(
    st.builds(
        ScoreRequest,
        st.sampled_from(["p0", "p1"]),
        st.sampled_from(["original", "anti"]),
        st.sampled_from(["cat", "dog", ""]),
    )
)
plans = st.lists(st.tuples(st.sampled_from("ab"), requests), max_size=3).map(
    lambda works: Plan(scores=[ScoreWork(ToyScorer(name), asked) for name, asked in works])
)


@settings(max_examples=50, deadline=None)
@given(plans, plans, plans)
def test_merging_is_union(a, b, c):
    assert asked(a | b) == asked(a) | asked(b)
    assert asked(a | b) == asked(b | a)
    assert asked((a | b) | c) == asked(a | (b | c))
    assert sum(len(w.requests) for w in (a | b).scores) == len(asked(a | b))
    assert asked(a | a) == asked(a)


def test_equal_image_requests_are_one_whatever_the_order_of_their_payload():
    twice = [
        ImageRequest("p", "anti", {"a": 1, "b": [2]}),
        ImageRequest("p", "anti", {"b": (2,), "a": 1}),
    ]
    assert len(Plan(images=[ImageWork(ToyMaker(), twice)]).images[0].requests) == 1


def test_two_images_of_one_pair_and_variant_are_refused():
    first = ImageWork(ToyMaker("one"), [ImageRequest("p7", "anti", {"seed": 1})])
    with pytest.raises(BadInput, match="row p7: two different anti images"):
        _ = Plan(images=[first]) | Plan(
            images=[ImageWork(ToyMaker("one"), [ImageRequest("p7", "anti", {"seed": 2})])]
        )
    with pytest.raises(BadInput, match="row p7"):
        Plan(images=[first, ImageWork(ToyMaker("two"), first.requests)])


@pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": object()}, {"x": {1}}])
def test_a_payload_is_json(payload):
    with pytest.raises(BadInput, match="row p3: the payload of the anti image is not JSON"):
        Plan(images=[ImageWork(ToyMaker(), [ImageRequest("p3", "anti", payload)])])


@pytest.mark.parametrize(
    "plan",
    [
        lambda: Plan(images=[ImageWork(ToyMaker(), [ImageRequest("p", "distorted")])]),
        lambda: Plan(scores=[ScoreWork(ToyScorer(), [ScoreRequest("p", "Anti", "cat")])]),
        lambda: Plan(ratings=[RatingWork(ToyJudge(), [RatingRequest("p", "", "clarity")])]),
        lambda: Plan(
            choices=[ChoiceWork(None, [ChoiceRequest(("p", "anti"), ("p", "neutral"), "cat")])]
        ),
    ],
)
def test_there_are_two_variants(plan):
    with pytest.raises(BadInput, match=r"is no variant\. Use one of original, anti"):
        plan()


@pytest.mark.parametrize("sizes", [{"batch_size": 0}, {"unit_size": -1}])
def test_sizes_are_positive(sizes):
    with pytest.raises(BadInput, match=next(iter(sizes))):
        Plan(scores=[ScoreWork(ToyScorer(), [], **sizes)])


def test_a_name_and_a_fingerprint_belong_together():
    one, other = ToyScorer("same", "1"), ToyScorer("same", "2")
    with pytest.raises(BadInput, match="two different models are both named 'same'"):
        Plan(scores=[ScoreWork(scorer, score_requests(1)) for scorer in (one, other)])
    twin = ToyScorer("same", "1")
    twin.name = "twin"
    with pytest.raises(BadInput, match="'same' and 'twin' have the same fingerprint"):
        Plan(scores=[ScoreWork(scorer, score_requests(1)) for scorer in (one, twin)])
