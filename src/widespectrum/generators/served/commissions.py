"""One picture to ask for: what is sent, and the key under which the picture is found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from widespectrum.endpoints import Address


@dataclass(frozen=True)
class Commission:
    """One picture to ask for.

    Where the model takes no seed, two equal requests still mean two pictures if their seeds differ:
    the seed is not sent, but it says which of several draws is meant (`vote`). So a picture that
    was paid for is found again after a crash, and never taken for another draw.
    """

    address: Address
    text: str
    """All words that are sent as the prompt, the instruction included."""
    record: Mapping[str, Any]
    """The request, as it is sent and kept."""
    seed: int | None = None
    """That is sent; None: none is."""
    vote: int = 0
    """Which draw it is, where no seed is sent."""

    @cached_property
    def key(self) -> str:
        """64 hexadecimal digits under which the answer is kept."""
        identity = {
            "kind": "picture",
            "base_url": self.address.base_url,
            "request": self.record,
            "vote": self.vote,
        }
        text = json.dumps(identity, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
