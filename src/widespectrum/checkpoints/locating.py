"""Where a model's files are: the user's path, else the hub's cache, else the hub. Never a fallback.

A path that the user gives is the only place that is looked at. Without one, the file comes from the
repository and revision of the catalog entry, and what is not there is a `MissingWeights` that says
how to get it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import hub
from widespectrum.errors import BadInput, MissingWeights

INDEX = ".safetensors.index.json"
"""How the name of the index of a sharded checkpoint ends."""


def locate_file(entry: ModelEntry, filename: str, *, path: str | None = None) -> Path:
    """One file of a model.

    Args:
        entry: the model; its `hub_id` and `revision` say where the file is.
        filename: the file inside the repository.
        path: the user's own copy: the file under any name, or a folder that has `filename`.

    Raises:
        MissingWeights: it is not there; the remedy is the exact command to get it.
        StorageFailed: it was downloaded and the disk refused.
    """
    if path is not None:
        return _own_file(entry, filename, Path(path))
    if entry.hub_id is None:
        raise hub.missing(entry, filename, "has no place on the hub")
    return hub.fetch(entry, filename)


def locate_folder(entry: ModelEntry, *, path: str | None = None, needs: Sequence[str]) -> Path:
    """A folder that has all files that a model needs, as in its repository.

    Args:
        entry: the model.
        path: the user's own copy of the repository.
        needs: files inside it. With the index of a sharded checkpoint (``model.safetensors.index.
            json``) come the shards that it names.

    Raises:
        MissingWeights: one of the files is not there.
        BadInput: `path` is a file, or the index cannot be read.
        StorageFailed: a file was downloaded and the disk refused.
    """
    if path is not None and Path(path).is_file():
        raise BadInput(
            f"is a file, and {entry.name!r} needs a folder with {', '.join(needs)}",
            "Name the folder.",
            file=path,
        )
    located = {name: locate_file(entry, name, path=path) for name in needs}
    for name, found in tuple(located.items()):
        if name.endswith(INDEX):
            for shard in shards_of(found):
                locate_file(entry, str(Path(name).with_name(shard)), path=path)
    if path is not None:
        return Path(path)
    first, at = next(iter(located.items()))
    return at.parents[first.count("/")]


def shards_of(index: Path) -> list[str]:
    """The files that the index of a sharded checkpoint names, sorted.

    Raises:
        BadInput: it is no index, or names a file outside its folder.
    """
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        shards = sorted(names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput("is no index of a sharded checkpoint", _AGAIN, file=index) from error
    for shard in shards:
        if not isinstance(shard, str) or Path(shard).name != shard or shard in ("", ".", ".."):
            raise BadInput(f"names {shard!r}, which is not a file beside it", _AGAIN, file=index)
    return shards


_AGAIN = "Download it again."


def _own_file(entry: ModelEntry, filename: str, path: Path) -> Path:
    if path.is_dir():
        inside = path / filename
        if inside.is_file():
            return inside
        raise MissingWeights(
            f"this folder has no {filename!r}, which {entry.name.partition('@')[0]!r} needs",
            "Name the file itself, or a folder that has it under this name.",
            file=path,
        )
    if not path.is_file():
        raise MissingWeights("there is no such file or folder", "Check the path.", file=path)
    return path
