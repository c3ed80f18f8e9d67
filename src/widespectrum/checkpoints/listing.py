"""What files a repository has, for models whose files cannot all be named in advance."""

from __future__ import annotations

from pathlib import Path

from widespectrum.catalog import ModelEntry
from widespectrum.checkpoints import hub
from widespectrum.errors import MissingWeights


def files_here(entry: ModelEntry, *, path: str | None = None) -> tuple[str, ...]:
    """Files of a repository that are on this computer, relative and with ``/``, sorted.

    Args:
        entry: the model; its `hub_id` and `revision` say which snapshot of the hub's cache.
        path: the user's own copy, a folder: then only this is looked at.

    Raises:
        MissingWeights: `path` is no folder.
    """
    if path is not None:
        root: Path | None = Path(path)
        if not Path(path).is_dir():
            raise MissingWeights("there is no such folder", "Check the path.", file=path)
    else:
        root = hub.snapshot(entry)
    if root is None:
        return ()
    found = (file for file in root.rglob("*") if file.is_file())
    return tuple(sorted(file.relative_to(root).as_posix() for file in found))


def files_there(entry: ModelEntry) -> tuple[str, ...]:
    """Files of a repository as the hub lists them, sorted.

    Raises:
        MissingWeights: the hub cannot be asked, or does not have it.
    """
    return tuple(sorted(hub.remote_files(entry)))


def commit_here(entry: ModelEntry) -> str | None:
    """The commit that an entry means: the pinned one, else that of the branch in the cache."""
    folder = None if entry.revision is not None else hub.snapshot(entry)
    return entry.revision or (folder.name if folder is not None else None)
