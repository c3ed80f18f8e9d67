"""Throughput of the images room on one core, next to the obvious alternatives in the same run.

    python benchmarks/darkroom.py [--longest-side 512] [--repeats 3]

Prints images per second of every darkroom operation, of safe loading against a bare Pillow call,
and of storing at two PNG levels. The last line is one JSON document.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

from PIL import Image, ImageFilter

from widespectrum.images import builtin_photographs, encode_png, load_image
from widespectrum.images.darkroom import apply, operations


def rate(work: Callable[[Image.Image], object], images: list[Image.Image], repeats: int) -> float:
    """Best images per second over several passes: the other passes were disturbed."""
    work(images[0])
    best = 0.0
    for _ in range(repeats):
        start = time.perf_counter()
        for image in images:
            work(image)
        best = max(best, len(images) / (time.perf_counter() - start))
    return best


def png(image: Image.Image, level: int) -> bytes:
    """The picture as PNG at a compression level."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=level)
    return buffer.getvalue()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--longest-side", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    photographs = builtin_photographs()
    images = [load_image(photograph.path) for photograph in photographs]
    for image in images:
        image.thumbnail((options.longest_side, options.longest_side))

    print(f"{len(images)} photographs, at most {options.longest_side} pixels; images per second")
    rates = {}
    for name in operations():
        rates[name] = rate(
            lambda image, name=name: apply(name, image, 0.75, 0), images, options.repeats
        )
        print(f"  {name:24s}{rates[name]:8.1f}")

    blur = rate(
        lambda image: image.filter(ImageFilter.GaussianBlur(0.05 * min(image.size))),
        images,
        options.repeats,
    )
    print(f"  for comparison, Pillow's GaussianBlur (approximate, on bytes) {blur:.1f}")

    files = [photograph.path for photograph in photographs]

    def bare(path: object) -> None:
        with Image.open(path) as image:
            image.convert("RGB")

    safe = rate(load_image, files, options.repeats)
    unsafe = rate(bare, files, options.repeats)
    print(f"loading JPEG files: load_image {safe:.1f}, bare Pillow {unsafe:.1f}")

    stored = rate(encode_png, images, options.repeats)
    default = rate(lambda image: png(image, 6), images, options.repeats)
    growth = sum(len(encode_png(i)) for i in images) / sum(len(png(i, 6)) for i in images)
    print(
        f"storing PNG: ours {stored:.1f}, zlib's default level {default:.1f}; size x {growth:.3f}"
    )

    document = {
        "longest_side": options.longest_side,
        "photographs": len(images),
        "images_per_second": {name: round(value, 1) for name, value in rates.items()},
        "pillow_gaussian_blur": round(blur, 1),
        "load_image": round(safe, 1),
        "bare_pillow": round(unsafe, 1),
        "encode_png": round(stored, 1),
        "encode_png_level_6": round(default, 1),
        "png_size_ratio": round(growth, 3),
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main()
