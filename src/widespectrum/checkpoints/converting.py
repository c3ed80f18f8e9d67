"""From a checkpoint that exists only as a pickle to a safetensors file that says where it is from.

Done once per checkpoint; afterwards no pickle is opened any more. The digest is checked before the
file is opened, where the catalog knows one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints.identity import sha256_of
from widespectrum.checkpoints.reading import SUFFIX, read_tensors
from widespectrum.errors import BadInput, MissingWeights, StorageFailed

if TYPE_CHECKING:
    from torch import Tensor

HEADER = "widespectrum-converted"
"""Key of the safetensors metadata under which its origin stands."""


@dataclass(frozen=True)
class Conversion:
    """What was converted."""

    path: Path
    tensors: int
    parameters: int
    source_sha256: str
    verified: bool
    """Whether the catalog knew the source's digest, and it was the right one."""


def convert(entry: ModelEntry, source: Path, out: Path, *, key: str | None = None) -> Conversion:
    """Write the tensors of `source` as safetensors, under the names that they have there.

    Args:
        entry: the model whose checkpoint it is.
        source: its checkpoint.
        out: the file to write; it must end in ``.safetensors``.
        key: where in `source` the tensors stand (`read_tensors`).

    Raises:
        MissingWeights: there is no such source.
        BadInput: the source's digest is not the one that the catalog knows; it is no checkpoint, or
            a pickle that holds more than tensors; `out` has another ending, or exists.
        StorageFailed: the disk refused.
    """
    if out.suffix != SUFFIX:
        raise BadInput("does not end in .safetensors", "Name it so.", file=out)
    if out.exists():
        raise BadInput("exists already", "Name another file, or remove it.", file=out)
    if not source.is_file():
        raise MissingWeights("there is no such file", "Check the path.", file=source)
    digest = sha256_of(source)
    if entry.sha256 is not None and digest != entry.sha256:
        raise BadInput(
            f"is not the {entry.name} checkpoint that the catalog knows: its sha256 is {digest} "
            f"instead of {entry.sha256}",
            "Download it again from its source; it was not opened.",
            file=source,
        )
    tensors = read_tensors(source, key=key, rehost=entry.rehost)
    about = {
        "model": entry.name,
        "file": source.name,
        "sha256": digest,
        "hub_id": entry.hub_id,
        "revision": entry.revision,
        "key": key,
    }
    _write(tensors, out, {HEADER: json.dumps(about, sort_keys=True), "format": "pt"})
    parameters = sum(tensor.numel() for tensor in tensors.values())
    return Conversion(out, len(tensors), parameters, digest, entry.sha256 is not None)


def _write(tensors: dict[str, Tensor], out: Path, metadata: dict[str, str]) -> None:
    """Write under a temporary name and rename: an interrupted file is never taken for whole."""
    from safetensors.torch import save_file

    temporary = out.with_name(f".{out.name}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save_file(_apart(tensors), temporary, metadata)
        temporary.replace(out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageFailed(
            f"could not be written ({error.strerror or error})",
            "Check that the folder is writable and the disk has room.",
            file=out,
        ) from error


def _apart(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, those that share memory with another one copied: safetensors has no sharing."""
    seen: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        place = tensor.untyped_storage().data_ptr()
        apart[name] = tensor.clone().contiguous() if place in seen else tensor.contiguous()
        seen.add(place)
    return apart
