"""What came back, read with suspicion: a completion, a refusal, or something else altogether."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from widespectrum.endpoints.outcomes import (
    EmptyAnswer,
    ProviderFailed,
    RateLimited,
    RequestRejected,
    TimedOut,
)
from widespectrum.errors import InvalidResult, NoAccess, ProviderRefused, WidespectrumError

_SHOWN = 300
_REFUSALS = (
    *("moderation", "content_filter", "content_policy", "content policy", "safety", "prohibited"),
    *("flagged", "nsfw"),
)
_REFUSED_FINISH = (
    *("content_filter", "safety", "prohibited_content", "refusal"),
    *("image_safety", "image_prohibited_content"),
)
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached")

REMEDY = (
    "If it does not know response_format, choose format=json_object or format=plain; if it is "
    "about temperature or the token limit, set temperature=default or "
    "limit_field=max_completion_tokens."
)
"""What may help against a rejected chat completion."""


@dataclass(frozen=True)
class Answer:
    """What a model answered: text, or a picture with perhaps some words."""

    text: str
    model: str = ""
    """What the server says it ran."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    """US dollars, where the server says so itself."""
    tokens: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] | None = field(default=None)
    """Per token of the text: the token, and the likeliest ones there with their log-probabilities;
    None where the server gives none."""
    picture: str | None = None
    """sha256 of the picture that came, as `Received` keeps it."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What else is known about a picture, as JSON values."""


class _Top(BaseModel):
    token: str
    logprob: float


class _Token(_Top):
    top_logprobs: list[_Top] = Field(default_factory=list)


class _Logprobs(BaseModel):
    content: list[_Token] | None = None


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    model: str | None = None
    usage: _Usage | None = None


