"""Operations by name, and photographs sent through them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image

from widespectrum.aesthetics.names import nearest
from widespectrum.errors import BadInput, UnknownName
from widespectrum.images.darkroom import (
    colour,
    composition,
    exposure,
    lighting,
    optics,
    reduction,
    signal,
    structure,
    surroundings,
)
from widespectrum.images.darkroom.operation import Operation
from widespectrum.images.loading import to_rgb

FAMILIES = (
    optics,
    signal,
    exposure,
    lighting,
    colour,
    structure,
    reduction,
    surroundings,
    composition,
)
"""Modules of operations, in the order in which sheets and tables show them."""

VERSION = "1"
"""Changes whenever any operation gives other pixels; part of the maker's fingerprint."""


@dataclass(frozen=True)
class Step:
    """One operation at one severity."""

    operation: str
    severity: float
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)


@cache
def operations() -> Mapping[str, Operation]:
    """All operations by name."""
    found = {
        value.name: value
        for family in FAMILIES
        for value in vars(family).values()
        if isinstance(value, Operation)
    }
    return MappingProxyType(found)


def operation_named(name: str) -> Operation:
    """The operation of that name.

    Raises:
        UnknownName: there is none; the message offers the nearest.
    """
    try:
        return operations()[name]
    except KeyError:
        raise UnknownName(
            f"the darkroom has no operation {name!r}", nearest(name, operations())
        ) from None


def apply(
    name: str, image: Image.Image, severity: float, seed: int, **parameters: Any
) -> Image.Image:
    """One effect on one picture. Same arguments, same bytes; size kept.

    Args:
        name: of the operation.
        image: any mode; the result is RGB.
        severity: in [0, 1]; 0 returns the picture unchanged, bit for bit.
        seed: of everything random in the effect.
        parameters: of the operation, see `Operation.parameters`.

    Raises:
        UnknownName: no such operation.
        BadInput: severity outside [0, 1], or a parameter that the operation does not take.
    """
    return apply_effects(image, [Step(name, severity, parameters)], seed)


def apply_effects(image: Image.Image, steps: Iterable[Step], seed: int) -> Image.Image:
    """Several effects one after another.

    The random numbers of a step depend on the seed and the operation's name alone, so that adding
    a step changes none of the others.

    Raises:
        UnknownName, BadInput: as `apply`.
    """
    picture = to_rgb(image)
    for step in steps:
        operation = check_step(step)
        if step.severity == 0:
            continue
        pixels = np.asarray(picture, np.float32) / 255
        rng = np.random.default_rng(_seed_of(seed, step.operation))
        try:
            changed = operation.function(pixels, float(step.severity), rng, **step.parameters)
        except BadInput as error:
            raise BadInput(
                error.problem,
                error.remedy,
                file=f"operation {step.operation}",
                field=error.place.field,
            ) from error
        picture = Image.fromarray(np.rint(np.clip(changed, 0, 1) * 255).astype(np.uint8))
    return picture


def check_step(step: Step) -> Operation:
    """The operation of a step that can be done as it stands.

    Raises:
        UnknownName, BadInput: as `apply`.
    """
    operation = operation_named(step.operation)
    if not 0 <= step.severity <= 1:
        raise BadInput(
            f"severity {step.severity} is outside [0, 1]",
            "0 changes nothing, 1 is the full effect.",
            field="severity",
        )
    for name in step.parameters:
        if name not in operation.parameters:
            known = ", ".join(operation.parameters) or "none"
            raise BadInput(
                f"{operation.name} takes no parameter {name!r}", f"It takes: {known}.", field=name
            )
    return operation


def _seed_of(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")
