"""The darkroom: anti-aesthetic effects on real photographs, each with a severity in [0, 1]."""

from widespectrum.images.darkroom.applying import (
    VERSION,
    Step,
    apply,
    apply_effects,
    operation_named,
    operations,
)
from widespectrum.images.darkroom.maker import DarkroomMaker
from widespectrum.images.darkroom.operation import Operation
from widespectrum.images.darkroom.pairs import (
    SEVERITIES,
    PairPlan,
    darkroom_pairs,
    describe,
    make_pair,
    pair_table,
)
from widespectrum.images.darkroom.sheets import effect_sheet, overview_sheet

__all__ = [
    "SEVERITIES",
    "VERSION",
    "DarkroomMaker",
    "Operation",
    "PairPlan",
    "Step",
    "apply",
    "apply_effects",
    "darkroom_pairs",
    "describe",
    "effect_sheet",
    "make_pair",
    "operation_named",
    "operations",
    "overview_sheet",
    "pair_table",
]
