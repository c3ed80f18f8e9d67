"""Judges: image -> for each dimension the probabilities of low, neutral and high.

From a name to a judge (`load_judge`), what it is asked (`load_wording`), how well it does
(`validate`), and whether it keeps its contract and sees what it should (`check_judge`,
`response_matrix`).
"""

from widespectrum.judges.registry import judge_registry, load_judge
from widespectrum.judges.wordings import ANSWERS, WORDINGS, Wording, load_wording

__all__ = [
    "ANSWERS",
    "WORDINGS",
    "Wording",
    "judge_registry",
    "load_judge",
    "load_wording",
]
