"""Dose-response: what makes a reward deaf or overruling, one dial at a time.

The encoder is frozen: a taste head is fitted to precomputed vectors of ``bonsai-clip``, which takes
seconds where fitting the whole network takes minutes. So the study says what the *preferences* do
to a reward that can tell the pictures apart; what they do to the encoder's own features is left
out, and ``bonsai-taste`` itself, trained whole, stands beside it for comparison.

Every run is one row of a table, written when it is done; a row that exists is not computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from widespectrum.bonsai.training.dose_design import Design, Run, plan
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

EXAM_SEED = 0
_CPU = torch.device("cpu")


@dataclass(frozen=True)
class Features:
    """Unit vectors of a frozen encoder, for the families of a corpus."""

    image: NDArray[np.float32]
    """``(n, variants, embedding)``."""
    prompt: NDArray[np.float32]
    """``(n, variants, embedding)``; of the first wording."""


def study(out: Path, encoder: Path, design: Design, threads: int, target: Path) -> Iterator[Stage]:
    """The whole study from a folder and an encoder's weights: a table, one row per training.

    Args:
        out: corpus and rows go here; the study goes on where it was.
        encoder: weight file of the frozen encoder.
        design: what is varied, and what stays fixed.
        threads: processor threads, and processes that draw.
        target: the table, by its suffix CSV or Parquet.
    """
    torch.set_num_threads(threads)
    network = load_encoder(encoder, world_language())
    for done in draw_corpus(out / "corpus", design.families, CORPUS_SEED, "train", threads):
        yield Stage("drawing the world", done, design.families)
    corpus = read_corpus(out / "corpus", design.families, CORPUS_SEED, "train")
    exam = draw_exam(design.exam_families, EXAM_SEED)
    features, exam_features = encode(network, corpus), encode(network, exam.corpus)
    identity = {
        "encoder": digest(encoder),
        "corpus": corpus_identity(design.families, CORPUS_SEED, "train"),
        "exam": corpus_identity(design.exam_families, EXAM_SEED, "test"),
    }
    runs = plan(design)
    folder = out / "dose-response"
    for done in dose_response(design, corpus, features, exam, exam_features, folder, identity):
        yield Stage("training rewards", done, len(runs))
    write_frame(read_rows(design, folder, identity), target)


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
    design: Design,
    corpus: Corpus,
    features: Features,
    exam: Exam,
    exam_features: Features,
    folder: Path,
    identity: Mapping[str, Any],
) -> Iterator[int]:
    """Do the runs that have no row yet. Yields how many rows there are, after each.

    Args:
        design: what is varied, and what stays fixed.
        corpus: where training pairs come from.
        features: of the corpus.
        exam: held-out families.
        exam_features: of the exam.
        folder: one JSON-lines row per run goes here.
        identity: what decides the result besides the run: corpus, exam, encoder.
    """
    # Dials that leave the population alone share its votes.
    voted = lru_cache(maxsize=8)(lambda population, seed: vote(corpus, population, seed))
    for done, run in enumerate(plan(design), start=1):
        path = row_path(folder, run, design, identity)
        if not path.exists():
            preferences = collect(
                voted(run.dial.population, run.seed), run.dial, run.seed, design.pairs
            )
            head = fit_head(features, preferences, design, run.steps, run.seed)
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


def read_rows(design: Design, folder: Path, identity: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a design's runs, in their order."""
    paths = (row_path(folder, run, design, identity) for run in plan(design))
    return pl.concat([pl.read_parquet(path) for path in paths])


def row_path(folder: Path, run: Run, design: Design, identity: Mapping[str, Any]) -> Path:
    """The file of a run's row; its name is the hash of all that decides it."""
    parts = {"dial": run.dial.describe(), "varied": run.dial_name, "seed": run.seed}
    key = fingerprint(
        **parts,
        steps=run.steps,
        batch=design.batch,
        rate=design.learning_rate,
        pairs=design.pairs,
        identity=dict(identity),
    )
    return folder / f"{key[:32]}.parquet"


def fit_head(
    features: Features, preferences: Preferences, design: Design, steps: int, seed: int
) -> TasteHead:
    """A taste head by Bradley-Terry on frozen vectors."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 0xD05E])
    head = TasteHead(features.image.shape[-1])
    optimiser = torch.optim.AdamW(head.parameters(), weight_decay=0.05)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = design.learning_rate * min(1.0, (step + 1) / 20) * (1 - step / steps)
        pairs = preferences.take(rng.integers(len(preferences), size=design.batch))
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
