"""What both sides of a parity check are shown: pictures of odd sizes and modes, odd prompts.

Needs NumPy and Pillow only, so that an old environment can import it, too.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

SIZES = [(512, 512, "RGB"), (640, 427, "RGB"), (301, 225, "RGBA"), (90, 333, "L"), (225, 224, "P")]
PROMPTS = [
    "",
    "a dog, dully lit",
    "a cat that sleeps in the middle of an otherwise empty room, out of focus and grainy, " * 3,
    "猫 тёмный кот صورة",
    "the photographer’s “lost” café &amp; bar… <b>½ price</b> [SEP]",
]


def write_inputs(folder: Path, *, few: bool = False) -> None:
    """``0.png`` and so on, and ``prompts.json``; two of each if only a `few` are wanted."""
    rng = np.random.default_rng(11)
    for number, (wide, high, mode) in enumerate(SIZES[:2] if few else SIZES):
        rows, columns = np.mgrid[0:high, 0:wide]
        slope = (rows * 150 / high + columns * 60 / wide)[..., None] * rng.uniform(0.2, 1, 3)
        noise = rng.integers(0, 40, (high, wide, 3))
        picture = Image.fromarray((slope + noise).astype(np.uint8))
        if mode == "RGBA":
            picture.putalpha(Image.fromarray((columns % 256).astype(np.uint8)))
        picture.convert(mode).save(folder / f"{number}.png")
    prompts = PROMPTS[1:3] if few else PROMPTS
    (folder / "prompts.json").write_text(json.dumps(prompts), encoding="utf-8")


def read_inputs(folder: Path) -> tuple[list[Image.Image], list[str]]:
    """What `write_inputs` wrote."""
    pictures = [Image.open(path) for path in sorted(folder.glob("[0-9].png"))]
    for picture in pictures:
        picture.load()
    return pictures, json.loads((folder / "prompts.json").read_text(encoding="utf-8"))


def write_word_pieces(path: Path, size: int) -> None:
    """A vocabulary in BERT's form: signs, letters, some words, and fillers up to `size`."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,'-!&;<>/[]’“”…½猫темныйкотصورة"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces += sorted(set(letters)) + [f"##{letter}" for letter in sorted(set(letters))]
    pieces += ["dog", "cat", "room", "photograph", "##er", "##ly", "sleep", "##s", "dull"]
    pieces += [f"[unused{number}]" for number in range(size - len(pieces))]
    path.write_text("\n".join(pieces) + "\n", encoding="utf-8")
