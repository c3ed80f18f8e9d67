"""Pictures by OpenAI's images API: one request, one picture in base64.

GPT-image models always answer in base64 and take no seed. A moderator's no comes with status 400.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from widespectrum.catalog import ModelEntry, Setting
from widespectrum.endpoints import Turn, read_settings
from widespectrum.endpoints.completions import excerpt
from widespectrum.endpoints.outcomes import EmptyAnswer
from widespectrum.errors import InvalidResult
from widespectrum.generators.served.commissions import Commission
from widespectrum.generators.served.generator import ServedGenerator
from widespectrum.generators.served.painting import Came, ask_for_picture
from widespectrum.generators.served.settings import PainterSettings
from widespectrum.generators.served.verifying import bytes_of

_TOLD = ("size", "quality", "background", "output_format", "usage")
"""What a reply says of the picture, and the records keep."""


class ImagesSettings(PainterSettings):
    """Settings of a generator behind the images API. What is empty is not sent."""

    quality: Literal["", "low", "medium", "high"] = ""
    moderation: Literal["", "auto", "low"] = ""
    background: Literal["", "opaque"] = ""
    """``transparent`` is not among them: transparency would be laid on white."""


class _Datum(BaseModel):
    b64_json: str | None = None
    url: str | None = None
    revised_prompt: str | None = None


class _Images(BaseModel):
    data: list[_Datum] | None = None


class Images:
    """Asks for pictures by ``/images/generations``.

    Args:
        price: US dollars per picture.
        size: ``WIDTHxHEIGHT``, or empty for the server's choice.
    """

    def __init__(self, price: float | None, size: str) -> None:
        self._price, self._size = price, size

    def record(self, model: str, text: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """See `Api`."""
        size = {"size": self._size} if self._size else {}
        return {"model": model, "prompt": text, "n": 1, **size, **fields}

    def paint(self, commission: Commission, turn: Turn) -> Came:
        """See `Api`.

        Raises:
            EmptyAnswer: no picture.
            InvalidResult: another schema.
        """
        document = ask_for_picture(commission, turn, "/images/generations", self._price)
        try:
            images = _Images.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidResult(
                f"the reply is none of the images API ({where}: {first['msg']})",
                "Check that base_url is that of an OpenAI-compatible API.",
            ) from error
        if not images.data:
            raise EmptyAnswer("the reply has no picture", "Ask again.")
        datum = images.data[0]
        if not datum.b64_json:
            what = "an address of the picture" if datum.url else "nothing"
            raise InvalidResult(
                f"the reply holds {what} where the picture itself should be",
                "Take a model that answers in base64.",
            )
        notes = {name: document[name] for name in _TOLD if document.get(name) is not None}
        if datum.revised_prompt:
            notes["revised_prompt"] = excerpt(datum.revised_prompt)
        return Came(data=bytes_of(datum.b64_json), notes=notes)


def images_generator(entry: ModelEntry, **settings: Setting) -> ServedGenerator:
    """A generator behind OpenAI's images API (catalog class).

    Args:
        entry: name, recipe and what else is known.
        settings: those of `ImagesSettings`.

    Raises:
        BadInput: a setting is not what it should be.
    """
    chosen = read_settings(ImagesSettings, entry.name, settings)
    own = {name: getattr(chosen, name) for name in ("quality", "moderation", "background")}
    return ServedGenerator(
        entry,
        chosen,
        lambda recipe, price: Images(price, chosen.size),
        fields={name: value for name, value in own.items() if value},
    )
