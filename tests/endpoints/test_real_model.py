"""Chooser, scorer and judge against a real model behind a real server.

What the tiny network says means nothing, but it is known exactly: it is in this process.
"""

import numpy as np
import pytest
import torch
from misbehaving import picture
from PIL import Image
from tiny_server import TinyServer, prompt_of

from widespectrum.choosers import load_chooser
from widespectrum.contracts import Choice, Contest
from widespectrum.endpoints import Session, Terms
from widespectrum.errors import BadInput, NoAccess
from widespectrum.judges import load_judge
from widespectrum.scorers import check_scorer, load_scorer

DIGITS = [str(digit) for digit in range(10)]


@pytest.fixture(scope="module")
def tiny():
    running = TinyServer()
    yield running
    running.close()


def served(model, tiny, **terms):
    model.session = Session(Terms(first_pause=0.01, concurrency=4, **terms))
    return model


def choice_of(labels):
    items = ", ".join(f'"{label}"' for label in labels)
    return f'{{"structured_outputs": {{"choice": [{items}]}}}}'


def contests(count):
    random = np.random.default_rng(0)
    pictures = [
        Image.fromarray(random.integers(0, 256, (20, 24, 3), dtype=np.uint8))
        for _ in range(2 * count)
    ]
    return [
        Contest(pictures[2 * n], pictures[2 * n + 1], f"a picture of {n} things")
        for n in range(count)
    ]


def probabilities(tiny, question, labels):
    """What the network itself thinks of each label as its first token, among the labels."""
    tokens, pixels = prompt_of(question.body()["messages"])
    logprobs = tiny.next_token(tokens, pixels)[[ord(label) for label in labels]]
    return torch.softmax(logprobs, dim=-1).numpy()


def test_a_chooser_asks_both_orders_and_hears_contradictions(tiny):
    name = f"openai:tiny@base_url={tiny.base_url}"
    chooser = served(load_chooser(name), tiny)
    before = tiny.requests
    choices = chooser.choose(contests(6))
    assert tiny.requests - before == 12
    assert all(isinstance(choice, Choice) for choice in choices)
    for choice in choices:
        (forward,), (backward,) = choice.details["forward"], choice.details["backward"]
        assert choice.verdict == (forward if forward == backward else -1)
        assert (choice.details["position"] == "steady") == (forward == backward)


@pytest.mark.parametrize("settings", ["compat=paper", "temperature=1.0,votes=3"])
def test_a_chooser_in_other_ways(tiny, settings):
    chooser = served(load_chooser(f"openai:tiny@base_url={tiny.base_url},{settings}"), tiny)
    choices = chooser.choose(contests(3))
    assert all(isinstance(choice, Choice) and choice.verdict in (-1, 0, 1) for choice in choices)


def test_a_random_network_left_free_gives_invalid_results(tiny):
    name = f"openai:tiny@base_url={tiny.base_url},format=plain,max_tokens=6"
    chooser = served(load_chooser(name), tiny)
    assert {failure.kind for failure in chooser.choose(contests(2))} <= {
        "invalid_result",
        "empty_answer",
    }


def test_the_scorers_expected_rating_is_the_networks(tiny):
    scorer = load_scorer(
        "vlm", model="tiny", base_url=tiny.base_url, extra=choice_of(DIGITS), instruction="neutral"
    )
    images, prompts = [picture("red"), picture("blue", (30, 20))], ["", "een kat 猫"]
    pairs = np.array([(i, p) for i in range(2) for p in range(2)])
    scores = served(scorer, tiny).score(images, prompts, pairs)
    for score, (image, prompt) in zip(scores, pairs, strict=True):
        from widespectrum.scorers.vlm.instructions import question_around

        before, after = question_around(prompts[prompt])
        (shown,) = scorer.served.pictures([images[image]])
        question = scorer.served.question(before, shown, after, system=scorer.instruction)
        expected = probabilities(tiny, question, DIGITS) @ np.arange(10)
        assert score == pytest.approx(expected, rel=1e-4)
    assert len(set(scores.tolist())) == 4


def test_the_scorer_keeps_its_contract(tiny):
    scorer = load_scorer("vlm", model="tiny", base_url=tiny.base_url, extra=choice_of(DIGITS))
    report = check_scorer(served(scorer, tiny))
    assert report.passed, report.failed
    assert report.prompt_aware


def test_instructions_are_heard_and_told(tiny):
    def rated(instruction):
        scorer = load_scorer(
            "vlm",
            model="tiny",
            base_url=tiny.base_url,
            extra=choice_of(DIGITS),
            instruction=instruction,
        )
        score = served(scorer, tiny).score([picture()], ["a cat"], np.array([[0, 0]]))[0]
        return scorer.fingerprint, scorer.facts.instruction, float(score)

    told = [rated(instruction) for instruction in ("original", "neutral", "fidelity")]
    for column in zip(*told, strict=True):
        assert len(set(column)) == 3


def test_the_judges_probabilities_are_the_networks(tiny):
    judge = load_judge(
        "judge-endpoint", model="tiny", base_url=tiny.base_url, extra=choice_of("012")
    )
    images, dimensions = [picture("red"), picture("blue")], ["clarity", "richness"]
    rated = served(judge, tiny).rate(images, dimensions)
    assert rated.shape == (2, 2, 3)
    assert rated.dtype == np.float32
    for i, shown in enumerate(judge.served.pictures(images)):
        for d, dimension in enumerate(dimensions):
            question = judge.served.question(shown, judge.wording.question(dimension))
            np.testing.assert_allclose(
                rated[i, d], probabilities(tiny, question, "012"), rtol=1e-4, atol=1e-6
            )


def test_votes_of_the_judge_are_shares(tiny):
    settings = {"reading": "votes", "votes": 4, "temperature": 1.0, "max_tokens": 1}
    judge = load_judge(
        "judge-endpoint",
        model="tiny",
        base_url=tiny.base_url,
        extra=choice_of("012"),
        **settings,
    )
    rated = served(judge, tiny).rate([picture()], ["clarity"])
    assert set((rated * 4).ravel().tolist()) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    assert rated.sum() == pytest.approx(1.0)


def test_a_model_that_the_server_does_not_have(tiny):
    chooser = served(load_chooser(f"openai:huge@base_url={tiny.base_url}"), tiny)
    with pytest.raises(NoAccess, match="no such model"):
        chooser.choose(contests(1))


def test_several_votes_at_temperature_zero_are_refused(tiny):
    with pytest.raises(BadInput, match="votes"):
        load_scorer("vlm", model="tiny", base_url=tiny.base_url, reading="votes", votes=3)
