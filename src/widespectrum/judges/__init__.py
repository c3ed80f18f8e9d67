"""Judges: image -> for each dimension the probabilities of low, neutral and high.

From a name to a judge (`load_judge`), what it is asked (`load_wording`), how well it does
(`validate`), and whether it keeps its contract and sees what it should (`check_judge`,
`response_matrix`).
"""

from widespectrum.judges.conformance import JudgeReport, check_judge, dimensions_of
from widespectrum.judges.measurement import measure_judge
from widespectrum.judges.metrics import Quality, answered, expected_rating, quality
from widespectrum.judges.predictions import (
    Predictions,
    predictions_frame,
    predictions_of,
    read_predictions,
)
from widespectrum.judges.registry import judge_registry, load_judge
from widespectrum.judges.response import Response, ResponseMatrix, response_matrix
from widespectrum.judges.trials import Trial, darkroom_trials, world_trials
from widespectrum.judges.validation import Compared, Validation, validate
from widespectrum.judges.wordings import ANSWERS, WORDINGS, Wording, load_wording

__all__ = [
    "ANSWERS",
    "WORDINGS",
    "Compared",
    "JudgeReport",
    "Predictions",
    "Quality",
    "Response",
    "ResponseMatrix",
    "Trial",
    "Validation",
    "Wording",
    "answered",
    "check_judge",
    "darkroom_trials",
    "dimensions_of",
    "expected_rating",
    "judge_registry",
    "load_judge",
    "load_wording",
    "measure_judge",
    "predictions_frame",
    "predictions_of",
    "quality",
    "read_predictions",
    "response_matrix",
    "validate",
    "world_trials",
]
