"""Bonsai's networks, their weight files, and the scorers and the judge made of them.

=============  ====================================================================
`scorers`      `BonsaiClip` and `BonsaiTaste`, of the ordinary contract; no torch yet
`auteur`       one person's taste, a scorer without a network of its own
`eye`          `BonsaiEye`, a scorer that names what is in a picture; no torch yet
`judge`        `BonsaiJudge`, of the contract of judges; no torch yet
`weights`      weight files, checked strictly
`tokens`       prompts as numbers, and what becomes of unknown words
`encoder`      the dual encoder (imports torch)
`taste`        the taste that grows on it (imports torch)
`recogniser`   the eye's network (imports torch)
`rater`        the judge's network (imports torch)
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
