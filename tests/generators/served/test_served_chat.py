"""Pictures by chat: what is sent, what comes back, and everything that comes back instead."""

import time

import pytest
from misbehaving import Reply, completion, error
from served_pictures import UNUSABLE, painted, picture, png

from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.endpoints import DECLINED, Session
from widespectrum.images import record_of


def ask(generator, *prompts):
    return generator.generate([GenerationRequest(prompt, 7) for prompt in prompts or ("a cat",)])


def test_the_request_is_one_message_and_asks_for_a_picture(server, painter):
    server.replies(painted())
    ask(painter("nano-banana"))
    assert server.paths == ["/v1/chat/completions"]
    assert server.requests == [
        {
            "model": "google/gemini-2.5-flash-image",
            "messages": [{"role": "user", "content": "a cat"}],
            "modalities": ["image", "text"],
            "image_config": {"aspect_ratio": "1:1"},
        }
    ]


def test_the_papers_scripts_begged_in_words(server, painter):
    server.replies(painted())
    image = ask(painter("nano-banana", settings="paper"))[0]
    sent = "Generate an image with following prompt, return the image directly: a cat"
    assert server.requests == [
        {
            "model": "google/gemini-2.5-flash-image",
            "messages": [{"role": "user", "content": sent}],
        }
    ]
    assert record_of(image)["prompt_sent"] == sent


def test_the_picture_is_the_picture_and_its_record_tells_all(server, painter):
    server.replies(painted(png(picture(3)), words="Here you are!", finish_reason="stop"))
    image = ask(painter("nano-banana", instruction="Paint: "))[0]
    assert image.mode == "RGB"
    assert image.tobytes() == picture(3).tobytes()
    record = record_of(image)
    assert record["request"] == server.requests[0]
    assert record["prompt_sent"] == "Paint: a cat"
    assert record["seed"] is None
    assert (record["attempts"], record["cost"]) == (1, 0.039)
    assert (record["said"], record["model"]) == ("Here you are!", "toy")
    assert record["finish_reasons"] == ["stop"]


@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_other_formats_are_pictures_too(server, painter, format):
    server.replies(painted(png(picture(3), format)))
    assert ask(painter("nano-banana"))[0].size == (24, 16)


REFUSED = [
    completion(None, message={"refusal": "I would rather not."}),
    completion("", finish_reason="content_filter"),
    completion(None, choice={"native_finish_reason": "IMAGE_SAFETY"}),
    completion("No.", choice={"native_finish_reason": "IMAGE_PROHIBITED_CONTENT"}),
    error(400, "no", "moderation_blocked"),
    Reply({"error": {"code": 403, "message": "flagged", "metadata": {"reasons": ["sexual"]}}}),
]
SAID = [completion("What breed should the cat be?"), completion([{"type": "text", "text": "No."}])]
EMPTY = [
    completion(None),
    completion(None, choice={"native_finish_reason": "NO_IMAGE"}),
    Reply({"choices": []}),
    Reply({"id": "x"}),
]
UNREADABLE = [
    *(painted(data) for data in UNUSABLE.values()),
    completion(None, message={"images": [{"image_url": {"url": "https://example.com/a.png"}}]}),
    completion(None, message={"images": [{"image_url": {"url": "data:image/png;base64,@@@"}}]}),
    completion(None, message={"images": ["a cat"]}),
    Reply({"choices": "none"}),
    Reply([1, 2]),
]
ANEW = [
    *((reply, "provider_refused") for reply in REFUSED),
    *((reply, "text_only") for reply in SAID),
    *((reply, "empty_answer") for reply in EMPTY),
    *((reply, "invalid_result") for reply in UNREADABLE),
]


@pytest.mark.parametrize(("reply", "kind"), ANEW)
def test_what_is_no_picture_is_a_failure_of_its_kind_after_retries(server, painter, reply, kind):
    server.replies(reply)
    failure = ask(painter("nano-banana", retries=2))[0]
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.attempts) == (kind, 3)
    assert len(server.requests) == 3
    assert (kind in DECLINED) == (kind in ("provider_refused", "text_only"))


def test_a_refusal_is_asked_again_in_the_same_words_until_a_picture_comes(server, painter):
    server.replies(REFUSED[0], SAID[0], REFUSED[2], painted())
    image = ask(painter("nano-banana", retries=3))[0]
    assert record_of(image)["attempts"] == 4
    assert all(request == server.requests[0] for request in server.requests)


