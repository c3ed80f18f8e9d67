"""Dimensions and darkroom agree: named operations exist, reachable dimensions are reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from widespectrum.aesthetics import load_dimensions
from widespectrum.images.darkroom import operations
from widespectrum.images.darkroom.applying import Step, check_step

DIMENSIONS = load_dimensions()
OUT_OF_REACH = {"emotion", "symmetry"}
"""docs/darkroom.md says why."""

REFERENCES = [
    pytest.param(dimension, effect, id=effect.key)
    for dimension in DIMENSIONS.values()
    for effect in dimension.effects
    if effect.darkroom is not None
]


@pytest.mark.parametrize(("dimension", "effect"), REFERENCES)
def test_every_reference_names_an_operation_of_that_dimension(dimension, effect) -> None:
    step = Step(effect.darkroom.operation, 1.0, effect.darkroom.parameters)
    assert dimension.key in check_step(step).dimensions


@pytest.mark.parametrize("key", [key for key in DIMENSIONS if key not in OUT_OF_REACH])
def test_two_effects_at_least_for_every_reachable_dimension(key: str) -> None:
    assert sum(effect.darkroom is not None for effect in DIMENSIONS[key].effects) >= 2


def test_operations_claim_known_dimensions_only() -> None:
    for operation in operations().values():
        assert set(operation.dimensions) <= set(DIMENSIONS) - OUT_OF_REACH


def test_the_agreed_operations_exist() -> None:
    agreed = """motion_blur defocus grain scanlines jpeg_rot pixelation underexposure overexposure
    flat_light hard_flash clashing_recolour sickly_cast fading chromatic_aberration fragmentation
    warping shrunken_subject cropped_subject tilted_horizon emptied_background vignette
    upscaled_thumbnail posterise mixed_white_balance light_leak double_exposure ghosting
    low_polygon brush_smear misplaced_object"""
    assert set(agreed.split()) <= set(operations())


def test_the_docs_list_every_operation() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "darkroom.md").read_text(encoding="utf-8")
    for name, operation in operations().items():
        row = next(line for line in docs.splitlines() if line.startswith(f"| `{name}`"))
        _, _, dimensions, description, metric, _ = (cell.strip() for cell in row.split("|"))
        assert dimensions == ", ".join(operation.dimensions)
        assert description == operation.description
        assert metric == operation.metric
    for key in OUT_OF_REACH:
        assert f"| {key} |" in docs
