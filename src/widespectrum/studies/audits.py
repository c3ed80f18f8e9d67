"""Audits: does this scorer prefer what was asked? From pairs, or from scores that exist already.

`audit` scores image pairs inside a run folder (resumable, amendable) and analyses them; `analyse`
starts from a table of the four scores and needs no model at all. Both end in the findings of the
reward-bias study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from widespectrum.contracts import Scorer
from widespectrum.encodings import EncodingStore, during, store_at
from widespectrum.errors import BadInput
from widespectrum.images import FileMaker
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, ScoreRequest, ScoreWork, work
from widespectrum.scorers import load_scorer
from widespectrum.studies import reward_bias
from widespectrum.studies.controls import shuffled_prompts
from widespectrum.studies.findings import Findings, save_findings
from widespectrum.studies.pair_sources import (
    common_folder,
    images_digest,
    pairs_digest,
    pairs_from,
)
from widespectrum.studies.score_frame import PROMPT_ROLES, score_frame
from widespectrum.tables import read_scores

if TYPE_CHECKING:
    from widespectrum.runs import Progress

NULL = "sharpness"
"""The prompt-blind scorer that every audit has beside it as a control."""

AnyScorer = str | Scorer | Callable[..., Any]
"""A scorer by name or spec, a scorer, or any ``f(images, prompts) -> scores``."""


def analyse(
    scores: pl.DataFrame | Path | str | Sequence[Path | str],
    *,
    draws: int = reward_bias.DRAWS,
    seed: int = 0,
) -> Findings:
    """Findings of the reward-bias study from tables of the four scores.

    Args:
        scores: a score frame, or the path or paths of score tables (ours or the authors').
        draws: bootstrap resamples.
        seed: of the bootstrap.

    Raises:
        BadInput: the tables do not hold what they should; says where.
    """
    frame = scores if isinstance(scores, pl.DataFrame) else read_scores(scores)
    return reward_bias.analyse(frame, draws=draws, seed=seed)


def audit(
    scorers: AnyScorer | Sequence[AnyScorer],
    pairs: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    draws: int = reward_bias.DRAWS,
    seed: int = 0,
    null: str | None = NULL,
    encodings: str | None = None,
) -> Findings:
    """Score the image pairs with the scorers and say whether they prefer what was asked.

    Args:
        scorers: one or several; see `AnyScorer`.
        pairs: a pair table or its path, another run, or a gallery folder of the paper's site.
        out: run folder. What exists in it is not done again; further scorers may be added.
        draws: bootstrap resamples.
        seed: of the bootstrap and of the shuffled control.
        null: prompt-blind scorer to have beside them as a control; ``None`` for none.
        encodings: folder where encodings are kept for this and later runs; ``off`` for none; by
            default as the environment says (`widespectrum.encodings.store_at`).

    Raises:
        BadInput: the pairs are not what they should be, or `out` belongs to other pairs.
        InvalidResult: a scorer breaks its contract for everything it is given.
    """
    job = prepare_audit(
        scorers, pairs, out=out, draws=draws, seed=seed, null=null, encodings=encodings
    )
    for _ in job.work():
        pass
    return job.conclude()


@dataclass(frozen=True)
class Audit:
    """An audit that is planned: `work` does what is missing, `conclude` analyses and saves."""

    run: Run
    pairs: pl.DataFrame
    plan: Plan
    draws: int
    seed: int
    null: str | None
    """Name of the scorer that is only a control."""
    encodings: EncodingStore | None = None
    """Where encodings are kept; ``None``: nowhere."""

    def work(self, *, retry_failed: bool = False, processes: int = 0) -> Iterator[Progress]:
        """Do what is missing; yields after every unit. See `widespectrum.runs.work`."""
        doing = work(self.run, self.plan, retry_failed=retry_failed, processes=processes)
        return during(self.encodings, doing)

    def conclude(self) -> Findings:
        """Analyse what is there, save the findings in the run folder, and return them.

        Raises:
            BadInput: not one pair has all four scores.
        """
        scorers = [item.scorer for item in self.plan.scores]
        scored = score_frame(self.run, self.pairs, [scorer.fingerprint for scorer in scorers])
        failures = self.run.table("failures")
        if scored.frame.height == 0:
            reason = f": {failures['reason'][0]}" if failures.height else ""
            raise BadInput(
                f"not one pair has all four scores; {failures.height} requests failed{reason}",
                "Mend the cause, then run the same command with --retry-failed.",
                file=self.run.path,
            )
        findings = reward_bias.analyse(
            scored.frame,
            draws=self.draws,
            seed=self.seed,
            excluded={scorer.name: self.pairs.height for scorer in scorers} | scored.excluded,
            failures=failures.height,
            facts={scorer.name: scorer.facts for scorer in scorers},
            null=self.null,
            provenance={"scorers": {scorer.name: scorer.fingerprint for scorer in scorers}},
        )
        save_findings(findings, self.run.findings)
        return findings


def prepare_audit(
    scorers: AnyScorer | Sequence[AnyScorer],
    pairs: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    draws: int = reward_bias.DRAWS,
    seed: int = 0,
    null: str | None = NULL,
    allow_outside: bool = False,
    batch_size: int = 32,
    encodings: str | None = None,
) -> Audit:
    """The plan of an audit of image files; arguments as for `audit` and `plan_audit`."""
    frame = pairs_from(pairs, allow_outside=allow_outside)
    root = common_folder(frame)
    requests = [
        ImageRequest(row["id"], variant, {"path": str(Path(row[column]).relative_to(root))})
        for row in frame.select("id", "image_original", "image_anti").iter_rows(named=True)
        for variant, column in (("original", "image_original"), ("anti", "image_anti"))
    ]
    images = ImageWork(FileMaker(root), requests)
    identity = {"pairs": pairs_digest(frame), "images": images_digest(frame)}
    return plan_audit(
        scorers,
        frame.drop("image_original", "image_anti"),
        images,
        out=out,
        identity=identity,
        draws=draws,
        seed=seed,
        null=null,
        batch_size=batch_size,
        encodings=encodings,
    )


def plan_audit(
    scorers: AnyScorer | Sequence[AnyScorer],
    pairs: pl.DataFrame,
    images: ImageWork,
    *,
    out: Path | str,
    identity: Mapping[str, Any],
    draws: int = reward_bias.DRAWS,
    seed: int = 0,
    null: str | None = None,
    batch_size: int = 32,
    encodings: str | None = None,
) -> Audit:
    """The plan of an audit whose images come from any maker.

    Args:
        scorers: as for `audit`.
        pairs: pair table without image columns.
        images: work that makes both images of every pair.
        out: run folder.
        identity: what the run folder is about; another identity is another run.
        draws: as for `audit`.
        seed: as for `audit`.
        null: prompt-blind scorer to add as a control, unless one of `scorers` is prompt-blind.
        batch_size: requests per call of a scorer.
        encodings: as for `audit`.
    """
    several = (
        scorers if isinstance(scorers, Sequence) and not isinstance(scorers, str) else [scorers]
    )
    loaded = [load_scorer(scorer) for scorer in several]
    if not loaded:
        raise BadInput("no scorer was given", "Name at least one scorer.")
    control = None
    if null is not None and all(scorer.facts.prompt_aware for scorer in loaded):
        loaded.append(load_scorer(null))
        control = loaded[-1].name
    run = Run.create(
        Path(out), identity={**identity, "seed": seed}, settings={"draws": draws, "seed": seed}
    )
    asked = pairs.with_columns(shuffled_prompts(pairs, seed))
    run.prompts = asked
    requests = [
        ScoreRequest(row["id"], variant, prompt)
        for row in asked.select("id", *PROMPT_ROLES.values()).iter_rows(named=True)
        for variant in ("original", "anti")
        for prompt in (row[role] for role in PROMPT_ROLES.values())
        if prompt is not None
    ]
    plan = Plan(
        images=[images],
        scores=[ScoreWork(scorer, requests, batch_size=batch_size) for scorer in loaded],
    )
    return Audit(
        run=run,
        pairs=asked,
        plan=plan,
        draws=draws,
        seed=seed,
        null=control,
        encodings=store_at(encodings),
    )
