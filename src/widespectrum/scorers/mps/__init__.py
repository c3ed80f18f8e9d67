"""MPS: image tokens of a CLIP read the words of the prompt that a condition lets them see.

No torch at import. docs/models/mps.md says what was verified.
"""

from widespectrum.scorers.mps.scorer import OVERALL, Mps

__all__ = ["OVERALL", "Mps"]
