"""Dose-response: what makes a reward deaf or overruling, one dial at a time.

The encoder is frozen: a taste head is fitted to precomputed vectors of ``bonsai-clip``, which takes
seconds where fitting the whole network takes minutes. So the study says what the *preferences* do
to a reward that can tell the pictures apart; what they do to the encoder's own features is left
out, and ``bonsai-taste`` itself, trained whole, stands beside it for comparison.

Every run is one row of a table, written when it is done; a row that exists is not computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from widespectrum.bonsai.models.encoder import DualEncoder
from widespectrum.bonsai.models.taste import TasteHead
from widespectrum.bonsai.models.tokens import world_language
from widespectrum.bonsai.models.weights import digest, load_encoder
from widespectrum.bonsai.training.corpus import Corpus, corpus_identity, draw_corpus, read_corpus
from widespectrum.bonsai.training.encoder import encode_by_length, pixels
from widespectrum.bonsai.training.evaluation import (
    Exam,
    draw_exam,
    four_scores,
    measure_agreement,
    measure_choice,
)
from widespectrum.bonsai.training.preferences import Dial, Preferences, collect, vote
from widespectrum.bonsai.training.recipes import CORPUS_SEED, Stage
from widespectrum.bonsai.training.taste import bradley_terry_loss
from widespectrum.catalog import fingerprint
from widespectrum.tables import write_frame

STEPS = 400
BATCH = 512
PAIRS = 3000
"""Training pairs of every run: the strictest filter leaves about so many of 6,000 families."""
EXAM_FAMILIES = 1000
EXAM_SEED = 0
_CPU = torch.device("cpu")
RATE = 3e-3
SEEDS = tuple(range(5))

DOSES: dict[str, tuple[float, ...]] = {
    "mainstream": (0.7, 0.75, 0.8, 0.85, 0.9, 1.0),
    "prompt_weight": (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0),
    "agreement": (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98),
    "anti_share": (0.0, 0.05, 0.1, 0.25, 0.5, 0.75),
    "steps": (25, 50, 100, 200, 400, 1000),
}
"""What is varied, each with everything else as in `Dial()` and `STEPS`."""


@dataclass(frozen=True)
class Features:
    """Unit vectors of a frozen encoder, for the families of a corpus."""

    image: NDArray[np.float32]
    """``(n, variants, embedding)``."""
    prompt: NDArray[np.float32]
    """``(n, variants, embedding)``; of the first wording."""


@dataclass(frozen=True)
class Run:
    """One training of the study."""

    dial_name: str
    dose: float
    seed: int

    @property
    def dial(self) -> Dial:
        """The dial with this dose."""
        return (
            Dial() if self.dial_name == "steps" else replace(Dial(), **{self.dial_name: self.dose})
        )

    @property
    def steps(self) -> int:
        """Length of the training."""
        return int(self.dose) if self.dial_name == "steps" else STEPS


def plan(
    doses: Mapping[str, tuple[float, ...]] = DOSES, seeds: tuple[int, ...] = SEEDS
) -> list[Run]:
    """All runs, dial by dial."""
    return [Run(name, dose, seed) for name, row in doses.items() for dose in row for seed in seeds]


def study(
    out: Path, encoder: Path, families: int, seeds: int, threads: int, target: Path
) -> Iterator[Stage]:
    """The whole study from a folder and an encoder's weights: a table, one row per training.

    Args:
        out: corpus and rows go here; the study goes on where it was.
        encoder: weight file of the frozen encoder.
        families: of the training corpus.
        seeds: trainings per dose.
        threads: processor threads, and processes that draw.
        target: the table, by its suffix CSV or Parquet.
    """
    torch.set_num_threads(threads)
    network = load_encoder(encoder, world_language())
    for done in draw_corpus(out / "corpus", families, CORPUS_SEED, "train", threads):
        yield Stage("drawing the world", done, families)
    corpus = read_corpus(out / "corpus", families, CORPUS_SEED, "train")
    exam = draw_exam(EXAM_FAMILIES, EXAM_SEED)
    features, exam_features = encode(network, corpus), encode(network, exam.corpus)
    identity = {
        "encoder": digest(encoder),
        "corpus": corpus_identity(families, CORPUS_SEED, "train"),
        "exam": corpus_identity(EXAM_FAMILIES, EXAM_SEED, "test"),
    }
    runs = plan(seeds=tuple(range(seeds)))
    folder = out / "dose-response"
    for done in dose_response(runs, corpus, features, exam, exam_features, folder, identity):
        yield Stage("training rewards", done, len(runs))
    write_frame(read_rows(runs, folder, identity), target)


def encode(network: DualEncoder, corpus: Corpus) -> Features:
    """Unit vectors of every picture and of the first wording of every caption."""
    image, prompt = [], []
    with torch.inference_mode():
        for start in range(0, len(corpus), 32):
            part = slice(start, start + 32)
            image.append(network.encode_images(pixels(corpus.images[part], _CPU)))
            prompt.append(encode_by_length(network, corpus.tokens[part, :, 0], _CPU))
    shape = (*corpus.images.shape[:2], -1)
    return Features(torch.cat(image).view(shape).numpy(), torch.cat(prompt).view(shape).numpy())


def dose_response(
    runs: list[Run],
    corpus: Corpus,
    features: Features,
    exam: Exam,
    exam_features: Features,
    folder: Path,
    identity: Mapping[str, Any],
) -> Iterator[int]:
    """Do the runs that have no row yet. Yields how many rows there are, after each.

    Args:
        runs: see `plan`.
        corpus: where training pairs come from.
        features: of the corpus.
        exam: held-out families.
        exam_features: of the exam.
        folder: one JSON-lines row per run goes here.
        identity: what decides the result besides the run: corpus, exam, encoder.
    """
    # Dials that leave the population alone share its votes.
    voted = lru_cache(maxsize=8)(lambda population, seed: vote(corpus, population, seed))
    for done, run in enumerate(runs, start=1):
        path = row_path(folder, run, identity)
        if not path.exists():
            preferences = collect(voted(run.dial.population, run.seed), run.dial, run.seed, PAIRS)
            head = fit_head(features, preferences, run.steps, run.seed)
            row = examine(head, exam, exam_features, run.dial)
            about = {
                "dial": run.dial_name,
                "dose": float(run.dose),
                "seed": run.seed,
                "steps": run.steps,
                "pairs": len(preferences),
            }
            write_frame(pl.DataFrame([{**about, **row}]), path)
        yield done


def read_rows(runs: list[Run], folder: Path, identity: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of these runs, in their order."""
    return pl.concat([pl.read_parquet(row_path(folder, run, identity)) for run in runs])


