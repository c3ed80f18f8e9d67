"""What holds for every generator behind an API."""

import pytest
from misbehaving import completion
from served_pictures import Replicate, painted, picture, png

from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.endpoints import Session
from widespectrum.errors import NoAccess
from widespectrum.generators import generator_facts, load_generator
from widespectrum.images import record_of

NAMES = ("nano-banana", "gpt-image-1.5", "gpt-image-1-mini", "qwen-image-replicate", "seedream-4")
KEYS = {
    "nano-banana": "OPENROUTER_API_KEY",
    "gpt-image-1.5": "OPENAI_API_KEY",
    "gpt-image-1-mini": "OPENAI_API_KEY",
    "qwen-image-replicate": "REPLICATE_API_TOKEN",
    "seedream-4": "REPLICATE_API_TOKEN",
}


def numbered(server):
    """Every reply is another picture."""
    server.script = lambda body, number: painted(png(picture(number)))


def ask(generator, *requests):
    return generator.generate(requests or [GenerationRequest("a cat", 7)])


@pytest.mark.parametrize("name", NAMES)
def test_the_catalog_knows_them_and_their_facts(name):
    generator = load_generator(name)
    assert isinstance(generator, Generator)
    facts = generator_facts(generator)
    qwen = name == "qwen-image-replicate"
    assert (facts.takes_seed, facts.takes_negative, facts.takes_start_image) == (qwen, qwen, False)
    assert facts.cost_per_image > 0
    assert facts.guidance.w is None  # what a provider does with a number is not known
    assert facts.rewrites_prompt is (False if qwen else None)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_key_is_named_before_anything_is_sent(name, session):
    generator = load_generator(name)
    generator.session = session
    with pytest.raises(NoAccess, match=f"{KEYS[name]} is not set"):
        ask(generator)


@pytest.mark.parametrize("name", NAMES)
def test_what_they_cannot_do_is_a_failure_with_a_remedy(name, server, painter):
    generator = painter(name)
    start, bare, *rest = ask(
        generator,
        GenerationRequest("a cat", 1, start_image=picture(), strength=0.5),
        GenerationRequest("a cat", 1, strength=0.5),
        GenerationRequest("  ", 1),
        GenerationRequest("a cat", -1),
    )
    assert all(isinstance(each, Failure) for each in (start, bare, *rest))
    assert start.kind == bare.kind == "bad_input"
    assert "takes_start_image" in start.reason
    assert [each.kind for each in rest] == ["bad_input", "bad_input"]
    if not generator.facts.takes_negative:
        (negative,) = ask(generator, GenerationRequest("a cat", 1, negative_prompt="sharp"))
        assert "takes_negative" in negative.reason
    assert not server.requests


@pytest.mark.parametrize("name", NAMES)
def test_what_changes_pictures_changes_the_fingerprint_and_nothing_else_does(name):
    plain = load_generator(name).fingerprint
    for setting in (
        {"instruction": "Paint: "},
        {"size": "512x512"},
        {"extra": '{"user": "x"}'},
        {"model": "an/other"},
        {"base_url": "https://example.com/v1"},
        {"settings": "paper"} if name in ("nano-banana", *NAMES[3:]) else {"quality": "medium"},
    ):
        assert load_generator(name, **setting).fingerprint != plain
    for setting in (
        {"retries": 9},
        {"timeout": 5},
        {"deadline": 5},
        {"image_price": 1},
    ):
        assert load_generator(name, **setting).fingerprint == plain


def test_no_seed_is_sent_and_yet_draws_are_told_apart(server, painter):
    numbered(server)
    generator = painter("nano-banana")
    first, second, again = ask(generator, *(GenerationRequest("a cat", seed) for seed in (1, 2, 1)))
    assert "seed" not in str(server.requests)
    assert first.tobytes() == again.tobytes() != second.tobytes()
    assert len(server.requests) == 2
    assert ask(generator, GenerationRequest("a cat", 2))[0].tobytes() == second.tobytes()
    assert len(server.requests) == 2


def test_requests_without_a_seed_are_draws_of_their_own(server, painter):
    numbered(server)
    generator = painter("nano-banana")
    ask(generator, GenerationRequest("a cat"), GenerationRequest("a cat"))
    ask(generator, GenerationRequest("a cat"))
    assert len(server.requests) == 3


def test_order_is_kept_and_not_too_many_are_asked_for_at_once(server, terms, painter):
    def script(body, number):
        reply = painted(png(picture(int(body["messages"][0]["content"]))))
        reply.before = 0.05 if number % 3 == 0 else 0.0
        return reply

    server.script = script
    generator = painter("nano-banana", Session(terms(concurrency=3)))
    images = ask(generator, *(GenerationRequest(str(number)) for number in range(12)))
    assert [image.tobytes() for image in images] == [picture(n).tobytes() for n in range(12)]
    assert 2 <= server.most_at_once <= 3


