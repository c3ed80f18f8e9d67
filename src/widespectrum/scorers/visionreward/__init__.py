"""VisionReward's checklist, and its score by way of a judge's ratings."""

from widespectrum.scorers.visionreward.checklist import Checklist, Item, load_checklist
from widespectrum.scorers.visionreward.scorer import VisionRewardByJudge

__all__ = ["Checklist", "Item", "VisionRewardByJudge", "load_checklist"]
