"""A comparison in a run folder: all prompts at once, or a few at a time until the answer is clear.

Stopping early is a choice of which requests are made, nothing else: the folder is an ordinary run,
and a comparison that stopped can be continued with all prompts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from widespectrum.encodings import during
from widespectrum.errors import BadInput
from widespectrum.runs import Plan, work
from widespectrum.studies.generating import Generation, Models, plan_generation, prepare_generation
from widespectrum.studies.narrowing.looks import looking_order, stops
from widespectrum.studies.narrowing.verdict import LOOK, MARGIN, matches, verdict_of
from widespectrum.studies.painted import Painted

if TYPE_CHECKING:
    from widespectrum.runs import Progress


@dataclass(frozen=True)
class Comparison:
    """A comparison that is planned: `work` does what is missing, `painted` reads what is there."""

    generation: Generation
    base: str
    aligned: str
    margin: float
    order: tuple[str, ...] | None
    """Clusters in the order of looking; None paints everything."""
    look: int
    seed: int

    def work(self, *, retry_failed: bool = False) -> Iterator[Progress]:
        """Do what is missing, sequentially only until the answer is clear."""
        if self.order is None:
            yield from self.generation.work(retry_failed=retry_failed)
            return
        totals = _totals(self.generation.plan)
        for stop in stops(len(self.order), self.look):
            for record in during(
                self.generation.encodings,
                work(self.generation.run, self._plan(self.order[:stop]), retry_failed=retry_failed),
            ):
                yield replace(record, total=totals[record.stage, record.model])
            if self._decided(self.order[:stop]):
                return

    def painted(self) -> Painted:
        """What the run holds about both models."""
        return self.generation.painted()

    def _decided(self, clusters: tuple[str, ...]) -> bool:
        seen = self.painted().within(clusters)
        found = matches(seen, self.base, self.aligned, clusters)
        verdict = verdict_of(found, margin=self.margin, sequential=True)
        return verdict.outcome != "undecided"

    def _plan(self, clusters: tuple[str, ...]) -> Plan:
        """The part of the whole plan that is about these clusters."""
        asked = self.generation.shots.filter(pl.col("cluster").is_in(clusters))
        return plan_generation(self.generation.models, asked, seed=self.seed)


def prepare(
    models: Models,
    prompts: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    margin: float = MARGIN,
    sequential: bool = False,
    look: int = LOOK,
    repeats: int = 1,
    seed: int = 0,
    batch_size: int = 32,
    max_cost: float | None = None,
    encodings: str | None = None,
) -> Comparison:
    """Plan a comparison.

    Args:
        models: two generators, the base first, and a chooser; scorers and a judge as one likes.
        prompts: as for `prepare_generation`, and so are all others.
        out: run folder.
        margin: the largest drop that is let pass, in (0, 1).
        sequential: stop as soon as the answer is clear.
        look: prompts between two looks.
        repeats: shots of each prompt.
        seed: of the noise and of the order of looking.
        batch_size: requests per call of a model that looks.
        max_cost: of a chooser behind an endpoint.
        encodings: folder of encodings.

    Raises:
        BadInput: not two generators, no chooser, or a margin out of range.
    """
    if len(models.generators) != 2:
        raise BadInput(
            f"{len(models.generators)} generators were given", "Name the base and the aligned one."
        )
    if models.chooser is None:
        raise BadInput("no chooser was given", "Say who tells which image follows the prompt.")
    for name, value in (("look", look), ("repeats", repeats)):
        if value < 1:
            raise BadInput(f"is {value}", "Give at least 1.", field=name)
    if not 0 < margin < 1:
        raise BadInput(f"must lie between 0 and 1, is {margin}", field="margin")
    generation = prepare_generation(
        models,
        prompts,
        out=out,
        repeats=repeats,
        seed=seed,
        batch_size=batch_size,
        max_cost=max_cost,
        encodings=encodings,
    )
    base, aligned = (generator.name for generator in models.generators)
    order = looking_order(generation.shots["cluster"], seed) if sequential else None
    return Comparison(generation, base, aligned, margin, order, look, seed)


def _totals(plan: Plan) -> dict[tuple[str, str], int]:
    """How many requests the whole plan has, by stage and model: what progress is measured by."""
    return {
        **{("images", item.maker.name): len(item.requests) for item in plan.images},
        **{("scores", item.scorer.name): len(item.requests) for item in plan.scores},
        **{("ratings", item.judge.name): len(item.requests) for item in plan.ratings},
        **{("choices", item.chooser.name): len(item.requests) for item in plan.choices},
    }
