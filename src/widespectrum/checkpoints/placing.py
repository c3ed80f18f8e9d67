"""Where a network computes and in which precision: two settings that every model on torch has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from widespectrum.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    import torch

PRECISIONS = ("float32", "bfloat16", "float16")
DEVICES = ("auto", "cpu", "cuda", "mps")


def check_placement(device: str, dtype: str) -> None:
    """Refuse a device or precision that nobody could mean. Imports no torch.

    Raises:
        BadInput: `device` is not ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``, or `dtype` is
            not ``float32``, ``bfloat16`` or ``float16``.
    """
    kind, _, number = str(device).partition(":")
    if kind not in DEVICES or (number and (kind != "cuda" or not number.isdigit())):
        raise BadInput(f"is {device!r}", "Give auto, cpu, cuda, cuda:N or mps.", field="device")
    if dtype not in PRECISIONS:
        raise BadInput(f"is {dtype!r}", f"Give {' or '.join(PRECISIONS)}.", field="dtype")


def device_of(name: str) -> torch.device:
    """The device that a setting means; ``auto`` is the first GPU, or the processor without one.

    Raises:
        BadInput: there is no such device here.
        MissingExtra: torch is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "this model computes with torch, which is not installed",
            "pip install 'widespectrum[hub]'.",
        ) from error
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(name)
    here = {
        "cpu": True,
        "cuda": (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not here[device.type]:
        raise BadInput(f"is {name!r}, which is not here", "Give cpu or auto.", field="device")
    return device


def dtype_of(name: str) -> torch.dtype:
    """The torch type of a precision."""
    import torch

    return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[name]


@contextmanager
def faithful() -> Iterator[None]:
    """Inference in the precision that was asked for, with the same result every time.

    cuDNN would otherwise compute the convolutions of a float32 network in TF32, with ten bits.
    """
    import torch

    with (
        torch.inference_mode(),
        torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=True, allow_tf32=False
        ),
    ):
        yield
