"""The identity of weights: sha256 of their files, without loading, and where possible unread."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.checkpoints import hub
from widespectrum.checkpoints.locating import INDEX, locate_file, shards_of


def file_identity(entry: ModelEntry, filename: str, *, path: str | None = None) -> str:
    """What goes into a fingerprint for one weight file: the sha256 of its content.

    A file in the hub's cache is not read, since the cache names it by its sha256; one that is not
    there yet is not downloaded: the hub is asked. For the index of a sharded checkpoint, the
    identity covers the index and every shard.

    Args:
        entry: the model.
        filename: the file inside its repository.
        path: the user's own copy, file or folder.

    Raises:
        MissingWeights: the file is not here, and the hub cannot be asked.
    """
    if filename.endswith(INDEX) and not (path is not None and Path(path).is_file()):
        index = locate_file(entry, filename, path=path)
        beside = [str(Path(filename).with_name(shard)) for shard in shards_of(index)]
        shards = [file_identity(entry, shard, path=path) for shard in beside]
        return fingerprint(index=sha256_of(index), shards=shards)
    if path is None and entry.hub_id is not None and hub.cached(entry, filename) is None:
        return hub.remote_digest(entry, filename)
    found = locate_file(entry, filename, path=path)
    return hub.digest_of(found) or sha256_of(found)


def sha256_of(path: Path) -> str:
    """sha256 of a file's content. Read once per process, and again when the file changes."""
    status = path.stat()
    return _sha256(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _sha256(path: Path, _modified: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
