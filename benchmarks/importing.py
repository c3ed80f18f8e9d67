"""What does an import cost beside what it must do, and beside the obvious loop?

    python benchmarks/importing.py [--pairs 1000] [--side 128] [--repeats 2]

A data set in the authors' layout: photographs with noise, two pictures a row, the four scores of
three scorers, ratings, a choice; one Parquet file. Ways:

- *must*: read the cells, decode each picture once, hash it and write its bytes, in as many threads;
- *import*: `widespectrum import`, which also checks every cell and stores everything resumably;
- *datasets*: the `datasets` library's iteration over the rows, each picture saved by Pillow as PNG,
  and everything else written as one JSON file: no check, no resume, other bytes.

The ways take turns and the best of the repeats counts: by the clock, and in processor seconds. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.exchange import import_data
from widespectrum.exchange.arrow_files import Cells
from widespectrum.images import builtin_photographs, decode
from widespectrum.runs.pictures import THREADS

SUFFIXES = ("oiop", "oidp", "diop", "didp")
IMAGES = ("image_original", "image_distorted")


def main() -> None:
    """Time every way and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        file = write(here, options.pairs, options.side)
        ways = {"must": must, "import": bring_in, "datasets": loop}
        clock: dict[str, list[float]] = {way: [] for way in ways}
        work: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(options.repeats):
            for way, run in ways.items():
                out = here / way
                seconds, processor = timed(run, file, out)
                clock[way].append(seconds)
                work[way].append(processor)
                shutil.rmtree(out)
        megabytes = file.stat().st_size / 1e6
    print(f"{options.pairs} pairs of {options.side} x {options.side}, {megabytes:.0f} MB")
    for way in ways:
        rows = options.pairs / min(clock[way])
        print(f"{way:10} {rows:8.0f} rows a second   {min(work[way]):6.2f} s of processor")
    best = {way: {"clock": min(clock[way]), "processor": min(work[way])} for way in ways}
    print(json.dumps({"options": vars(options), "seconds": best}))


def timed(run: Callable[[Path, Path], None], file: Path, out: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    start, before = time.perf_counter(), time.process_time()
    run(file, out)
    return time.perf_counter() - start, time.process_time() - before


def must(file: Path, out: Path) -> None:
    """The least that any import does: every picture decoded, hashed, written."""
    cells = Cells(file, IMAGES)
    rows = pq.read_metadata(file).num_rows

    def keep(content: bytes) -> None:
        decode(content)
        digest = hashlib.sha256(content).hexdigest()
        path = out / digest[:2] / f"{digest}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    with ThreadPoolExecutor(THREADS) as pool:
        for row in range(rows):
            list(pool.map(keep, (cell["bytes"] for cell in cells.at(row).values())))


def bring_in(file: Path, out: Path) -> None:
    """Ours."""
    job = import_data(file, out=out)
    assert job.run.table("images").height == 2 * job.run.prompts.height


def loop(file: Path, out: Path) -> None:
    """What one writes on a Friday afternoon."""
    out.mkdir()
    rows = datasets.Dataset.from_parquet(str(file), cache_dir=str(out / "cache"))
    kept = []
    for number, row in enumerate(rows):
        for name in IMAGES:
            row.pop(name).save(out / f"{number:04d}_{name}.png")
        kept.append(row)
    (out / "rows.json").write_text(json.dumps(kept))


def write(folder: Path, pairs: int, side: int) -> Path:
    """The data set, as `datasets` would have pushed it."""
    dice = np.random.default_rng(0)
    photographs = [
        np.asarray(Image.open(each.path).convert("RGB").resize((side, side)), dtype=np.int16)
        for each in builtin_photographs()
    ]
    rows = [row(number, photographs, dice) for number in range(pairs)]
    features = {"info": {"features": {name: {"_type": "Image"} for name in IMAGES}}}
    picture = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    pictures = {name: pa.array([each.pop(name) for each in rows], picture) for name in IMAGES}
    table = pa.Table.from_pylist(rows)
    for name, column in pictures.items():
        table = table.append_column(name, column)
    table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    file = folder / "train-00000-of-00001.parquet"
    pq.write_table(table, file, row_group_size=100)
    return file


def row(number: int, photographs: list[Any], dice: np.random.Generator) -> dict[str, Any]:
    """One pair with everything that is said of it."""
    p = dice.dirichlet((1, 1, 1), (2, len(FIXED_ORDER)))
    rated = [
        {"scores": (one @ np.arange(3.0)).tolist(), "preds": one.argmax(axis=1).tolist()}
        for one in p
    ]
    return {
        **{name: {"bytes": png(photographs, dice), "path": None} for name in IMAGES},
        "index": number % 300,
        "prompt_original": f"a photograph, number {number % 300}",
        "prompt_distorted": f"a photograph, number {number % 300}, dark and out of focus",
        "selected_dims": json.dumps(["clarity", "color brightness"]),
        "model": f"model-{number // 300}",
        **{
            f"{scorer}_reward": {
                f"{scorer}_{suffix}": float(np.float16(dice.normal())) for suffix in SUFFIXES
            }
            for scorer in ("hpsv2", "hpsv3", "pickscore")
        },
        "rater": {"original": rated[0], "distorted": rated[1]},
        "llm_selected": int(dice.integers(-1, 2)),
    }


def png(photographs: list[Any], dice: np.random.Generator) -> bytes:
    """A photograph with noise, so that none is another and none is compressed to nothing."""
    picture = photographs[dice.integers(len(photographs))]
    values = (picture + dice.integers(-6, 7, picture.shape)).clip(0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
