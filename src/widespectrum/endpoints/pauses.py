"""Pauses between attempts: longer each time, never in step, and shared by all workers when asked.

A pause can be broken off, so that an interrupted command ends at once: which is why it does not
simply sleep.
"""

from __future__ import annotations

import random
import threading
import time

from widespectrum.errors import Interrupted


class Pauses:
    """The pauses of some workers.

    Args:
        first: seconds after the first failure; doubled after each further one.
        longest: seconds at most.
        longest_wait: longest pause that a server may ask for.
    """

    def __init__(self, first: float, longest: float, longest_wait: float) -> None:
        self._first = first
        self._longest = longest
        self._longest_wait = longest_wait
        self._resume = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._random = random.Random()  # noqa: S311 - nothing is secret about a pause

    def length(self, failures: int) -> float:
        """Seconds after so many failures: between half and all of first * 2^(failures - 1)."""
        whole = min(self._longest, self._first * 2.0 ** min(failures - 1, 30))
        return whole * self._random.uniform(0.5, 1.0)

    def after(self, failures: int, wait: float | None, left: float | None = None) -> bool:
        """Pause before the next attempt; False if that takes more patience than there is.

        Args:
            failures: of this question so far.
            wait: what the server asked for; every worker keeps to it.
            left: seconds in which the question must be answered; None: any.
        """
        pause = self.length(failures) if wait is None else wait
        if left is not None and pause >= left:
            return False
        if wait is not None:
            if wait > self._longest_wait:
                return False
            with self._lock:
                self._resume = max(self._resume, time.monotonic() + wait)
            self.hold()
            # They must not all come back at the same moment.
            self.rest(self._first * self._random.uniform(0.0, 0.5))
            return True
        self.rest(pause)
        return True

    def hold(self) -> None:
        """Wait until the server wants to be asked again.

        Raises:
            Interrupted: the work was stopped.
        """
        while (left := self._resume - time.monotonic()) > 0:
            self.rest(left)
        self.rest(0.0)

    def stop(self) -> None:
        """Break off every pause, now and later."""
        self._stopped.set()

    def rest(self, seconds: float) -> None:
        """Sleep.

        Raises:
            Interrupted: the work was stopped.
        """
        if self._stopped.wait(seconds) if seconds > 0 else self._stopped.is_set():
            raise Interrupted("the questions were broken off", "Run the same command again.")
