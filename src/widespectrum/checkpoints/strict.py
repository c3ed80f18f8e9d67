"""Load weights into a module: every one that it has, no other, of the right shape, finite.

A checkpoint that almost fits is the dangerous kind. It loads, it scores, and the scores are wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from widespectrum.errors import BadInput

if TYPE_CHECKING:
    from torch import Tensor, nn

_SHOWN = 3


def load_strictly(
    module: nn.Module,
    tensors: Mapping[str, Tensor],
    *,
    who: str,
    file: Path,
    drop: Sequence[str] = (),
) -> None:
    """Fill `module` with `tensors` and put it into evaluation, without gradients.

    Weights are converted to the type of the module's own. A module on the meta device gets them
    assigned, any other copied.

    Args:
        module: the network.
        tensors: weights by the module's own names.
        who: whose weights these should be, for the message, as in ``HPSv2.1``.
        file: where they came from, for the message.
        drop: names, or patterns (``*.position_ids``), that may be there and are passed by.

    Raises:
        BadInput: weights are missing, unknown, of another shape, or not finite.
    """
    given = {
        name: tensor
        for name, tensor in tensors.items()
        if not any(fnmatchcase(name, pattern) for pattern in drop)
    }
    wanted = module.state_dict()
    _refuse_other_names(set(wanted), set(given), who, file)
    _refuse_other_shapes(wanted, given, who, file)
    _refuse_not_finite(given, who, file)
    on_meta = any(tensor.is_meta for tensor in wanted.values())
    if on_meta:
        given = {name: tensor.to(wanted[name].dtype) for name, tensor in given.items()}
    module.load_state_dict(given, strict=True, assign=on_meta)
    module.eval().requires_grad_(False)


def _refuse_other_names(wanted: set[str], given: set[str], who: str, file: Path) -> None:
    missing, extra = sorted(wanted - given), sorted(given - wanted)
    lacks = f"lacks {_list(missing)}" if missing else ""
    has = f"has {_list(extra)}, which {who} does not have" if extra else ""
    if lacks or has:
        raise BadInput(
            f"is no {who} checkpoint: it {' and '.join(part for part in (lacks, has) if part)}",
            _OTHER,
            file=file,
        )


def _refuse_other_shapes(
    wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], who: str, file: Path
) -> None:
    for name, tensor in given.items():
        if tensor.shape != wanted[name].shape:
            raise BadInput(
                f"is no {who} checkpoint: its {name!r} has shape {tuple(tensor.shape)} instead of "
                f"{tuple(wanted[name].shape)}",
                _OTHER,
                file=file,
            )


def _refuse_not_finite(given: Mapping[str, Tensor], who: str, file: Path) -> None:
    import torch

    bad = [
        name
        for name, tensor in given.items()
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all())
    ]
    if bad:
        raise BadInput(
            f"is damaged: {_list(bad)} of {who} are not finite numbers",
            "Download it again; if that does not help, these weights are broken at their source.",
            file=file,
        )


_OTHER = "Name the checkpoint of this model, or the model of this checkpoint."


def _list(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(repr(name) for name in names[:_SHOWN]) + rest
