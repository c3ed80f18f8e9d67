"""What a run says by itself: every study that its stored results allow, and no model asked.

For runs whose scores, ratings and choices came from elsewhere (`widespectrum.exchange`), and for
any other run: what is there is analysed, what is not is left out.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.runs import Run
from widespectrum.studies import agreement, generation_fidelity, reward_bias
from widespectrum.studies.choice_frame import choice_frame
from widespectrum.studies.findings import Findings, save_findings
from widespectrum.studies.generating import known_lineages
from widespectrum.studies.opinion_sources import choice_opinions
from widespectrum.studies.painted import SHOTS, painted
from widespectrum.studies.score_frame import score_frame


def conclude_run(
    run: Run,
    *,
    chooser: str | None = None,
    draws: int = reward_bias.DRAWS,
    seed: int = 0,
) -> tuple[Findings, ...]:
    """Findings from what `run` holds, saved in its folder.

    Reward bias, if there are all four scores of pairs; generation fidelity, if pairs name their
    generators; agreement, if there are two choosers.

    Args:
        run: any run with pairs.
        chooser: whose choices say whether a generator succeeded; by default the
            one whose choices the pairs hold as `choice`, else the one with most.
        draws: bootstrap resamples.
        seed: of the resampling.

    Raises:
        BadInput: there is nothing to analyse, or no such chooser.
    """
    pairs = _complete(run.prompts)
    provenance = _origin(run)
    choices = choice_frame(run, pairs)
    findings = [
        study
        for study in (
            _reward_bias(run, pairs, draws, seed, provenance),
            _fidelity(run, pairs, _chooser(run, pairs, choices, chooser), draws, seed, provenance),
            _agreement(choices, draws, seed),
        )
        if study is not None
    ]
    if not findings:
        raise BadInput(
            "holds neither all four scores of a pair, nor generators that are looked at, nor two "
            "choosers",
            "Score it: widespectrum audit SCORER --pairs RUN --out OTHER.",
            file=run.path,
        )
    for study in findings:
        save_findings(study, run.findings)
    return tuple(findings)


def _complete(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with both prompts, and a cluster for each."""
    both = pairs.filter(
        pl.col("prompt_original").is_not_null() & pl.col("prompt_anti").is_not_null()
    )
    if "cluster" not in both.columns:
        both = both.with_columns(pl.col("prompt_original").alias("cluster"))
    return both.with_columns(pl.col("cluster").fill_null(pl.col("prompt_original")))


def _reward_bias(
    run: Run, pairs: pl.DataFrame, draws: int, seed: int, provenance: dict[str, Any]
) -> Findings | None:
    scores = run.table("scores")
    fingerprints = scores["fingerprint"].unique(maintain_order=True).to_list()
    scored = score_frame(run, pairs, fingerprints)
    if scored.frame.height == 0:
        return None
    complete = scored.frame["scorer"].unique()
    return reward_bias.analyse(
        scored.frame,
        draws=draws,
        seed=seed,
        excluded={name: scored.excluded[name] for name in complete},
        failures=run.table("failures").height,
        provenance=provenance,
    )


def _fidelity(
    run: Run,
    pairs: pl.DataFrame,
    chooser: str | None,
    draws: int,
    seed: int,
    provenance: dict[str, Any],
) -> Findings | None:
    needed = set(SHOTS) - {"image_original", "image_anti", "choice"}
    if not needed <= set(pairs.columns):
        return None
    shots = pairs.filter(pl.col("generator").is_not_null())
    # What was chosen is read from the choices of the one chooser that counts.
    shots = shots.drop("choice", strict=False).with_columns(pl.col("dimensions").fill_null([]))
    scorers = tuple(run.table("scores")["fingerprint"].unique(maintain_order=True))
    judges = run.table("ratings")["fingerprint"].unique(maintain_order=True).to_list()
    if not shots.height or not (scorers or judges or chooser):
        return None
    seen = painted(
        run, shots, scorers=scorers, judge=judges[0] if judges else None, chooser=chooser
    )
    return generation_fidelity.analyse(
        seen,
        known_lineages(list(seen.generators)),
        draws=draws,
        seed=seed,
        provenance=provenance,
    )


def _agreement(choices: pl.DataFrame, draws: int, seed: int) -> Findings | None:
    if choices["chooser"].n_unique() < 2:
        return None
    return agreement.analyse(choice_opinions(choices), "choices", draws=draws, seed=seed)


def _chooser(run: Run, pairs: pl.DataFrame, choices: pl.DataFrame, name: str | None) -> str | None:
    """The fingerprint of the chooser that says what success is."""
    known = run.table("choices").select("chooser", "fingerprint").unique()
    if name is None:
        truth = pairs.select(
            "id", (pl.col("choice") if "choice" in pairs.columns else pl.lit(None)).alias("truth")
        )
        # Whose choices the reward study takes for the truth should be the judge of success, too.
        counted = (
            choices.filter(pl.col("under") == "anti")
            .join(truth, on="id")
            .group_by("chooser")
            .agg((pl.col("choice") == pl.col("truth")).sum().alias("same"), pl.len().alias("all"))
            .sort("same", "all", "chooser", descending=[True, True, False])
        )
        name = str(counted["chooser"][0]) if counted.height else None
    elif name not in known["chooser"]:
        raise BadInput(f"has no choices by {name!r}", "Name one that chose.", file=run.path)
    own = known.filter(pl.col("chooser") == name) if name else known.head(0)
    return str(own["fingerprint"][0]) if own.height else None


def _origin(run: Run) -> dict[str, Any]:
    """Where the results came from, if they were imported."""
    imported = run.provenance.get("imported")
    if not imported:
        return {}
    origin = {name: imported[name] for name in ("source", "revision", "layout") if imported[name]}
    return {"imported": origin}
