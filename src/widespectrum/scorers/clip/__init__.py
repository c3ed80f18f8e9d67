"""The CLIP family: HPS v1, HPSv2, HPSv2.1, PickScore, CLIP itself, LAION's aesthetic predictors.

All of them stand on the two towers of a CLIP (`ClipTowers`), and share preprocessing, tokens and
the names of weights with everything else that is made of CLIP. docs/models/clip-family.md says what
each is, and what was verified.
"""

from widespectrum.scorers.clip.aesthetic import AestheticPredictor, Head
from widespectrum.scorers.clip.any_clip import AnyClip, read_rule
from widespectrum.scorers.clip.architectures import Architecture, read_architecture
from widespectrum.scorers.clip.cosine import CosineScorer
from widespectrum.scorers.clip.dual_encoder import DualEncoder
from widespectrum.scorers.clip.layout import DROPPED, to_clip_model
from widespectrum.scorers.clip.networks import empty_network, load_network
from widespectrum.scorers.clip.preprocessing import CLIP_DEVIATION, CLIP_MEAN, Preprocessing
from widespectrum.scorers.clip.tokens import ClipTokens
from widespectrum.scorers.clip.towers import ClipTowers
from widespectrum.scorers.clip.vocabulary import (
    Vocabulary,
    VocabularyFiles,
    byte_signs,
    locate_vocabulary,
    read_vocabulary,
)

__all__ = [
    "CLIP_DEVIATION",
    "CLIP_MEAN",
    "DROPPED",
    "AestheticPredictor",
    "AnyClip",
    "Architecture",
    "ClipTokens",
    "ClipTowers",
    "CosineScorer",
    "DualEncoder",
    "Head",
    "Preprocessing",
    "Vocabulary",
    "VocabularyFiles",
    "byte_signs",
    "empty_network",
    "load_network",
    "locate_vocabulary",
    "read_architecture",
    "read_rule",
    "read_vocabulary",
    "to_clip_model",
]
