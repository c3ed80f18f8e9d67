"""Which image format a file is of, by its first bytes, and which formats are refused by name."""

from __future__ import annotations

from pathlib import Path

from widespectrum.errors import BadImage

CONVERT = "Convert it to PNG or JPEG."
REPLACE = "Replace the file by an intact copy."

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


def looks_like_image(path: Path) -> bool:
    """True if the file's name ends like one of the formats that are read."""
    return any(path.suffix.lower() in suffixes for suffixes in SUFFIXES.values())


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


def format_of(data: bytes, place: str) -> str:
    """The format of a file (a key of `SUFFIXES`) by its content; `place` names it in messages.

    Raises:
        BadImage: empty, not an image, or of a format that is not read; says which.
    """
    if not data:
        raise BadImage("is empty (zero bytes)", REPLACE, file=place)
    kind = sniff(data)
    if kind is not None:
        return kind
    readable = ", ".join(SUFFIXES)
    for magic, title in _REFUSED_MAGIC:
        if data.startswith(magic):
            raise BadImage(f"is {title}, which is not read", CONVERT, file=place)
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml")) or b"<svg" in head:
        raise BadImage("is an SVG drawing or XML, which is not read", CONVERT, file=place)
    if head.startswith((b"<!doctype html", b"<html")):
        raise BadImage(
            "is a web page, not an image", "The download went wrong; fetch it again.", file=place
        )
    if data[4:8] == b"ftyp":
        raise BadImage("is HEIC or a video, which is not read", CONVERT, file=place)
    raise BadImage(
        "is not an image in a known format", f"Use one of {readable}; {REPLACE}", file=place
    )


def check_suffix(path: Path, kind: str, place: str) -> None:
    """Refuse a file whose name promises another format than `kind`. No ending promises nothing.

    Raises:
        BadImage: names both formats and a better name.
    """
    suffix = path.suffix.lower()
    if suffix and suffix not in SUFFIXES[kind]:
        right = path.with_suffix(SUFFIXES[kind][0]).name
        raise BadImage(
            f"its name says {suffix!r}, but its content is {kind}",
            f"Rename it to {right!r} if that is what it is.",
            file=place,
        )
