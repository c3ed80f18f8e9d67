"""Asking for pictures, as a way to put questions: whatever the API, what comes is verified and kept
before it is used, and every attempt says what it cost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from widespectrum.endpoints import Answer, Persistence, Received, Turn
from widespectrum.endpoints.completions import read_document, read_usage
from widespectrum.endpoints.outcomes import ProviderFailed, TimedOut
from widespectrum.endpoints.transport import MOST_PICTURE_BYTES, ask
from widespectrum.errors import InvalidResult, ProviderRefused, WidespectrumError
from widespectrum.generators.served.commissions import Commission
from widespectrum.generators.served.settings import PainterSettings
from widespectrum.generators.served.verifying import picture_of, without_pictures

ANEW_FOR = (InvalidResult, ProviderRefused)
"""What is asked for again, in the same words, as often as the setting `retries` says."""

REMEDY = "Compare the settings, and extra, with what the provider takes."


@dataclass(frozen=True)
class Came:
    """What a provider sent for one commission."""

    data: bytes
    """The file of the picture."""
    words: str = ""
    """What it said besides."""
    model: str = ""
    """What it says it ran."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What else it says, as JSON values."""


class Api(Protocol):
    """How one kind of server is asked for a picture."""

    def record(self, model: str, text: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The request, as it is sent and kept.

        Args:
            model: as the server calls it.
            text: the prompt.
            fields: all else.
        """
        ...

    def paint(self, commission: Commission, turn: Turn) -> Came:
        """Ask once; `turn` says what it may cost, and is told what it did cost.

        Raises:
            WidespectrumError: what came instead of a picture.
        """
        ...


class Painting:
    """The way in which one generator's commissions are put.

    Args:
        api: of its server.
        price: US dollars per picture.
        size: that pictures must have.
        settings: how patiently.
        received: where pictures are kept.
    """

    def __init__(
        self,
        api: Api,
        price: float | None,
        size: tuple[int, int] | None,
        settings: PainterSettings,
        attempts: int,
        received: Received,
    ) -> None:
        self._api, self._price, self._size, self._received = api, price, size, received
        self.persistence = Persistence(
            attempts=attempts,
            anew=settings.retries,
            anew_for=ANEW_FOR,
            timeout=settings.timeout,
            deadline=settings.deadline,
        )

    def most(self, commission: Commission) -> float | None:
        """The price of a picture."""
        return self._price

    def put(self, commission: Commission, turn: Turn) -> Answer:
        """Ask for a picture once, verify it and keep it.

        Raises:
            WidespectrumError: what came instead of a picture.
        """
        came = self._api.paint(commission, turn)
        image = picture_of(came.data, self._size)
        return Answer(
            text=came.words,
            model=came.model,
            cost=turn.cost,
            picture=self._received.keep(image),
            notes={
                "attempts": turn.number,
                "cost": turn.cost,
                "file": {
                    "sha256": hashlib.sha256(came.data).hexdigest(),
                    "bytes": len(came.data),
                },
                **({"model": came.model} if came.model else {}),
                **({"said": came.words} if came.words else {}),
                **came.notes,
            },
        )


def ask_for_picture(
    commission: Commission, turn: Turn, path: str, price: float | None
) -> dict[str, Any]:
    """One request whose reply holds the picture: the reply, and what it cost, noted in `turn`.

    A reply that never came whole may have been charged, and counts as if it was.

    Raises:
        WidespectrumError: the server says that something is wrong, or says nothing.
    """
    turn.cost = price
    try:
        reply = ask(
            turn.client,
            commission.address,
            path,
            commission.record,
            turn.seconds,
            most=MOST_PICTURE_BYTES,
        )
    except ProviderFailed as error:
        turn.cost = price if error.heard else 0.0
        raise
    turn.status, turn.reply = reply.status, without_pictures(reply.text)
    usage = read_usage(reply.text)
    told = None if usage is None else usage.cost
    try:
        document = read_document(reply.status, reply.text, wait=reply.wait, remedy=REMEDY)
    except TimedOut:
        raise
    except WidespectrumError:
        turn.cost = told or 0.0
        raise
    turn.cost = price if told is None else told
    if not isinstance(document, dict):
        raise InvalidResult("the reply is no JSON object", "Check base_url.")
    return document
