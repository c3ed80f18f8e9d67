"""Prompt pairs: captions, the dimensions asked of each, and what a writer makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from widespectrum.aesthetics import Dimension
from widespectrum.contracts import Failure
from widespectrum.errors import BadInput, InvalidResult
from widespectrum.prompts.captions import Caption, plain_text
from widespectrum.prompts.draws import Draws, derive_seed
from widespectrum.prompts.grammar import word_count
from widespectrum.prompts.neutral import neutral_rewrite
from widespectrum.prompts.sampling import sample_dimensions
from widespectrum.prompts.writers import WORD_LIMIT, PromptWriter, WritingRequest, WrittenPrompt
from widespectrum.tables import PROMPT_SCHEMA

FAILURE_SCHEMA = {
    "id": pl.String(),
    "prompt_original": pl.String(),
    "dimensions": pl.List(pl.String()),
    "writer": pl.String(),
    "kind": pl.String(),
    "reason": pl.String(),
    "attempts": pl.Int64(),
}


PROVENANCE_SCHEMA = {
    "id": pl.String(),
    "writer_fingerprint": pl.String(),
    "attempts": pl.Int64(),
    "evidence": pl.List(pl.String()),
}


@dataclass(frozen=True)
class PromptPairs:
    """What a writer made, and what it could not make."""

    frame: pl.DataFrame
    """One row per pair, with the columns of `PROMPT_SCHEMA`."""
    failures: pl.DataFrame
    """One row per request that failed: ``id, prompt_original, dimensions, writer, kind, reason,
    attempts``."""
    provenance: pl.DataFrame
    """One row per pair: which writer exactly, after how many attempts, and which words express
    which effect (``EFFECT: WORDS``), where the writer says so."""

    @property
    def table(self) -> pl.DataFrame:
        """`frame` with its provenance: the table that is kept."""
        return self.frame.join(self.provenance, on="id", maintain_order="left")


def build_pairs(
    captions: Sequence[Caption],
    writer: PromptWriter,
    dimensions: Sequence[Dimension],
    count: int,
    per_prompt: tuple[int, int] = (2, 4),
    seed: int = 0,
    *,
    neutral: bool = True,
    balanced: bool = True,
    allow_conflicts: bool = False,
) -> pl.DataFrame:
    """`count` prompt pairs, all of them or none, with the columns of `PROMPT_SCHEMA`.

    `choose_captions`, `sample_dimensions` and `write_pairs` in one; call `write_pairs` where
    failures should be kept beside the pairs.

    Args:
        captions: where to draw from; see `choose_captions`.
        writer: writes the anti prompts.
        dimensions: the pool to draw from; see `sample_dimensions`.
        count: how many pairs.
        per_prompt: smallest and largest number of dimensions in a prompt.
        seed: the same arguments and seed give the same frame.
        neutral: also write the neutral rewrite; otherwise that column is null.
        balanced: every dimension equally often, instead of the paper's plain draws.
        allow_conflicts: also join dimensions that pull against each other, as the paper did.

    Raises:
        BadInput: captions or dimensions do not suffice, or a prompt could not be written.
    """
    chosen = choose_captions(captions, count, seed)
    asked = sample_dimensions(
        dimensions, count, per_prompt, seed, balanced=balanced, allow_conflicts=allow_conflicts
    )
    pairs = write_pairs(chosen, asked, writer, seed, neutral=neutral)
    if pairs.failures.height:
        first = pairs.failures.row(0, named=True)
        raise BadInput(
            f"{pairs.failures.height} of {count} prompts could not be written; the first because "
            + first["reason"],
            "Mend or remove these captions.",
            row=first["id"],
        )
    return pairs.frame


def choose_captions(captions: Sequence[Caption], count: int, seed: int = 0) -> list[Caption]:
    """`count` of the captions, in an order drawn.

    Up to as many as there are, each is drawn at most once. Beyond that they are used in rounds: no
    caption comes twice before all came once. Ids then end in the number of the round,
    ``animals-07.2``; dimensions are drawn anew in every round, and the rounds of a caption share
    its cluster.

    Raises:
        BadInput: no captions, no count, or two captions of the same id.
    """
    if count < 1:
        raise BadInput(f"the count is {count}", "Ask for at least one prompt.")
    if not captions:
        raise BadInput("there are no captions", "Give at least one.")
    ids = {caption.id for caption in captions}
    if len(ids) != len(captions):
        raise BadInput("two captions have the same id", "Make every id unique.", field="id")
    draws = Draws("captions", seed)
    if count <= len(captions):
        return draws.shuffled(captions)[:count]
    chosen: list[Caption] = []
    number = 0
    while len(chosen) < count:
        number += 1
        chosen += [
            Caption(f"{caption.id}.{number}", caption.text, caption.cluster)
            for caption in draws.shuffled(captions)
        ]
    return chosen[:count]


def pair_requests(
    captions: Sequence[Caption], dimensions: Sequence[Sequence[Dimension]], seed: int = 0
) -> list[WritingRequest]:
    """What a writer is asked for: one request per caption and set of dimensions, in order.

    Raises:
        BadInput: not as many sets of dimensions as captions.
    """
    if len(captions) != len(dimensions):
        raise BadInput(
            f"there are {len(captions)} captions and {len(dimensions)} sets of dimensions",
            "Give one set of dimensions per caption.",
        )
    return [
        WritingRequest(caption.text, tuple(asked), derive_seed("pair", seed, caption.id))
        for caption, asked in zip(captions, dimensions, strict=True)
    ]


def write_pairs(
    captions: Sequence[Caption],
    dimensions: Sequence[Sequence[Dimension]],
    writer: PromptWriter,
    seed: int = 0,
    *,
    neutral: bool = True,
) -> PromptPairs:
    """One pair per caption and set of dimensions, in order; failures beside them.

    Each pair is written from a seed of its own, derived from `seed` and the caption's id, so that
    leaving out or adding others changes nothing about it.

    Raises:
        BadInput: not as many sets of dimensions as captions.
        InvalidResult: the writer broke its contract for the batch as a whole.
    """
    requests = pair_requests(captions, dimensions, seed)
    results = writer.write(requests)
    if len(results) != len(requests):
        raise InvalidResult(
            f"the writer '{writer.name}' gave {len(results)} results for {len(requests)} requests",
            "A writer must return one result per request, in order.",
        )
    rows = []
    failures = []
    provenance = []
    for caption, request, result in zip(captions, requests, results, strict=True):
        checked = _checked(result)
        shared = {
            "id": caption.id,
            "prompt_original": caption.text,
            "dimensions": [dimension.key for dimension in request.dimensions],
            "writer": writer.name,
        }
        if isinstance(checked, Failure):
            failures.append(
                shared
                | {"kind": checked.kind, "reason": checked.reason, "attempts": checked.attempts}
            )
            continue
        rewrite = neutral_rewrite(caption.text, checked.text, request.seed) if neutral else None
        rows.append(
            shared
            | {
                "prompt_anti": checked.text,
                "prompt_neutral": rewrite,
                "effects": list(checked.effects),
                "cluster": caption.cluster or caption.text,
                "seed": request.seed,
            }
        )
        provenance.append(
            {
                "id": caption.id,
                "writer_fingerprint": writer.fingerprint,
                "attempts": checked.attempts,
                "evidence": [f"{each.effect}: {each.words}" for each in checked.evidence],
            }
        )
    return PromptPairs(
        pl.DataFrame(rows, schema=PROMPT_SCHEMA),
        pl.DataFrame(failures, schema=FAILURE_SCHEMA),
        pl.DataFrame(provenance, schema=PROVENANCE_SCHEMA),
    )


def _checked(result: WrittenPrompt | Failure) -> WrittenPrompt | Failure:
    """The result, or a failure if its text breaks the contract: writers may be models."""
    if isinstance(result, Failure):
        return result
    try:
        text = plain_text(result.text, field="prompt_anti")
    except BadInput as error:
        return Failure(InvalidResult.kind, f"the written prompt {error.problem}")
    if word_count(text) >= WORD_LIMIT:
        return Failure(
            InvalidResult.kind,
            f"the written prompt has {word_count(text)} words, not fewer than {WORD_LIMIT}",
        )
    return replace(result, text=text)
