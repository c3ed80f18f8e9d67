"""What every model behind an endpoint has in common: where it is, how it samples, what it costs.

Choosers, judges and scorers take these settings in their names and catalog entries under the same
words. Price and key are no part of the fingerprint; all else may change an answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widespectrum.endpoints.address import Address, address
from widespectrum.endpoints.pictures import Picture
from widespectrum.endpoints.questions import LimitField, Part, Question, Sampling
from widespectrum.endpoints.selections import Selection
from widespectrum.endpoints.spending import Price
from widespectrum.errors import BadInput

SERVER_DEFAULT = "default"


@dataclass(frozen=True)
class Served:
    """One model on one server, with the way in which it is asked."""

    address: Address
    sampling: Sampling
    price: Price
    max_side: int | None

    @classmethod
    def of(
        cls,
        *,
        model: str,
        base_url: str,
        key_variable: str,
        temperature: float | str,
        max_tokens: int,
        limit_field: LimitField,
        extra: str,
        input_price: float | None,
        output_price: float | None,
        max_side: int,
        logprobs: bool = False,
    ) -> Served:
        """From settings as they stand in a name or a catalog entry.

        Args:
            model: as the server calls it.
            base_url: see `address`.
            key_variable: see `address`.
            temperature: 0 to 2, or ``default`` to leave it to the server.
            max_tokens: longest answer.
            limit_field: what the server calls that.
            extra: further fields of the request, as a JSON object; empty for none.
            input_price: US dollars per million tokens, if known.
            output_price: likewise.
            max_side: shrink pictures to so many pixels; 0 sends their full size.
            logprobs: ask for log-probabilities.

        Raises:
            BadInput: a setting is not what it should be.
        """
        if isinstance(temperature, str) and temperature != SERVER_DEFAULT:
            raise BadInput(
                f"is {temperature!r}", f"Give 0 to 2, or {SERVER_DEFAULT}.", field="temperature"
            )
        if max_side < 0:
            raise BadInput(f"is {max_side}", "Give pixels, or 0 for full size.", field="max_side")
        return cls(
            address=address(model, base_url, key_variable),
            sampling=Sampling(
                temperature=None if isinstance(temperature, str) else float(temperature),
                max_tokens=max_tokens,
                limit_field=limit_field,
                logprobs=logprobs,
                extra=_object(extra),
            ),
            price=Price(input_price, output_price),
            max_side=max_side or None,
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

    def pictures(self, images: Sequence[Any]) -> list[Picture]:
        """The images as they are sent; one that stands there twice is encoded once."""
        made = {id(image): Picture(image, self.max_side) for image in images}
        return [made[id(image)] for image in images]

    def question(
        self,
        *content: Part,
        system: str | None = None,
        selection: Selection | None = None,
        vote: int = 0,
    ) -> Question:
        """A question to this model."""
        return Question(self.address, content, system, self.sampling, selection, vote)


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
        raise BadInput(f"sets {taken[0]!r}, which has its own setting or none", "", field="extra")
    return value
