"""The remedy for a misspelt name: the known names nearest to it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: object, known: Iterable[str]) -> str:
    """One sentence that offers up to three known names like `name`, or, failing that, all."""
    known = list(known)
    matches = get_close_matches(str(name), known, n=3, cutoff=0.5)
    if matches:
        return f"Did you mean {' or '.join(repr(match) for match in matches)}?"
    return f"Known are: {', '.join(known)}." if known else "None is known."
