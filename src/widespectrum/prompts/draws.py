"""Random draws from an explicit seed: the same on every machine, in every process, for ever.

Python promises only that `Random.random` keeps its sequence from version to version, and `hash`
changes with the process. So seeds are SHA-256 digests and everything is drawn with `random`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


def derive_seed(*parts: str | int) -> int:
    """A seed in [0, 2**32) that depends on every part and on their order."""
    return _digest(parts) >> (256 - 32)


class Draws:
    """A stream of draws that `parts` determine."""

    def __init__(self, *parts: str | int) -> None:
        self._random = Random(_digest(parts))  # noqa: S311  (designs, not secrets)

    def below(self, end: int) -> int:
        """A whole number in [0, end), all equally likely."""
        return int(self._random.random() * end)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all equally likely."""
        return items[self.below(len(items))]

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """The items in an order drawn at random (Fisher and Yates)."""
        order = list(items)
        for end in range(len(order), 1, -1):
            other = self.below(end)
            order[end - 1], order[other] = order[other], order[end - 1]
        return order


def _digest(parts: Iterable[str | int]) -> int:
    # The length in front keeps ("ab", "c") apart from ("a", "bc").
    text = "".join(f"{len(str(part))}:{part};" for part in parts)
    return int.from_bytes(sha256(text.encode("utf-8")).digest(), "big")
