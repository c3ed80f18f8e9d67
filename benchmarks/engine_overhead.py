"""What does the engine cost next to a bare loop over the same model?

    python benchmarks/engine_overhead.py [--pairs 192] [--repeats 3] [--threads 1]

The model is a small convolutional dual encoder (torch, CPU), about 10 ms an image; the images are
PNG files of 512 x 512. Three ways to get the four scores of every pair, in batches of 32 scores:

- bare, files: open the images of the batch, call the scorer, next batch. What one writes by hand.
- bare, memory: the same with every image decoded beforehand: the scorer's own time.
- engine: `work` on a run whose images are stored and whose scores are not: planning, hashing,
  decoding, scoring, writing shards with fsync.

The three take turns; the best of the repeats counts, in seconds by the clock and in seconds of CPU
(all threads), which other processes on the machine cannot stretch. Then a plan of 3,300 pairs and
three scorers is costed, finished, and run a second time. The last line is JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter

from widespectrum.contracts import VARIANTS, ScorerFacts
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, ScoreRequest, ScoreWork, work

BATCH = 32
SIDE = 512


class Photographs:
    """Blurred colour fields with grain: about as hard to decode as a photograph."""

    name = "photographs"
    fingerprint = "photographs-1"

    def __init__(self, side: int = SIDE) -> None:
        self.side = side

    def make(self, requests):
        """One picture per request, by its seed."""
        return [self._picture(request.payload["seed"]) for request in requests]

    def _picture(self, seed: int) -> Image.Image:
        random = np.random.default_rng(seed)
        coarse = Image.fromarray(random.integers(0, 255, (8, 8, 3), dtype=np.uint8))
        smooth = coarse.resize((self.side, self.side)).filter(ImageFilter.GaussianBlur(3))
        grain = random.integers(-6, 7, (self.side, self.side, 3))
        return Image.fromarray((np.asarray(smooth) + grain).clip(0, 255).astype(np.uint8))


class DualEncoder:
    """A convolutional image tower and a bag of words; a score is their cosine."""

    facts = ScorerFacts(prompt_aware=True, token_limit=77)

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.name = self.fingerprint = "dual-encoder"
        widths = (3, 24, 48, 96, 128)
        layers: list[torch.nn.Module] = []
        for wide, narrow in itertools.pairwise(widths):
            layers += [torch.nn.Conv2d(wide, narrow, 3, stride=2, padding=1), torch.nn.GELU()]
            layers += [torch.nn.Conv2d(narrow, narrow, 3, padding=1), torch.nn.GELU()]
        self.tower = torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
        self.words = torch.nn.EmbeddingBag(4096, widths[-1])

    def tokens(self, prompts):
        """Words."""
        return np.array([len(prompt.split()) for prompt in prompts], dtype=np.int64)

    @torch.inference_mode()
    def score(self, images, prompts, pairs):
        """Cosines of the pairs; every image and every prompt is encoded once."""
        pixels = [
            np.asarray(image.resize((224, 224), Image.Resampling.BICUBIC)) for image in images
        ]
        batch = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
        seen = torch.nn.functional.normalize(self.tower(batch), dim=-1)
        bags = [[sum(word.encode()) % 4096 for word in prompt.split()] for prompt in prompts]
        said = torch.nn.functional.normalize(
            torch.stack([self.words(torch.tensor([bag]))[0] for bag in bags]), dim=-1
        )
        places = torch.from_numpy(pairs)
        return (seen[places[:, 0]] * said[places[:, 1]]).sum(-1).numpy()


class Nothing(DualEncoder):
    """Costs nothing: what is left is the engine."""

    def __init__(self, name: str) -> None:
        self.name = self.fingerprint = name

    def score(self, images, prompts, pairs):
        """Zeros."""
        return np.zeros(len(pairs), dtype=np.float32)


def requests(pairs: int) -> tuple[list[ImageRequest], list[ScoreRequest]]:
    """Both images of every pair, and the four scores."""
    images = [
        ImageRequest(f"p{n}", variant, {"seed": 2 * n + k})
        for n in range(pairs)
        for k, variant in enumerate(VARIANTS)
    ]
    scores = [
        ScoreRequest(f"p{n}", variant, prompt)
        for n in range(pairs)
        for variant in VARIANTS
        for prompt in (
            f"a street market in the rain, number {n}",
            f"a street market in the rain, number {n}, blurred by camera shake, with heavy grain",
        )
    ]
    return images, scores


def overhead(folder: Path, pairs: int, repeats: int) -> dict[str, tuple[float, float]]:
    """Best seconds (clock, CPU) of the three ways; their scores must agree."""
    images, scores = requests(pairs)
    staged = Run.create(folder / "staged", identity={}, settings={})
    list(work(staged, Plan(images=[ImageWork(Photographs(), images)])))
    names = {
        (pair, variant): image
        for pair, variant, image in staged.table("images")
        .select("pair_id", "variant", "image")
        .iter_rows()
    }
    paths = {name: staged.images.path(image) for name, image in names.items()}
    scorer = DualEncoder()
    plan = Plan(scores=[ScoreWork(scorer, scores, batch_size=BATCH)])

    def read(name: tuple[str, str]) -> Image.Image:
        with Image.open(paths[name]) as image:
            return image.convert("RGB")

    def bare(image_of: Callable[[tuple[str, str]], Image.Image]) -> dict[tuple[str, str], float]:
        results = {}
        for start in range(0, len(scores), BATCH):
            batch = scores[start : start + BATCH]
            shown = list(dict.fromkeys((r.pair_id, r.variant) for r in batch))
            said = list(dict.fromkeys(r.prompt for r in batch))
            at = {name: place for place, name in enumerate(shown)}
            places = [(at[r.pair_id, r.variant], said.index(r.prompt)) for r in batch]
            found = scorer.score([image_of(name) for name in shown], said, np.array(places))
            scorer.tokens(said)
            for request, score in zip(batch, found.tolist(), strict=True):
                results[names[request.pair_id, request.variant], request.prompt] = score
        return results

    def engine() -> dict[tuple[str, str], float]:
        shutil.rmtree(staged.folder("scores"), ignore_errors=True)
        list(work(Run.open(staged.path), plan))
        return {}

    decoded = {name: read(name) for name in names}
    ways = {
        "bare_memory": lambda: bare(decoded.__getitem__),
        "bare_files": lambda: bare(read),
        "engine": engine,
    }
    expected = ways["bare_memory"]()  # warms the model, too
    clock: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            start = time.perf_counter(), time.process_time()
            way()
            clock[name].append(time.perf_counter() - start[0])
            cpu[name].append(time.process_time() - start[1])
    table = staged.table("scores")
    found = {(i, p): s for i, p, s in table.select("image", "prompt", "score").iter_rows()}
    assert found.keys() == expected.keys()
    assert max(abs(found[key] - expected[key]) for key in expected) < 1e-5
    return {name: (min(clock[name]), min(cpu[name])) for name in ways}


def whole_plan(folder: Path, pairs: int) -> tuple[float, float, float]:
    """Seconds of a dry run, of the run, and of the second run, which has nothing to do."""
    images, scores = requests(pairs)

    def plan() -> Plan:
        return Plan(
            images=[ImageWork(Photographs(8), images)],
            scores=[ScoreWork(Nothing(f"nothing-{n}"), scores, BATCH) for n in range(3)],
        )

    def once() -> float:
        start = time.perf_counter()
        run = Run.create(folder / "finished", identity={"pairs": pairs}, settings={})
        for _ in work(run, plan()):
            pass
        return time.perf_counter() - start

    start = time.perf_counter()
    plan().cost()
    return time.perf_counter() - start, once(), min(once() for _ in range(3))


def main() -> None:
    """Measure, print, and print as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pairs", type=int, default=192)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=1, help="threads of torch")
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    folder = Path(tempfile.mkdtemp())
    try:
        took = overhead(folder, given.pairs, given.repeats)
        dry, first, second = whole_plan(folder, 3300)
    finally:
        shutil.rmtree(folder)
    (alone, alone_cpu), (files, files_cpu), (engine, engine_cpu) = took.values()
    result = {
        "pairs": given.pairs,
        "batch": BATCH,
        "torch_threads": given.threads,
        "scorer_ms_per_image": round(1000 * alone / (2 * given.pairs), 2),
        "bare_memory_s": round(alone, 3),
        "bare_files_s": round(files, 3),
        "engine_s": round(engine, 3),
        "overhead_against_files_percent": round(100 * (engine / files - 1), 1),
        "overhead_against_memory_percent": round(100 * (engine / alone - 1), 1),
        "own_cpu_percent_of_scorer": round(100 * (engine_cpu - files_cpu) / alone_cpu, 1),
        "dry_run_s": round(dry, 3),
        "second_run_s": round(second, 3),
    }
    print(f"{given.pairs} pairs, {SIDE} px PNG, batch {BATCH}, torch threads {given.threads}")
    print(f"  bare loop, images in memory  {alone:6.2f} s   CPU {alone_cpu:6.2f} s")
    print(f"  bare loop, images from files {files:6.2f} s   CPU {files_cpu:6.2f} s")
    print(f"  engine                       {engine:6.2f} s   CPU {engine_cpu:6.2f} s")
    print("3,300 pairs x 3 scorers that cost nothing:")
    print(f"  dry run {dry:.2f} s, run {first:.1f} s, run again {second:.2f} s")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
