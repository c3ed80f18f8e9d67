"""What every model behind an endpoint has in common: where it is, how it samples, what it costs.

Choosers, judges and scorers take these settings in their names and catalog entries under the same
words, and each adds its own. Price and key are no part of the fingerprint; all else may change an
answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from widespectrum.endpoints.address import Address, address
from widespectrum.endpoints.objects import Form
from widespectrum.endpoints.pictures import Picture
from widespectrum.endpoints.questions import LimitField, Part, Question, Sampling
from widespectrum.endpoints.spending import Price
from widespectrum.errors import BadInput

if TYPE_CHECKING:
    from widespectrum.contracts import Image


class ServedSettings(BaseModel):
    """Settings of any model behind an endpoint, as they stand in a name or a catalog entry."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: str = Field(min_length=1)
    """As the server calls it."""
    base_url: str = ""
    """The server's address up to the version, as ``http://127.0.0.1:8000/v1``."""
    key_variable: str = ""
    """Environment variable with the key, where it is not the usual one (`address`)."""
    temperature: Annotated[float, Field(ge=0, le=2)] | Literal["default"] = 0.0
    """``default`` leaves it to the server: some models take none."""
    max_tokens: int = Field(default=512, ge=1)
    """Longest answer, thinking included."""
    limit_field: LimitField = "max_tokens"
    """What the server calls that; OpenAI's newer models want ``max_completion_tokens``."""
    extra: str = ""
    """Further fields of the request, as a JSON object in text."""
    input_price: float | None = Field(default=None, ge=0)
    """US dollars per million tokens."""
    output_price: float | None = Field(default=None, ge=0)
    """Likewise."""
    max_side: int = Field(default=0, ge=0)
    """Shrink pictures to so many pixels; 0 sends their full size."""


Settings = TypeVar("Settings", bound=BaseModel)


def read_settings(form: type[Settings], name: str, settings: Mapping[str, Any]) -> Settings:
    """The settings of the model called `name`.

    Raises:
        BadInput: one is missing, unknown or of the wrong kind.
    """
    try:
        return form.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise BadInput(f"{name}: {said}", "Leave one of the two out.") from error
        field = str(first["loc"][0])
        problem = {
            "extra_forbidden": f"{name} has no setting {field!r}",
            "missing": f"{name} needs the setting {field!r}",
        }.get(first["type"], f"{name} cannot take {settings.get(field)!r}: {said}")
        raise BadInput(
            problem, f"Its settings: {', '.join(form.model_fields)}.", field=field
        ) from error


@dataclass(frozen=True)
class Served:
    """One model on one server, with the way in which it is asked."""

    address: Address
    sampling: Sampling
    price: Price
    max_side: int | None

    @classmethod
    def of(cls, settings: ServedSettings, *, logprobs: bool = False) -> Served:
        """From checked settings.

        Args:
            settings: of the model.
            logprobs: whether it is asked for log-probabilities.

        Raises:
            BadInput: the address or `extra` is not what it should be.
        """
        temperature = settings.temperature
        return cls(
            address=address(settings.model, settings.base_url, settings.key_variable),
            sampling=Sampling(
                temperature=None if temperature == "default" else float(temperature),
                max_tokens=settings.max_tokens,
                limit_field=settings.limit_field,
                logprobs=logprobs,
                extra=_object(settings.extra),
            ),
            price=Price(settings.input_price, settings.output_price),
            max_side=settings.max_side or None,
        )

    @property
    def identity(self) -> dict[str, Any]:
        """What may change an answer, as JSON values: for the fingerprint."""
        return {
            "base_url": self.address.base_url,
            "model": self.address.model,
            "sampling": self.sampling.fields(),
            "max_side": self.max_side,
        }

    def pictures(self, images: Sequence[Image]) -> list[Picture]:
        """The images as they are sent; one that stands there twice is encoded once."""
        made = {id(image): Picture(image, self.max_side) for image in images}
        return [made[id(image)] for image in images]

    def question(
        self,
        *content: Part,
        system: str | None = None,
        selection: Form | None = None,
        vote: int = 0,
    ) -> Question:
        """A question to this model."""
        return Question(self.address, content, system, self.sampling, selection, vote)

    def refuse_pointless_votes(self, votes: int) -> None:
        """At temperature 0 all votes are one.

        Raises:
            BadInput: several are asked for all the same.
        """
        if votes > 1 and self.sampling.temperature == 0:
            raise BadInput(
                f"{votes} votes at temperature 0 are one vote, paid {votes} times",
                "Set a temperature above 0, or votes=1.",
                field="votes",
            )


_OURS = ("model", "messages", "n", "stream", "temperature", "logprobs", "top_logprobs")


def _object(text: str) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadInput(
            f"is {text[:80]!r}, not a JSON object",
            """Write extra='{"reasoning": {"enabled": false}}'.""",
            field="extra",
        )
    taken = [name for name in _OURS if name in value]
    if taken:
        raise BadInput(
            f"sets {taken[0]!r}", "Leave it out: it has its own setting, or none.", field="extra"
        )
    return value
