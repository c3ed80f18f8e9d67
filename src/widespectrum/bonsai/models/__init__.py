"""Bonsai's networks, their weight files, and the scorers made of them.

=============  ====================================================================
`scorers`      `BonsaiClip` and `BonsaiTaste`, of the ordinary contract; no torch yet
`weights`      weight files, checked strictly
`tokens`       prompts as numbers, and what becomes of unknown words
`encoder`      the dual encoder (imports torch)
`taste`        the taste that grows on it (imports torch)
=============  ====================================================================

The modules that import torch are not imported here, so that naming a scorer stays cheap.
"""

from widespectrum.bonsai.models.scorers import BonsaiClip, BonsaiTaste
from widespectrum.bonsai.models.tokens import Language
from widespectrum.bonsai.models.weights import Header, find_weights, read_header

__all__ = [
    "BonsaiClip",
    "BonsaiTaste",
    "Header",
    "Language",
    "find_weights",
    "read_header",
]
