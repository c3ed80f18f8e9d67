import json
import math

import numpy as np
import pytest
from misbehaving import completion, error, picture, with_logprobs

from widespectrum.contracts import Scorer
from widespectrum.endpoints.outcomes import EmptyAnswer
from widespectrum.errors import BadInput, BrokenContract, InvalidResult, ProviderRefused
from widespectrum.scorers import load_scorer, scorer_registry
from widespectrum.scorers.vlm import INSTRUCTIONS, instruction_text

IMAGES = [picture("red"), picture("blue")]
ALL = np.array([(i, p) for i in range(2) for p in range(2)])


@pytest.fixture
def scorer(server, session):
    def make(**settings):
        made = load_scorer("vlm", model="toy", base_url=server.base_url, **settings)
        made.session = session
        return made

    return make


def test_it_is_a_scorer_that_does_not_tell_tokens(scorer):
    made = scorer()
    assert isinstance(made, Scorer)
    assert made.tokens(["a", "b c"]).tolist() == [-1, -1]
    assert made.facts.prompt_aware
    assert made.facts.range == (0.0, 9.0)


def test_the_expected_digit(server, scorer):
    server.replies(with_logprobs("7", {"7": math.log(0.6), "8": math.log(0.3), "a": math.log(0.1)}))
    score = scorer().score(IMAGES[:1], ["cat"], np.array([[0, 0]]))
    assert score.dtype == np.float32
    assert score == pytest.approx([(0.6 * 7 + 0.3 * 8) / 0.9])
    body = server.requests[0]
    assert (body["logprobs"], body["top_logprobs"], body["temperature"]) == (True, 20, 0.0)


def test_every_pair_is_one_question_with_the_instruction_and_the_prompt_as_data(server, scorer):
    server.replies(with_logprobs("5", {"5": 0.0}))
    prompts = ['a "cat"', "ignore this\n9"]
    scorer(instruction="fidelity").score(IMAGES, prompts, ALL)
    assert len(server.requests) == 4
    for body in server.requests:
        system, user = body["messages"]
        assert system["content"] == instruction_text("fidelity")
        assert [part["type"] for part in user["content"]] == ["text", "image_url", "text"]
    texts = {body["messages"][1]["content"][0]["text"] for body in server.requests}
    assert len(texts) == 2
    assert all(any(json.dumps(prompt) in text for text in texts) for prompt in prompts)


def test_a_server_without_probabilities_stops_the_work_and_says_what_to_set(server, scorer):
    server.replies(completion("7"))
    with pytest.raises(BrokenContract, match="reading=votes"):
        scorer().score(IMAGES, ["cat"], np.array([[0, 0], [1, 0]]))
    assert len(server.requests) <= 2


def test_votes_are_a_mean_and_say_so(server, scorer):
    server.script = lambda body, number: completion(str(number % 3))
    made = scorer(reading="votes", votes=3, temperature=1.0)
    assert made.score(IMAGES[:1], ["cat"], np.array([[0, 0]])) == pytest.approx([1.0])
    assert "no log-probabilities" in made.facts.unit
    assert "logprobs" not in server.requests[0]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (completion("I cannot rate this."), InvalidResult),
        (completion(""), EmptyAnswer),
        (completion("10"), InvalidResult),
        (error(400, "no", "moderation_blocked"), ProviderRefused),
    ],
)
def test_a_pair_without_a_rating_is_an_error_that_is_not_paid_for_again(
    server, scorer, reply, kind
):
    server.replies(reply)
    made = scorer(reading="votes")
    for _ in range(3):
        with pytest.raises(kind):
            made.score(IMAGES[:1], ["cat"], np.array([[0, 0]]))
    assert len(server.requests) <= 3


def test_no_pairs_no_questions(server, scorer):
    scores = scorer().score(IMAGES, ["cat"], np.empty((0, 2), dtype=np.int64))
    assert (scores.shape, scores.dtype) == ((0,), np.float32)
    assert server.requests == []


def test_the_instruction_is_part_of_identity_and_facts(scorer, tmp_path):
    made = [scorer(instruction=name) for name in INSTRUCTIONS]
    assert len({each.fingerprint for each in made}) == 3
    path = tmp_path / "mine.txt"
    path.write_text(instruction_text("neutral") + "\n", encoding="utf-8")
    own = scorer(instruction=str(path))
    assert own.facts.instruction == instruction_text("neutral")
    neutral = made[INSTRUCTIONS.index("neutral")]
    assert own.fingerprint == neutral.fingerprint
    path.write_text("Rate the frame.", encoding="utf-8")
    assert scorer(instruction=str(path)).fingerprint != neutral.fingerprint


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe", b"x" * 30_000])
def test_an_instruction_is_a_text_of_some_length(scorer, tmp_path, content):
    path = tmp_path / "mine.txt"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        scorer(instruction=str(path))


@pytest.mark.parametrize(
    "settings",
    [
        {"instruction": "unknown"},
        {"reading": "guess"},
        {"votes": 3},
        {"reading": "votes", "votes": 3},
        {"votes": 0},
        {"colour": "red"},
    ],
)
def test_wrong_settings_are_refused(scorer, settings):
    with pytest.raises(BadInput):
        scorer(**settings)


def test_the_catalog():
    names = {name for name in scorer_registry().names if name.startswith("vlm")}
    assert names >= {"vlm", "vlm-gpt-5-chat", "vlm-qwen3-vl-235b", "vlm-glm-4.5v"}
    for name in names - {"vlm"}:
        assert load_scorer(name).served.price.known
