"""From a picture to what a CLIP sees, by the rule of the code that each reward was published with.

Three rules are in use, and they are not interchangeable: the same picture and the same weights give
other scores under another rule. All of them end in a square of float32 values, normalised with
CLIP's mean and deviation. No torchvision: its results are reproduced bit for bit.

``openai``
    The short side becomes `size` (PIL, bicubic, antialiased; the long side is rounded down), the
    middle is cut out, then the mode becomes RGB. So a picture with a palette is resized by nearest
    neighbour, and transparency is dropped after it took part in the resizing.
``huggingface``
    RGB first, then the same; but half a pixel of margin is rounded down and not to even, so that
    the middle may be one pixel further to the left, or above.
``letterbox``
    The long side becomes `size`, as float values, and black bars fill the square: nothing is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image as pil

from widespectrum.encodings import content_key
from widespectrum.errors import BadInput
from widespectrum.images import to_rgb

if TYPE_CHECKING:
    from widespectrum.contracts import Image

Pixels: TypeAlias = NDArray[np.float32]

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_DEVIATION = (0.26862954, 0.26130258, 0.27577711)

_EIGHT_BITS = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV")
_ELONGATED = 1024
"""Above this ratio of its sides, only the middle of a picture is resized: the whole of it would
fill the memory, and less than a thousandth of it is seen."""


@dataclass(frozen=True)
class Preprocessing:
    """A rule with its numbers; called with a picture, it gives ``(3, size, size)`` float32.

    Args:
        rule: ``openai``, ``huggingface`` or ``letterbox``.
        size: side of the square, in pixels.
        antialias: whether ``letterbox`` widens its filter when it shrinks. The rule of today's
            torchvision; before version 0.17 it did not, and scores of that time are reproduced
            with False.
        mean, deviation: per channel, of values from 0 to 1.

    Raises:
        BadInput: there is no such rule.
    """

    rule: str
    size: int = 224
    antialias: bool = True
    mean: tuple[float, float, float] = CLIP_MEAN
    deviation: tuple[float, float, float] = CLIP_DEVIATION

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise BadInput(f"is {self.rule!r}", f"Give {' or '.join(RULES)}.", field="rule")
        if not self.antialias and self.rule != "letterbox":
            raise BadInput(
                f"is false, and the rule {self.rule!r} always widens its filter",
                "Only the rule letterbox has this setting.",
                field="antialias",
            )

    def __call__(self, image: Image) -> Pixels:
        """The picture as the network sees it."""
        values = RULES[self.rule](image, self)
        mean, deviation = (
            np.array(numbers, dtype=np.float32)[:, None, None]
            for numbers in (self.mean, self.deviation)
        )
        values -= mean
        values /= deviation
        return values

    def geometry(self, image: Image) -> str:
        """What this rule does to this picture, in words that are equal for equal results.

        ``openai`` and ``huggingface`` do the same to most RGB pictures; whoever keeps encodings
        under these words encodes such a picture once for both.
        """
        if self.rule == "letterbox":
            return f"letterbox {self.size} antialias={self.antialias}"
        wide, high = _short_side(image.size, self.size)
        margins = _MARGINS[self.rule]
        order = "" if image.mode == "RGB" else f" {self.rule} {image.mode}"
        left, top = margins(wide - self.size), margins(high - self.size)
        return f"crop {self.size} at {left},{top} of {wide}x{high}{order}"

    def key(self, image: Image) -> str:
        """The picture and what is done to it: equal keys, equal values before normalising."""
        return f"{content_key(image)} {self.geometry(image)}"


def _openai(image: Image, rule: Preprocessing) -> Pixels:
    eight = image if image.mode in _EIGHT_BITS else to_rgb(image)
    return _unit(_middle(eight, rule).convert("RGB"))


def _huggingface(image: Image, rule: Preprocessing) -> Pixels:
    eight = image if image.mode in _EIGHT_BITS else to_rgb(image)
    return _unit(_middle(eight.convert("RGB"), rule))


def _letterbox(image: Image, rule: Preprocessing) -> Pixels:
    """Resize values, not bytes: they may leave 0 to 1 a little, and are not cut off there.

    Upstream lets transparent pictures fail at the network's door; ours are laid on white.
    """
    import torch
    from torch.nn.functional import interpolate

    values = _unit(to_rgb(image))
    size, (_, high, wide) = rule.size, values.shape
    scale = size / max(high, wide)
    if scale != 1.0:
        # A side that would vanish keeps one row.
        to = max(1, round(high * scale)), max(1, round(wide * scale))
        batch = torch.from_numpy(values)[None]
        resized = interpolate(
            batch, size=to, mode="bicubic", align_corners=False, antialias=rule.antialias
        )
        values = resized[0].numpy()
        _, high, wide = values.shape
    square = np.zeros((3, size, size), dtype=np.float32)
    top, left = (size - high) // 2, (size - wide) // 2
    square[:, top : top + high, left : left + wide] = values
    return square


def _middle(image: Image, rule: Preprocessing) -> Image:
    """The picture with its short side at the rule's size, and of that the middle square."""
    size = rule.size
    wide, high = _short_side(image.size, size)
    left, top = _MARGINS[rule.rule](wide - size), _MARGINS[rule.rule](high - size)
    if max(wide, high) <= _ELONGATED * size:
        resized = image.resize((wide, high), pil.Resampling.BICUBIC)
        return resized.crop((left, top, left + size, top + size))
    # The same filter over the middle only. PIL then rounds differently here and there.
    across, down = image.width / wide, image.height / high
    box = (left * across, top * down, (left + size) * across, (top + size) * down)
    return image.resize((size, size), pil.Resampling.BICUBIC, box=box)


def _short_side(size: tuple[int, int], target: int) -> tuple[int, int]:
    """Width and height when the short side becomes `target`; the long one is rounded down."""
    wide, high = size
    if wide <= high:
        return target, int(target * high / wide)
    return int(target * wide / high), target


def _unit(image: Image) -> Pixels:
    """An RGB picture as ``(3, height, width)`` values from 0 to 1."""
    values = np.asarray(image, dtype=np.uint8).transpose(2, 0, 1).astype(np.float32)
    values /= np.float32(255)
    return values


RULES: Mapping[str, Callable[[Any, Preprocessing], Pixels]] = {
    "openai": _openai,
    "huggingface": _huggingface,
    "letterbox": _letterbox,
}

_MARGINS: Mapping[str, Callable[[int], int]] = {
    "openai": lambda spare: round(spare / 2),  # halves go to the even neighbour
    "huggingface": lambda spare: spare // 2,
}
