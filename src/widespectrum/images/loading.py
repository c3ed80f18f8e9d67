"""Load any picture that a person throws in as plain RGB, or say clearly why not.

Pictures come from outside, so this module trusts nothing about them:

- The first bytes decide the format, not the name. Only the common raster formats are decoded.
- A name that promises another format is refused: such a file has usually been damaged or renamed
  by a tool, and other programs that read the same folder would stumble over it.
- The size is read from the header and checked before a single pixel is decoded.
- Decoders fail in more ways than they document. Every failure becomes one `BadImage`.

What is made of the unusual: EXIF orientation is applied; transparency is laid on white; palettes,
greys, 1-bit and CMYK become RGB; 10- to 16-bit greys are scaled to 8 bits, never clipped; of an
animation the first frame is taken. Embedded colour profiles are ignored: numbers are read as sRGB.
"""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from widespectrum.errors import BadImage, BadInput
from widespectrum.images.formats import CONVERT, REPLACE, check_suffix, format_of

MAX_PIXELS = 64_000_000
"""Largest width times height that is decoded unless the caller says otherwise (192 MB as RGB)."""

MAX_BYTES = 256 * 1024 * 1024
"""Largest file that is read."""

_ORIENTATION_TAG = 0x0112
_PHOTOMETRIC_TAG = 262
_BITS_TAG = 258

# How the stored picture must be turned to stand upright, per EXIF orientation (1 is upright).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Decoded:
    """A picture together with what its file said about itself."""

    image: Image.Image
    """RGB, 8 bits, upright, without metadata."""
    data: bytes
    """The file's content."""
    format: str
    """Key of `SUFFIXES`, from the first bytes."""
    plain: bool
    """True if the file shows exactly these pixels to any program and carries no private metadata:
    PNG, JPEG or WEBP, 8-bit RGB or grey, one frame, upright, opaque, without EXIF or XMP."""


def load_image(
    source: Path | str | bytes,
    *,
    max_pixels: int = MAX_PIXELS,
    name: str | None = None,
) -> Image.Image:
    """The picture in a file, or in the bytes of one, as upright 8-bit RGB without metadata.

    Args:
        source: a path, or the content of a file.
        max_pixels: largest width times height. Pillow's own limit (about 179 million) stays above.
        name: what error messages call the picture; by default the path, or "image bytes".

    Raises:
        BadImage: unreadable, refused, or too large; the message names the file and the remedy.
        BadInput: there is no such file.
    """
    return decode(source, max_pixels=max_pixels, name=name).image


def decode(
    source: Path | str | bytes,
    *,
    max_pixels: int = MAX_PIXELS,
    name: str | None = None,
) -> Decoded:
    """As `load_image`, together with the file's format and whether it is plain.

    Raises:
        BadImage: unreadable, refused, or too large; the message names the file and the remedy.
        BadInput: there is no such file.
    """
    if isinstance(source, bytes):
        data, place, path = source, name or "image bytes", None
    else:
        path = Path(source)
        place = name or str(path)
        data = _read(path, place)
    kind = format_of(data, place)
    if path is not None:
        check_suffix(path, kind, place)
    return _decode(data, kind, place, max_pixels)


def to_rgb(image: Image.Image) -> Image.Image:
    """A loaded picture of any mode as 8-bit RGB on white, without metadata.

    Raises:
        BadImage: the mode has no agreed black and white (floating point, 32-bit integers).
    """
    if image.mode.startswith("I;16"):
        image = _eight_bits(image, largest=65535)
    if image.mode in ("F", "I"):
        raise BadImage(
            f"has pixels of mode {image.mode}, whose black and white are not defined", CONVERT
        )
    if _transparent(image):
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, rgba)
    rgb = image.convert("RGB")
    rgb.info = {}
    return rgb


def _read(path: Path, place: str) -> bytes:
    try:
        if path.is_dir():
            raise BadImage("is a folder, not an image", "Name an image file inside it.", file=place)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadImage(
                f"has {size:,} bytes; the limit is {MAX_BYTES:,}",
                "Save it smaller.",
                file=place,
            )
        # A named pipe or a device has size 0 and might never end.
        if not path.is_file():
            raise BadImage("is not a regular file", "Name an image file.", file=place)
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            "there is no such image",
            "Check the name, and the folder it is relative to.",
            file=place,
        ) from None
    except (OSError, ValueError) as error:
        # ValueError: a NUL character in the name.
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"cannot be opened ({reason})", "Check the name and its permissions.", file=place
        ) from None


