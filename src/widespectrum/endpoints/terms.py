"""On what terms endpoints are asked: where answers are kept, what may be spent, how many at once.

None of them can change an answer, so none is part of a fingerprint.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from widespectrum.errors import BadInput

ANSWERS = "WIDESPECTRUM_ANSWERS"
"""Environment variable: the folder in which requests and answers are kept."""
MAX_COST = "WIDESPECTRUM_MAX_COST"
"""Environment variable: US dollars that may be spent, earlier answers of the folder included."""
CONCURRENCY = "WIDESPECTRUM_CONCURRENCY"
"""Environment variable: how many requests may be under way at once."""


@dataclass(frozen=True)
class Terms:
    """On what terms endpoints are asked."""

    answers: Path | None = None
    """Folder of requests and answers; None keeps them for this process only."""
    pictures: Path | None = None
    """Folder of the pictures that were painted and paid for, kept under the hash of their content,
    as in a run's `images`, which is what it is within a run: so nothing is stored twice. By default
    ``pictures`` in the folder of answers."""
    max_cost: float | None = None
    """US dollars, what earlier answers of the folder cost included; None for no limit."""
    concurrency: int = 8
    timeout: float = 180.0
    """Seconds for one request, all of it."""
    attempts: int = 6
    """How often a question is put that meets a failing server, a time-out or a rate limit."""
    samples: int = 3
    """How often an answer is asked for that cannot be read."""
    first_pause: float = 1.0
    longest_pause: float = 60.0
    """Seconds between attempts: doubled each time, with jitter, up to the longest."""
    longest_wait: float = 300.0
    """Longest ``Retry-After``, in seconds, that is waited for."""

    def __post_init__(self) -> None:
        for name in ("concurrency", "attempts", "samples"):
            if getattr(self, name) < 1:
                raise BadInput(f"is {getattr(self, name)}", "Give at least 1.", field=name)
        if not self.timeout > 0:
            raise BadInput(f"is {self.timeout}", "Give seconds above 0.", field="timeout")

    @property
    def pictures_folder(self) -> Path | None:
        """Where pictures are kept; None: for this process only, and only the last ones."""
        if self.pictures is not None or self.answers is None:
            return self.pictures
        return self.answers / "pictures"

    @classmethod
    def from_environment(cls) -> Terms:
        """The terms that the environment names, else the defaults.

        Raises:
            BadInput: a variable does not hold a number.
        """
        folder = os.environ.get(ANSWERS)
        cost, many = _number(MAX_COST), _number(CONCURRENCY)
        return cls(
            answers=Path(folder) if folder else None,
            max_cost=cost,
            concurrency=8 if many is None else int(many),
        )


def _number(variable: str) -> float | None:
    text = os.environ.get(variable)
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadInput(
            f"is {text[:40]!r}, not a number", "Mend or unset it.", field=variable
        ) from None