def test_a_picture_that_was_paid_for_is_found_again(server, terms, painter, tmp_path):
    numbered(server)
    (image,) = ask(painter("nano-banana", Session(terms(answers=tmp_path))))
    (again,) = ask(painter("nano-banana", Session(terms(answers=tmp_path))))
    assert len(server.requests) == 1
    assert again.tobytes() == image.tobytes()
    assert record_of(again) == record_of(image)


@pytest.mark.parametrize("damage", ["gone", "altered"])
def test_a_picture_that_is_lost_is_asked_for_again(server, terms, painter, tmp_path, damage):
    numbered(server)
    ask(painter("nano-banana", Session(terms(answers=tmp_path))))
    (file,) = (tmp_path / "pictures").rglob("*.png")
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(png(picture(99)))
    (image,) = ask(painter("nano-banana", Session(terms(answers=tmp_path))))
    assert len(server.requests) == 2
    assert image.tobytes() == picture(1).tobytes()


def test_records_hold_no_picture(server, terms, painter, tmp_path):
    server.replies(painted(png(picture(size=(240, 160)))))
    ask(painter("nano-banana", Session(terms(answers=tmp_path)), size="240x160"))
    (ledger,) = tmp_path.glob("*.jsonl")
    assert ledger.stat().st_size < 4000


def test_spending_stops_at_the_limit_and_goes_on_when_more_is_allowed(
    server, terms, painter, tmp_path
):
    numbered(server)
    requests = [GenerationRequest("a cat", seed) for seed in range(6)]
    session = Session(terms(answers=tmp_path, max_cost=0.13, concurrency=1))
    results = ask(painter("nano-banana", session), *requests)
    failed = [each for each in results if isinstance(each, Failure)]
    # Each may cost 0.04, and did cost 0.039.
    assert len(server.requests) == 3
    assert {(each.kind, each.attempts) for each in failed} == {("spending_limit", 0)}
    assert session.budget.spent == pytest.approx(3 * 0.039)
    more = Session(terms(answers=tmp_path, max_cost=1.0))
    results = ask(painter("nano-banana", more), *requests)
    assert not any(isinstance(each, Failure) for each in results)
    assert len(server.requests) == 6


def test_refusals_may_cost_and_time_outs_count_as_if_they_did(server, terms, painter):
    session = Session(terms(attempts=1))
    server.replies(completion("Which cat?", usage=None))
    ask(painter("nano-banana", session, retries=2))
    assert session.budget.spent == pytest.approx(3 * 0.04)
    slow = painted()
    slow.before = 2.0
    server.replies(slow)
    ask(painter("nano-banana", session, timeout=0.2), GenerationRequest("a dog", 1))
    assert session.budget.spent == pytest.approx(4 * 0.04)


def test_a_server_that_was_never_reached_costs_nothing(server, terms, painter):
    server.close()
    session = Session(terms(attempts=2))
    (failure,) = ask(painter("nano-banana", session))
    assert (failure.kind, failure.attempts) == ("provider_failed", 2)
    assert session.budget.spent == 0


def test_a_limit_without_a_price_is_refused(server, terms, painter):
    numbered(server)
    session = Session(terms(max_cost=1.0))
    with pytest.raises(NoAccess, match="image_price"):
        ask(painter("gpt-image-1.5", session))
    assert not server.requests


def test_what_pictures_will_cost():
    estimate = load_generator("nano-banana", retries=2).cost(300)
    assert estimate.dollars == pytest.approx(12.0)
    assert estimate.most == pytest.approx(36.0)
    assert load_generator("gpt-image-1.5@size=1536x1024").cost(300).dollars is None


def test_an_outage_stops_the_work_and_keeps_what_came(server, terms, painter, tmp_path):
    from misbehaving import error

    server.script = lambda body, number: painted() if number < 3 else error(500)
    session = Session(terms(concurrency=1, attempts=1, answers=tmp_path))
    requests = [GenerationRequest("a cat", seed) for seed in range(40)]
    with pytest.raises(NoAccess, match="in a row"):
        ask(painter("nano-banana", session), *requests)
    asked = len(server.requests)
    server.replies(painted())
    ask(painter("nano-banana", Session(terms(answers=tmp_path))), *requests)
    assert len(server.requests) == asked + 37


@pytest.mark.parametrize("name", NAMES[3:])
def test_refusals_of_many_are_no_outage(server, painter, name):
    replicate = Replicate(server)
    replicate.ending = {"status": "failed", "error": "NSFW"}
    requests = [GenerationRequest("a cat", seed) for seed in range(20)]
    kinds = {each.kind for each in painter(name, retries=0, poll=0.01).generate(requests)}
    assert kinds == {"provider_refused"}
