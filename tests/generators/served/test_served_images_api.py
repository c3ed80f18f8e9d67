"""Pictures by OpenAI's images API."""

import pytest
from misbehaving import Reply, error
from served_pictures import UNUSABLE, generated, picture, png

from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.errors import BadInput, NoAccess
from widespectrum.generators import load_generator
from widespectrum.images import record_of


def ask(generator, prompt="a cat"):
    return generator.generate([GenerationRequest(prompt, 7)])[0]


def test_the_request_has_what_the_api_takes_and_nothing_else(server, painter):
    server.replies(generated())
    ask(painter("gpt-image-1.5"))
    assert server.paths == ["/v1/images/generations"]
    assert server.requests == [
        {
            "model": "gpt-image-1.5",
            "prompt": "a cat",
            "n": 1,
            "size": "24x16",
            "quality": "high",
            "output_format": "png",
            "background": "opaque",
        }
    ]


def test_settings_and_extra_fields_are_sent(server, painter):
    server.replies(generated())
    ask(painter("gpt-image-1-mini", quality="medium", moderation="low", extra='{"user": "me"}'))
    request = server.requests[0]
    assert (request["quality"], request["moderation"], request["user"]) == ("medium", "low", "me")


def test_what_is_told_of_the_picture_is_kept_with_it(server, painter):
    server.replies(generated(png(picture(5)), datum={"revised_prompt": "a lovely cat"}))
    image = ask(painter("gpt-image-1-mini", image_price=0.005))
    assert image.tobytes() == picture(5).tobytes()
    record = record_of(image)
    assert record["revised_prompt"] == "a lovely cat"
    assert record["usage"]["output_tokens"] == 272
    assert (record["seed"], record["cost"], record["attempts"]) == (None, 0.005, 1)


@pytest.mark.parametrize(
    ("reply", "kind", "attempts"),
    [
        (error(400, "Your request was rejected by the safety system"), "provider_refused", 3),
        (error(400, "no", "moderation_blocked"), "provider_refused", 3),
        (error(400, "Invalid value: size"), "request_rejected", 1),
        (Reply({"created": 1, "data": []}), "empty_answer", 3),
        (Reply({"created": 1}), "empty_answer", 3),
        (Reply({"data": [{"url": "https://example.com/a.png"}]}), "invalid_result", 3),
        (Reply({"data": "a cat"}), "invalid_result", 3),
        *((generated(data), "invalid_result", 3) for data in UNUSABLE.values()),
        (error(429, "slow down"), "rate_limited", 6),
        (error(500), "provider_failed", 6),
        (Reply(generated().data, hang_up_after=150), "provider_failed", 6),
    ],
)
def test_what_is_no_picture_is_a_failure_of_its_kind(server, painter, reply, kind, attempts):
    server.replies(reply)
    failure = ask(painter("gpt-image-1.5", retries=2))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.attempts) == (kind, attempts)
    assert len(server.requests) == attempts


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached"])
def test_an_account_without_credit_stops_the_work(server, painter, code):
    server.replies(error(429 if code == "insufficient_quota" else 400, "no", code))
    with pytest.raises(NoAccess, match="no credit"):
        ask(painter("gpt-image-1.5"))
    assert len(server.requests) == 1


def test_a_prompt_that_is_too_long_is_not_sent(server, painter):
    failure = ask(painter("gpt-image-1.5"), "cat " * 8001)
    assert failure.kind == "bad_input"
    assert "32,000" in failure.reason
    assert not server.requests


@pytest.mark.parametrize(
    ("settings", "price"),
    [
        ({}, 0.133),
        ({"quality": "low"}, 0.009),
        ({"size": "1536x1024"}, None),
        ({"size": "1536x1024", "image_price": 0.2}, 0.2),
    ],
)
def test_the_price_is_that_of_quality_and_size(settings, price):
    assert load_generator("gpt-image-1.5", **settings).facts.cost_per_image == price


@pytest.mark.parametrize(
    "settings",
    [
        {"quality": "best"},
        {"background": "transparent"},
        {"size": "big"},
        {"extra": "[1]"},
        {"extra": '{"prompt": "a dog"}'},
        {"retries": -1},
        {"seed": 3},
        {"settings": "mine"},
    ],
)
def test_settings_that_are_none_are_refused_by_name(settings):
    with pytest.raises(BadInput, match=next(iter(settings))):
        load_generator("gpt-image-1.5", **settings)
