"""A bench: any number of generators and scorers, looked at from both sides, ranked with intervals.

The same pictures say who paints what is asked (generation fidelity), how far each generator reaches
in the eyes of a judge (expressive range) and, where a chooser says which picture follows the
prompt, who of the scorers can tell (reward bias).
"""

from __future__ import annotations

import polars as pl

from widespectrum.choosers import ScorerChooser
from widespectrum.errors import BadInput
from widespectrum.studies import expressive_range, generation_fidelity, refusals, reward_bias
from widespectrum.studies.findings import Findings, save_findings
from widespectrum.studies.generating import Generation, Models
from widespectrum.studies.painted import Painted
from widespectrum.studies.prompts_read import read_of
from widespectrum.studies.score_frame import score_frame
from widespectrum.studies.settings_shown import confound_banner, facts_of


def refuse_blind(models: Models, baseline: str | None = None) -> None:
    """Before anything is painted: somebody must look at it.

    Raises:
        BadInput: no chooser, judge or scorer, or a baseline that is none of the scorers.
    """
    if not models.scorers and models.judge is None and models.chooser is None:
        raise BadInput(
            "nobody was named to look at the pictures",
            "Name a chooser, a judge, or at least one scorer.",
        )
    if baseline is not None and baseline not in [scorer.name for scorer in models.scorers]:
        raise BadInput(f"{baseline!r} is none of the scorers", "Name it as a scorer, too.")


def conclude(
    job: Generation,
    *,
    baseline: str | None = None,
    draws: int = generation_fidelity.DRAWS,
    seed: int = 0,
) -> tuple[Findings, ...]:
    """Everything that can be concluded from what was painted, saved in the run folder.

    Args:
        job: a generation that was worked.
        baseline: the scorer that says whether the content is kept.
        draws: bootstrap resamples.
        seed: of the resampling.

    Raises:
        BadInput: as `refuse_blind`.
    """
    refuse_blind(job.models, baseline)
    seen = job.painted()
    facts = facts_of(job.models.generators)
    provenance = {
        "fingerprints": {each.name: each.fingerprint for each in job.models.generators},
        **_circular(job.models),
    }
    findings = [
        generation_fidelity.analyse(
            seen,
            job.models.lineages,
            baseline=baseline,
            facts=facts,
            read=read_of(job.run, seen),
            draws=draws,
            seed=seed,
            provenance=provenance,
        )
    ]
    refused = refusals.analyse(
        refusals.requests_of(job.run, seen), draws=draws, seed=seed, provenance=provenance
    )
    if refused is not None:
        findings.append(refused)
    if seen.ratings.height and seen.shots["cluster"].n_unique() > 1:
        findings.append(
            expressive_range.analyse(seen, job.models.lineages, seed=seed, provenance=provenance)
        )
    scorers = _scorers(job, seen, draws, seed)
    if scorers is not None:
        findings.append(scorers)
    for each in findings:
        save_findings(each, job.run.findings)
    if banner := confound_banner(facts, job.models.lineages):
        job.run.record(banner=banner)
    return tuple(findings)


def _scorers(job: Generation, seen: Painted, draws: int, seed: int) -> Findings | None:
    """The scorers on the same pictures, where it was said which of them follow the prompt."""
    scorers = job.models.scorers
    choices = seen.shots.select("id", "choice").drop_nulls()
    if not scorers or choices.height == 0:
        return None
    judged = job.shots.join(choices, on="id", how="inner", maintain_order="left")
    scored = score_frame(job.run, judged, [scorer.fingerprint for scorer in scorers])
    if scored.frame.filter(pl.col("choice") >= 0).height == 0:
        return None
    return reward_bias.analyse(
        scored.frame,
        draws=draws,
        seed=seed,
        excluded=scored.excluded,
        failures=seen.failures,
        facts={scorer.name: scorer.facts for scorer in scorers},
        provenance={"truth": seen.chooser, **_circular(job.models)},
    )


def _circular(models: Models) -> dict[str, str]:
    """A chooser that decides by one of the scorers is no yardstick for that one."""
    chooser = models.chooser
    if not isinstance(chooser, ScorerChooser):
        return {}
    names = [s.name for s in models.scorers if s.fingerprint == chooser.scorer.fingerprint]
    return {"circular": f"{names[0]} is also what {chooser.name} decides by"} if names else {}
