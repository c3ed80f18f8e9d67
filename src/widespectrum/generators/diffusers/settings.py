"""What people may set about a diffusers model, checked before anything is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import Any

from widespectrum.checkpoints import check_placement
from widespectrum.errors import BadInput

OFFLOADS = ("none", "model", "sequential", "group")
QUANTISATIONS = ("none", "8bit", "4bit", "int8", "fp8")
PRESETS = ("controlled", "paper")
LONG_PROMPTS = ("parts", "cut")
OVERLAPS = ("auto", "on", "off")


@dataclass(frozen=True)
class Shot:
    """How a picture is painted: all that differs between two calls of one loaded pipeline."""

    steps: int | None
    """``None``: the pipeline's default."""
    guidance: float | None
    """The pipeline's own number; ``None`` where it has none."""
    true_cfg: float | None
    """The number for a second kind of guidance, where a pipeline has two."""
    size: tuple[int, int] | None
    """Width and height, in pixels; ``None``: the pipeline's default."""

    def __post_init__(self) -> None:
        if self.steps is not None:
            whole(self.steps, "steps", most=1000)
        for name in ("guidance", "true_cfg"):
            value = getattr(self, name)
            if value is not None and not _is_number(value):
                raise BadInput(f"is {value!r}", "Give a number.", field=name)


@dataclass(frozen=True)
class Levers:
    """How memory and time are saved.

    ``quantise``, ``vae_tiling`` and ``compile`` change pictures, the others by rounding at most.
    """

    device: str = "auto"
    dtype: str = "bfloat16"
    offload: str = "none"
    vae_tiling: bool = False
    vae_slicing: bool = False
    quantise: str = "none"
    compile: bool = False
    overlap: str = "auto"
    """Whether the VAE decodes while the next batch is painted; ``auto``: on a GPU."""

    def __post_init__(self) -> None:
        check_placement(self.device, self.dtype)
        for name, known in (
            ("offload", OFFLOADS),
            ("quantise", QUANTISATIONS),
            ("overlap", OVERLAPS),
        ):
            one_of(getattr(self, name), known, name)
        for name in ("vae_tiling", "vae_slicing", "compile"):
            if not isinstance(getattr(self, name), bool):
                raise BadInput(f"is {getattr(self, name)!r}", "Give true or false.", field=name)


def read_size(size: int | str | None, multiple: int) -> tuple[int, int] | None:
    """Width and height of a setting: ``1024``, or ``1024x768``.

    Raises:
        BadInput: it is neither, or no multiple of what the model can make.
    """
    if size is None:
        return None
    found = re.fullmatch(r"(\d{1,5})(?:x(\d{1,5}))?", str(size))
    sides = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if min(sides) < multiple or any(side % multiple for side in sides):
        raise BadInput(
            f"is {size!r}",
            f"Give one side, or WIDTHxHEIGHT, in multiples of {multiple} pixels, as in 1024x768.",
            field="size",
        )
    return sides


def one_of(value: Any, known: tuple[str, ...], name: str) -> None:
    """Refuse a word that is not among those known."""
    if value not in known:
        raise BadInput(f"is {value!r}", f"Give {', '.join(known[:-1])} or {known[-1]}.", field=name)


def whole(value: Any, name: str, *, most: int) -> None:
    """Refuse what is no whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadInput(f"is {value!r}", f"Give a whole number from 1 to {most}.", field=name)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
