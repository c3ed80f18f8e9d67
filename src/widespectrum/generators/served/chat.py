"""Pictures by chat completions: models that talk and paint, behind a routing service.

A request is one message of the user. A picture comes as a data URL in the first choice's message,
perhaps with words beside it. Words alone come with the same status 200, whether they are a
question, a description or a refusal; they are never taken for an outage, nor for a picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from widespectrum.catalog import ModelEntry, Setting
from widespectrum.endpoints import Turn, read_settings
from widespectrum.endpoints.completions import error_for, excerpt, is_refused_finish
from widespectrum.endpoints.outcomes import EmptyAnswer, TextOnly
from widespectrum.errors import InvalidResult, ProviderRefused, WidespectrumError
from widespectrum.generators.served.commissions import Commission
from widespectrum.generators.served.generator import ServedGenerator
from widespectrum.generators.served.painting import REMEDY, Came, ask_for_picture
from widespectrum.generators.served.settings import PainterSettings
from widespectrum.generators.served.verifying import bytes_of

_RECORDED = "It is recorded; nothing is rephrased."


class ChatSettings(PainterSettings):
    """Settings of a generator that is asked by chat."""


class _Url(BaseModel):
    url: str


class _Picture(BaseModel):
    image_url: _Url


class _Message(BaseModel):
    content: Any = None
    refusal: str | None = None
    images: list[_Picture] | None = None


class _Choice(BaseModel):
    message: _Message = Field(default_factory=_Message)
    finish_reason: str | None = None
    native_finish_reason: str | None = None
    error: Any = None


class _Completion(BaseModel):
    choices: list[_Choice] | None = None
    model: str | None = None


class Chat:
    """Asks for pictures by chat completions.

    Args:
        price: US dollars per picture, for replies that do not say what they cost.
    """

    def __init__(self, price: float | None) -> None:
        self._price = price

    def record(self, model: str, text: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """See `Api`."""
        return {"model": model, "messages": [{"role": "user", "content": text}], **fields}

    def paint(self, commission: Commission, turn: Turn) -> Came:
        """See `Api`.

        Raises:
            ProviderRefused: the model or its provider would not.
            TextOnly: words without a picture.
            EmptyAnswer: neither.
            InvalidResult: no chat completion, or no picture where it should be.
        """
        document = ask_for_picture(commission, turn, "/chat/completions", self._price)
        try:
            completion = _Completion.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidResult(
                f"the reply is no chat completion ({where}: {first['msg']})",
                "Check that base_url is that of an OpenAI-compatible API.",
            ) from error
        if not completion.choices:
            raise EmptyAnswer("the reply has no choices", "Ask again.")
        choice = completion.choices[0]
        words = _words(choice.message.content)
        reasons = [r for r in (choice.finish_reason, choice.native_finish_reason) if r]
        if not choice.message.images:
            raise _instead(choice, words, reasons)
        return Came(
            data=bytes_of(choice.message.images[0].image_url.url),
            words=excerpt(words),
            model=completion.model or "",
            notes={
                "finish_reasons": reasons,
                **({"pictures": n} if (n := len(choice.message.images)) > 1 else {}),
            },
        )


def chat_generator(entry: ModelEntry, **settings: Setting) -> ServedGenerator:
    """A generator that is asked by chat completions (catalog class).

    Args:
        entry: name, recipe and what else is known.
        settings: those of `ChatSettings`.

    Raises:
        BadInput: a setting is not what it should be.
    """
    chosen = read_settings(ChatSettings, entry.name, settings)
    return ServedGenerator(entry, chosen, lambda recipe, price: Chat(price))


def _instead(choice: _Choice, words: str, reasons: list[str]) -> WidespectrumError:
    """What came instead of a picture, as an error."""
    if choice.error:
        code = choice.error.get("code") if isinstance(choice.error, dict) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 502
        return error_for(status, {"error": choice.error}, str(choice.error), remedy=REMEDY)
    why = f"finish reason {', '.join(reasons) or 'not given'}"
    if choice.message.refusal or any(map(is_refused_finish, reasons)):
        said = excerpt(choice.message.refusal or words)
        return ProviderRefused(
            f"the model refused to paint ({why}{': ' + repr(said) if said else ''})", _RECORDED
        )
    if words.strip():
        return TextOnly(f"the model painted nothing and said {excerpt(words)!r} ({why})", _RECORDED)
    return EmptyAnswer(f"neither picture nor words ({why})", "Ask again.")


def _words(content: Any) -> str:
    """The words of a message, whose content is a text or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))
