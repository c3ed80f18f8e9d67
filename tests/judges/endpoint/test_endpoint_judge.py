import math

import numpy as np
import pytest
from misbehaving import completion, error, picture, with_logprobs

from widespectrum.contracts import Judge
from widespectrum.errors import BadInput, BrokenContract, InvalidResult, UnknownName
from widespectrum.judges import load_judge, load_wording
from widespectrum.runs import RatingRequest, RatingWork

IMAGES = [picture("red"), picture("blue")]
DIMENSIONS = ["clarity", "richness"]


@pytest.fixture
def judge(server, session):
    def make(**settings):
        made = load_judge("judge-endpoint", model="toy", base_url=server.base_url, **settings)
        made.session = session
        return made

    return make


def test_it_is_a_judge(judge):
    assert isinstance(judge(), Judge)
    RatingWork(judge(), [RatingRequest("a", "original", "clarity")])


def test_probabilities_by_image_and_dimension(server, judge):
    def script(body, number):
        parts = body["messages"][0]["content"]
        text = next(part["text"] for part in parts if part["type"] == "text")
        return (
            with_logprobs("2", {"2": math.log(0.8), "0": math.log(0.1)}) if clarity == text else low
        )

    clarity = load_wording("plain").question("clarity")
    low = with_logprobs("0", {"0": math.log(0.5), "1": math.log(0.25)})
    server.script = script
    rated = judge().rate(IMAGES, DIMENSIONS)
    assert (rated.shape, rated.dtype) == ((2, 2, 3), np.float32)
    for image in range(2):
        np.testing.assert_allclose(rated[image, 0], [1 / 9, 0, 8 / 9], rtol=1e-5)
        np.testing.assert_allclose(rated[image, 1], [2 / 3, 1 / 3, 0], rtol=1e-5)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("wording", "order"), [("plain", ["image_url", "text"]), ("paper", ["text", "image_url"])]
)
def test_the_wording_says_what_comes_first(server, judge, wording, order):
    server.replies(with_logprobs("1", {"1": 0.0}))
    judge(wording=wording).rate(IMAGES[:1], ["clarity"])
    (message,) = server.requests[0]["messages"]
    assert [part["type"] for part in message["content"]] == order


def test_a_server_without_probabilities_is_never_read_as_if_it_gave_them(server, judge):
    server.replies(completion("1"))
    with pytest.raises(BrokenContract, match="reading=votes"):
        judge().rate(IMAGES[:1], ["clarity"])


def test_votes_are_shares_and_it_says_so(server, judge):
    server.script = lambda body, number: completion("0122"[number % 4])
    made = judge(reading="votes", votes=4, temperature=1.0)
    assert made.rate(IMAGES[:1], ["clarity"])[0, 0].tolist() == [0.25, 0.25, 0.5]
    assert "no log-probabilities" in made.told
    assert "log-probabilities" in judge().told
    assert made.fingerprint != judge().fingerprint


@pytest.mark.parametrize("reply", [completion("good"), completion("3"), error(500), completion("")])
def test_an_image_without_a_rating_is_an_error(server, terms, judge, reply):
    from widespectrum.endpoints import Session
    from widespectrum.errors import WidespectrumError

    server.replies(reply)
    made = judge(reading="votes")
    made.session = Session(terms(attempts=2))
    with pytest.raises(WidespectrumError) as caught:
        made.rate(IMAGES[:1], ["clarity"])
    assert caught.value.kind in ("invalid_result", "empty_answer", "provider_failed")


def test_an_answer_that_is_hardly_one_of_the_three(server, judge):
    server.replies(with_logprobs("1", {"1": math.log(0.2), "The": math.log(0.19)}))
    with pytest.raises(InvalidResult, match="20%"):
        judge().rate(IMAGES[:1], ["clarity"])


def test_nothing_to_rate(server, judge):
    assert judge().rate([], DIMENSIONS).shape == (0, 2, 3)
    assert judge().rate(IMAGES, []).shape == (2, 0, 3)
    assert server.requests == []


def test_a_dimension_without_a_question(judge):
    with pytest.raises(UnknownName):
        judge().rate(IMAGES, ["no-such-dimension"])


@pytest.mark.parametrize("settings", [{"wording": "mine"}, {"reading": "x"}, {"votes": 2}])
def test_wrong_settings_are_refused(judge, settings):
    with pytest.raises(BadInput):
        judge(**settings)
