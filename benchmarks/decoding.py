"""Threads or processes: who decodes and resizes pictures faster?

    python benchmarks/decoding.py [--images 32] [--side 1024] [--repeats 3] [--workers 1 2]

PNG files of noise-laden photographs, decoded safely (`load_image`) and prepared by CLIP's rule for
224 pixels. Ways: one after the other; threads; worker processes, which are started before the clock
and send their arrays back. They take turns; the best of the repeats counts, by the clock. Beside
them, what it costs to find prepared pixels, and an encoding, in the store instead. The last line is
JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from widespectrum.encodings import EncodingStore
from widespectrum.images import builtin_photographs
from widespectrum.runs.pictures import prepare_file
from widespectrum.scorers.clip import Preprocessing

RULE = Preprocessing("huggingface", 224)


def main() -> None:
    """Time every way and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=32)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as pools:
        files = write(Path(name), options.images, options.side)
        ways = found(Path(name), files)
        one = partial(prepare_file, prepare=RULE)
        ways["one after the other"] = lambda: [one(file) for file in files]
        for count in options.workers:
            threads = pools.enter_context(ThreadPoolExecutor(count))
            spawn = multiprocessing.get_context("spawn")
            processes = pools.enter_context(ProcessPoolExecutor(count, mp_context=spawn))
            list(processes.map(one, files[: 2 * count]))
            ways[f"{count} threads"] = lambda pool=threads: list(pool.map(one, files))
            ways[f"{count} processes"] = lambda pool=processes: list(pool.map(one, files))
        seconds = best(ways, options.repeats)
    for way, taken in seconds.items():
        print(f"{way:22} {taken / len(files) * 1e3:8.2f} ms an image")
    print(json.dumps({"options": vars(options), "seconds": seconds}))


def write(folder: Path, count: int, side: int) -> list[str]:
    """Photographs at `side` pixels, with the noise that makes a PNG as large as a real one."""
    rng = np.random.default_rng(0)
    photographs = builtin_photographs()
    files = []
    for number in range(count):
        with Image.open(photographs[number % len(photographs)].path) as photograph:
            large = photograph.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
        noise = rng.integers(-3, 4, (side, side, 3))
        values = (np.asarray(large).astype(int) + noise).clip(0, 255).astype(np.uint8)
        files.append(str(folder / f"{number}.png"))
        Image.fromarray(values).save(files[-1], compress_level=3)
    return files


def found(folder: Path, files: list[str]) -> dict[str, Callable[[], object]]:
    """Looking up what was kept: the pixels of every file, and a vector of 768 numbers."""
    store = EncodingStore(folder / "kept")
    for file in files:  # one by one, as the workers keep them
        store.through("pixels", [file], lambda _, file=file: prepare_file(file, RULE)[None])
    store.through("vectors", files, lambda places: np.ones((len(places), 768), np.float32))
    return {
        f"{tower} from the store": lambda tower=tower: store.through(tower, files, _nothing)
        for tower in ("pixels", "vectors")
    }


def _nothing(_: object) -> np.ndarray:
    raise AssertionError("everything is there")


def best(ways: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The best time of each way; they take turns."""
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(repeats):
        for way, run in ways.items():
            start = time.perf_counter()
            run()
            times[way].append(time.perf_counter() - start)
    return {way: min(taken) for way, taken in times.items()}


if __name__ == "__main__":
    main()
