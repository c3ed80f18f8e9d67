import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from misbehaving import completion, error, with_logprobs

from widespectrum.endpoints.completions import read_reply, read_usage
from widespectrum.endpoints.outcomes import (
    EmptyAnswer,
    ProviderFailed,
    RateLimited,
    RequestRejected,
    TimedOut,
)
from widespectrum.errors import InvalidResult, NoAccess, ProviderRefused, WidespectrumError


def read(reply, **more):
    return read_reply(reply.status, reply.data.decode(), **more)


def test_an_answer_with_its_price_and_probabilities():
    reply = with_logprobs("2", {"2": -0.1, " 1": -2.5})
    reply.body["usage"] = {"prompt_tokens": 7, "completion_tokens": 1, "cost": 0.25}
    answer = read(reply)
    assert (answer.text, answer.model, answer.cost) == ("2", "toy", 0.25)
    assert (answer.input_tokens, answer.output_tokens) == (7, 1)
    assert answer.tokens == (("2", (("2", -0.1), (" 1", -2.5))),)


def test_usage_and_probabilities_may_be_missing():
    answer = read(completion("hi", usage=None))
    assert (answer.input_tokens, answer.cost, answer.tokens) == (None, None, None)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(401, "bad key"), NoAccess),
        (error(403, "region"), NoAccess),
        (error(402, "credit"), NoAccess),
        (error(404, "no model"), NoAccess),
        (error(429, "slow down"), RateLimited),
        (error(408), TimedOut),
        (error(504), TimedOut),
        (error(500), ProviderFailed),
        (error(503), ProviderFailed),
        (error(307, "moved"), ProviderFailed),
        (error(400, "unknown field response_format"), RequestRejected),
        (error(413, "too large"), RequestRejected),
        (error(400, "blocked", "moderation_blocked"), ProviderRefused),
        (error(400, "blocked", "content_policy_violation"), ProviderRefused),
        (error(403, "Your input was flagged"), ProviderRefused),
    ],
)
def test_every_status_has_its_kind(reply, kind):
    with pytest.raises(kind) as caught:
        read(reply)
    assert type(caught.value) is kind
    assert str(reply.status) in str(caught.value)


def test_a_rate_limit_says_how_long():
    with pytest.raises(RateLimited) as caught:
        read(error(429), wait=12.0)
    assert caught.value.wait == 12.0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "upstream is busy", "code": 429}}, RateLimited),
        ({"error": {"message": "upstream fell over", "code": 502}}, ProviderFailed),
        ({"error": {"message": "odd", "code": "weird"}}, ProviderFailed),
        ({"error": "just words"}, ProviderFailed),
    ],
)
def test_an_error_inside_a_success_is_an_error(body, kind):
    with pytest.raises(kind):
        read_reply(200, json.dumps(body))


def test_a_page_where_a_completion_is_due_says_what_to_check():
    with pytest.raises(ProviderFailed, match="base_url"):
        read_reply(200, "<html>welcome to nginx</html>")
    with pytest.raises(ProviderFailed, match="502"):
        read_reply(502, "<html>bad gateway</html>")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        7,
        None,
        "text",
        {"choices": []},
        {"choices": [{}]},
        {"choices": [{"message": {"content": ["parts"]}}]},
        {"choices": {"message": "x"}},
        {"candidates": [{"content": {"parts": [{"text": "somebody else's schema"}]}}]},
    ],
)
def test_somebody_elses_schema_is_an_invalid_result(body):
    with pytest.raises((InvalidResult, ProviderFailed)):
        read_reply(200, json.dumps(body))


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_an_empty_answer_is_a_kind_of_its_own(text):
    with pytest.raises(EmptyAnswer):
        read(completion(text))
    with pytest.raises(EmptyAnswer, match="max_tokens"):
        read(completion(text, finish_reason="length"))


@pytest.mark.parametrize(
    "refusing",
    [
        completion("", finish_reason="content_filter"),
        completion(None, message={"refusal": "I cannot look at this."}),
        completion("no", finish_reason="IMAGE_SAFETY"),
    ],
)
def test_a_refusal_is_a_kind_of_its_own(refusing):
    with pytest.raises(ProviderRefused):
        read(refusing)


@given(st.integers(100, 599), st.text(max_size=80) | st.binary(max_size=80))
def test_no_reply_makes_the_reader_fail_otherwise(status, body):
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    with pytest.raises(WidespectrumError):
        read_reply(status, text)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "content", "error", "code", "usage", "logprobs", "refusal"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from([200, 400, 403, 429, 500]), _json)
def test_no_json_makes_the_reader_fail_otherwise(status, document):
    text = json.dumps(document)
    read_usage(text)
    with contextlib.suppress(WidespectrumError):
        assert read_reply(status, text).text.strip()
