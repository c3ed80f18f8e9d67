"""Content addressing: the name is the content, writes are whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from widespectrum.errors import BadImage, BadInput, StorageFailed
from widespectrum.images import ImageStore, builtin_photographs, encode_png


@pytest.fixture
def picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (5, 7, 3), dtype=np.uint8))


def test_put_and_open_round_trip(tmp_path: Path, picture: Image.Image) -> None:
    store = ImageStore(tmp_path)
    digest = store.put(picture)
    path = store.path(digest)
    assert path == tmp_path / digest[:2] / f"{digest}.png"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert store.open(digest, verify=True).tobytes() == picture.tobytes()
    assert digest in store
    assert "0" * 64 not in store


def test_the_same_pixels_have_the_same_digest(tmp_path: Path, picture: Image.Image) -> None:
    store = ImageStore(tmp_path)
    marked = picture.copy()
    marked.info = {"icc_profile": b"x", "dpi": (72, 72), "comment": b"made by nobody"}
    assert store.put(picture) == store.put(marked) == store.put(picture.copy())
    assert len(list(tmp_path.rglob("*.png"))) == 1
    assert store.put(picture.convert("RGBA")) == store.put(picture)


def test_png_carries_no_metadata(picture: Image.Image) -> None:
    chunks = encode_png(picture)
    assert chunks.count(b"IHDR") == chunks.count(b"IEND") == 1
    assert not any(name in chunks for name in (b"tEXt", b"iTXt", b"eXIf", b"iCCP", b"pHYs"))


@pytest.mark.parametrize(("kind", "ending"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_plain_files_are_kept_byte_for_byte(
    tmp_path: Path, picture: Image.Image, kind: str, ending: str
) -> None:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    store = ImageStore(tmp_path)
    digest = store.put_bytes(buffer.getvalue(), kind)
    assert store.path(digest).suffix == ending
    assert store.path(digest).read_bytes() == buffer.getvalue()
    assert store.open(digest, verify=True).size == picture.size


def test_files_that_would_change_are_stored_as_loaded(tmp_path: Path, picture: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", exif=exif)
    store = ImageStore(tmp_path)
    digest = store.put_bytes(buffer.getvalue())
    assert store.open(digest).size == (5, 7)
    assert store.put(picture.transpose(Image.Transpose.ROTATE_270)) == digest


def test_wrong_announcement_is_refused(tmp_path: Path, picture: Image.Image) -> None:
    with pytest.raises(BadImage, match="announced as JPEG, but its content is PNG"):
        ImageStore(tmp_path).put_bytes(encode_png(picture), "JPEG")
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize("digest", ["", "abc", "../" * 21 + "x", "A" * 64, "0" * 63 + "/"])
def test_a_digest_cannot_name_a_path(tmp_path: Path, digest: str) -> None:
    with pytest.raises(BadInput, match="not a sha256 digest"):
        ImageStore(tmp_path).path(digest)


def test_missing_and_altered_images(tmp_path: Path, picture: Image.Image) -> None:
    store = ImageStore(tmp_path)
    with pytest.raises(BadInput, match=f"holds no image {'0' * 64}"):
        store.open("0" * 64)
    digest = store.put(picture)
    store.path(digest).write_bytes(encode_png(Image.new("RGB", (1, 1))))
    assert store.open(digest).size == (1, 1)
    with pytest.raises(BadImage, match="altered"):
        store.open(digest, verify=True)


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, picture: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = ImageStore(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageFailed, match=r"No space left.*[Mm]ake room"):
            store.put(picture)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert store.put(picture) in store


def test_a_root_that_cannot_be_a_folder(tmp_path: Path, picture: Image.Image) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed):
        ImageStore(tmp_path / "file").put(picture)


def test_writers_of_the_same_picture_do_no_harm(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    data = builtin_photographs()[0].path.read_bytes()
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(store.put_bytes, [data] * 32))
    assert len(digests) == 1
    assert store.path(digests.pop()).read_bytes() == data
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_what_was_decoded_already_is_stored_the_same(tmp_path, monkeypatch):
    from widespectrum.images import EncodedImage, decode, store

    data = encode_png(Image.effect_noise((9, 7), 50).convert("RGB"))
    plain = ImageStore(tmp_path / "a").put_encoded(EncodedImage(data, "PNG"))
    decoded = decode(data)
    monkeypatch.setattr(store, "decode", None)  # it is not decoded again
    kept = ImageStore(tmp_path / "b")
    assert kept.put_encoded(EncodedImage(data, "PNG", decoded)) == plain
    assert kept.path(plain).read_bytes() == data
