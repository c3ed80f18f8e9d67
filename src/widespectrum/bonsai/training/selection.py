"""Which of a taste's candidates ships: by agreement with held-out annotators, and by nothing else.

The rule was fixed before anything was trained. How often a candidate obeys an anti prompt is not
looked at here, since that is the finding; the families are others than those it is measured on.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from widespectrum.bonsai.models.scorers import BonsaiTaste
from widespectrum.bonsai.training.evaluation import draw_exam, measure_agreement, score_families
from widespectrum.bonsai.training.preferences import Dial
from widespectrum.catalog import ModelEntry

SELECTION_FAMILIES = 300
SELECTION_SEED = 1
"""Of the held-out families that selection sees; the final measurement uses others."""


def best_candidate(candidates: Sequence[Path], dial: Dial) -> tuple[Path, dict[str, float]]:
    """The candidate with the highest agreement, the earliest among equals; and all agreements."""
    exam = draw_exam(SELECTION_FAMILIES, SELECTION_SEED)
    agreement: dict[str, float] = {}
    best: Path | None = None
    for path in candidates:
        scorer = BonsaiTaste(_ENTRY, weights=str(path))
        agreement[path.stem] = measure_agreement(score_families(scorer, exam), exam, dial)[
            "majority"
        ]
        if best is None or agreement[path.stem] > agreement[best.stem]:
            best = path
    assert best is not None
    return best, agreement


_ENTRY = ModelEntry.model_validate(
    {
        "name": "candidate",
        "kind": "scorer",
        "title": "A candidate",
        "class": "widespectrum.bonsai.models.scorers:BonsaiTaste",
        "facts": {"prompt_aware": True},
    }
)
