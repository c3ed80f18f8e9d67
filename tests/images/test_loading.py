"""Anything a person throws in becomes upright RGB, or one clear error."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from widespectrum.errors import BadImage, BadInput
from widespectrum.images import builtin_photographs, decode, load_image, to_rgb

# Four corners of different colours show every turn and mirror image.
CORNERS = np.zeros((4, 6, 3), np.uint8)
CORNERS[:2, :3], CORNERS[:2, 3:] = (250, 10, 10), (10, 250, 10)
CORNERS[2:, :3], CORNERS[2:, 3:] = (10, 10, 250), (250, 250, 10)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(source: Path | bytes) -> np.ndarray:
    image = load_image(source)
    assert image.mode == "RGB"
    assert image.info == {}
    return np.asarray(image)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF"])
def test_lossless_formats_keep_every_pixel(kind: str) -> None:
    data = encoded(Image.fromarray(CORNERS), kind, **({"lossless": True} if kind == "WEBP" else {}))
    np.testing.assert_array_equal(pixels(data), CORNERS)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF", "GIF"])
def test_lossy_formats_come_close(kind: str) -> None:
    big = np.kron(CORNERS, np.ones((8, 8, 1), np.uint8))
    options = {"quality": 95, "subsampling": 0} if kind == "JPEG" else {}
    found = pixels(encoded(Image.fromarray(big), kind, **options)).astype(int)
    assert np.abs(found - big).mean() < 6


# What each orientation value means, as rotations of the stored array (EXIF 2.3, tag 0x0112).
STORED = {
    1: CORNERS,
    2: CORNERS[:, ::-1],
    3: CORNERS[::-1, ::-1],
    4: CORNERS[::-1],
    5: CORNERS.transpose(1, 0, 2),
    6: np.rot90(CORNERS),
    7: CORNERS[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(CORNERS, -1),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_exif_orientation_is_applied(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation]))
    data = encoded(stored, kind, exif=exif, **options)
    np.testing.assert_array_equal(pixels(data), CORNERS)


def test_broken_exif_says_nothing() -> None:
    data = encoded(Image.fromarray(CORNERS), "PNG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    np.testing.assert_array_equal(pixels(data), CORNERS)


def test_alpha_is_laid_on_white() -> None:
    alpha = np.zeros((1, 3, 4), np.uint8)
    alpha[0, :, 3] = (0, 51, 255)  # transparent, a fifth, opaque black
    assert pixels(encoded(Image.fromarray(alpha), "PNG"))[0, :, 0].tolist() == [255, 204, 0]
    grey = Image.merge("LA", [Image.new("L", (2, 1), 0), Image.new("L", (2, 1), 51)])
    assert pixels(encoded(grey, "PNG")).max() == 204


def test_transparent_palette_and_colour_key_are_laid_on_white() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.putdata([0, 1])
    found = pixels(encoded(palette, "PNG", transparency=0))
    assert found[0].tolist() == [[255, 255, 255], [200, 100, 50]]
    translucent = pixels(encoded(palette, "PNG", transparency=bytes([0, 255])))
    assert translucent[0].tolist() == [[255, 255, 255], [200, 100, 50]]
    keyed = encoded(Image.fromarray(CORNERS), "PNG", transparency=(250, 10, 10))
    assert pixels(keyed)[0, 0].tolist() == [255, 255, 255]


def test_opaque_palette_one_bit_and_cmyk() -> None:
    palette = Image.fromarray(CORNERS).quantize(4)
    assert pixels(encoded(palette, "PNG"))[0, 0].tolist() == [250, 10, 10]
    bits = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    assert pixels(encoded(bits, "PNG"))[0, :, 0].tolist() == [0, 255]
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    assert np.abs(pixels(encoded(cyan, "TIFF"))[0, 0].astype(int) - (0, 255, 255)).max() < 3
    assert np.abs(pixels(encoded(cyan, "JPEG"))[0, 0].astype(int) - (0, 255, 255)).max() < 12


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind: str) -> None:
    values = np.array([[0, 257, 32896, 65535]], np.uint16)
    assert pixels(encoded(Image.fromarray(values), kind))[0, :, 0].tolist() == [0, 1, 128, 255]


def _tiff_grey(values: bytes, bits: int, photometric: int, width: int) -> bytes:
    """A little-endian TIFF with one strip of grey values."""
    tags = {256: width, 257: 1, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: 1}
    tags[279] = len(values)
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in sorted(tags))
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return b"II*\x00" + struct.pack("<I", 8 + len(values)) + values + directory


def test_twelve_bit_and_white_is_zero_tiff() -> None:
    # 0x000 and 0xfff, packed as three bytes; a reader that assumes 16 bits sees near-black.
    assert pixels(_tiff_grey(b"\x00\x0f\xff", 12, 1, 2))[0, :, 0].tolist() == [0, 255]
    inverted = _tiff_grey(struct.pack("<HH", 0, 65535), 16, 0, 2)
    assert pixels(inverted)[0, :, 0].tolist() == [255, 0]


def test_float_and_32_bit_pictures_are_refused() -> None:
    for image in (Image.new("F", (2, 2)), Image.new("I", (2, 2), 70000)):
        with pytest.raises(BadImage, match=r"black and white are not defined.*Convert"):
            load_image(encoded(image, "TIFF"))
        with pytest.raises(BadImage, match="not defined"):
            to_rgb(image)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_first_frame_of_an_animation(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((200, 0, 0), (0, 0, 200))]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert pixels(data)[0, 0].tolist() == [200, 0, 0]
    assert not decode(data).plain


@pytest.mark.parametrize("size", [(1, 1), (20000, 20), (20, 20000)])
def test_extreme_shapes_are_fine(size: tuple[int, int]) -> None:
    assert load_image(encoded(Image.new("RGB", size), "PNG")).size == size


# Refusals


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "zero bytes"),
        (b"hello", "not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", "SVG"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "EPS"),
        (b"8BPS\x00\x01", "PSD"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x00\x00\x01\x00\x01\x00", "ICO"),
        (b"P6 1 1 255\n\x00\x00\x00", "not an image"),
    ],
)
def test_what_is_not_read_is_named(data: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    with pytest.raises(BadImage, match=word) as caught:
        load_image(path)
    assert caught.value.place.file == str(path)
    assert caught.value.remedy


def test_a_lying_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(Image.fromarray(CORNERS), "PNG"))
    with pytest.raises(BadImage, match=r"says '\.jpg', but its content is PNG.*'photo\.png'"):
        load_image(path)
    honest = path.rename(tmp_path / "photo.PNG")
    assert load_image(honest).size == (6, 4)
    nameless = honest.rename(tmp_path / "photo")
    assert load_image(nameless).size == (6, 4)


def test_missing_folder_and_unusable_names(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such image") as caught:
        load_image(tmp_path / "gone.png")
    assert not isinstance(caught.value, BadImage)
    with pytest.raises(BadImage, match="is a folder"):
        load_image(tmp_path)
    with pytest.raises(BadInput):
        load_image(Path("a\x00b.png"))
    with pytest.raises(BadInput):
        load_image(Path("a" * 5000 + ".png"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_truncated_files_are_refused(kind: str) -> None:
    rng = np.random.default_rng(0)
    whole = encoded(Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)), kind)
    with pytest.raises(BadImage, match=rf"photo: .*{kind}.*intact copy"):
        load_image(whole[: len(whole) // 2], name="photo")


def _png_header(width: int, height: int) -> bytes:
    """A PNG that only announces its size: nothing to decode."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = b"IDAT" + zlib.compress(b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (body, end)
    )


