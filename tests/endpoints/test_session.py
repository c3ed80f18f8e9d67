"""Questions against a real server that misbehaves in every way it can."""

import signal
import threading
import time
from itertools import pairwise

import pytest
from misbehaving import Reply, completion, error

from widespectrum.endpoints import Missed, Price, Question, Sampling, Session, address
from widespectrum.endpoints.batches import OUTAGE_AFTER
from widespectrum.endpoints.outcomes import (
    EmptyAnswer,
    ProviderFailed,
    RateLimited,
    RequestRejected,
    SpendingLimit,
    TimedOut,
)
from widespectrum.errors import InvalidResult, NoAccess, ProviderRefused

UNKNOWN = Price()
DEAR = Price(1.0, 100.0)


def question(server, text="hello?", **more):
    return Question(address("toy", server.base_url), (text,), **more)


def text_of(answer):
    if answer.text == "gibberish":
        raise InvalidResult("gibberish", "Ask again.")
    return answer.text


def ask(session, *questions, price=UNKNOWN):
    return session.ask(questions, price, text_of)


def kinds(missed):
    return missed.error.kind, missed.attempts


def test_answers_come_in_the_order_of_the_questions(server, session):
    server.script = lambda body, number: completion(body["messages"][0]["content"][0]["text"])
    texts = [f"question {number}" for number in range(20)]
    assert ask(session, *(question(server, text) for text in texts)) == texts
    assert server.paths == ["/v1/chat/completions"] * 20


def test_equal_questions_are_asked_once_and_votes_are_not_equal(server, session):
    same = [question(server), question(server), question(server, vote=1)]
    assert ask(session, *same) == ["hello"] * 3
    assert len(server.requests) == 2
    assert ask(session, *same) == ["hello"] * 3
    assert len(server.requests) == 2


def test_requests_run_at_once_up_to_the_limit(server, terms):
    server.script = lambda body, number: completion("x") if number > 99 else slow
    slow = completion("x")
    slow.before = 0.05
    session = Session(terms(concurrency=3))
    ask(session, *(question(server, str(number)) for number in range(9)))
    assert 2 <= server.most_at_once <= 3


@pytest.mark.parametrize(
    "passing",
    [
        error(429),
        error(500),
        error(503),
        error(502, "<html>bad gateway</html>"),
        Reply("<html>maintenance</html>"),
        Reply({"error": {"code": 503, "message": "upstream"}}),
        Reply(completion("hello").data, hang_up_after=20),
        completion(""),
        completion("gibberish"),
        Reply({"result": "somebody else's schema"}),
    ],
)
def test_what_passes_is_tried_again(server, session, passing):
    server.replies(passing, passing, completion("hello"))
    assert ask(session, question(server)) == ["hello"]
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("staying", "kind", "attempts"),
    [
        (error(429, "slow down"), RateLimited, 4),
        (error(500), ProviderFailed, 4),
        (Reply("<html>welcome</html>"), ProviderFailed, 4),
        (Reply(completion("hello").data, hang_up_after=20), ProviderFailed, 4),
        (completion(""), EmptyAnswer, 3),
        (completion("gibberish"), InvalidResult, 3),
        (Reply({"result": 1}), InvalidResult, 3),
        (error(400, "what is response_format"), RequestRejected, 1),
        (error(400, "no", "moderation_blocked"), ProviderRefused, 1),
        (completion("", finish_reason="content_filter"), ProviderRefused, 1),
    ],
)
def test_what_stays_is_a_failure_of_its_kind(server, terms, staying, kind, attempts):
    server.script = lambda body, number: staying if "bad" in str(body) else completion("hello")
    session = Session(terms(attempts=4, samples=3))
    good, bad = ask(session, question(server, "good"), question(server, "bad"))
    assert good == "hello"
    assert isinstance(bad, Missed)
    assert kinds(bad) == (kind.kind, attempts)
    assert bad.failure.reason == str(bad.error)
    assert len(server.requests) == attempts + 1


