"""One question: what is sent, how it stands in the records, and the key of its answer.

The record is the request with every picture replaced by its hash. Its key covers everything that
could change the answer (server, model, words, pictures and their order, sampling, which vote it
is), so an answer that is there need never be paid for again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from widespectrum.endpoints.address import Address
from widespectrum.endpoints.objects import Form
from widespectrum.endpoints.pictures import Picture
from widespectrum.errors import BadInput

Part = str | Picture

LimitField = Literal["max_tokens", "max_completion_tokens"]

MOST_LOGPROBS = 20
"""Alternatives per token that the API gives at most."""


@dataclass(frozen=True)
class Sampling:
    """How the model answers. All of it is part of a model's fingerprint."""

    temperature: float | None = 0.0
    """None leaves it to the server: some models take no temperature."""
    max_tokens: int = 512
    limit_field: LimitField = "max_tokens"
    """What the server calls the limit; OpenAI's newer models want ``max_completion_tokens``."""
    logprobs: bool = False
    """Ask for the log-probabilities of the `MOST_LOGPROBS` likeliest tokens."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the request, as a server's own switch for thinking."""

    def __post_init__(self) -> None:
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise BadInput(f"is {self.temperature}", "Give 0 to 2.", field="temperature")
        if self.max_tokens < 1:
            raise BadInput(f"is {self.max_tokens}", "Give at least 1.", field="max_tokens")
        if self.limit_field not in get_args(LimitField):
            known = " or ".join(get_args(LimitField))
            raise BadInput(f"is {self.limit_field!r}", f"Use {known}.", field="limit_field")

    def fields(self) -> dict[str, Any]:
        """The fields of the request."""
        fields: dict[str, Any] = {self.limit_field: self.max_tokens}
        if self.temperature is not None:
            fields["temperature"] = self.temperature
        if self.logprobs:
            fields |= {"logprobs": True, "top_logprobs": MOST_LOGPROBS}
        return fields | dict(self.extra)


@dataclass(frozen=True)
class Question:
    """One chat completion to ask for."""

    address: Address
    content: tuple[Part, ...]
    """The user's turn: texts and pictures in order."""
    system: str | None = None
    sampling: Sampling = field(default_factory=Sampling)
    selection: Form | None = None
    """The form of the answer, if it has one."""
    vote: int = 0
    """Which of several equal questions it is."""

    def body(self) -> dict[str, Any]:
        """The request as it is sent."""
        return self._body(lambda picture: {"url": picture.data_url})

    @cached_property
    def record(self) -> dict[str, Any]:
        """The request as it is kept: pictures by hash and size."""
        return self._body(lambda picture: {"sha256": picture.sha256, "size": list(picture.size)})

    @cached_property
    def key(self) -> str:
        """64 hexadecimal digits under which the answer is kept."""
        identity = {"base_url": self.address.base_url, "request": self.record, "vote": self.vote}
        text = json.dumps(identity, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures, in order."""
        return tuple(part for part in self.content if isinstance(part, Picture))

    @property
    def texts(self) -> tuple[str, ...]:
        """All words, the system's first."""
        system = () if self.system is None else (self.system,)
        return (*system, *(part for part in self.content if isinstance(part, str)))

    def _body(self, show: Any) -> dict[str, Any]:
        messages = [] if self.system is None else [{"role": "system", "content": self.system}]
        content = [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {"type": "image_url", "image_url": show(part)}
            for part in self.content
        ]
        format = None if self.selection is None else self.selection.response_format()
        return {
            "model": self.address.model,
            "messages": [*messages, {"role": "user", "content": content}],
            **self.sampling.fields(),
            **({} if format is None else {"response_format": format}),
        }
