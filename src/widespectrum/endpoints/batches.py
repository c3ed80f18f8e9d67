"""Some questions under way at once: put again where that makes sense, counted, recorded.

What may be tried again is decided by the kind of error (`widespectrum.endpoints.outcomes`); how
long to wait in between by `widespectrum.endpoints.pauses`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from widespectrum.endpoints.completions import Answer
from widespectrum.endpoints.ledger import ANSWERED, BEGUN, Ledger
from widespectrum.endpoints.outcomes import PAUSED_FOR, Missed, RateLimited, SpendingLimit
from widespectrum.endpoints.pauses import Pauses
from widespectrum.endpoints.spending import Budget
from widespectrum.endpoints.terms import Terms
from widespectrum.endpoints.ways import Asked, Turn, Way
from widespectrum.errors import (
    BadInput,
    BrokenContract,
    Interrupted,
    InvalidResult,
    MissingExtra,
    NoAccess,
    StorageFailed,
    WidespectrumError,
)

if TYPE_CHECKING:
    import httpx

Q = TypeVar("Q", bound=Asked)
T = TypeVar("T")

STOPPING = (BadInput, BrokenContract, Interrupted, MissingExtra, NoAccess, StorageFailed)
"""Errors that are not about one question: they end the asking."""

OUTAGE_AFTER = 16
"""So many questions in a row that the server or the network failed are an outage."""


class Batch(Generic[Q, T]):
    """Some questions under way at once, with what their workers share."""

    def __init__(
        self,
        client: httpx.Client,
        terms: Terms,
        ledger: Ledger,
        budget: Budget,
        missed: dict[str, Missed],
        way: Way[Q],
        read: Callable[[Answer], T],
    ) -> None:
        self._client = client
        self._terms = terms
        self._ledger = ledger
        self._budget = budget
        self._missed = missed
        self._way = way
        self._read = read
        self._pauses = Pauses(terms.first_pause, terms.longest_pause, terms.longest_wait)
        self._asked: dict[str, Future[T | Missed]] = {}
        self._failed_in_a_row = 0
        self._lock = threading.Lock()

    def answers(self, questions: Sequence[Q]) -> list[T | Missed]:
        """An answer or a `Missed` per question, in order; equal questions are asked once.

        Keys are found by the workers, since a key takes the encoding of its pictures: so pictures
        are encoded while other questions wait for their answers.

        Stopped early, it still takes in the answers that are under way: they are paid for.

        Raises:
            WidespectrumError: one of `STOPPING`.
        """
        pool = ThreadPoolExecutor(self._terms.concurrency, thread_name_prefix="ask")
        try:
            futures = [pool.submit(self._once_each, question) for question in questions]
            wait(futures, return_when=FIRST_EXCEPTION)
        except BaseException:
            self._pauses.stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        _raise_first([future for future in futures if not future.cancelled()])
        return [future.result() for future in futures]

    def _once_each(self, question: Q) -> T | Missed:
        """As `_settled`, for the first worker that comes with a question; others wait for it."""
        mine: Future[T | Missed] = Future()
        with self._lock:
            first = self._asked.setdefault(question.key, mine)
        if first is not mine:
            return first.result()
        try:
            result = self._settled(question)
        except BaseException as error:
            self._pauses.stop()  # what stops one worker stops all
            mine.set_exception(error)
            raise
        mine.set_result(result)
        return result

    def _settled(self, question: Q) -> T | Missed:
        """What is known about a question, or else what comes of asking it."""
        known = self._known(question)
        if known is not None:
            return known[0]
        result = self._patiently(question)
        # A limit may be raised later; what else failed for good stays failed in this session.
        if isinstance(result, Missed) and not isinstance(result.error, SpendingLimit):
            self._missed[question.key] = result
        self._notice(result)
        return result

    def _known(self, question: Q) -> tuple[T | Missed] | None:
        answer = self._ledger.answer(question.key)
        if answer is not None:
            try:
                return (self._read(answer),)
            except InvalidResult:
                return None
        missed = self._missed.get(question.key)
        return None if missed is None else (missed,)

    def _notice(self, result: T | Missed) -> None:
        """Count what servers and networks failed in a row.

        Raises:
            NoAccess: too many for it to be chance.
        """
        failed = isinstance(result, Missed) and isinstance(result.error, PAUSED_FOR)
        with self._lock:
            self._failed_in_a_row = self._failed_in_a_row + 1 if failed else 0
            if isinstance(result, Missed) and self._failed_in_a_row >= OUTAGE_AFTER:
                raise NoAccess(
                    f"{self._failed_in_a_row} questions in a row got no answer ({result.error})",
                    "Run again when the server is well; answers that are there are kept.",
                )

    def _patiently(self, question: Q) -> T | Missed:
        """Put a question until it is answered, or further attempts make no sense."""
        insist, start = self._way.persistence, time.monotonic()
        attempts = paused = anew = 0
        while True:
            attempts += 1
            left = self._left(start)
            seconds = insist.timeout if left is None else min(insist.timeout, left)
            try:
                return self._once(question, attempts, seconds)
            except STOPPING:
                raise
            except SpendingLimit as error:
                return Missed(error, attempts - 1)
            except PAUSED_FOR as error:
                paused += 1
                asked_for = error.wait if isinstance(error, RateLimited) else None
                if paused >= insist.attempts or not self._pauses.after(
                    paused, asked_for, self._left(start)
                ):
                    return Missed(error, attempts)
            except insist.anew_for as error:
                anew += 1
                left = self._left(start)
                if anew > insist.anew or (left is not None and left <= 0):
                    return Missed(error, attempts)
            except WidespectrumError as error:
                return Missed(error, attempts)

    def _left(self, start: float) -> float | None:
        """Seconds until the deadline of a question that was first put at `start`."""
        deadline = self._way.persistence.deadline
        return None if deadline is None else deadline - (time.monotonic() - start)

    def _once(self, question: Q, attempt: int, seconds: float) -> T:
        """Put a question once, and keep what became of it."""
        self._pauses.hold()
        aside = self._budget.set_aside(self._way.most(question))
        told = {
            "key": question.key,
            "attempt": attempt,
            "vote": question.vote,
            "base_url": question.address.base_url,
            "request": question.record,
        }
        turn = Turn(
            self._client,
            seconds,
            attempt,
            self._pauses.rest,
            remember=lambda name: self._ledger.note(
                {**told, "outcome": "begun", BEGUN: name}, None, 0.0
            ),
            begun=self._ledger.under_way(question.key),
        )
        start = time.monotonic()
        answer: Answer | None = None
        outcome, reason = ANSWERED, None
        try:
            answer = self._way.put(question, turn)
            return self._read(answer)
        except WidespectrumError as error:
            outcome, reason, answer = error.kind, str(error), None
            raise
        finally:
            self._budget.settle(aside, turn.cost or 0.0)
            self._ledger.note(
                {
                    **told,
                    "seconds": round(time.monotonic() - start, 3),
                    "status": turn.status,
                    "reply": turn.reply,
                    "outcome": outcome,
                    "reason": reason,
                    **turn.more,
                },
                answer,
                turn.cost,
            )


def _raise_first(futures: Sequence[Future[Any]]) -> None:
    """Raise what went wrong; that the others were then broken off is only its consequence."""
    errors = [error for future in futures if (error := future.exception()) is not None]
    if errors:
        raise next((e for e in errors if not isinstance(e, Interrupted)), errors[0])