def test_a_question_that_failed_for_good_is_not_put_again_in_this_session(server, session, terms):
    server.replies(error(400, "no"), completion("hello"))
    assert isinstance(ask(session, question(server))[0], Missed)
    assert isinstance(ask(session, question(server))[0], Missed)
    assert len(server.requests) == 1
    assert ask(Session(terms()), question(server)) == ["hello"]


def test_retry_after_is_kept_by_every_worker(server, terms):
    def script(body, number):
        times.append(time.monotonic())
        return error(429, Retry_After="0.4") if number == 0 else completion("hello")

    times: list[float] = []
    server.script = script
    session = Session(terms(concurrency=1))
    assert ask(session, *(question(server, str(n)) for n in range(3))) == ["hello"] * 3
    assert min(later - times[0] for later in times[1:]) >= 0.39


def test_a_server_that_wants_more_patience_than_there_is_gets_none(server, terms):
    server.replies(error(429, Retry_After="3600"))
    start = time.monotonic()
    missed = ask(Session(terms()), question(server))[0]
    assert kinds(missed) == ("rate_limited", 1)
    assert time.monotonic() - start < 2


def test_pauses_grow(server, terms):
    def script(body, number):
        times.append(time.monotonic())
        return error(500)

    times: list[float] = []
    server.script = script
    ask(Session(terms(attempts=5, first_pause=0.05, longest_pause=10.0)), question(server))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    for number, gap in enumerate(gaps):
        assert 0.05 * 2**number * 0.5 <= gap <= 0.05 * 2**number + 0.2


@pytest.mark.parametrize("how", ["silent", "dripping"])
def test_a_server_that_is_too_slow_times_out(server, terms, how):
    slow = completion("hello")
    slow.before, slow.drip = (5.0, None) if how == "silent" else (0.0, 0.02)
    server.replies(slow)
    start = time.monotonic()
    missed = ask(Session(terms(timeout=0.3, attempts=1)), question(server))[0]
    assert kinds(missed) == (TimedOut.kind, 1)
    assert time.monotonic() - start < 3


def test_an_endless_answer_is_cut_off(server, terms, monkeypatch):
    monkeypatch.setattr("widespectrum.endpoints.transport.MOST_BYTES", 1000)
    server.replies(completion("x" * 5000))
    missed = ask(Session(terms(attempts=1)), question(server))[0]
    assert "longer than 1,000 bytes" in str(missed.error)


def test_redirects_are_not_followed(server, terms):
    server.replies(Reply("", 307, {"Location": "http://127.0.0.1:9/elsewhere"}))
    missed = ask(Session(terms(attempts=1)), question(server))[0]
    assert missed.error.kind == "provider_failed"
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_without_access_the_work_stops_at_once(server, session, status):
    server.replies(error(status, "no"))
    with pytest.raises(NoAccess, match=str(status)):
        ask(session, *(question(server, str(number)) for number in range(40)))
    assert len(server.requests) <= 16


def test_a_provider_without_a_key_is_never_asked(session, terms):
    where = address("toy", "https://openrouter.ai/api/v1")
    with pytest.raises(NoAccess, match="OPENROUTER_API_KEY"):
        ask(session, Question(where, ("hello?",)))


def test_an_outage_stops_the_work_and_keeps_the_answers(server, terms, tmp_path):
    server.script = lambda body, number: completion("hello") if number < 5 else error(500)
    session = Session(terms(concurrency=1, attempts=1, answers=tmp_path))
    questions = [question(server, str(number)) for number in range(60)]
    with pytest.raises(NoAccess, match=f"{OUTAGE_AFTER} questions in a row"):
        ask(session, *questions)
    assert len(server.requests) == 5 + OUTAGE_AFTER
    server.script = lambda body, number: completion("hello again")
    answers = ask(Session(terms(answers=tmp_path)), *questions)
    assert answers == ["hello"] * 5 + ["hello again"] * 55


