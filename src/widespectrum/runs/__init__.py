"""Runs: a folder that holds everything one execution made, and the engine that fills it.

A study plans (`Plan`), `work` does what is missing, and analysis reads `Run.table`. Nothing else
holds state, so any process may die at any moment and starting again does only what is missing.
See ``docs/runs.md``.
"""

from widespectrum.runs.cost import Cost, WorkCost
from widespectrum.runs.engine import Progress, work
from widespectrum.runs.plan import (
    ChoiceRequest,
    ChoiceWork,
    ImageMaker,
    ImageRequest,
    ImageWork,
    Plan,
    RatingRequest,
    RatingWork,
    ScoreRequest,
    ScoreWork,
)
from widespectrum.runs.run import Run
from widespectrum.runs.seeds import derive_seed

__all__ = [
    "ChoiceRequest",
    "ChoiceWork",
    "Cost",
    "ImageMaker",
    "ImageRequest",
    "ImageWork",
    "Plan",
    "Progress",
    "RatingRequest",
    "RatingWork",
    "Run",
    "ScoreRequest",
    "ScoreWork",
    "WorkCost",
    "derive_seed",
    "work",
]
