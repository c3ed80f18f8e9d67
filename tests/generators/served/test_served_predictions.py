"""Pictures by predictions: begun once, asked after, fetched from where it is allowed."""

import json

import pytest
from endpoint_fixtures import Server
from misbehaving import Reply, error
from served_pictures import UNUSABLE, Replicate, b64, picture, png

from widespectrum.contracts import Failure, GenerationRequest
from widespectrum.endpoints import Session
from widespectrum.errors import BadInput, NoAccess
from widespectrum.generators import load_generator
from widespectrum.images import record_of


@pytest.fixture
def replicate(server):
    return Replicate(server)


@pytest.fixture
def elsewhere():
    other = Server()
    yield other
    other.close()


@pytest.fixture
def qwen(painter):
    def make(*session, **settings):
        return painter("qwen-image-replicate", *session, **{"poll": 0.01} | settings)

    return make


def ask(generator, prompt="a cat", seed=7, **more):
    return generator.generate([GenerationRequest(prompt, seed, **more)])[0]


def test_the_request_is_a_prediction_with_the_models_inputs(server, replicate, qwen):
    image = ask(qwen(), negative_prompt="sharp")
    assert replicate.made == [
        {
            "input": {
                "prompt": "a cat",
                "negative_prompt": "sharp",
                "num_inference_steps": 50,
                "guidance": 4.0,
                "go_fast": False,
                "aspect_ratio": "1:1",
                "output_format": "png",
                "enhance_prompt": False,
                "seed": 7,
            }
        }
    ]
    assert server.paths[:3] == [
        "/v1/models/qwen/qwen-image",
        "/v1/models/qwen/qwen-image/predictions",
        "/v1/predictions/p1",
    ]
    assert image.tobytes() == picture(1).tobytes()
    record = record_of(image)
    assert (record["version"], record["prediction"]) == (Replicate.VERSION, "p1")
    assert (record["seed"], record["attempts"], record["cost"]) == (7, 1, 0.03)


def test_without_a_seed_none_is_sent(replicate, qwen):
    assert record_of(ask(qwen(), seed=None))["seed"] is None
    assert "seed" not in replicate.made[0]["input"]


def test_a_version_may_be_fixed(server, replicate, qwen):
    ask(qwen(version="a" * 64))
    assert server.paths[0] == f"/v1/models/qwen/qwen-image/versions/{'a' * 64}"
    assert server.paths[1] == "/v1/predictions"
    assert replicate.made[0]["version"] == "a" * 64


def test_the_papers_negative_prompt_was_for_one_variant_only(replicate, qwen):
    generator = qwen(settings="paper")
    ask(generator, variant="original")
    ask(generator, variant="anti")
    first, second = (body["input"] for body in replicate.made)
    assert "negative_prompt" not in first
    assert second["negative_prompt"] == ""
    assert first["go_fast"] is second["go_fast"] is True
    assert generator.facts.confounds == (
        "negative_prompt: not sent for the original prompt, '' for the anti prompt",
    )
    assert ask(generator).kind == "bad_input"  # of which variant?
    assert ask(generator, variant="anti", negative_prompt="x").kind == "bad_input"


def test_rewriting_is_switched_off_where_there_is_a_switch(server, painter):
    inputs = "prompt size aspect_ratio max_images sequential_image_generation"
    replicate = Replicate(server, inputs + " enhance_prompt")
    seedream = painter("seedream-4", poll=0.01)
    image = ask(seedream)
    assert replicate.made[0]["input"] == {
        "prompt": "a cat",
        "size": "1K",
        "aspect_ratio": "1:1",
        "max_images": 1,
        "sequential_image_generation": "disabled",
        "enhance_prompt": False,
    }
    assert record_of(image)["where_known"] == {"enhance_prompt": False}

    replicate = Replicate(server, inputs)
    image = ask(painter("seedream-4", poll=0.01), "a dog")
    assert "enhance_prompt" not in replicate.made[0]["input"]
    assert record_of(image)["where_known"] == {"enhance_prompt": None}

    replicate = Replicate(server, inputs + " enhance_prompt")
    ask(painter("seedream-4", poll=0.01, settings="paper"), "a bird")
    assert "enhance_prompt" not in replicate.made[0]["input"]


