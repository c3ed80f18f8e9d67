"""What film, sensor, tape and compression do wrong: the recording, not the scene."""

from __future__ import annotations

import numpy as np
from scipy import fft

from widespectrum.images.darkroom.filters import smooth
from widespectrum.images.darkroom.operation import Picture, Plane, operation
from widespectrum.images.darkroom.pictures import displace, grey, mix, saturate, shorter
from widespectrum.images.darkroom.spaces import blocks, cells, descend, tents

# An orthonormal brightness-and-colour basis, so that distances in it are distances in RGB.
_OPPONENT = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], np.float32) / np.sqrt(
    np.array([[3], [2], [6]], np.float32)
)


@operation("Film grain", "clarity")
def grain(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Coarse grey grain swarms over everything, most of all over the mid-tones."""
    speck = _specks(rng.standard_normal(image.shape[:2], np.float32), image, 1 / 420)
    room = 0.45 + 0.55 * np.sin(np.pi * np.clip(grey(image), 0, 1))
    return image + 0.26 * severity * np.expand_dims(speck * room, -1)


@operation("Sensor noise", "clarity")
def sensor_noise(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Red, green and blue specks as from a small sensor in the dark, and stuck pixel columns."""
    fields = [rng.standard_normal(image.shape[:2], np.float32) for _ in range(3)]
    specks = np.stack([_specks(field, image, 1 / 700) for field in fields], axis=-1)
    stripes = rng.standard_normal((image.shape[1], 1), np.float32)
    return image + severity * (0.34 * specks + 0.05 * stripes)


def _specks(field: Plane, image: Picture, size: float) -> Plane:
    """Noise whose specks grow with the picture, of unit variance."""
    soft = smooth(field, size * shorter(image))
    return np.asarray(soft / max(float(soft.std()), 1e-6), np.float32)


@operation("Scanlines", "clarity")
def scanlines(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A worn video tape: dark lines, jittering rows, colour that slid sideways, a torn band."""
    height, width = image.shape[:2]
    jitter = 0.006 * np.repeat(rng.standard_normal((height + 1) // 2, np.float32), 2)[:height]
    tear = rng.uniform(0.55, 0.9) * height
    pull = 0.12 * np.exp(-(((np.arange(height) - tear) / (0.035 * shorter(image) + 0.5)) ** 2))
    snow = rng.random((height, width), dtype=np.float32)
    still = np.zeros((height, width), np.float32)
    shift = still + (jitter + pull.astype(np.float32))[:, None]
    tape = displace(image, still, shift)
    smeared = displace(saturate(image, 1.25), still, shift + 0.022)
    tape = tape + (smeared - grey(smeared)[..., None]) - (tape - grey(tape)[..., None])
    period = max(2.0, shorter(image) / 110)
    lines = 0.66 + 0.34 * np.cos(2 * np.pi * np.arange(height, dtype=np.float32) / period)
    torn = (pull > 0.03).astype(np.float32)[:, None] * (snow > 0.75)
    tape = mix(tape * lines[:, None, None], 0.9, torn)
    return mix(image, tape, severity)


@operation("JPEG rot", "clarity")
def jpeg_rot(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Compressed until blocks stand out and edges crumble.

    As JPEG does, every block's cosine transform loses its weak coefficients, fine and coloured
    ones first. What was dropped stays dropped as severity rises, so the loss only grows.
    """
    size = max(8, 8 * round(shorter(image) / 256))
    cut = 1.7 * severity**1.5 * size / 8
    opponent = image @ _OPPONENT.T
    for rows in _whole_and_rest(image.shape[0], size):
        for columns in _whole_and_rest(image.shape[1], size):
            region = opponent[rows, columns]
            opponent[rows, columns] = _drop_weak(region, size, cut)
    return np.asarray(opponent @ _OPPONENT, np.float32)


def _whole_and_rest(side: int, size: int) -> list[slice]:
    """The part of a side that whole blocks fill, and the narrower rest, as far as they exist."""
    whole = side - side % size
    return [part for part in (slice(0, whole), slice(whole, side)) if part.stop > part.start]


def _drop_weak(region: Picture, size: int, cut: float) -> Picture:
    """Blocks without the coefficients below `cut`, the finer and more coloured the sooner."""
    height, width = region.shape[:2]
    tall, wide = min(size, height), min(size, width)
    block = region.reshape(height // tall, tall, width // wide, wide, 3)
    coefficients = fft.dctn(block, axes=(1, 3), norm="ortho")
    fineness = np.arange(tall)[:, None] / tall + np.arange(wide)[None, :] / wide
    threshold = cut * (1 + 2.7 * fineness)[:, None, :, None] * np.array([1, 2.2, 2.2])
    threshold[0, :, 0] = 0  # the mean brightness and colour of a block survive
    kept = np.where(np.abs(coefficients) < threshold, 0, coefficients)
    return np.asarray(fft.idctn(kept, axes=(1, 3), norm="ortho")).reshape(region.shape)


@operation("Pixelation", "clarity", "detail refinement")
def pixelation(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Every shape turns into coarse squares."""
    levels = [cells(blocks(image.shape, across)) for across in (64, 32, 16)]
    return descend(image, severity, levels)


@operation("Upscaled thumbnail", "clarity")
def upscaled_thumbnail(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """A tiny thumbnail blown up: mushy, with the diamonds of cheap interpolation."""
    levels = [tents(image.shape, 13, doublings) for doublings in (2, 1, 0)]
    return descend(image, severity, levels)


@operation("Posterise", "color aesthetic", "richness")
def posterise(image: Picture, severity: float, rng: np.random.Generator) -> Picture:
    """Smooth tones break into a few hard bands."""
    soft = np.stack([smooth(image[..., c], shorter(image) / 300) for c in range(3)], axis=-1)
    bands = np.clip(np.floor(saturate(soft, 1.25) * 3.999), 0, 3) / 3
    return mix(image, bands.astype(np.float32), severity)
