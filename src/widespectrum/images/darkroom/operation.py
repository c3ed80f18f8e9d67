"""What an operation of the darkroom is: one effect on a photograph, with a severity in [0, 1].

An operation is a pure function of picture, severity, random generator and parameters. It draws its
random numbers first and in the same order whatever the severity, so that one seed is one scratch,
one leak, one set of shards, which the severity then strengthens.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.floating[Any]]
"""(height, width, 3), sRGB values in [0, 1], as a rule float32."""

Plane: TypeAlias = NDArray[np.floating[Any]]
"""(height, width): a mask, a field, a channel."""

Metric = Literal["rms", "displacement"]


@dataclass(frozen=True)
class Operation:
    """One effect of the darkroom."""

    name: str
    """What tables, TOML files and the command line call it: ``motion_blur``."""
    title: str
    """For people: ``Motion blur``."""
    dimensions: tuple[str, ...]
    """Keys of the dimensions it lowers, the most affected first."""
    description: str
    """What one sees, in a sentence."""
    metric: Metric
    """In what sense severity is monotone. ``rms``: the root mean square difference from the
    original never falls as severity rises, on any picture, by construction (to within the rounding
    to 8 bits). ``displacement``: picture points move ever farther from where they were; the
    difference in pixels follows on photographs, but not on patterns that repeat or on noise, where
    a longer way may end on an equal value."""
    function: Callable[..., Picture]
    """``(image, severity, rng, **parameters) -> image``. The result may leave [0, 1] a little."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What may be set besides the severity, with defaults."""
        return {
            name: parameter.default
            for name, parameter in inspect.signature(self.function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }


def operation(
    title: str, *dimensions: str, metric: Metric = "rms"
) -> Callable[[Callable[..., Picture]], Operation]:
    """Make an `Operation` of a function. Its docstring's first line becomes the description."""

    def make(function: Callable[..., Picture]) -> Operation:
        description = (function.__doc__ or "").strip().splitlines()[0]
        return Operation(function.__name__, title, dimensions, description, metric, function)

    return make
