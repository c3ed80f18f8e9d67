"""Pictures that were painted and paid for, kept so that none is ever paid for twice.

They are kept under the hash of their content as PNG, in the very form in which a run keeps its own
images: so within a run this is the run's folder of images, nothing is there twice, and the space it
takes is that of the run. Without a folder the last ones are held in memory, up to `MOST_HELD`.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from widespectrum.errors import BadInput
from widespectrum.images import ImageStore, encode_png, load_image

if TYPE_CHECKING:
    from widespectrum.contracts import Image

MOST_HELD = 256 * 1024 * 1024
"""Bytes of pictures that are held in memory where there is no folder."""


class Received:
    """The pictures of a session.

    Args:
        folder: made when the first picture comes; None keeps the last ones for this process.
    """

    def __init__(self, folder: Path | None) -> None:
        self._store = None if folder is None else ImageStore(folder)
        self._held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def keep(self, image: Image) -> str:
        """Keep a picture; the sha256 of its PNG.

        Raises:
            StorageFailed: the disk refused.
        """
        if self._store is not None:
            return self._store.put(image)
        data = encode_png(image)
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            self._held[digest] = data
            while len(self._held) > 1 and sum(map(len, self._held.values())) > MOST_HELD:
                del self._held[next(iter(self._held))]
        return digest

    def find(self, digest: str) -> Image | None:
        """The picture of that name; None where it is not there any more, or was altered."""
        if self._store is not None:
            try:
                return self._store.open(digest, verify=True)
            except BadInput:
                return None
        data = self._held.get(digest)
        return None if data is None else load_image(data)