def _decode(data: bytes, kind: str, place: str, max_pixels: int) -> Decoded:
    _check_decoder(kind, place)
    try:
        with _quiet():
            image = Image.open(io.BytesIO(data), formats=[kind])
        with image:
            _check_size(image.size, place, max_pixels)
            # Of Pillow's decoders only that for TIFF warns while it decodes; the others may run
            # side by side in threads.
            with _quiet() if kind == "TIFF" else contextlib.nullcontext():
                image.load()
            _check_size(image.size, place, max_pixels)
            plain = _is_plain(image, kind, data)
            turn = _orientation(image)
            rgb = to_rgb(_normal_depth(image, kind))
            if turn in _UPRIGHT:
                rgb = rgb.transpose(_UPRIGHT[turn])
    except BadImage as error:
        raise BadImage(error.problem, error.remedy, file=place) from error.__cause__
    except UnidentifiedImageError as error:
        raise BadImage(
            f"begins like {kind}, but its header is damaged", REPLACE, file=place
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_large(place) from error
    except MemoryError as error:
        raise BadImage("needs more memory than there is", "Save it smaller.", file=place) from error
    except Exception as error:
        # Decoders of hostile bytes raise almost anything, from SyntaxError to ZeroDivisionError.
        detail = str(error) or type(error).__name__
        raise BadImage(
            f"cannot be decoded as {kind} ({detail})",
            f"The file is truncated or damaged. {REPLACE}",
            file=place,
        ) from error
    return Decoded(rgb, data, kind, plain and turn not in _UPRIGHT)


def _check_decoder(kind: str, place: str) -> None:
    Image.init()
    if kind not in Image.OPEN:
        raise BadImage(f"is {kind}, which this Pillow was built without", CONVERT, file=place)


def _check_size(size: tuple[int, int], place: str, max_pixels: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise BadImage(f"has no pixels ({width} x {height})", REPLACE, file=place)
    if width * height > max_pixels:
        raise _too_large(place, f"{width} x {height} pixels; the limit is {max_pixels:,} in all")


def _too_large(place: str, detail: str = "more pixels than any limit allows") -> BadImage:
    return BadImage(f"is too large: {detail}", "Scale it down first.", file=place)


def _is_plain(image: Image.Image, kind: str, data: bytes) -> bool:
    deep_png = kind == "PNG" and data[24] == 16  # Pillow calls 16-bit colour "RGB" as well
    private = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop"}
    return (
        kind in ("PNG", "JPEG", "WEBP")
        and image.mode in ("RGB", "L")
        and not deep_png
        and not _transparent(image)
        and getattr(image, "n_frames", 1) == 1
        and private.isdisjoint(image.info)
    )


def _transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info


def _normal_depth(image: Image.Image, kind: str) -> Image.Image:
    """Greys of more than 8 bits scaled to 8; all else as it is."""
    if image.mode == "I" and kind == "PNG":  # how older Pillow opens 16-bit grey
        return _eight_bits(image, largest=65535)
    if not image.mode.startswith("I;16"):
        return image
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(_BITS_TAG, 16)
    bits = bits[0] if isinstance(bits, tuple) else bits
    scaled = _eight_bits(image, largest=2 ** int(bits) - 1)
    white_is_zero = tags.get(_PHOTOMETRIC_TAG) == 0
    return scaled.point(lambda value: 255 - value) if white_is_zero else scaled


def _eight_bits(image: Image.Image, largest: int) -> Image.Image:
    values = np.asarray(image).astype(np.float64) * (255 / largest)
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8. A broken EXIF block says nothing, as in every browser.

    Asked after loading: Pillow itself turns TIFF upright while it loads.
    """
    with _quiet():
        try:
            value = image.getexif().get(_ORIENTATION_TAG, 1)
        except Exception:
            return 1
    return value if isinstance(value, int) else 1


_warnings_lock = threading.RLock()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warning leaves Pillow: what matters is raised, and the rest is about harmless metadata.

    The list of warning filters belongs to the whole process, hence the lock.
    """
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
