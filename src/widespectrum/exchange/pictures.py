"""Pictures out of a source into a run's store, byte for byte where they are plain.

An `ImageMaker` like any other, so that the engine resumes it, stores it and records what failed.
Rows are asked for from front to back, and no more than a row group of the file is held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.contracts import Failure
from widespectrum.errors import BadImage, InvalidResult, Place, WidespectrumError
from widespectrum.exchange.arrow_files import Cells
from widespectrum.images import Decoded, EncodedImage, decode
from widespectrum.images.loading import MAX_BYTES
from widespectrum.runs.pictures import THREADS

if TYPE_CHECKING:
    from PIL import Image

    from widespectrum.exchange.sheet import Sheet
    from widespectrum.runs import ImageRequest


class Gallery:
    """All pictures of a source, by place.

    Args:
        sheet: names the files that a place may mean.
        keep_uniform: take pictures of a single colour, too.
    """

    def __init__(self, sheet: Sheet, *, keep_uniform: bool = False) -> None:
        self.root = sheet.root
        self.bounds = sheet.bounds
        self.keep_uniform = keep_uniform
        self._files = {str(file.relative_to(sheet.root)): file for file in sheet.files}
        self._columns = sorted(sheet.pictures)
        self._open: Cells | None = None

    def content(self, where: Mapping[str, Any]) -> bytes | Path:
        """What stands at a place: the bytes of a picture, or the path of one.

        Raises:
            BadInput, BadImage: there is none. Names file, row and column.
        """
        if "path" in where:
            return self.root / str(where["path"])
        file = self._files[where["file"]]
        if self._open is None or self._open.path != file:
            self._open = Cells(file, self._columns)
        cell = self._open.at(where["row"] - 1)[where["column"]]
        content = cell.get("bytes") if isinstance(cell, Mapping) else cell
        if not isinstance(content, bytes):
            path = cell.get("path") if isinstance(cell, Mapping) else None
            raise BadImage(
                "holds no picture" if not path else f"holds no picture, only the path {path!r:.80}",
                "Export the data set with its pictures in it, or drop the row.",
                file=str(_place(where)),
            )
        return content

    def picture(self, content: bytes | Path, where: Mapping[str, Any]) -> Decoded:
        """The picture at a place, verified and decoded.

        Raises:
            BadImage: it is broken, too large, or in a format that is not read.
            InvalidResult: every pixel is of the same colour: a placeholder, not a picture.
        """
        name = str(_place(where))
        if isinstance(content, bytes) and len(content) > MAX_BYTES:
            raise BadImage(
                f"has {len(content):,} bytes; the limit is {MAX_BYTES:,}",
                "Save it smaller.",
                file=name,
            )
        found = decode(content, name=name)
        if not self.keep_uniform and (colour := single_colour(found.image)):
            raise InvalidResult(
                f"every pixel is {colour}: a placeholder where a picture failed, not a picture",
                "Make it again, or pass --keep-uniform if it is meant.",
                file=name,
            )
        return found


class PictureMaker:
    """The pictures that one maker made, taken from a gallery.

    Args:
        gallery: where they are.
        name: who made them.
        fingerprint: identity of maker and source.
    """

    def __init__(self, gallery: Gallery, name: str, fingerprint: str) -> None:
        self.gallery, self.name, self.fingerprint = gallery, name, fingerprint

    def make(self, requests: Sequence[ImageRequest]) -> list[Any]:
        """One picture or `Failure` per request, in order."""
        contents = [self._content(request.payload) for request in requests]
        with ThreadPoolExecutor(THREADS, thread_name_prefix="decode") as pool:
            return list(
                pool.map(self._picture, contents, [request.payload for request in requests])
            )

    def _content(self, where: Mapping[str, Any]) -> bytes | Path | Failure:
        try:
            return self.gallery.content(where)
        except WidespectrumError as error:
            return Failure(error.kind, str(error))

    def _picture(self, content: bytes | Path | Failure, where: Mapping[str, Any]) -> Any:
        if isinstance(content, Failure):
            return content
        try:
            found = self.gallery.picture(content, where)
        except WidespectrumError as error:
            return Failure(error.kind, str(error))
        except MemoryError:
            return Failure("out_of_memory", "The picture needs more memory than there is.")
        if found.plain:
            return EncodedImage(found.data, found.format, found)
        return found.image


def single_colour(image: Image.Image) -> str | None:
    """The colour, if all pixels of an RGB picture are of one; else ``None``."""
    width, height = image.size
    first = image.getpixel((0, 0))
    # Almost every picture is told by a few pixels, long before all are looked at.
    for place in ((width // 2, height // 2), (width - 1, height - 1), (width // 3, height // 5)):
        if image.getpixel(place) != first:
            return None
    if any(low != high for low, high in image.getextrema()):  # type: ignore[misc]
        return None
    return f"rgb{first}"


def _place(where: Mapping[str, Any]) -> Place:
    if "path" in where:
        return Place(str(where["path"]))
    return Place(where["file"], where["row"], where["column"])
