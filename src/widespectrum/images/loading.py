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
from PIL import Image

from widespectrum.errors import BadImage, BadInput

MAX_PIXELS = 64_000_000
"""Largest width times height that is decoded unless the caller says otherwise (192 MB as RGB)."""

MAX_BYTES = 256 * 1024 * 1024
"""Largest file that is read."""

SUFFIXES = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif", ".avifs"),
}
"""The formats that are read, each with the file name endings that go with it."""

_CONVERT = "Convert it to PNG or JPEG."
_REPLACE = "Replace the file by an intact copy."
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

# Formats that are recognised only to be refused by name. All of them have been ways into a
# program: they carry scripts, embed other files, or call external interpreters.
_REFUSED_MAGIC = (
    (b"8BPS", "a Photoshop document (PSD)"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "PostScript (EPS)"),
    (b"\xc5\xd0\xd3\xc6", "PostScript (EPS)"),
    (b"\x00\x00\x01\x00", "an icon (ICO)"),
    (b"\x00\x00\x02\x00", "a cursor (CUR)"),
    (b"\xd7\xcd\xc6\x9a", "a Windows metafile (WMF)"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"v/1\x01", "an OpenEXR image"),
    (b"#?RADIANCE", "a Radiance HDR image"),
    (b"DDS ", "a DirectDraw surface (DDS)"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
)


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
    kind = _format_of(data, place)
    if path is not None:
        _check_suffix(path, kind, place)
    return _decode(data, kind, place, max_pixels)


def looks_like_image(path: Path) -> bool:
    """True if the file's name ends like one of the formats that are read."""
    return any(path.suffix.lower() in suffixes for suffixes in SUFFIXES.values())


def to_rgb(image: Image.Image) -> Image.Image:
    """A loaded picture of any mode as 8-bit RGB on white, without metadata.

    Raises:
        BadImage: the mode has no agreed black and white (floating point, 32-bit integers).
    """
    if image.mode.startswith("I;16"):
        image = _eight_bits(image, largest=65535)
    if image.mode in ("F", "I"):
        raise BadImage(
            f"has pixels of mode {image.mode}, whose black and white are not defined", _CONVERT
        )
    if _transparent(image):
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, rgba)
    rgb = image.convert("RGB")
    rgb.info = {}
    return rgb


def sniff(data: bytes) -> str | None:
    """The format that the first bytes announce (a key of `SUFFIXES`), or None."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"BM"):
        return "BMP"
    if data.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "TIFF"
    if data[4:8] == b"ftyp" and (b"avif" in data[8:64] or b"avis" in data[8:64]):
        return "AVIF"
    return None


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


def _format_of(data: bytes, place: str) -> str:
    if not data:
        raise BadImage("is empty (zero bytes)", _REPLACE, file=place)
    kind = sniff(data)
    if kind is not None:
        return kind
    readable = ", ".join(SUFFIXES)
    for magic, title in _REFUSED_MAGIC:
        if data.startswith(magic):
            raise BadImage(f"is {title}, which is not read", _CONVERT, file=place)
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml")) or b"<svg" in head:
        raise BadImage("is an SVG drawing or XML, which is not read", _CONVERT, file=place)
    if head.startswith((b"<!doctype html", b"<html")):
        raise BadImage(
            "is a web page, not an image", "The download went wrong; fetch it again.", file=place
        )
    if data[4:8] == b"ftyp":
        raise BadImage("is HEIC or a video, which is not read", _CONVERT, file=place)
    raise BadImage(
        "is not an image in a known format", f"Use one of {readable}; {_REPLACE}", file=place
    )


def _check_suffix(path: Path, kind: str, place: str) -> None:
    suffix = path.suffix.lower()
    if suffix and suffix not in SUFFIXES[kind]:
        right = path.with_suffix(SUFFIXES[kind][0]).name
        raise BadImage(
            f"its name says {suffix!r}, but its content is {kind}",
            f"Rename it to {right!r} if that is what it is.",
            file=place,
        )


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
    except Image.DecompressionBombError as error:
        raise _too_large(place) from error
    except MemoryError as error:
        raise BadImage("needs more memory than there is", "Save it smaller.", file=place) from error
    except Exception as error:
        # Decoders of hostile bytes raise almost anything, from SyntaxError to ZeroDivisionError.
        detail = str(error) or type(error).__name__
        raise BadImage(
            f"cannot be decoded as {kind} ({detail})",
            f"The file is truncated or damaged. {_REPLACE}",
            file=place,
        ) from error
    return Decoded(rgb, data, kind, plain and turn not in _UPRIGHT)


def _check_decoder(kind: str, place: str) -> None:
    Image.init()
    if kind not in Image.OPEN:
        raise BadImage(f"is {kind}, which this Pillow was built without", _CONVERT, file=place)


def _check_size(size: tuple[int, int], place: str, max_pixels: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise BadImage(f"has no pixels ({width} x {height})", _REPLACE, file=place)
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