def test_without_retries_a_refusal_is_final(server, painter):
    server.replies(REFUSED[0], painted())
    failure = ask(painter("nano-banana", retries=0))[0]
    assert (failure.kind, failure.attempts) == ("provider_refused", 1)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(429, "slow down"), "rate_limited"),
        (error(500), "provider_failed"),
        (Reply({"error": {"code": 503, "message": "upstream"}}), "provider_failed"),
        (
            completion(None, choice={"error": {"code": 502, "message": "upstream"}}),
            "provider_failed",
        ),
        (Reply("<html>maintenance</html>"), "provider_failed"),
        (Reply(painted().data, hang_up_after=100), "provider_failed"),
    ],
)
def test_outages_are_waited_out_and_are_no_refusals(server, terms, painter, reply, kind):
    session = Session(terms(attempts=3))
    server.replies(reply, reply, painted())
    image = ask(painter("nano-banana", session, retries=0))[0]
    assert record_of(image)["attempts"] == 3
    server.replies(reply)
    failure = ask(painter("nano-banana", session, retries=0), "a dog")[0]
    assert (failure.kind, failure.attempts) == (kind, 3)
    assert kind not in DECLINED


@pytest.mark.parametrize("how", ["silent", "dripping"])
def test_a_server_that_is_too_slow_times_out(server, terms, painter, how):
    slow = painted()
    slow.before, slow.drip = (5.0, None) if how == "silent" else (0.0, 0.02)
    server.replies(slow)
    failure = ask(painter("nano-banana", Session(terms(attempts=1)), timeout=0.3))[0]
    assert (failure.kind, failure.attempts) == ("timed_out", 1)


def test_other_4xx_are_final(server, painter):
    server.replies(error(400, "unknown field image_config"))
    failure = ask(painter("nano-banana"))[0]
    assert (failure.kind, failure.attempts) == ("request_rejected", 1)
    assert "image_config" in failure.reason


def test_all_attempts_together_have_a_deadline(server, terms, painter):
    server.replies(error(500))
    session = Session(terms(attempts=1000, first_pause=0.05, longest_pause=0.2))
    failure = ask(painter("nano-banana", session, deadline=2))[0]
    # The deadline falls into a pause, or cuts the last attempt short.
    assert failure.kind in ("provider_failed", "timed_out")
    assert 1 < failure.attempts < 1000


def test_a_pause_that_ends_after_the_deadline_is_not_begun(server, terms, painter):
    server.replies(error(429, Retry_After="30"))
    start = time.monotonic()
    failure = ask(painter("nano-banana", deadline=20))[0]
    assert (failure.kind, failure.attempts) == ("rate_limited", 1)
    assert time.monotonic() - start < 15, "Retry-After asks for 30"


def test_refusals_end_at_the_deadline_too(server, painter):
    slow = completion("Which cat?")
    slow.before = 0.1
    server.replies(slow)
    failure = ask(painter("nano-banana", retries=1000, deadline=2))[0]
    assert failure.kind in ("text_only", "timed_out")
    assert 1 < failure.attempts < 1000


def test_retry_after_is_kept(server, painter):
    times = []

    def script(body, number):
        times.append(time.monotonic())
        return error(429, Retry_After="0.4") if number == 0 else painted()

    server.script = script
    assert record_of(ask(painter("nano-banana"))[0])["attempts"] == 2
    assert times[1] - times[0] >= 0.39


def test_the_models_words_are_kept_short_and_harmless(server, painter):
    server.replies(completion("I won't.\n\x1b[31m\u202e<script>" + "x" * 5000))
    failure = ask(painter("nano-banana", retries=0))[0]
    assert "I won't." in failure.reason
    assert len(failure.reason) < 600
    assert failure.reason.isprintable()


def test_one_failure_loses_no_other_picture(server, painter):
    server.script = lambda body, number: (
        REFUSED[0] if "bad" in body["messages"][0]["content"] else painted()
    )
    good, bad, fine = ask(painter("nano-banana", retries=1), "good", "bad", "fine")
    assert isinstance(bad, Failure)
    assert good.size == fine.size == (24, 16)