def read_usage(text: str) -> _Usage | None:
    """What a reply says about tokens and cost, whatever else is wrong with it."""
    try:
        return _Usage.model_validate(json.loads(text)["usage"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read_reply(status: int, text: str, *, wait: float | None = None) -> Answer:
    """The answer in an HTTP reply.

    Args:
        status: HTTP status.
        text: the body.
        wait: seconds that the server asks to wait.

    Raises:
        NoAccess, ProviderRefused, RateLimited, TimedOut, ProviderFailed, RequestRejected: the
            server says so.
        EmptyAnswer: a completion without text.
        InvalidResult: JSON, but no chat completion.
    """
    document = read_document(status, text, wait=wait)
    try:
        completion = _Completion.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidResult(
            f"the reply is no chat completion ({where}: {first['msg']}; {excerpt(text)})",
            "Check that base_url is that of an OpenAI-compatible API.",
        ) from error
    return _answer(completion)


def read_document(
    status: int, text: str, *, wait: float | None = None, remedy: str = REMEDY
) -> Any:
    """The JSON of a reply that is no error.

    Args:
        status: HTTP status.
        text: the body.
        wait: seconds that the server asks to wait.
        remedy: what may help if the server does not take the request.

    Raises:
        NoAccess, ProviderRefused, RateLimited, TimedOut, ProviderFailed, RequestRejected: the
            server says so, or the reply is no JSON.
    """
    document = _json(text)
    if not 200 <= status < 300:
        raise error_for(status, document, text, wait=wait, remedy=remedy)
    if document is None:
        raise ProviderFailed(
            f"status {status} with something that is no JSON ({excerpt(text)})",
            "Check that base_url is that of an OpenAI-compatible API (it mostly ends in /v1).",
        )
    if isinstance(document, dict) and document.get("error"):
        # Routing services put an upstream failure into a reply with status 200.
        error = document["error"]
        code = error.get("code") if isinstance(error, dict) else None
        upstream = code if isinstance(code, int) and 400 <= code < 600 else 502
        raise error_for(upstream, document, text, wait=wait, remedy=remedy)
    return document


def error_for(
    status: int, document: Any, text: str, *, wait: float | None = None, remedy: str = REMEDY
) -> WidespectrumError:
    """What a reply with an error status means."""
    said = _said(document) or excerpt(text)
    told = f"status {status}: {said}"
    if status in (400, 403, 422, 451) and _is_refusal(document):
        return ProviderRefused(
            f"the provider refused the question ({told})", "It is recorded; nothing is rephrased."
        )
    if _code(document) in _NO_CREDIT:
        status = 402
    match status:
        case 401 | 403:
            return NoAccess(f"the server refused the key ({told})", "Set the right key.")
        case 402:
            return NoAccess(f"the account has no credit left ({told})", "Top it up, run again.")
        case 404 | 405 | 410:
            return NoAccess(
                f"there is no such model or address ({told})", "Check model and base_url."
            )
        case 429:
            return RateLimited(
                f"the provider wants fewer requests ({told})",
                "Run again later, or with less concurrency.",
                wait=wait,
            )
        case 408 | 504:
            return TimedOut(f"the server gave up waiting ({told})", "Run again later.")
        case _ if status >= 500 or status < 400:
            return ProviderFailed(f"the server failed ({told})", "Run again later.")
        case _:
            return RequestRejected(f"the server does not take the request ({told})", remedy)


def _answer(completion: _Completion) -> Answer:
    choice = completion.choices[0]
    finish = (choice.finish_reason or "").lower()
    if choice.message.refusal or is_refused_finish(finish):
        said = choice.message.refusal or choice.message.content or f"finish reason {finish!r}"
        raise ProviderRefused(
            f"the model refused the question ({excerpt(said)})",
            "It is recorded; nothing is rephrased.",
        )
    text = choice.message.content or ""
    if not text.strip():
        if finish == "length":
            raise EmptyAnswer(
                "the token limit was used up before any text",
                "Raise max_tokens, or turn thinking off (extra=..., see docs/endpoints.md).",
            )
        raise EmptyAnswer(f"the answer is empty (finish reason {finish!r})", "Ask again.")
    usage = completion.usage or _Usage()
    given = choice.logprobs.content if choice.logprobs else None
    return Answer(
        text=text,
        model=completion.model or "",
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cost=usage.cost,
        tokens=None
        if not given
        else tuple((t.token, tuple((o.token, o.logprob) for o in t.top_logprobs)) for t in given),
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_refusal(document: Any) -> bool:
    """Whether an error speaks of moderation: in its code or type, or in what it says of itself."""
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return False
    metadata = error.get("metadata")
    told = [error.get("code"), error.get("type"), error.get("message")]
    if isinstance(metadata, dict) and metadata.get("reasons"):
        told.append("flagged")  # how a routing service marks the verdict of a moderator
    return any(speaks_of_refusal(str(part)) for part in told if part)


def is_refused_finish(reason: str | None) -> bool:
    """Whether a finish reason says that the content was not wanted."""
    return (reason or "").lower() in _REFUSED_FINISH


def speaks_of_refusal(text: str) -> bool:
    """Whether the text of an error is that of a moderator."""
    return any(word in text.lower() for word in _REFUSALS)


def _code(document: Any) -> Any:
    error = document.get("error") if isinstance(document, dict) else None
    return error.get("code") if isinstance(error, dict) else None


def _said(document: Any) -> str:
    """The message of an error document, in any of the usual places."""
    if not isinstance(document, dict):
        return ""
    error = document.get("error", document)
    for key in ("message", "detail", "error"):
        said = error.get(key) if isinstance(error, dict) else error
        if said:
            return excerpt(said if isinstance(said, str) else json.dumps(said))
    return ""


def excerpt(text: str) -> str:
    """A stranger's words as a message may hold them: one line, not long, only signs one can see."""
    one_line = " ".join(text[: 8 * _SHOWN].split())
    seen = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in one_line)
    return seen if len(seen) <= _SHOWN else seen[:_SHOWN] + " ..."
