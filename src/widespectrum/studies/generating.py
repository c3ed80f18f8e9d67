"""Generating in a run folder: every generator paints every prompt pair, and others look at it.

Original and anti image of a shot share their noise, and so do all generators: what differs between
two of them is the model and nothing else. Generators, scorers, a judge or a chooser may be added to
a run later; only what is missing is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from widespectrum.choosers import load_chooser
from widespectrum.contracts import VARIANTS, Chooser, Generator, Judge, Scorer
from widespectrum.encodings import EncodingStore, during, store_at
from widespectrum.errors import BadInput
from widespectrum.generators import (
    GeneratorMaker,
    generation_payload,
    generator_registry,
    load_generator,
)
from widespectrum.judges import dimensions_of, load_judge
from widespectrum.runs import (
    ChoiceRequest,
    ChoiceWork,
    ImageRequest,
    ImageWork,
    Plan,
    RatingRequest,
    RatingWork,
    Run,
    ScoreRequest,
    ScoreWork,
    derive_seed,
    work,
)
from widespectrum.scorers import load_scorer
from widespectrum.studies.painted import Painted, painted
from widespectrum.studies.pair_sources import pairs_digest
from widespectrum.studies.spending import open_endpoints
from widespectrum.tables import read_prompt_pairs

if TYPE_CHECKING:
    from widespectrum.runs import Progress

FAMILY = "generators"
"""One family for all: every generator of a run starts from the same noise."""


@dataclass(frozen=True)
class Models:
    """Who paints, and who looks. Everybody is loaded, nobody has read weights yet."""

    generators: tuple[Generator, ...]
    scorers: tuple[Scorer, ...] = ()
    judge: Judge | None = None
    chooser: Chooser | None = None
    lineages: Mapping[str, str] = field(default_factory=dict)
    """Aligned generator -> the one it was aligned from, both of them there."""


@dataclass(frozen=True)
class Generation:
    """Generation that is planned: `work` does what is missing, `painted` reads what is there."""

    run: Run
    prompts: pl.DataFrame
    shots: pl.DataFrame
    models: Models
    plan: Plan
    encodings: EncodingStore | None = None

    def work(self, *, retry_failed: bool = False) -> Iterator[Progress]:
        """Do what is missing; yields after every unit."""
        return during(self.encodings, work(self.run, self.plan, retry_failed=retry_failed))

    def painted(self) -> Painted:
        """What the run holds about the shots of this plan."""
        judge, chooser = self.models.judge, self.models.chooser
        return painted(
            self.run,
            self.shots,
            scorers=tuple(scorer.fingerprint for scorer in self.models.scorers),
            judge=None if judge is None else judge.fingerprint,
            chooser=None if chooser is None else chooser.fingerprint,
        )


def load_models(
    generators: Sequence[str | Generator],
    *,
    scorers: Sequence[str | Scorer] = (),
    judge: str | Judge | None = None,
    chooser: str | Chooser | None = None,
    bases: Mapping[str, str] | None = None,
) -> Models:
    """Everybody by name or as an object.

    Args:
        generators: at least one.
        scorers: any number.
        judge: rates every image on its dimensions; not needed.
        chooser: says which image of a shot follows the anti prompt; not needed.
        bases: aligned generator -> its base, beside what the catalog knows of lineages.

    Raises:
        BadInput: no generator, two of one name, or a lineage of generators that are not there.
    """
    loaded = tuple(load_generator(generator) for generator in generators)
    names = [generator.name for generator in loaded]
    if not loaded:
        raise BadInput("no generator was given", "Name at least one generator.")
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise BadInput(f"{repeated!r} is there twice", "Name every generator once.")
    # A name as it was given may hold the path of a file; the model's own name does not.
    given = {str(spec): name for spec, name in zip(generators, names, strict=True)}
    told = {given.get(m, m): given.get(b, b) for m, b in (bases or {}).items()}
    for member, base in told.items():
        if member == base or not {member, base} <= set(names):
            raise BadInput(
                f"{member!r} cannot be compared with {base!r}",
                f"Both must be among the generators: {', '.join(names)}.",
            )
    return Models(
        loaded,
        _once(load_scorer(scorer) for scorer in scorers),
        None if judge is None else load_judge(judge),
        None if chooser is None else load_chooser(chooser),
        {**known_lineages(names), **told},
    )


def _once(scorers: Iterable[Scorer]) -> tuple[Scorer, ...]:
    """Each name once: who is a baseline, too, need not be asked twice."""
    return tuple({scorer.name: scorer for scorer in scorers}.values())


def known_lineages(names: Sequence[str]) -> dict[str, str]:
    """Aligned generator -> base, as the catalog knows it, where both are among `names`.

    Of a base that is there with several settings, the one with the same settings is meant.
    """
    entries = generator_registry().entries
    bases = {}
    for name in names:
        entry = entries.get(name.partition("@")[0])
        if entry is None or entry.lineage is None:
            continue
        there = [other for other in names if other.partition("@")[0] == entry.lineage.base]
        alike = [other for other in there if other.partition("@")[2] == name.partition("@")[2]]
        for base in alike or (there if len(there) == 1 else []):
            bases[name] = base
    return {name: base for name, base in bases.items() if base != name}


def prepare_generation(
    models: Models,
    prompts: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    repeats: int = 1,
    seed: int = 0,
    unit_size: int = 32,
    batch_size: int = 32,
    max_cost: float | None = None,
    encodings: str | None = None,
    identity: Mapping[str, Any] | None = None,
) -> Generation:
    """Plan that every generator paints both prompts of every pair, and who looks at it.

    Args:
        models: who paints and looks.
        prompts: a table of prompt pairs, or its path.
        out: run folder: a new one, or one of the same prompts and seed, to which is added.
        repeats: how often each prompt is painted, from another seed each time.
        seed: of the noise.
        unit_size: images that a generator makes before they are stored.
        batch_size: requests per call of a scorer, judge or chooser.
        max_cost: US dollars that models behind endpoints may cost in this run, all together.
        encodings: as for `widespectrum.studies.audits.audit`.
        identity: what the run is about, where it is about more than these prompts.

    Raises:
        BadInput: the prompts are not what they should be, or `out` belongs to others.
        NoAccess: a limit is set, and somebody's price is not known.
    """
    if repeats < 1:
        raise BadInput(f"is {repeats}", "Paint every prompt at least once.", field="repeats")
    asked = prompts if isinstance(prompts, pl.DataFrame) else read_prompt_pairs(prompts)
    if asked.height == 0:
        raise BadInput("there are no prompts", "Give a table with at least one pair.")
    run = Run.create(
        Path(out),
        identity={**(identity or {"prompts": pairs_digest(asked)}), "seed": seed},
        settings={"repeats": repeats, "seed": seed},
    )
    shots = shots_of(asked, [generator.name for generator in models.generators], repeats)
    run.prompts = shots
    open_endpoints(models, run.path, max_cost)
    return Generation(
        run,
        asked,
        shots,
        models,
        plan_generation(models, shots, seed=seed, unit_size=unit_size, batch_size=batch_size),
        store_at(encodings),
    )


def shots_of(prompts: pl.DataFrame, generators: Sequence[str], repeats: int) -> pl.DataFrame:
    """One row per generator, prompt and repeat; the columns of the prompts are kept."""
    clusters = (
        pl.col("cluster").fill_null(pl.col("prompt_original"))
        if "cluster" in prompts.columns
        else pl.col("prompt_original")
    )
    own = prompts.with_columns(clusters.alias("cluster"), pl.col("id").alias("prompt"))
    if "dimensions" not in own.columns:
        own = own.with_columns(pl.lit([], pl.List(pl.String)).alias("dimensions"))
    named = pl.DataFrame({"generator": list(generators)})
    turns = pl.DataFrame({"repeat": range(repeats)}, schema={"repeat": pl.Int64})
    return (
        named.join(own.drop("generator", strict=False), how="cross")
        .join(turns, how="cross")
        .with_columns(pl.format("{} | {} | {}", "generator", "prompt", "repeat").alias("id"))
    )


def plan_generation(
    models: Models,
    shots: pl.DataFrame,
    *,
    seed: int = 0,
    unit_size: int = 32,
    batch_size: int = 32,
) -> Plan:
    """All that `models` have to do about `shots`; arguments as for `prepare_generation`."""
    rows = shots.select("id", "generator", "prompt", "repeat", "prompt_original", "prompt_anti")
    records = rows.to_dicts()
    noise = {
        (row["prompt"], row["repeat"]): derive_seed(
            seed, FAMILY, row["prompt"], f"repeat {row['repeat']}"
        )
        for row in records
    }
    images = [
        ImageWork(
            GeneratorMaker(generator),
            [
                ImageRequest(
                    row["id"],
                    variant,
                    generation_payload(
                        row[f"prompt_{variant}"], noise[row["prompt"], row["repeat"]]
                    ),
                )
                for row in records
                if row["generator"] == generator.name
                for variant in VARIANTS
            ],
            unit_size,
        )
        for generator in models.generators
    ]
    scores = [
        ScoreRequest(row["id"], variant, row[f"prompt_{under}"])
        for row in records
        for variant in VARIANTS
        for under in VARIANTS
    ]
    judge, chooser = models.judge, models.chooser
    ratings = [
        RatingRequest(row["id"], variant, dimension)
        for row in records
        for variant in VARIANTS
        for dimension in (() if judge is None else dimensions_of(judge))
    ]
    choices = [
        ChoiceRequest((row["id"], "original"), (row["id"], "anti"), row["prompt_anti"])
        for row in records
    ]
    return Plan(
        images=images,
        scores=[ScoreWork(scorer, scores, batch_size) for scorer in models.scorers],
        ratings=[] if judge is None else [RatingWork(judge, ratings, batch_size)],
        choices=[] if chooser is None else [ChoiceWork(chooser, choices, batch_size)],
    )
