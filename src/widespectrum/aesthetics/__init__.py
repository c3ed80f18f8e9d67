"""Dimensions, effects, emotions, taxonomy, published numbers: data that every layer may read."""

from widespectrum.aesthetics.dimension_files import load_dimensions
from widespectrum.aesthetics.dimensions import (
    FIXED_ORDER,
    DarkroomStep,
    Dimension,
    Dimensions,
    Effect,
)
from widespectrum.aesthetics.emotions import Emotion, Emotions, load_emotions
from widespectrum.aesthetics.published import PublishedTable, load_published, published_tables
from widespectrum.aesthetics.taxonomy import PhotoClass, PhotoGroup, Taxonomy, load_taxonomy
from widespectrum.aesthetics.visionreward import (
    VisionRewardDimension,
    load_visionreward,
    sign_rating,
)

__all__ = [
    "FIXED_ORDER",
    "DarkroomStep",
    "Dimension",
    "Dimensions",
    "Effect",
    "Emotion",
    "Emotions",
    "PhotoClass",
    "PhotoGroup",
    "PublishedTable",
    "Taxonomy",
    "VisionRewardDimension",
    "load_dimensions",
    "load_emotions",
    "load_published",
    "load_taxonomy",
    "load_visionreward",
    "published_tables",
    "sign_rating",
]
