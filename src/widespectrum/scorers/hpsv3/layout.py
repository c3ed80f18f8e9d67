"""From the weights' names in the published checkpoints to those of the networks here.

HPSv3's were written by transformers 4.45, HPSv3++'s by 4.57; both inherit from a class for
generating text, whose last layer has no part in a reward.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

Weight = TypeVar("Weight")

PASSED_BY = ("lm_head.weight",)

_HPSV3 = (
    (re.compile(r"visual\."), "backbone.visual."),
    (re.compile(r"model\."), "backbone.language_model."),
)
_PLUSPLUS = ((re.compile(r"model\."), "backbone."),)


def from_hpsv3(tensors: Mapping[str, Weight]) -> dict[str, Weight]:
    """Weights of HPSv3's checkpoint under our names; ``rm_head.*`` is called so here too."""
    return _renamed(tensors, _HPSV3)


def from_plusplus(tensors: Mapping[str, Weight]) -> dict[str, Weight]:
    """Weights of HPSv3++'s checkpoint under our names; its heads are called alike here."""
    return _renamed(tensors, _PLUSPLUS)


def _renamed(
    tensors: Mapping[str, Weight], rules: tuple[tuple[re.Pattern[str], str], ...]
) -> dict[str, Weight]:
    """Names that no rule knows stay what they are, so that loading can object to them."""
    renamed = {}
    for name, tensor in tensors.items():
        rule = next(((pattern, to) for pattern, to in rules if pattern.match(name)), None)
        renamed[rule[0].sub(rule[1], name, count=1) if rule else name] = tensor
    return renamed
