"""Pictures kept under the hash of their own bytes: ``root/ab/abcdef....png``.

Because the name is the content, a picture that is stored twice is one file, two writers of the same
picture do each other no harm, and whoever holds the name can check that nothing was altered.

A file appears in one step (`write_bytes`): a process that dies leaves at most a temporary file,
never half a picture.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from widespectrum.errors import BadImage, BadInput
from widespectrum.images.loading import Decoded, decode, load_image, to_rgb
from widespectrum.images.stored import StoredImage
from widespectrum.tables import write_bytes

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ENDINGS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
# Level 3 writes photographs two and a half times as fast as zlib's default 6, and the files are
# 1.5% larger (`benchmarks/darkroom.py` measures both).
_PNG_LEVEL = 3


@dataclass(frozen=True)
class EncodedImage:
    """A picture as the bytes of an image file, for makers that have the file already."""

    data: bytes
    format: str
    """Pillow's name of the format: ``"PNG"``, ``"JPEG"``, ``"WEBP"`` ..."""
    decoded: Decoded | None = field(default=None, compare=False, repr=False)
    """The same bytes decoded, where that was done already; it is then not done again."""
    record: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """How the picture came about, as JSON values (`widespectrum.images.records`)."""


class ImageStore:
    """A folder of pictures, each under the sha256 of its file.

    Args:
        root: the folder; it is made when the first picture is put in.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def put(self, image: Image.Image) -> str:
        """Store a picture as PNG without metadata; its digest. The same pixels, the same digest.

        Raises:
            BadImage: a mode that has no agreed black and white (`to_rgb`).
            StorageFailed: the disk refused.
        """
        return self._write(encode_png(image), ".png")

    def put_bytes(self, data: bytes, format: str | None = None) -> str:
        """Store the content of an image file; its digest.

        PNG, JPEG and WEBP stay as they are, byte for byte, if any program would show the pixels
        that `load_image` returns and nothing private is in the file (see `Decoded.plain`).
        Everything else (turned by EXIF, transparent, 16-bit, animated, GIF, TIFF ...) is stored as
        the PNG of the loaded picture.

        Args:
            data: content of the file.
            format: what the caller holds it to be, as Pillow names it; None if unknown.

        Raises:
            BadImage: unreadable, or of another format than announced.
            StorageFailed: the disk refused.
        """
        decoded = decode(data)
        if format is not None and format.upper() != decoded.format:
            raise BadImage(
                f"is announced as {format}, but its content is {decoded.format}",
                f"Announce it as {decoded.format}.",
                file="image bytes",
            )
        return self._put_decoded(decoded)

    def put_encoded(self, image: EncodedImage) -> str:
        """As `put_bytes`, of an image that may have been decoded already.

        Raises:
            BadImage: unreadable, or of another format than announced.
            StorageFailed: the disk refused.
        """
        if image.decoded is None:
            return self.put_bytes(image.data, image.format)
        return self._put_decoded(image.decoded)

    def _put_decoded(self, decoded: Decoded) -> str:
        if decoded.plain:
            return self._write(decoded.data, _ENDINGS[decoded.format])
        return self.put(decoded.image)

    def path(self, digest: str) -> Path:
        """Where the picture of this digest is.

        Raises:
            BadInput: not a digest, or no such picture here.
        """
        found = self._find(digest)
        if found is None:
            raise BadInput(
                f"holds no image {digest}",
                "Check that the folder belongs to the table, or make the image again.",
                file=self.root,
            )
        return found

    def open(self, digest: str, *, verify: bool = False) -> Image.Image:
        """The picture of this digest, as RGB.

        Args:
            digest: what `put` returned.
            verify: hash the file first and refuse one whose content is not what its name says.

        Raises:
            BadInput: not a digest, or no such picture here.
            BadImage: altered (only with `verify`) or unreadable.
        """
        path = self.path(digest)
        if verify and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise BadImage(
                "was altered: its content does not have the hash in its name",
                "Delete it and run the same command again.",
                file=path,
            )
        return load_image(path)

    def look(self, digest: str) -> StoredImage:
        """As `open`, but nothing is decoded before its pixels are looked at.

        Raises:
            BadInput: not a digest, or no such picture here.
            BadImage: its header is damaged.
        """
        return StoredImage(self.path(digest), digest)

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and self._find(digest) is not None

    def _find(self, digest: str) -> Path | None:
        # The digest may come out of somebody's table: it must not name a path.
        if not _DIGEST.fullmatch(digest):
            raise BadInput(f"{digest!r:.80} is not a sha256 digest", "It has 64 hex digits.")
        for ending in _ENDINGS.values():
            path = self.root / digest[:2] / (digest + ending)
            if path.is_file():
                return path
        return None

    def _write(self, data: bytes, ending: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self.root / digest[:2] / (digest + ending)
        if not path.is_file():
            write_bytes(data, path)
        return digest


def encode_png(image: Image.Image) -> bytes:
    """The picture as a PNG file: RGB, no metadata, one compression level, so the same bytes.

    Raises:
        BadImage: a mode that has no agreed black and white (`to_rgb`).
    """
    return encode_image(image, "PNG")


def encode_image(image: Image.Image, format: Literal["PNG", "JPEG"]) -> bytes:
    """The picture as the bytes of a file without metadata. JPEG is for documents: it loses.

    Raises:
        BadImage: a mode that has no agreed black and white (`to_rgb`).
    """
    buffer = io.BytesIO()
    options = {"compress_level": _PNG_LEVEL} if format == "PNG" else {"quality": 85}
    to_rgb(image).save(buffer, format, **options)
    return buffer.getvalue()
