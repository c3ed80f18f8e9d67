"""Small copies of stored images, named after the image they were made from and made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from widespectrum.errors import WidespectrumError
from widespectrum.tables import write_bytes


@dataclass(frozen=True)
class Format:
    """Where copies lie, and how large they are."""

    folder: str
    longest_side: int
    """Pixels. Pictures smaller than this keep their size."""


SMALL = Format("thumbs", 320)
"""Two side by side on a card."""
LARGE = Format("pictures", 640)
"""For looking at."""

TINY = 128
"""Pictures up to this side are stored without loss and shown with square pixels."""

OpenImage = Callable[[str], Image.Image]

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Thumbnail:
    """Where a small copy lies, or why there is none."""

    src: str = ""
    """Relative to the page."""
    width: int = 0
    height: int = 0
    reason: str = ""

    @property
    def tiny(self) -> bool:
        """So small that its pixels should be seen as squares."""
        return 0 < max(self.width, self.height) <= TINY


def make_thumbnails(
    keys: Iterable[str | None], images: OpenImage | None, report: Path, form: Format = SMALL
) -> dict[str | None, Thumbnail]:
    """One thumbnail per key, written under ``report/FOLDER`` unless it is there already.

    A picture that cannot be had is a `Thumbnail` with a reason and never another picture.
    """
    return {key: _thumbnail(key, images, report, form) for key in dict.fromkeys(keys)}


def remove_stale(report: Path, wanted: Iterable[Thumbnail]) -> None:
    """Drop thumbnails that no page shows any more. Files that are not ours are never touched."""
    sources = {thumbnail.src for thumbnail in wanted}
    for form in (SMALL, LARGE):
        for path in (report / form.folder).glob("*.webp"):
            if _SHA256.fullmatch(path.stem) and f"{form.folder}/{path.name}" not in sources:
                path.unlink()


def _thumbnail(key: str | None, images: OpenImage | None, report: Path, form: Format) -> Thumbnail:
    if key is None or images is None:
        return Thumbnail(reason="not stored")
    if not _SHA256.fullmatch(key):
        return Thumbnail(reason="not a stored image")
    src = f"{form.folder}/{key}.webp"
    target = report / src
    size = _size(target)
    if size is None:
        try:
            image = images(key)
        except (WidespectrumError, OSError, KeyError):
            return Thumbnail(reason="missing or unreadable")
        write_bytes(_encode(image, form.longest_side), target)
        size = _size(target)
    return Thumbnail(src, *size) if size else Thumbnail(reason="missing or unreadable")


def _size(path: Path) -> tuple[int, int] | None:
    """Width and height of a thumbnail, if it is one."""
    try:
        with Image.open(path, formats=["WEBP"]) as small:
            return small.size
    except OSError:
        return None


def _encode(image: Image.Image, side: int) -> bytes:
    small = image.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    small.save(buffer, "WEBP", quality=84, method=4, lossless=max(small.size) <= TINY)
    return buffer.getvalue()