@pytest.mark.parametrize("side", [8001, 10_000, 20_000, 2**31 - 1])
def test_bombs_are_refused_from_the_header(side: int) -> None:
    # Warnings are errors here, so this also shows that none of Pillow's leaks.
    with pytest.raises(BadImage, match=r"too large.*Scale it down"):
        load_image(_png_header(side, side))


def test_the_limit_is_the_callers() -> None:
    data = encoded(Image.new("RGB", (10, 11)), "PNG")
    assert load_image(data, max_pixels=110).size == (10, 11)
    with pytest.raises(BadImage, match="10 x 11 pixels; the limit is 109"):
        load_image(data, max_pixels=109)


def test_plain_means_the_same_pixels_everywhere_and_nothing_private() -> None:
    image = Image.fromarray(CORNERS)
    exif = Image.Exif()
    exif[0x010F] = "maker of the camera"
    assert decode(encoded(image, "PNG")).plain
    assert decode(encoded(image, "JPEG")).plain
    assert decode(encoded(image.convert("L"), "PNG")).plain
    assert not decode(encoded(image, "JPEG", exif=exif)).plain
    assert not decode(encoded(image.convert("RGBA"), "PNG")).plain
    assert not decode(encoded(image, "BMP")).plain
    assert not decode(encoded(Image.fromarray(np.zeros((1, 1), np.uint16)), "PNG")).plain


SEEDS = [
    encoded(Image.fromarray(CORNERS), kind)
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
] + [
    encoded(Image.fromarray(np.zeros((3, 3), np.uint16)), "TIFF"),
    encoded(Image.fromarray(CORNERS).quantize(4), "PNG", transparency=1),
]


@settings(max_examples=300, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 2000),
    tail=st.binary(max_size=20),
)
def test_mutated_files_load_or_are_refused(
    seed: bytes, changes: list[tuple[int, int]], cut: int, tail: bytes
) -> None:
    data = bytearray(seed)
    for position, value in changes:
        data[position % len(data)] = value
    mutated = bytes(data[: cut % (len(data) + 1)] if cut < 600 else data) + tail
    with contextlib.suppress(BadImage):
        assert load_image(mutated, max_pixels=1_000_000).mode == "RGB"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(BadImage):
        load_image(data, max_pixels=1_000_000)


def test_threads_may_load_side_by_side() -> None:
    paths = [photograph.path for photograph in builtin_photographs()]
    alone = [load_image(path).tobytes() for path in paths]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda path: load_image(path).tobytes(), paths * 2))
    assert together == alone * 2
