"""A picture that lies in a store and is decoded when somebody looks at its pixels.

To every scorer it is an ordinary Pillow image. Its size and its identity are known without decoding
it, so whoever has its encoding already need not decode it at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from widespectrum.errors import BadImage
from widespectrum.images.loading import load_image

_FORMATS = ("PNG", "JPEG", "WEBP")


class StoredImage(Image.Image):
    """An RGB picture in a file that a store keeps under `digest`.

    Args:
        path: the file.
        digest: its sha256; two pictures of one digest have equal pixels.

    Attributes:
        prepared: what was made of it ahead of time, by what made it; see
            `widespectrum.encodings.prepared`.

    Raises:
        BadImage: the file's header is damaged. Damage further on shows when it is decoded.
    """

    def __init__(self, path: Path, digest: str) -> None:
        super().__init__()
        self.path, self.digest = path, digest
        self.prepared: dict[Any, NDArray[Any]] = {}
        self._decoded = False
        # `_mode` and `_size` are what Pillow tells authors of lazy images to set.
        self._mode = "RGB"
        try:
            with Image.open(path, formats=_FORMATS) as header:
                self._size = header.size
        except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
            raise BadImage(
                f"is no image any more ({error})",
                "Delete it and run the same command again.",
                file=path,
            ) from error
        except Image.DecompressionBombError as error:
            raise BadImage("is too large", "Scale it down first.", file=path) from error

    def load(self) -> Any:
        """Decode it, if that has not been done; every method of Pillow begins with this.

        Raises:
            BadImage: the file is damaged.
        """
        if not self._decoded:
            self.im = load_image(self.path).im
            self._decoded = True
        return super().load()