def test_a_server_that_is_not_there(server, terms):
    server.close()
    missed = ask(Session(terms(attempts=2)), question(server))[0]
    assert kinds(missed) == ("provider_failed", 2)
    assert server.base_url in str(missed.error)


def test_spending_stops_at_the_limit_and_goes_on_when_more_is_allowed(server, terms, tmp_path):
    # One answer costs 1000 * 1 + 10 * 100 = 2000 millionths; at most 512 tokens may come.
    one, most = 0.002, 0.0512
    limit = 5 * one + most
    questions = [
        question(server, str(number), sampling=Sampling(max_tokens=512)) for number in range(20)
    ]
    session = Session(terms(answers=tmp_path, max_cost=limit, concurrency=1))
    answers = ask(session, *questions, price=DEAR)
    missed = [answer for answer in answers if isinstance(answer, Missed)]
    assert session.budget.spent <= limit
    assert len(server.requests) == 20 - len(missed) == session.budget.spent / one
    assert 5 <= len(server.requests) < 20
    assert {kinds(each) for each in missed} == {(SpendingLimit.kind, 0)}
    done = len(server.requests)

    again = Session(terms(answers=tmp_path, max_cost=limit, concurrency=1))
    assert again.budget.spent == pytest.approx(session.budget.spent)
    ask(again, *questions, price=DEAR)
    more = Session(terms(answers=tmp_path, max_cost=1.0))
    assert ask(more, *questions, price=DEAR) == ["hello"] * 20
    assert len(server.requests) == 20
    assert done < 20


def test_the_limit_holds_for_all_workers_together(server, terms):
    slow = completion("hello", usage={"prompt_tokens": 40, "completion_tokens": 512})
    slow.before = 0.02
    server.replies(slow)
    session = Session(terms(max_cost=0.3, concurrency=8))
    ask(session, *(question(server, str(number)) for number in range(30)), price=DEAR)
    assert 0.2 < session.budget.spent <= 0.3


def test_money_set_aside_by_others_is_waited_for(server, terms):
    """Only two questions may be under way at once, but all of them can be paid."""
    slow = completion("hello")
    slow.before = 0.02
    server.replies(slow)
    session = Session(terms(max_cost=0.1 + 10 * 0.002, concurrency=8))
    questions = [question(server, str(number)) for number in range(10)]
    assert ask(session, *questions, price=DEAR) == ["hello"] * 10
    assert server.most_at_once <= 2


def test_a_limit_without_a_price_is_refused_before_anything_is_asked(server, terms):
    with pytest.raises(NoAccess, match="input_price"):
        ask(Session(terms(max_cost=1.0)), question(server))
    assert server.requests == []


def test_a_time_out_may_have_been_charged(server, terms):
    slow = completion("hello")
    slow.before = 5.0
    server.replies(slow)
    session = Session(terms(timeout=0.1, attempts=1))
    ask(session, question(server), price=DEAR)
    assert session.budget.spent == pytest.approx(DEAR.most(question(server)))


def test_an_interrupted_batch_keeps_what_is_under_way(server, terms, tmp_path):
    """The pause of a failing question is broken off; the answer on its way is still taken in."""

    def script(body, number):
        both.wait(timeout=10)
        if "bad" in str(body):
            return error(500)
        time.sleep(0.2)  # until the other one pauses
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        time.sleep(0.2)  # until the main thread is told
        return completion("hello")

    both = threading.Barrier(2)
    server.script = script
    session = Session(terms(answers=tmp_path, first_pause=60.0, longest_pause=60.0, concurrency=2))
    bad, good = question(server, "bad"), question(server, "good")
    start = time.monotonic()
    # What runs in the background of a shell is born deaf to the key.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            ask(session, bad, good)
    finally:
        signal.signal(signal.SIGINT, usual)
    assert time.monotonic() - start < 20
    assert ask(Session(terms(answers=tmp_path)), good) == ["hello"]
    assert len(server.requests) == 2
