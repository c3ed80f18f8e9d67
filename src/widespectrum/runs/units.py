"""Work units: deterministic slices of one model's requests, each named by what it asks.

Slices are cut from the whole list of a model's requests, in the plan's order, and only then emptied
of requests that are settled already. So workers that start at different times cut alike and
recognise each other's shards by name, and a unit's content never depends on who does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from widespectrum.runs.canonical import digest
from widespectrum.runs.plan import ImageRequest, payload_json

Request = ImageRequest | tuple[str, ...]
"""An image to make, or the contents that a stage's `SUBJECTS` name, such as (image, prompt)."""


@dataclass(frozen=True)
class Unit:
    """A slice of the requests to one model: what is done, stored and lost together."""

    key: str
    """sha256 of the model's fingerprint and the requests; names the shard."""
    stage: str
    model: str
    fingerprint: str
    requests: tuple[Any, ...]


def cut(
    slices: Iterable[Sequence[Request]],
    pending: Callable[[Request], bool],
    *,
    stage: str,
    model: str,
    fingerprint: str,
) -> Iterator[Unit]:
    """The units that hold pending requests, in order.

    Args:
        slices: all that is wanted of the model, settled or not, cut up.
        pending: whether a request is still to be answered.
        stage: the table that the results go to.
        model: who is asked.
        fingerprint: the model's.
    """
    for whole in slices:
        asked = tuple(request for request in whole if pending(request))
        if asked:
            yield Unit(unit_key(fingerprint, asked), stage, model, fingerprint, asked)


def unit_key(fingerprint: str, requests: Sequence[Request]) -> str:
    """The name of the unit that asks `requests` of the model with this fingerprint."""
    return digest([fingerprint, [_content(request) for request in requests]])


def subject_of(request: Request) -> tuple[str, ...]:
    """The values of the stage's `SUBJECTS` for this request."""
    return request.name if isinstance(request, ImageRequest) else request


def _content(request: Request) -> tuple[str, ...]:
    if isinstance(request, ImageRequest):
        return (*request.name, payload_json(request))
    return request
