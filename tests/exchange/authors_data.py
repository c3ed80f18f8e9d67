"""Small data sets in the authors' layouts, with pictures of noise."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from widespectrum.aesthetics import FIXED_ORDER

MODELS = ("flux_dev", "dance_flux")
SUFFIXES = ("oiop", "oidp", "diop", "didp")
BLUE = (0, 0, 255)


def png(seed: int, side: int = 12) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return encoded(Image.fromarray(pixels))


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def blue(side: int = 12) -> bytes:
    return encoded(Image.new("RGB", (side, side), BLUE))


def picture(data: bytes, path: str | None = None) -> dict:
    return {"bytes": data, "path": path}


def rater(seed: int) -> dict:
    """Expected ratings and likeliest classes of real probabilities."""
    dice = np.random.default_rng(seed)
    p = dice.dirichlet((1.0, 1.0, 1.0), len(FIXED_ORDER))
    return {"scores": (p @ np.arange(3.0)).tolist(), "preds": p.argmax(axis=1).tolist()}


def scores(prefix: str, seed: int, *, listed: bool = False) -> dict:
    values = np.float16(np.random.default_rng(seed).normal(0, 1, 4)).tolist()
    return {
        f"{prefix}_{suffix}": [value, 9.0] if listed else value
        for suffix, value in zip(SUFFIXES, values, strict=True)
    }


def row(number: int, model: str, block: int) -> dict:
    seed = 1000 * block + number
    return {
        "image_original": picture(png(2 * seed)),
        "image_distorted": picture(png(2 * seed + 1)),
        "index": number,
        "prompt_original": f"a lamp on table {number} ",
        "prompt_distorted": f"a lamp, unlit, on a table lost in grain, number {number}",
        "selected_dims": json.dumps(["clarity", "lighting distinction"]),
        "model": model,
        "llm_judge": {"llm_original_reasoning": "why", "llm_original_special_effects": 3},
        "hpsv2_reward": scores("hpsv2", seed),
        "hpsv3_reward": scores("hpsv3", seed + 1, listed=True),
        "image_reward": scores("image_reward", seed + 2),
        "rater": {"original": rater(seed), "distorted": rater(seed + 1)},
        "llm_selected": (1, 0, -1, 1)[number % 4],
        "blip_selected": 1,
        "blip_score": [[0.5, 1.5], [-1.0, 2.0]],
        "sec_llm_selected": (1, 1, -1)[number % 3],
    }


def benchmark_rows(prompts: int = 4, models=MODELS) -> list[dict]:
    return [row(n, model, block) for block, model in enumerate(models) for n in range(prompts)]


def write_shards(folder, rows, shards: int = 1, split: str = "train"):
    """Parquet files as `datasets` pushes them; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-len(rows) // shards)
    for number in range(shards):
        table = pa.Table.from_pylist(rows[number * size : (number + 1) * size])
        name = f"{split}-{number:05d}-of-{shards:05d}.parquet"
        pq.write_table(table, folder / name, row_group_size=3)
    return folder
