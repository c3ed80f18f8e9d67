"""Encodings of images and texts on disk, by (tower, content), for every run that wants them.

::

    FOLDER/
      3f2a.../              one folder per tower, named by the digest of its name
        tower.json          that name
        1b7c....rows        shards (`widespectrum.encodings.shards`)

A tower is a part of a network with its weights, its preprocessing and its precision, and its name
says all of that: what could change an encoding is in the name, so what is here is never wrong, only
here or not. Shards are only ever added, so several processes may use one folder at once. A shard
that is damaged is named in a warning and ignored; what was in it is encoded again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.encodings.shards import KEY_BYTES, DamagedShard, Shard, open_shard, write_shard
from widespectrum.encodings.towers import (
    few_shards,
    open_shards,
    remove_encodings,
    tower_folder,
    tower_folders,
    tower_name,
    warn,
    write_name,
)
from widespectrum.errors import BadInput, BrokenContract, StorageFailed

LIMIT = 20 << 30
"""Bytes that a store may grow to."""
_LOOKS = 3
"""How often a folder that others are changing is looked through."""


@dataclass(frozen=True)
class TowerSize:
    """What the store holds of one tower."""

    tower: str
    encodings: int
    shards: int
    bytes: int


@dataclass
class _Index:
    """Where the rows of one tower are."""

    shards: list[Shard] = field(default_factory=list)
    places: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    """Key -> (shard, row)."""

    def add(self, shard: Shard) -> None:
        number = len(self.shards)
        self.shards.append(shard)
        self.places.update({key: (number, row) for row, key in enumerate(shard.keys)})


class EncodingStore:
    """Encodings in a folder. Making one reads nothing.

    Memory: 100 bytes per encoding that is known, and the rows of one request.

    Args:
        folder: where encodings are kept; it is made with the first one.
        limit: bytes. Once the folder is that large, nothing more is kept.

    Attributes:
        found: how many different encodings were asked for and known.
        made: how many had to be made.
    """

    def __init__(self, folder: Path | str, *, limit: int = LIMIT) -> None:
        self.folder = Path(folder)
        self.limit = limit
        self.found = 0
        self.made = 0
        self._indices: dict[str, _Index] = {}
        self._lock = threading.RLock()
        self._writable = True
        self._bytes: int | None = None

    def __repr__(self) -> str:
        return f"EncodingStore({str(self.folder)!r})"

    @classmethod
    def from_environment(cls) -> EncodingStore | None:
        """The store in force here: of the enclosing `using`, else of ``WIDESPECTRUM_ENCODINGS``.

        ``None`` if there is neither.
        """
        from widespectrum.encodings.current import current_store

        return current_store()

    def through(
        self,
        tower: str,
        keys: Sequence[str],
        encode: Callable[[Sequence[int]], NDArray[Any]],
    ) -> NDArray[Any]:
        """The encodings under `keys`, in order: those that are known, and the others made now.

        Encodings that are not finite are returned and not kept.

        Args:
            tower: name of what encodes; whatever changes an encoding is in it.
            keys: content of each row (`content_key`, `text_key`).
            encode: called at most once, with the places in `keys` of the missing ones, each
                different key once; gives one row per place.

        Warns:
            EncodingsNotKept: a shard is damaged, or the disk refused to write.

        Raises:
            BrokenContract: `encode` gave another number of rows than it was asked for, or rows of
                another shape or type than it gave earlier under this tower.
        """
        if len(keys) == 0:
            raise BadInput("nothing to encode", "Give at least one image or text.")
        digests = [_digest(key) for key in keys]
        places = {digest: place for place, digest in reversed(list(enumerate(digests)))}
        rows = self._known(tower, list(places))
        missing = sorted(place for digest, place in places.items() if digest not in rows)
        self.found += len(rows)
        self.made += len(missing)
        if missing:
            made = np.asarray(encode(missing))
            if made.shape[:1] != (len(missing),) or made.dtype.kind not in "fiu":
                raise BrokenContract(
                    f"tower {tower!r} gave {made.dtype} of shape {made.shape} for {len(missing)} "
                    "inputs",
                    "Its encode function must give one row of numbers per input.",
                )
            fresh = [digests[place] for place in missing]
            self._keep(tower, fresh, made)
            rows.update(zip(fresh, made, strict=True))
        return _stacked(tower, [rows[digest] for digest in digests])

    def knows(self, tower: str, keys: Sequence[str]) -> list[bool]:
        """Whether each encoding is here, without reading it."""
        with self._lock:
            places = self._index(tower).places
            return [_digest(key) in places for key in keys]

    def sizes(self) -> list[TowerSize]:
        """What is kept, largest tower first."""
        sizes = []
        for folder in tower_folders(self.folder):
            shards = open_shards(folder)
            stored = sum(path.stat().st_size for path in folder.iterdir())
            known = len({key for shard in shards for key in shard.keys})
            sizes.append(TowerSize(tower_name(folder), known, len(shards), stored))
        return sorted(sizes, key=lambda size: (-size.bytes, size.tower))

    def clear(self, tower: str | None = None) -> int:
        """Remove the encodings of one tower, or of all; how many bytes that freed.

        Only files that are ours are removed.
        """
        freed = 0
        with self._lock:
            for folder in tower_folders(self.folder):
                if tower is not None and tower_name(folder) != tower:
                    continue
                freed += remove_encodings(folder)
            self._indices.clear()
            self._bytes, self._writable = None, True
        return freed

    def _known(self, tower: str, digests: Sequence[bytes]) -> dict[bytes, NDArray[Any]]:
        with self._lock:
            for _ in range(_LOOKS):
                try:
                    return self._read(tower, digests)
                except FileNotFoundError:
                    # Another process put shards together, or cleared them, since they were listed.
                    self._indices.pop(tower, None)
                except OSError as error:
                    warn(f"encodings in {self.folder} cannot be read ({error})")
                    break
        return {}

    def _read(self, tower: str, digests: Sequence[bytes]) -> dict[bytes, NDArray[Any]]:
        index = self._index(tower)
        wanted: dict[int, list[tuple[int, bytes]]] = {}
        for digest in digests:
            if digest in index.places:
                number, row = index.places[digest]
                wanted.setdefault(number, []).append((row, digest))
        rows: dict[bytes, NDArray[Any]] = {}
        for number, asked in wanted.items():
            shard = index.shards[number]
            asked.sort()
            read = shard.read([row for row, _ in asked])
            for (_, digest), found in zip(asked, read, strict=True):
                if found is None:
                    del index.places[digest]
                    warn(f"{shard.path}: an encoding is damaged; it is made again")
                else:
                    rows[digest] = found
        return rows

    def _keep(self, tower: str, digests: Sequence[bytes], rows: NDArray[Any]) -> None:
        finite = np.isfinite(rows.reshape(len(rows), -1)).all(axis=1)
        if not finite.any() or not self._writable:
            return
        folder = tower_folder(self.folder, tower)
        keys = [digest for digest, good in zip(digests, finite, strict=True) if good]
        with self._lock:
            try:
                if self._is_full():
                    return
                path = write_shard(folder, keys, rows[finite])
                write_name(folder, tower)
                self._index(tower).add(open_shard(path))
                self._bytes = (self._bytes or 0) + path.stat().st_size
            except FileNotFoundError:
                self._indices.pop(tower, None)  # put together with others already
            except (OSError, StorageFailed, DamagedShard) as error:
                self._writable = False
                warn(f"encodings cannot be kept in {self.folder} ({error}); going on without")

    def _is_full(self) -> bool:
        """Whether the folder has reached its limit; says so the first time."""
        if self._bytes is None:
            self._bytes = sum(path.stat().st_size for path in self.folder.glob("*/*"))
        if self._bytes < self.limit:
            return False
        self._writable = False
        warn(
            f"{self.folder} holds {self._bytes / 1e9:.1f} GB of encodings, and no more are kept; "
            "`widespectrum encodings clear` makes room"
        )
        return True

    def _index(self, tower: str) -> _Index:
        if tower not in self._indices:
            folder, index = tower_folder(self.folder, tower), _Index()
            for shard in few_shards(folder):
                index.add(shard)
            self._indices[tower] = index
        return self._indices[tower]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]


def _stacked(tower: str, rows: Sequence[NDArray[Any]]) -> NDArray[Any]:
    kinds = {(row.dtype.str, row.shape) for row in rows}
    if len(kinds) > 1:
        shown = " and ".join(f"{dtype} of shape {shape}" for dtype, shape in sorted(kinds))
        raise BrokenContract(
            f"tower {tower!r} has encodings of different forms: {shown}",
            "Its name misses a setting; `widespectrum encodings clear` removes the old ones.",
        )
    return np.stack(rows)
