"""Dimensions, effects, emotions, taxonomy, published numbers: data that every layer may read."""

from widespectrum.aesthetics.dimension_files import load_dimensions
from widespectrum.aesthetics.dimensions import (
    FIXED_ORDER,
    DarkroomStep,
    Dimension,
    Dimensions,
    Effect,
)

__all__ = [
    "FIXED_ORDER",
    "DarkroomStep",
    "Dimension",
    "Dimensions",
    "Effect",
    "load_dimensions",
]
