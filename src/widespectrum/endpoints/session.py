"""Asking: known answers first, then the others on the session's terms.

Models of one process share a session, so that a limit is one limit. What may change an answer is in
the `Question`; a session cannot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from widespectrum.endpoints.batches import Batch, Q
from widespectrum.endpoints.chats import Chats
from widespectrum.endpoints.completions import Answer
from widespectrum.endpoints.ledger import Ledger
from widespectrum.endpoints.outcomes import Missed
from widespectrum.endpoints.questions import Question
from widespectrum.endpoints.received import Received
from widespectrum.endpoints.spending import Budget, Price
from widespectrum.endpoints.terms import Terms
from widespectrum.endpoints.transport import open_client
from widespectrum.endpoints.ways import Way

T = TypeVar("T")


class Session:
    """Endpoints, asked on some terms.

    Args:
        terms: by default those of the environment.
    """

    def __init__(self, terms: Terms | None = None) -> None:
        self.terms = terms or Terms.from_environment()
        self.ledger = Ledger(self.terms.answers)
        self.budget = Budget(self.terms.max_cost, self.ledger.spent)
        self.received = Received(self.terms.pictures_folder)
        self._missed: dict[str, Missed] = {}

    def ask(
        self, questions: Sequence[Question], price: Price, read: Callable[[Answer], T]
    ) -> list[T | Missed]:
        """Chat completions: an answer or a `Missed` per question, in order.

        Args:
            questions: what to ask.
            price: of the model.
            read: as for `put`.

        Raises:
            WidespectrumError: as `put`.
        """
        return self.put(questions, Chats(price, self.terms), read)

    def put(
        self, questions: Sequence[Q], way: Way[Q], read: Callable[[Answer], T]
    ) -> list[T | Missed]:
        """Questions of any kind: an answer or a `Missed` per question, in order.

        A question that was answered before, under these words and settings, is not asked again;
        nor, within this session, is one that failed for good.

        Args:
            questions: what to ask.
            way: how they are put.
            read: takes an answer apart; raises `InvalidResult` where it is not what was asked for,
                and the question is then put anew.

        Raises:
            NoAccess: no question can be answered: no key, no credit, no such model, no server; or a
                limit is set and the model's price is not known.
            BrokenContract: the server does not give what `read` cannot do without.
            StorageFailed: an answer could not be kept.
        """
        if not questions:
            return []
        with open_client(self.terms.concurrency) as client:
            batch = Batch(client, self.terms, self.ledger, self.budget, self._missed, way, read)
            return batch.answers(questions)


_shared: Session | None = None
_sharing = threading.Lock()


def shared_session() -> Session:
    """The session of this process, on the terms of the environment."""
    global _shared
    with _sharing:
        if _shared is None:
            _shared = Session()
        return _shared


def share_session(terms: Terms) -> Session:
    """Have all models of this process that bring no session of their own ask on these terms."""
    global _shared
    with _sharing:
        _shared = Session(terms)
        return _shared
