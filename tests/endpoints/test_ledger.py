import json

import pytest
from misbehaving import completion, error, picture, with_logprobs

from widespectrum.endpoints import (
    Answer,
    Ledger,
    Picture,
    Price,
    Question,
    Sampling,
    Session,
    address,
)
from widespectrum.errors import StorageFailed


def lines(folder):
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def ask(session, server, text="hello?", picture_of="red"):
    content = (text, Picture(picture(picture_of)))
    question = Question(address("toy", server.base_url), content, sampling=Sampling(logprobs=True))
    return session.ask([question], Price(1.0, 2.0), lambda answer: answer)[0]


def test_every_request_and_every_answer_is_a_line(server, terms, tmp_path):
    server.replies(error(500, "wait a little"), completion(""), completion("hello"))
    ask(Session(terms(answers=tmp_path)), server)
    first, second, third = lines(tmp_path)
    assert [line["outcome"] for line in (first, second, third)] == [
        "provider_failed",
        "empty_answer",
        "answered",
    ]
    assert [line["attempt"] for line in (first, second, third)] == [1, 2, 3]
    assert (first["status"], first["cost"]) == (500, 0.0)
    assert "wait a little" in first["reply"]
    assert third["answer"]["text"] == "hello"
    assert third["cost"] == pytest.approx((1000 * 1.0 + 10 * 2.0) / 1e6)
    assert third["reason"] is None
    sent = third["request"]["messages"][0]["content"]
    assert sent[0] == {"type": "text", "text": "hello?"}
    assert sent[1]["image_url"]["sha256"] == Picture(picture()).sha256
    assert third["request"]["model"] == "toy"
    assert len({line["key"] for line in (first, second, third)}) == 1


def test_answers_are_found_again_by_content(server, terms, tmp_path):
    server.replies(with_logprobs("2", {"2": -0.5, "1": -1.0}))
    before = ask(Session(terms(answers=tmp_path)), server)
    after = ask(Session(terms(answers=tmp_path)), server)
    assert after == before
    assert after.tokens == (("2", (("2", -0.5), ("1", -1.0))),)
    assert len(server.requests) == 1
    ask(Session(terms(answers=tmp_path)), server, picture_of="blue")
    assert len(server.requests) == 2


def test_an_answer_that_the_reader_does_not_take_is_asked_for_anew(server, terms, tmp_path):
    from widespectrum.errors import InvalidResult

    ask(Session(terms(answers=tmp_path)), server)

    def strict(answer):
        if answer.text == "hello":
            raise InvalidResult("no longer good enough", "")
        return answer.text

    server.replies(completion("better"))
    question = Question(
        address("toy", server.base_url),
        ("hello?", Picture(picture())),
        sampling=Sampling(logprobs=True),
    )
    assert Session(terms(answers=tmp_path)).ask([question], Price(), strict) == ["better"]


def test_a_torn_or_strange_line_is_skipped(server, terms, tmp_path):
    ask(Session(terms(answers=tmp_path)), server)
    path = next(tmp_path.glob("*.jsonl"))
    whole = path.read_bytes()
    path.write_bytes(
        b'\xff\n[]\n{"key": "x"}\n{"cost": "dear", "answer": 7}\n' + whole + whole[:99]
    )
    ask(Session(terms(answers=tmp_path)), server)
    assert len(server.requests) == 1


def test_processes_do_not_write_into_each_others_files(tmp_path):
    one, two = Ledger(tmp_path), Ledger(tmp_path)
    for ledger in (one, two):
        ledger.note({"key": "a"}, Answer("x"), 0.5)
    assert len(list(tmp_path.iterdir())) == 2
    assert Ledger(tmp_path).spent == 1.0


def test_without_a_folder_answers_live_as_long_as_the_session(server, session, tmp_path):
    ask(session, server)
    ask(session, server)
    assert len(server.requests) == 1


def test_a_folder_that_cannot_be_written_says_so_at_once(server, terms, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed, match="could not be kept"):
        ask(Session(terms(answers=tmp_path / "file")), server)
