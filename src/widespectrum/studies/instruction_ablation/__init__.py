"""Instruction ablation: how much of a scorer's taste is what it was told to like?

HPSv3 is told to ask for clarity, harmony and harmless content before it is shown a prompt; a VLM
behind an endpoint is told whatever its user writes. `prepare` scores image pairs with the same
weights under several instructions (any scorer that has a setting ``instruction``); `analyse` takes
the scores and says how far taste, listening and obedience move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.studies.audits import Audit, prepare_audit
from widespectrum.studies.findings import Findings, save_findings
from widespectrum.studies.instruction_ablation import shown, words
from widespectrum.studies.instruction_ablation.comparing import compare
from widespectrum.studies.instruction_ablation.told import INSTRUCTIONS, Told, told_scorers
from widespectrum.studies.reward_bias import DRAWS
from widespectrum.studies.score_frame import score_frame

if TYPE_CHECKING:
    from widespectrum.runs import Progress

STUDY = "instructions"


def analyse(
    scores: pl.DataFrame,
    told: Sequence[Told],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    excluded: Mapping[str, int] | None = None,
    failures: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings from a score frame that has one scorer per instruction.

    Args:
        scores: columns of `widespectrum.tables.SCORE_SCHEMA`, one row per pair and scorer.
        told: which scorer was told what; that with which the others are compared first.
        draws: bootstrap resamples.
        seed: of the resampling.
        excluded: scorer -> pairs that lack a score and are not in `scores`.
        failures: requests that failed in the run.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: no pair was scored under every instruction.
    """
    compared = compare(scores, told, draws=draws, seed=seed)
    return Findings(
        study=STUDY,
        title="Is it the weights, or what they are told?",
        question=(
            "The same scorer, the same pictures and prompts, another instruction: how far do taste "
            "and listening move?"
        ),
        headline=words.headline(compared, told),
        tables=(
            shown.result_table(compared.results),
            shown.change_table(compared.changes, told[0].instruction),
            shown.text_table(told),
        ),
        figures=(shown.change_figure(compared.changes, told),),
        notes=words.notes(compared, excluded or {}, failures),
        provenance={
            "pairs": compared.pairs,
            "clusters": compared.clusters,
            "bootstrap draws": draws,
            "bootstrap seed": seed,
            "scorers": {each.instruction: each.scorer for each in told},
            **(provenance or {}),
        },
    )


@dataclass(frozen=True)
class Ablation:
    """An ablation that is planned: `work` does what is missing, `conclude` analyses and saves."""

    audit: Audit
    told: tuple[Told, ...]

    def work(self, *, retry_failed: bool = False, processes: int = 0) -> Iterator[Progress]:
        """Do what is missing; yields after every unit."""
        return self.audit.work(retry_failed=retry_failed, processes=processes)

    def conclude(self) -> Findings:
        """Analyse what is there and save it; beside it the audit of each instruction.

        Raises:
            BadInput: no pair was scored under every instruction.
        """
        self.audit.conclude()
        run, scorers = self.audit.run, [item.scorer for item in self.audit.plan.scores]
        scored = score_frame(run, self.audit.pairs, [scorer.fingerprint for scorer in scorers])
        findings = analyse(
            scored.frame,
            self.told,
            draws=self.audit.draws,
            seed=self.audit.seed,
            excluded=scored.excluded,
            failures=run.table("failures").height,
            provenance={"fingerprints": {each.name: each.fingerprint for each in scorers}},
        )
        save_findings(findings, run.findings)
        return findings


def prepare(
    scorer: str,
    pairs: pl.DataFrame | Path | str,
    *,
    out: Path | str,
    instructions: Sequence[str] = INSTRUCTIONS,
    draws: int = DRAWS,
    seed: int = 0,
    allow_outside: bool = False,
    batch_size: int = 32,
) -> Ablation:
    """The plan of an instruction ablation of image files.

    Args:
        scorer: the name of a scorer that has a setting ``instruction``.
        pairs: a pair table or its path, another run, or a gallery folder.
        out: run folder. What exists in it is not done again.
        instructions: names that the scorer knows, or text files; the first is what the others are
            compared with.
        draws: bootstrap resamples.
        seed: of the bootstrap and of the shuffled control.
        allow_outside: trust image paths that lead out of the table's folder.
        batch_size: scores per call of the scorer.

    Raises:
        BadInput: the scorer has no such setting, the instructions do not differ, or the pairs are
            not what they should be.
    """
    if not isinstance(scorer, str):
        raise BadInput(
            "a scorer that is loaded already has the instruction that it has",
            "Give its name, as in 'hpsv3'.",
        )
    told = told_scorers(scorer, instructions)
    audit = prepare_audit(
        [loaded for _, loaded in told],
        pairs,
        out=out,
        draws=draws,
        seed=seed,
        null=None,
        allow_outside=allow_outside,
        batch_size=batch_size,
    )
    return Ablation(audit, tuple(record for record, _ in told))


__all__ = ["INSTRUCTIONS", "STUDY", "Ablation", "Told", "analyse", "prepare"]
