"""Scorers: (image, prompt) -> float.

From a name or a function to a scorer (`load_scorer`, `as_scorer`), what is known about each (the
catalog), and whether it keeps its contract (`check_scorer`).
"""

from widespectrum.scorers.callables import as_scorer, count_words
from widespectrum.scorers.catalog import scorer_facts, scorer_registry
from widespectrum.scorers.conformance import ScorerReport, check_scorer
from widespectrum.scorers.pixels import pixel_digest
from widespectrum.scorers.registry import load_scorer, scorer_from

__all__ = [
    "ScorerReport",
    "as_scorer",
    "check_scorer",
    "count_words",
    "load_scorer",
    "pixel_digest",
    "scorer_facts",
    "scorer_from",
    "scorer_registry",
]