def test_an_input_that_the_model_does_not_know_is_no_prediction(server, qwen):
    replicate = Replicate(server, "prompt seed")
    failure = ask(qwen())
    assert (failure.kind, failure.attempts) == ("request_rejected", 1)
    assert "aspect_ratio" in failure.reason
    assert not replicate.made


def test_what_a_model_takes_is_read_once(server, replicate, qwen):
    qwen().generate([GenerationRequest("a cat", seed) for seed in range(5)])
    assert server.paths.count("/v1/models/qwen/qwen-image") == 1


def test_a_prediction_is_waited_for(replicate, qwen):
    replicate.ends_after = 5
    assert ask(qwen()).size == (24, 16)
    assert (len(replicate.made), replicate.looks) == (1, 5)


@pytest.mark.parametrize(
    ("ending", "kind", "attempts"),
    [
        ({"status": "failed", "error": "CUDA out of memory"}, "provider_failed", 4),
        ({"status": "failed", "error": None}, "provider_failed", 4),
        ({"status": "canceled"}, "provider_failed", 4),
        ({"status": "aborted"}, "provider_failed", 4),
        ({"status": "failed", "error": "NSFW content detected."}, "provider_refused", 3),
        ({"status": "failed", "error": "flagged as sensitive (E005)"}, "provider_refused", 3),
        ({"output": None}, "empty_answer", 3),
        ({"output": []}, "empty_answer", 3),
        ({"output": [{"a": 1}]}, "invalid_result", 3),
        ({"output": "data:image/png;base64,@@@"}, "invalid_result", 3),
        ({"output": ["file:///etc/passwd"]}, "request_rejected", 1),
        ({"output": ["https://evil.example/a.png"]}, "request_rejected", 1),
        ({"output": ["http://replicate.delivery/a.png"]}, "request_rejected", 1),
    ],
)
def test_a_prediction_that_ends_badly_is_a_failure(replicate, terms, qwen, ending, kind, attempts):
    replicate.ending = {"status": "succeeded", **ending}
    failure = ask(qwen(Session(terms(attempts=4)), retries=2))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.attempts) == (kind, attempts)
    assert len(replicate.made) == attempts
    if ending.get("error"):
        assert ending["error"] in failure.reason


@pytest.mark.parametrize("file", UNUSABLE)
def test_a_file_that_is_no_picture_is_a_failure(replicate, qwen, file):
    replicate.on_file = lambda number: Reply(UNUSABLE[file])
    failure = ask(qwen(retries=1))
    assert (failure.kind, failure.attempts) == ("invalid_result", 2)


def test_a_picture_may_come_in_the_reply_itself(replicate, qwen):
    replicate.ending = {"status": "succeeded", "output": f"data:image/png;base64,{b64(png())}"}
    assert ask(qwen()).size == (24, 16)


def test_a_prediction_that_never_ends_is_canceled_and_times_out(replicate, terms, qwen):
    replicate.ends_after = 1_000_000
    failure = ask(qwen(Session(terms(attempts=2)), timeout=1))
    assert (failure.kind, failure.attempts) == ("timed_out", 2)
    assert replicate.canceled == ["p1", "p2"]


def test_an_expired_picture_is_painted_again(replicate, qwen):
    replicate.on_file = lambda number: error(404) if number == 0 else None
    image = ask(qwen())
    assert image.tobytes() == picture(2).tobytes()
    assert record_of(image)["attempts"] == 2
    replicate.on_file = lambda number: error(403)
    assert ask(qwen(retries=1), "a dog").kind == "picture_gone"


@pytest.mark.parametrize(
    "broken", [error(500), error(429, Retry_After="0"), Reply(png(), hang_up_after=20)]
)
def test_what_breaks_after_the_beginning_begins_no_second_prediction(replicate, qwen, broken):
    replicate.on_look = lambda number: broken if number < 2 else None
    replicate.on_file = lambda number: broken if number < 2 else None
    image = ask(qwen())
    assert image.tobytes() == picture(1).tobytes()
    assert len(replicate.made) == 1
    assert record_of(image)["attempts"] == 5


