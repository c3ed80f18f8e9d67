"""Tensors from a file, and nothing else from it.

A safetensors file is data. A PyTorch file is a pickle, which can run whatever it likes; it is read
by PyTorch's restricted reader (``weights_only=True``), which builds tensors and plain containers
and refuses everything else. There is no way around it here.
"""

from __future__ import annotations

import pickle
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.checkpoints.locating import INDEX, shards_of
from widespectrum.checkpoints.suspects import look_at
from widespectrum.errors import BadInput, MissingWeights

if TYPE_CHECKING:
    from torch import Tensor

SUFFIX = ".safetensors"


def read_tensors(
    path: Path, *, key: str | None = None, rehost: str | None = None
) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name, on the CPU.

    Args:
        path: a ``.safetensors`` file, the index of a sharded one
            (``model.safetensors.index.json``), or a PyTorch file.
        key: where in a PyTorch file the tensors stand, as in ``state_dict``; dots lead deeper.
            A safetensors file has no such levels, and the key is not asked for.
        rehost: where the same weights stand as tensors only, for the remedy where `path` is a
            pickle that holds more (`ModelEntry.rehost`).

    Raises:
        MissingWeights: there is no such file.
        BadInput: it is truncated, something else than a checkpoint, or holds more than tensors.
    """
    if not path.is_file():
        raise MissingWeights("there is no such file", "Check the path.", file=path)
    suspect = look_at(path)
    if suspect is not None:
        raise BadInput(*suspect, file=path)
    if path.name.endswith(INDEX):
        tensors: dict[str, Tensor] = {}
        for shard in shards_of(path):
            tensors.update(read_tensors(path.with_name(shard)))
        return tensors
    if path.suffix == SUFFIX:
        return _read_safetensors(path)
    return _pick(_read_pickle(path, rehost), key, path)


def read_metadata(path: Path) -> dict[str, str]:
    """What a safetensors file says about itself: its header's free text fields.

    Raises:
        BadInput: it is truncated, or no safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(path, "safetensors", error) from error


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(str(path))
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(path, "safetensors", error) from error


def _read_pickle(path: Path, rehost: str | None) -> Any:
    import torch

    # A file in today's format is mapped into memory, so that its weights are not held twice.
    mapped = zipfile.is_zipfile(path)
    try:
        with warnings.catch_warnings():
            # About the age of the pickle's protocol: what cannot be read raises anyway.
            warnings.simplefilter("ignore", UserWarning)
            return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        # PyTorch uses one class for "refused" and for "cannot be read"; only its words differ.
        if "Unsupported" in str(error) or "GLOBAL" in str(error):
            raise BadInput(
                f"is a pickle that holds more than tensors ({_what_it_wanted(error)}), and could "
                "run any code when it is opened",
                f"Take them as .safetensors{f' from {rehost}' if rehost else ''}; this file is not "
                "opened here.",
                file=path,
            ) from error
        raise _unreadable(path, "PyTorch", error) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise _unreadable(path, "PyTorch", error) from error


def _pick(content: Any, key: str | None, path: Path) -> dict[str, Tensor]:
    """The tensors under `key`, with names as text."""
    import torch

    for part in key.split(".") if key else ():
        if not isinstance(content, Mapping) or part not in content:
            raise BadInput(
                f"has no {key!r}, under which the weights of this model stand "
                f"(it has {_names(content)})",
                "Name the checkpoint that the authors publish.",
                file=path,
            )
        content = content[part]
    if not isinstance(content, Mapping):
        raise BadInput(
            f"holds a {type(content).__name__} where names and tensors should be",
            "Name the checkpoint that the authors publish.",
            file=path,
        )
    other = [name for name, value in content.items() if not isinstance(value, torch.Tensor)]
    if other:
        raise BadInput(
            f"holds {other[0]!r}, which is no tensor, among {len(content)} entries "
            f"({_names(content)})",
            "The weights stand elsewhere in this file; name the checkpoint of the authors.",
            file=path,
        )
    return {str(name): value for name, value in content.items()}


def _names(content: Any) -> str:
    if not isinstance(content, Mapping):
        return f"a {type(content).__name__}"
    names = [str(name) for name in content]
    return ", ".join(names[:6]) + (" ..." if len(names) > 6 else "") if names else "nothing"


def _what_it_wanted(error: Exception) -> str:
    """What the restricted reader refused, as far as its message says it."""
    words = str(error).split("GLOBAL ")
    return words[1].split()[0] if len(words) > 1 and words[1].split() else "more than building them"


def _unreadable(path: Path, kind: str, error: Exception) -> BadInput:
    reason = (
        str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
    )
    return BadInput(
        f"is truncated, or no {kind} checkpoint ({reason})",
        f"Compare its size ({path.stat().st_size:,} bytes) with the original, and download it "
        "again.",
        file=path,
    )
