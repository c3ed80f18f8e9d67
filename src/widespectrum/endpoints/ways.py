"""How questions of one kind are put: what a batch asks of a question, and of the way to put it.

A chat completion is one kind (`widespectrum.endpoints.chats`); a picture to be painted is another,
and takes other requests. Pausing, counting, paying and keeping records is the same for all, and is
done by `widespectrum.endpoints.batches`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from widespectrum.endpoints.ledger import BEGUN

if TYPE_CHECKING:
    import httpx

    from widespectrum.endpoints.address import Address
    from widespectrum.endpoints.completions import Answer
    from widespectrum.errors import WidespectrumError


class Asked(Protocol):
    """What the records need of a question."""

    @property
    def address(self) -> Address:
        """Whom it is put to."""
        ...

    @property
    def record(self) -> Mapping[str, Any]:
        """The request as it is kept: JSON values, without pictures."""
        ...

    @property
    def vote(self) -> int:
        """Which of several equal questions it is."""
        ...

    @property
    def key(self) -> str:
        """64 hexadecimal digits under which the answer is kept."""
        ...


@dataclass(frozen=True)
class Persistence:
    """How long one question is insisted on. None of it changes an answer."""

    attempts: int
    """How often it is put, with pauses, while server or network fail."""
    anew: int
    """How often it is put anew, without a pause, after answers of `anew_for`."""
    anew_for: tuple[type[WidespectrumError], ...]
    """What the model answered, and is no answer to the question."""
    timeout: float
    """Seconds for one attempt."""
    deadline: float | None = None
    """Seconds for all attempts and pauses together; None: no limit but the others."""


@dataclass
class Turn:
    """One attempt: what it may use, and what it leaves in the records however it ends."""

    client: httpx.Client
    seconds: float
    number: int
    """Of the attempt, from 1."""
    rest: Callable[[float], None]
    """Sleeps so many seconds; raises `Interrupted` when the work is broken off."""
    remember: Callable[[str], None]
    """Puts on record that the server has begun (use `begin`)."""
    begun: str | None = None
    """What the server calls its work on this question, where an earlier attempt began it, perhaps
    in another process, and it may be asked after."""
    status: int | None = None
    reply: str | None = None
    """What came back, without pictures."""
    cost: float | None = 0.0
    """US dollars; None where it is not known."""
    more: dict[str, Any] = field(default_factory=dict)
    """Further fields of the line in the records."""

    def begin(self, name: str) -> None:
        """The server has begun work of that name: from now on a kill does not lose it."""
        self.begun = self.more[BEGUN] = name
        self.remember(name)

    def end(self) -> None:
        """That work is over, and there is nothing to ask after."""
        self.begun = self.more[BEGUN] = None


Q_contra = TypeVar("Q_contra", contravariant=True)


class Way(Protocol[Q_contra]):
    """How questions of one kind are put, and what they may cost."""

    @property
    def persistence(self) -> Persistence:
        """How long each is insisted on."""
        ...

    def most(self, question: Q_contra) -> float | None:
        """US dollars that one attempt may cost at most; None where the price is not known."""
        ...

    def put(self, question: Q_contra, turn: Turn) -> Answer:
        """Put a question once.

        Raises:
            WidespectrumError: what came instead of an answer.
        """
        ...