def test_after_a_crash_the_prediction_that_was_begun_is_asked_after(
    replicate, terms, qwen, tmp_path
):
    replicate.on_look = lambda number: error(500)
    first = Session(terms(attempts=2, answers=tmp_path))
    assert ask(qwen(first)).kind == "provider_failed"
    replicate.on_look = lambda number: None
    image = ask(qwen(Session(terms(answers=tmp_path))))
    assert image.tobytes() == picture(1).tobytes()
    assert len(replicate.made) == 1


def test_a_prediction_that_the_server_forgot_is_begun_again(replicate, terms, qwen, tmp_path):
    replicate.on_look = lambda number: error(500)
    ask(qwen(Session(terms(attempts=1, answers=tmp_path))))
    replicate.on_look = lambda number: error(404) if number == 1 else None
    assert ask(qwen(Session(terms(answers=tmp_path)))).tobytes() == picture(2).tobytes()


def test_no_redirect_is_followed_and_no_other_server_is_reached(replicate, qwen, elsewhere):
    replicate.on_file = lambda number: Reply("", 302, {"Location": elsewhere.base_url})
    failure = ask(qwen())
    assert (failure.kind, failure.attempts) == ("request_rejected", 1)
    assert "redirect" in failure.reason
    replicate.ending = {"status": "succeeded", "output": elsewhere.base_url + "/a.png"}
    assert ask(qwen(), "a dog").kind == "request_rejected"
    assert not elsewhere.requests


def test_an_endless_file_is_cut_off(replicate, qwen, monkeypatch, terms):
    monkeypatch.setattr("widespectrum.generators.served.fetching.MOST_PICTURE_BYTES", 500)
    failure = ask(qwen(Session(terms(attempts=2))))
    assert failure.kind == "provider_failed"
    assert "longer than 500 bytes" in failure.reason


def test_the_key_goes_to_the_server_and_not_along_with_the_file(
    server, replicate, qwen, monkeypatch
):
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", "secret-key-1")
    ask(qwen())
    for path, headers in zip(server.paths, server.headers, strict=True):
        assert ("Authorization" in headers) == ("/files/" not in path)


@pytest.mark.parametrize("name", ["../models/x", "p1?x=1", "", "p" * 200, "p/1"])
def test_a_prediction_of_a_strange_name_is_not_asked_after(replicate, qwen, server, name):
    replicate.on_begin = lambda number: Reply(replicate.prediction(name, status="starting"), 201)
    failure = ask(qwen(retries=0))
    assert (failure.kind, failure.attempts) == ("invalid_result", 1)
    assert replicate.looks == 0


def test_a_model_without_a_schema_is_none(server, qwen):
    server.replies(Reply({"latest_version": None}))
    assert ask(qwen(retries=0)).kind == "invalid_result"


def test_a_model_that_is_not_there_stops_the_work(server, qwen):
    server.replies(error(404, "no such model"))
    with pytest.raises(NoAccess, match="no such model"):
        ask(qwen())


@pytest.mark.parametrize("model", ["qwen", "a/b/c", "../x", "a/b?c"])
def test_a_models_name_cannot_lead_elsewhere(model):
    with pytest.raises(BadInput, match="owner/name"):
        load_generator("qwen-image-replicate", model=model)


def test_what_a_prediction_costs_is_counted_once(replicate, terms, qwen, tmp_path):
    replicate.on_file = lambda number: error(500) if number < 2 else None
    session = Session(terms(answers=tmp_path))
    ask(qwen(session))
    assert session.budget.spent == pytest.approx(0.03)
    lines = [json.loads(line) for line in next(tmp_path.glob("*.jsonl")).read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["begun", *["provider_failed"] * 2, "answered"]
    assert Session(terms(answers=tmp_path)).budget.spent == pytest.approx(0.03)
