"""A stored image is decoded when somebody looks at its pixels, and is then like any other."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from widespectrum.errors import BadImage
from widespectrum.images import ImageStore, StoredImage


@pytest.fixture
def store(tmp_path):
    return ImageStore(tmp_path)


@pytest.fixture
def digest(store):
    noise = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return store.put(Image.fromarray(noise))


def test_its_size_mode_and_digest_are_known_before_it_is_decoded(store, digest, monkeypatch):
    monkeypatch.setattr("widespectrum.images.stored.load_image", pytest.fail)
    image = store.look(digest)
    assert (image.size, image.mode, image.digest) == ((7, 5), "RGB", digest)


@pytest.mark.parametrize(
    "use",
    [
        np.asarray,
        lambda image: np.asarray(image.resize((3, 3), Image.Resampling.BICUBIC)),
        lambda image: np.asarray(image.crop((1, 1, 4, 4))),
        lambda image: np.asarray(image.convert("L")),
        lambda image: np.asarray(image.copy()),
        lambda image: image.getpixel((2, 2)),
        lambda image: image.tobytes(),
        lambda image: image.histogram(),
        lambda image: [band.tobytes() for band in image.split()],
        lambda image: np.asarray(image.transpose(Image.Transpose.ROTATE_90)),
        lambda image: image.getextrema(),
        lambda image: image.load()[1, 1],
    ],
)
def test_whatever_is_done_with_it_gives_what_the_decoded_image_gives(store, digest, use):
    assert np.array_equal(use(store.look(digest)), use(store.open(digest)))


def test_it_is_decoded_once(store, digest):
    image = store.look(digest)
    first = image.tobytes()
    store.path(digest).unlink()
    assert image.tobytes() == first


def test_a_file_that_is_damaged_is_named(store, digest):
    path = store.path(digest)
    data = path.read_bytes()
    path.write_bytes(data[:60])
    image = store.look(digest)  # its header is there
    with pytest.raises(BadImage, match=path.name):
        image.load()
    path.write_bytes(b"no image")
    with pytest.raises(BadImage, match=path.name):
        StoredImage(path, digest)
