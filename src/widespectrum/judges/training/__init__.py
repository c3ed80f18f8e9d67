"""Training a judge of one's own, and measuring one on rated pictures.

================  ==============================================================
`rating_sets`     what a judge learns from: named, opened, split
`world_ratings`   Bonsai's world, whose truth is known
`annotated`       people's annotations, in the form of VisionRewardDB
`recipe`          the paper's recipe, and our choices where it is silent
`losses`          cross-entropy of one answer token, vision computed once
`tuning`          the loop: LoRA, resumable
`training`        from a base and data to the folder of a trained judge
================  ==============================================================

Importing it needs no torch.
"""

from widespectrum.judges.training.rating_sets import (
    UNRATED,
    Part,
    RatingSet,
    Split,
    open_rating_set,
    open_split,
)
from widespectrum.judges.training.recipe import Recipe
from widespectrum.judges.training.training import BASE, Trainee, rate_set, train_judge

__all__ = [
    "BASE",
    "UNRATED",
    "Part",
    "RatingSet",
    "Recipe",
    "Split",
    "Trainee",
    "open_rating_set",
    "open_split",
    "rate_set",
    "train_judge",
]