def row_path(folder: Path, run: Run, identity: Mapping[str, Any]) -> Path:
    """The file of a run's row; its name is the hash of all that decides it."""
    parts = {"dial": run.dial.describe(), "varied": run.dial_name, "seed": run.seed}
    key = fingerprint(
        **parts, steps=run.steps, batch=BATCH, rate=RATE, pairs=PAIRS, identity=dict(identity)
    )
    return folder / f"{key[:32]}.parquet"


def fit_head(features: Features, preferences: Preferences, steps: int, seed: int) -> TasteHead:
    """A taste head by Bradley-Terry on frozen vectors."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 0xD05E])
    head = TasteHead(features.image.shape[-1])
    optimiser = torch.optim.AdamW(head.parameters(), weight_decay=0.05)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / 20) * (1 - step / steps)
        pairs = preferences.take(rng.integers(len(preferences), size=BATCH))
        prompt = torch.from_numpy(features.prompt[pairs.family, pairs.prompt])
        first = torch.from_numpy(features.image[pairs.family, pairs.first])
        second = torch.from_numpy(features.image[pairs.family, pairs.second])
        margin: Tensor = head(first, prompt) - head(second, prompt)
        loss = bradley_terry_loss(margin, torch.from_numpy(pairs.share))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return head.eval()


def examine(head: TasteHead, exam: Exam, features: Features, dial: Dial) -> dict[str, Any]:
    """Obedience, taste, listening and agreement of one head, as one flat row."""
    image, prompt = torch.from_numpy(features.image), torch.from_numpy(features.prompt)
    count, variants, embedding = image.shape
    wide = (count, variants, variants, embedding)
    with torch.inference_mode():
        tables = head(
            image[:, None].expand(wide).reshape(-1, embedding),
            prompt[:, :, None].expand(wide).reshape(-1, embedding),
        )
    scores = tables.view(count, variants, variants).numpy()
    choice = measure_choice(four_scores(scores), exam.asked)
    agreement = measure_agreement(scores, exam, dial)
    names = ("obedience", "original_accuracy", "right_under_both", "taste", "listening")
    return {
        **{name: choice[name] for name in names},
        "agreement_majority": agreement["majority"],
        "agreement_single": agreement["single_annotators"],
    }
