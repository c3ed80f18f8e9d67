"""The three published ways from a picture to pixels, step by step, as their authors wrote them."""

import numpy as np
import torch
from PIL import Image as pil

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)[:, None, None]
DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)[:, None, None]


def openai(image, size=224):
    """Resize, centre crop, RGB, tensor, normalise."""
    resized = image.resize(short_side(image.size, size), pil.Resampling.BICUBIC)
    wide, high = resized.size
    left, top = round((wide - size) / 2.0), round((high - size) / 2.0)
    return normalised(resized.crop((left, top, left + size, top + size)).convert("RGB"))


def huggingface(image, size=224):
    """RGB, resize, centre crop, rescale, normalise."""
    image = image.convert("RGB")
    resized = image.resize(short_side(image.size, size), pil.Resampling.BICUBIC)
    wide, high = resized.size
    left, top = (wide - size) // 2, (high - size) // 2
    return normalised(resized.crop((left, top, left + size, top + size)))


def letterbox(image, size=224, antialias=True):
    """Tensor, long side to size, pad with black, normalise. Transparency is laid on white first."""
    if image.mode == "RGBA":
        white = pil.new("RGBA", image.size, "white")
        image = pil.alpha_composite(white, image)
    pixels = np.asarray(image.convert("RGB")).astype(np.float32).transpose(2, 0, 1) / np.float32(
        255
    )
    tensor = torch.from_numpy(pixels)
    high, wide = tensor.shape[1:]
    scale = size / float(max(high, wide))
    if scale != 1.0:
        to = [max(1, round(side * scale)) for side in (high, wide)]
        tensor = torch.nn.functional.interpolate(
            tensor[None], to, mode="bicubic", align_corners=False, antialias=antialias
        )[0]
    down, across = size - tensor.shape[1], size - tensor.shape[2]
    around = (across // 2, across - across // 2, down // 2, down - down // 2)
    padded = torch.nn.functional.pad(tensor, around, value=0.0)
    return (padded.numpy() - MEAN) / DEVIATION


def short_side(size, target):
    wide, high = size
    short, long = min(size), max(size)
    new = int(target * long / short)
    return (target, new) if wide <= high else (new, target)


def normalised(image):
    pixels = np.asarray(image).astype(np.float32).transpose(2, 0, 1) / np.float32(255)
    return (pixels - MEAN) / DEVIATION
