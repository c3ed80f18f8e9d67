"""Ask a model for a batch so that one bad request never loses the others.

A batch that raises is halved until the culprit is alone; only that one fails, after its attempts.
When memory runs out, the batch is halved too, and later batches are as small as the one that fit.
A model that has never answered and raises for one request after the other is broken, and says so
once instead of ten thousand times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from widespectrum.contracts import Failure
from widespectrum.encodings import is_out_of_memory
from widespectrum.errors import (
    BadInput,
    BrokenContract,
    Interrupted,
    InvalidResult,
    MissingExtra,
    MissingWeights,
    NoAccess,
    ProviderRefused,
    StorageFailed,
    WidespectrumError,
)
from widespectrum.runs.failures import failure_from
from widespectrum.runs.redaction import redact

Item = TypeVar("Item")
Result = TypeVar("Result")

HOPELESS = (BrokenContract, MissingWeights, MissingExtra, NoAccess, StorageFailed, Interrupted)
"""Errors that no other request would be spared: they stop the work at once."""

BROKEN_AFTER = 16
"""Requests for which a model that never answered may raise before it counts as broken."""


@dataclass
class Patience(Generic[Item, Result]):
    """A model's method, asked patiently.

    Args:
        model: what messages call it, as ``scorer 'sharpness'``.
        read: checks the call's answer and takes it apart, one result or `Failure` per item. What
            it raises is not the fault of one request and ends the work.
        attempts: how often a request is tried that fails alone.
        proven: whether the model has answered a request before.
    """

    model: str
    read: Callable[[Sequence[Item], Any], Sequence[Result | Failure]]
    attempts: int
    proven: bool
    _largest: int = field(default=sys.maxsize, init=False)
    _raised: int = field(default=0, init=False)

    def results(
        self, items: Sequence[Item], ask: Callable[[Sequence[Item]], Any]
    ) -> list[Result | Failure]:
        """One result or `Failure` per item, in order; `ask` is the call that may raise.

        Raises:
            InvalidResult: the model seems to be broken for every request.
            WidespectrumError: one of `HOPELESS`, as the model raised it.
        """
        results: list[Result | Failure] = []
        while len(results) < len(items):
            start = len(results)
            results += self._results(items[start : start + self._largest], ask)
        return results

    def _results(
        self, items: Sequence[Item], ask: Callable[[Sequence[Item]], Any]
    ) -> Sequence[Result | Failure]:
        for attempt in range(1, self.attempts + 1):
            try:
                answer = ask(items)
            except HOPELESS:
                raise
            except Exception as error:
                if len(items) > 1:
                    middle = len(items) // 2
                    if is_out_of_memory(error):
                        self._largest = middle
                    halves = items[:middle], items[middle:]
                    return [result for half in halves for result in self._results(half, ask)]
                if attempt == self.attempts or isinstance(error, ProviderRefused):
                    self._note(error)
                    return [failure_from(error, attempt)]
            else:
                self.proven = True
                return self.read(items, answer)
        raise AssertionError("attempts is at least 1")

    def _note(self, error: Exception) -> None:
        """Count errors that speak against the model, not against the request."""
        if self.proven or isinstance(error, BadInput | ProviderRefused):
            return
        self._raised += 1
        if self._raised < BROKEN_AFTER:
            return
        if isinstance(error, WidespectrumError):
            raise error
        raise InvalidResult(
            f"{self.model} raised an error for each of its first {self._raised} requests "
            f"({redact(failure_from(error).reason)})",
            "Mend it, then run the command again; what was done is kept.",
        ) from error
