"""Position bias, handled: from answers in both orders of showing to one verdict.

A chooser that prefers whatever is shown first contradicts itself when the order is turned. So both
orders are asked, a contradiction is a tie, and which way it went is kept: the position-bias rate of
a chooser is a finding about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Order = Literal["forward", "backward"]
"""forward: the contest's first image is shown first."""

ORDERS: tuple[Order, Order] = ("forward", "backward")

TIE = -1

Position = Literal["steady", "first_shown", "second_shown", "wavering"]
"""steady: both orders gave one verdict. first_shown, second_shown: whatever was shown there won
twice. wavering: one order gave a tie, the other did not."""

POSITIONS: tuple[Position, ...] = ("steady", "first_shown", "second_shown", "wavering")


@dataclass(frozen=True)
class Outcome:
    """What the answers about one contest come to."""

    verdict: int
    """0 the contest's first image, 1 its second, -1 a tie."""
    confidence: float
    """Share of all answers that say the same as the verdict."""
    position: Position | None
    """How the two orders compare; None if only one was asked."""


def in_contest(shown: int, order: Order) -> int:
    """A verdict on the pictures as shown, as one on the contest's images."""
    return shown if order == "forward" or shown == TIE else 1 - shown


def outcome(answers: Mapping[Order, Sequence[int]]) -> Outcome:
    """The verdict of a contest.

    Args:
        answers: per order that was asked, the verdicts (on the contest's images) of all votes.
    """
    verdicts = {order: majority(votes) for order, votes in answers.items()}
    everything = [vote for votes in answers.values() for vote in votes]
    agreed = set(verdicts.values())
    verdict = agreed.pop() if len(agreed) == 1 else TIE
    position = None
    if len(verdicts) == 2:
        position = _position(verdicts["forward"], verdicts["backward"])
    return Outcome(verdict, everything.count(verdict) / len(everything), position)


def majority(votes: Sequence[int]) -> int:
    """The verdict with the most votes; a tie where two have as many."""
    (most, count), *others = Counter(votes).most_common()
    return TIE if others and others[0][1] == count else most


def _position(forward: int, backward: int) -> Position:
    if forward == backward:
        return "steady"
    if TIE in (forward, backward):
        return "wavering"
    return "first_shown" if forward == 0 else "second_shown"
