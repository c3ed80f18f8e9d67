"""What film, sensor and codec do to the picture: grain, noise, blocks, lines."""

from __future__ import annotations

from random import Random

import numpy as np
from PIL import Image

from widespectrum.bonsai.world.pen import SIZE
from widespectrum.bonsai.world.raster import Floats, from_image, grey, to_image
from widespectrum.bonsai.world.view import Effects, View


def _dct() -> Floats:
    k, n = np.arange(8)[:, None], np.arange(8)[None, :]
    matrix = np.cos(np.pi * k * (2 * n + 1) / 16) * 0.5
    matrix[0] *= np.sqrt(0.5)
    return matrix.astype(np.float32)


_DCT = _dct()
_STEPS = (np.add.outer(np.arange(8), np.arange(8)) * 0.11 + 0.34).astype(np.float32)
"""Quantisation steps of an 8 x 8 block of a picture in 0..1: as of a ruinous JPEG."""


def film_grain(pixels: Floats, view: View, dice: Random) -> Floats:
    """Coarse grey grain."""
    noise = view.noise("film-grain")
    coarse = noise.standard_normal((SIZE // 2, SIZE // 2), dtype=np.float32)
    fine = noise.standard_normal((SIZE, SIZE), dtype=np.float32)
    grain = coarse.repeat(2, axis=0).repeat(2, axis=1) * np.float32(0.8) + fine * np.float32(0.6)
    strength = _visible(pixels) * dice.uniform(0.11, 0.15)
    grainy: Floats = pixels + grain[:, :, None] * strength
    return grainy


def sensor_noise(pixels: Floats, view: View, dice: Random) -> Floats:
    """Noise of all colours."""
    noise = view.noise("sensor-noise").standard_normal((SIZE, SIZE, 3), dtype=np.float32)
    noisy: Floats = pixels + noise * (_visible(pixels) * dice.uniform(0.16, 0.21))
    return noisy


def _visible(pixels: Floats) -> np.float32:
    """Noise shrinks in a dark picture, lest it become a brighter one."""
    return np.float32(min(1.0, 0.4 + 2 * float(pixels.mean())))


def compression_blocks(pixels: Floats, view: View, dice: Random) -> Floats:
    """Blocks of a codec starved of bits."""
    luma = grey(pixels)
    planes = np.concatenate([luma, pixels[:, :, :1] - luma, pixels[:, :, 2:] - luma], axis=2)
    blocks = planes.reshape(8, 8, 8, 8, 3).transpose(0, 2, 4, 1, 3)
    steps = _STEPS * np.float32(dice.uniform(1.4, 2.0))
    frequencies = _DCT @ blocks @ _DCT.T
    rough = _DCT.T @ (np.round(frequencies / steps) * steps) @ _DCT
    planes = rough.transpose(0, 3, 1, 4, 2).reshape(SIZE, SIZE, 3)
    y, red, blue = planes[:, :, 0], planes[:, :, 1], planes[:, :, 2]
    green = y - (np.float32(0.299) * red + np.float32(0.114) * blue) / np.float32(0.587)
    decoded: Floats = np.clip(np.stack([y + red, green, y + blue], axis=2), 0, 1)
    return decoded


def pixelation(pixels: Floats, view: View, dice: Random) -> Floats:
    """Nine to thirteen pixels for the whole width."""
    side = dice.choice((9, 11, 13))
    small = to_image(pixels).resize((side, side), Image.Resampling.BOX)
    return from_image(small.resize((SIZE, SIZE), Image.Resampling.NEAREST))


def scanlines(pixels: Floats, view: View, dice: Random) -> Floats:
    """Every second pair of rows dark, some rows torn to the side."""
    lined = pixels.copy()
    top = dice.randrange(8, SIZE - 16)
    lined[top : top + 7] = np.roll(lined[top : top + 7], dice.choice((-1, 1)) * 7, axis=1)
    for row in range(0, SIZE, 8):
        lined[row : row + 3] = np.roll(lined[row : row + 3], dice.randint(-2, 2), axis=1)
    lined[0::4] *= np.float32(0.34)
    lined[1::4] *= np.float32(0.6)
    lined[top] = lined[top] * np.float32(0.3) + np.float32(0.6) * _visible(pixels)
    return lined


EFFECTS: Effects = {
    "film-grain": film_grain,
    "sensor-noise": sensor_noise,
    "compression-blocks": compression_blocks,
    "pixelation": pixelation,
    "scanlines": scanlines,
}
