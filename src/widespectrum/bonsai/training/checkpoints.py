"""Checkpoints: all that a training needs in order to go on as if nothing had happened.

One safetensors file holds the network, its running average where one is kept, the moments of the
optimisers and the state of the random numbers; its header is JSON and says the step and what is
being trained. A file is written under a temporary name, flushed and renamed, so a process may die
while writing one: it is never picked up. Data needs no position of its own, since every step's data
follow from (seed, step).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from widespectrum.errors import BadInput, ForeignRun
from widespectrum.tables import write_bytes

KEPT = 2
"""Checkpoints kept: the newest, and the one before in case a disk loses the newest."""
_FORMAT = "widespectrum-checkpoint-1"


@dataclass(frozen=True)
class Progress:
    """Where a training stands. `loss` is smoothed; ``None`` before the first step."""

    step: int
    loss: float | None


def save_checkpoint(
    folder: Path,
    recipe: dict[str, Any],
    progress: Progress,
    network: nn.Module,
    optimisers: Sequence[torch.optim.Optimizer],
    average: nn.Module | None = None,
) -> Path:
    """Write the checkpoint of a step, atomically, and drop those that are no longer needed.

    Raises:
        StorageFailed: the disk refused; earlier checkpoints are untouched.
    """
    tensors: dict[str, Tensor] = {"random": torch.get_rng_state()}
    for name, tensor in network.state_dict().items():
        tensors[f"network/{name}"] = tensor
    for name, tensor in average.state_dict().items() if average is not None else ():
        tensors[f"average/{name}"] = tensor
    for name, state in _moments(network, optimisers).items():
        for key, value in state.items():
            tensors[f"optimiser/{name}/{key}"] = value
    about = {
        "format": _FORMAT,
        "recipe": json.dumps(recipe, sort_keys=True),
        "progress": json.dumps({"step": progress.step, "loss": progress.loss}),
    }
    stored = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    path = folder / f"step-{progress.step:08d}.safetensors"
    write_bytes(save(stored, metadata=about), path)
    for old in checkpoints(folder)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def load_newest(
    folder: Path,
    recipe: dict[str, Any],
    network: nn.Module,
    optimisers: Sequence[torch.optim.Optimizer],
    average: nn.Module | None = None,
) -> Progress:
    """Put everything where the newest checkpoint left it: `load_checkpoint`.

    Returns:
        Where that was; step 0 if there is none yet.
    """
    found = checkpoints(folder)
    if not found:
        return Progress(0, None)
    return load_checkpoint(found[-1], recipe, network, optimisers, average)


def load_checkpoint(
    path: Path,
    recipe: dict[str, Any],
    network: nn.Module,
    optimisers: Sequence[torch.optim.Optimizer],
    average: nn.Module | None = None,
) -> Progress:
    """Put network, average, optimisers and random numbers where a checkpoint left them.

    Raises:
        ForeignRun: it belongs to a training with other settings.
        BadInput: it is damaged.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            about = file.metadata() or {}
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if about.get("format") != _FORMAT:
        raise _damaged(path, "not a checkpoint of this version")
    if json.loads(about["recipe"]) != json.loads(json.dumps(recipe)):
        raise ForeignRun(
            "holds a training with other settings",
            "Give another --out, or the same settings as before.",
            file=path.parent,
        )
    try:
        network.load_state_dict(_part(stored, "network"))
        if average is not None:
            average.load_state_dict(_part(stored, "average"))
        _restore_moments(stored, network, optimisers)
        torch.set_rng_state(stored["random"])
    except (KeyError, RuntimeError) as error:
        raise _damaged(path, str(error)) from error
    return Progress(**json.loads(about["progress"]))


def checkpoints(folder: Path) -> list[Path]:
    """Complete checkpoints, oldest first. Temporary files begin with a dot and are passed by."""
    return sorted(folder.glob("step-*.safetensors"))


def _part(stored: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(f"{part}/"): tensor
        for name, tensor in stored.items()
        if name.startswith(f"{part}/")
    }


def _restore_moments(
    stored: dict[str, Tensor], network: nn.Module, optimisers: Sequence[torch.optim.Optimizer]
) -> None:
    moments: dict[str, dict[str, Tensor]] = {}
    for name, tensor in _part(stored, "optimiser").items():
        parameter, key = name.split("/")
        moments.setdefault(parameter, {})[key] = tensor
    names = {parameter: name for name, parameter in network.named_parameters()}
    for optimiser in optimisers:
        mine = [names[p] for group in optimiser.param_groups for p in group["params"]]
        state = {place: moments[name] for place, name in enumerate(mine) if name in moments}
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": state, "param_groups": groups})


def _moments(
    network: nn.Module, optimisers: Sequence[torch.optim.Optimizer]
) -> dict[str, dict[str, Tensor]]:
    return {
        name: optimiser.state[parameter]
        for name, parameter in network.named_parameters()
        for optimiser in optimisers
        if parameter in optimiser.state
    }


def _damaged(path: Path, how: str) -> BadInput:
    return BadInput(
        f"is damaged, or no checkpoint of ours ({how})",
        "Delete this file and run the command again: the checkpoint before it is used.",
        file=path,
    )
