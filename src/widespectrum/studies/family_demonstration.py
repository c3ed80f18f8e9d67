"""The whole system on Bonsai: prompts, pictures, four generators, everybody who looks, all studies.

One run folder holds it all. The world draws prompt pairs exactly as asked, which shows who of the
scorers can tell (an audit with known truth); the generators paint the first of these prompts, and a
chooser, a judge and the scorers say what became of them. Members whose weights are not here are
left out, and the report says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from widespectrum.contracts import Chooser, Generator, Judge, Scorer
from widespectrum.encodings import during
from widespectrum.errors import MissingWeights
from widespectrum.generators import load_generator
from widespectrum.judges import load_judge
from widespectrum.runs import Run, work
from widespectrum.scorers import load_scorer
from widespectrum.studies import expressive_range, generation_fidelity, narrowing, refusals
from widespectrum.studies.audits import Audit
from widespectrum.studies.demonstration import BONSAI_BANNER, drawn_audit
from widespectrum.studies.findings import Findings, Lineup, save_findings
from widespectrum.studies.generating import Generation, load_models, prepare_generation
from widespectrum.studies.settings_shown import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from widespectrum.runs import Progress

T = TypeVar("T")

TITLE = "Bonsai: who does what was asked?"


@dataclass(frozen=True)
class Cast:
    """Who takes part."""

    generators: tuple[str | Generator, ...] = (
        "bonsai",
        "bonsai-polished",
        "bonsai-faithful",
        "bonsai-auteur",
    )
    scorers: tuple[str, ...] = ("bonsai-clip", "bonsai-taste")
    baseline: str | Scorer = "bonsai-eye"
    """Says what content is kept."""
    judge: str | Judge = "bonsai-judge"
    chooser: str | Chooser = "by-score@scorer=bonsai-clip-b"
    compared: str = "bonsai-polished"
    """The aligned member on which `compare` is shown, against its base."""


@dataclass(frozen=True)
class Size:
    """How much of it."""

    drawn: int
    """Prompt pairs that the world draws."""
    painted: int
    """Of them, those that every generator paints."""
    draws: int
    """Bootstrap resamples."""


FULL = Size(drawn=200, painted=60, draws=4_000)
"""Ends within four minutes on two quiet cores; docs/generators.md has the measurement."""
QUICK = Size(drawn=60, painted=8, draws=500)


@dataclass(frozen=True)
class Demonstration:
    """Everything planned: `work` does what is missing, `conclude` analyses and saves."""

    run: Run
    audit: Audit
    generation: Generation | None
    """None where not one generator is here."""
    absent: Mapping[str, str]
    """Members that are not here -> what to do about it."""
    size: Size
    cast: Cast
    seed: int

    def work(self) -> Iterator[Progress]:
        """Do what is missing; yields after every unit."""
        plan = self.audit.plan
        if self.generation is not None:
            plan = plan | self.generation.plan
        return during(self.audit.encodings, work(self.run, plan))

    def conclude(self) -> tuple[Findings, ...]:
        """All findings, saved in the run folder; the audit first."""
        findings = [self.audit.conclude()]
        if self.generation is not None:
            findings += self._of_generators(self.generation)
        said = [f"{name} is absent. {remedy}" for name, remedy in self.absent.items()]
        findings = [replace(each, notes=(*said, *each.notes)) for each in findings]
        for each in findings:
            save_findings(each, self.run.findings)
        self.run.record(reading_order=[each.study for each in findings])
        return tuple(findings)

    def _of_generators(self, job: Generation) -> list[Findings]:
        seen, models = job.painted(), job.models
        facts = facts_of(models.generators)
        baseline = next(
            (s.name for s in models.scorers if s.name == _name(self.cast.baseline)), None
        )
        common: dict[str, Any] = {"draws": self.size.draws, "seed": self.seed}
        fidelity = generation_fidelity.analyse(
            seen, models.lineages, baseline=baseline, facts=facts, **common
        )
        findings = [replace(fidelity, lineup=self._beside_the_world(fidelity.lineup))]
        base = models.lineages.get(self.cast.compared)
        if base is not None and models.chooser is not None:
            compared, _ = narrowing.analyse(seen, base, self.cast.compared, facts=facts, **common)
            findings.append(compared)
        if seen.ratings.height:
            findings.append(expressive_range.analyse(seen, models.lineages, seed=self.seed))
        refused = refusals.analyse(refusals.requests_of(job.run, seen), **common)
        return [*findings, *((refused,) if refused is not None else ())]

    def _beside_the_world(self, lineup: Lineup | None) -> Lineup | None:
        """What the world itself drew stands last in every row: exactly what was asked."""
        if lineup is None:
            return None
        images = self.run.table("images").select(pl.col("pair_id").alias("id"), "variant", "image")
        own = lineup.frame.unique("id", keep="first", maintain_order=True)
        drawn = own.with_columns(
            pl.lit("the world itself").alias("model"),
            pl.lit("what was asked, by construction").alias("verdict"),
            *(
                pl.lit(None, lineup.frame.schema[name]).alias(name)
                for name in ("smoothed", "choice")
            ),
        ).drop("image_original", "image_anti")
        for variant in ("original", "anti"):
            drawn = drawn.join(
                images.filter(pl.col("variant") == variant).select(
                    "id", pl.col("image").alias(f"image_{variant}")
                ),
                on="id",
                how="left",
                maintain_order="left",
            )
        both = pl.concat([lineup.frame, drawn.select(lineup.frame.columns)])
        return replace(
            lineup, frame=both, caption=f"{lineup.caption} Last, the world's own drawing."
        )


def plan_family(
    out: Path | str, *, size: Size = FULL, cast: Cast | None = None, seed: int = 0
) -> Demonstration:
    """Plan the demonstration in a run folder.

    Args:
        out: run folder.
        size: how much.
        cast: who takes part; members whose weights are not here are left out and named.
        seed: of scenes, prompts, noise and resampling.

    Raises:
        BadInput: `out` belongs to another run.
    """
    cast = cast or Cast()
    absent: dict[str, str] = {}
    generators = _present(cast.generators, load_generator, absent)
    baselines = _present((cast.baseline,), load_scorer, absent)
    judges = _present((cast.judge,), load_judge, absent)
    drawn = drawn_audit(cast.scorers, out, count=size.drawn, draws=size.draws, seed=seed)
    generation = None
    if generators:
        models = load_models(
            generators,
            scorers=(*cast.scorers, *baselines),
            judge=judges[0] if judges else None,
            chooser=cast.chooser,
        )
        generation = prepare_generation(
            models,
            drawn.pairs.head(size.painted),
            out=out,
            seed=seed,
            identity=drawn.identity,
        )
        drawn.audit.run.prompts = pl.concat(
            [drawn.audit.pairs, generation.shots], how="diagonal_relaxed"
        )
    run = drawn.audit.run
    run.record(title=TITLE, banner=BONSAI_BANNER, absent=dict(absent))
    return Demonstration(run, drawn.audit, generation, absent, size, cast, seed)


def _present(
    members: Sequence[str | T], load: Callable[[Any], T], absent: dict[str, str]
) -> list[T]:
    """Those whose weights are here; the others are noted in `absent`."""
    found = []
    for member in members:
        try:
            found.append(load(member))
        except MissingWeights as error:
            absent[_name(member)] = f"{error.problem[0].upper()}{error.problem[1:]}. {error.remedy}"
    return found


def _name(member: Any) -> str:
    return member if isinstance(member, str) else str(member.name)
