"""Narrowing: has alignment narrowed this model? One page, one sentence, one exit code.

Base and aligned model paint the same prompts from the same seeds; the drop of the success rate is
held against a margin (`verdict`). `prepare` plans a comparison in a run folder; sequentially, it
paints a few prompts at a time and stops as soon as the answer is clear (`looks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from widespectrum.studies import generation_fidelity
from widespectrum.studies.findings import Findings
from widespectrum.studies.narrowing import shown, words
from widespectrum.studies.narrowing.comparing import Comparison, prepare
from widespectrum.studies.narrowing.looks import (
    expected_stop,
    looking_order,
    looks,
    path,
)
from widespectrum.studies.narrowing.verdict import (
    LOOK,
    MARGIN,
    POWER,
    Verdict,
    matches,
    requirements,
    verdict_of,
)
from widespectrum.studies.painted import Painted
from widespectrum.studies.prompts_read import reading_notes
from widespectrum.studies.settings_shown import Facts, settings_notes

STUDY = "narrowing"
SHOWN = ("lineages", "losses", "dimensions", "settings", "prompts-read")
"""Tables of generation fidelity that stand beside the verdict."""


def analyse(
    painted: Painted,
    base: str,
    aligned: str,
    *,
    margin: float = MARGIN,
    order: tuple[str, ...] | None = None,
    look: int = LOOK,
    facts: Facts | None = None,
    read: pl.DataFrame | None = None,
    draws: int = generation_fidelity.DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> tuple[Findings, Verdict]:
    """Findings and the verdict.

    Args:
        painted: shots of both models, and what was said of them.
        base: the model before alignment.
        aligned: the model after it.
        margin: the largest drop of the success rate that is let pass, in (0, 1).
        order: the prompts' clusters in the order in which a sequential comparison looks at them;
            by default the comparison is of all prompts at once.
        look: prompts between two looks.
        facts: what the two state about their settings.
        read: what they read of their prompts (`widespectrum.studies.prompts_read`).
        draws: bootstrap resamples of the tables beside the verdict.
        seed: of the resampling.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: no chooser, nothing to compare, or a margin out of range.
    """
    pair = painted.of(base, aligned)
    found = matches(pair, base, aligned, order)
    if order is None:
        verdict, stopped = verdict_of(found, margin=margin), None
        figure = shown.drop_figure(verdict, aligned)
    else:
        taken = looks(found, order, margin=margin, look=look)
        verdict, stopped = taken[-1].verdict, (taken[-1].prompts, len(order))
        figure = shown.path_figure(path(taken), verdict)
        pair = pair.within(order[: taken[-1].prompts])  # what was not looked at is no failure
    heard = None if read is None else read.filter(pl.col("id").is_in(pair.shots["id"].implode()))
    beside = generation_fidelity.analyse(
        pair, {aligned: base}, facts=facts, read=heard, draws=draws, seed=seed
    )
    needs = requirements(verdict.at_base, prompts=verdict.drop.n, discordant=verdict.discordant)
    names = {table.name for table in beside.tables}
    findings = Findings(
        study=STUDY,
        title="Has alignment narrowed this model?",
        question=(
            f"Does {aligned} still do what {base} does when a prompt asks for something that is "
            "not polished?"
        ),
        headline=words.headline(verdict, base, aligned, verdict.drop.n),
        tables=(
            shown.verdict_table(verdict, base, aligned),
            shown.key_numbers(verdict, base, aligned),
            shown.requirement_table(needs),
            *(beside.table(name) for name in SHOWN if name in names),
        ),
        figures=(figure, *(f for f in beside.figures if f.name == "forest_dimension")),
        lineup=beside.lineup,
        notes=(
            *settings_notes(facts or {}, (base, aligned), {aligned: base}),
            *(() if heard is None else reading_notes(heard)),
            *words.notes(verdict, pair, left_out=found.left_out, stopped=stopped),
        ),
        provenance={
            "base": base,
            "aligned": aligned,
            "margin": margin,
            "sequential": order is not None,
            **beside.provenance,
            **(provenance or {}),
        },
    )
    return findings, verdict


__all__ = [
    "LOOK",
    "MARGIN",
    "POWER",
    "STUDY",
    "Comparison",
    "Verdict",
    "analyse",
    "expected_stop",
    "looking_order",
    "matches",
    "prepare",
    "requirements",
    "verdict_of",
]
