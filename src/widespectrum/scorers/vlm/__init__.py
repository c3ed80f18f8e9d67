"""A VLM behind an OpenAI-compatible endpoint as a scorer, with its instruction as a setting."""

from widespectrum.scorers.vlm.instructions import INSTRUCTIONS, instruction_text
from widespectrum.scorers.vlm.scorer import VlmScorer, VlmSettings

__all__ = ["INSTRUCTIONS", "VlmScorer", "VlmSettings", "instruction_text"]
