"""A key goes into one header and nowhere else, even where the server repeats it."""

import json
import logging

import pytest
from misbehaving import Reply, completion, error

from widespectrum.endpoints import Missed, Price, Question, Session, address
from widespectrum.endpoints.transport import masked, seconds_to_wait
from widespectrum.errors import NoAccess

KEY = "sk-very/secret+key.0123456789"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("WIDESPECTRUM_API_KEY", KEY)


def ask(session, server):
    question = Question(address("toy", server.base_url), ("hello?",))
    return session.ask([question], Price(), lambda answer: answer.text)[0]


@pytest.mark.parametrize(
    "reply",
    [
        completion(f"your key is {KEY}"),
        error(500, f"Incorrect API key provided: {KEY}"),
        error(400, f"Incorrect API key provided: {KEY}"),
        Reply(json.dumps({"error": {"message": KEY}}).replace("/", "\\/"), 500),
        Reply(f"<html>{KEY}</html>"),
        Reply({"somebody": {"else": KEY}}),
        Reply(completion("x").data, hang_up_after=5),
    ],
)
def test_no_file_no_message_and_no_log_has_the_key(server, terms, tmp_path, key, reply, caplog):
    caplog.set_level(logging.DEBUG)
    server.replies(reply)
    result = ask(Session(terms(answers=tmp_path, attempts=2, samples=2)), server)
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    told = str(result.failure) if isinstance(result, Missed) else result
    written = [path.read_text() for path in tmp_path.rglob("*.jsonl")]
    assert written
    for text in (told, caplog.text, *written):
        assert KEY not in text
        assert KEY.replace("/", "\\/") not in text


def test_the_message_of_a_refused_key_does_not_repeat_it(server, session, key):
    server.replies(error(401, f"Incorrect API key provided: {KEY}"))
    with pytest.raises(NoAccess, match="redacted") as caught:
        ask(session, server)
    assert KEY not in str(caught.value)


def test_no_error_holds_the_request_that_holds_the_key(server, terms, key):
    """Tracebacks print causes; reporters of crashes print what is in them."""
    server.close()
    missed = ask(Session(terms(attempts=1)), server)
    assert missed.error.__cause__ is None
    assert missed.error.__suppress_context__


def test_masking_without_a_key_changes_nothing():
    assert masked("text", None) == "text"
    assert masked(f"a {KEY} b", KEY) == "a [redacted] b"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header, seconds):
    assert seconds_to_wait(header) == seconds
