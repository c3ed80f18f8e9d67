"""The dose-response of alignment: what rises with its steps, and what falls.

Adapters kept along the way are generators like any other (`doses`). All paint the same prompts from
the same seeds; `analyse` draws every measure as a function of steps next to the reward that was
climbed, for all members in one picture (`curves`), and recognises reward hacking by a rule that was
written down beforehand (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from widespectrum.choosers import ScorerChooser
from widespectrum.errors import BadInput
from widespectrum.studies.alignment_dose import shown, words
from widespectrum.studies.alignment_dose.curves import curves
from widespectrum.studies.alignment_dose.doses import Dose, Doses, find_doses
from widespectrum.studies.alignment_dose.lineups import dose_lineup
from widespectrum.studies.alignment_dose.verdicts import RULE, Verdict, verdicts
from widespectrum.studies.findings import Findings
from widespectrum.studies.generating import Models, load_models
from widespectrum.studies.painted import Painted

STUDY = "alignment-dose"
DRAWS = 10_000
CONTENT = ("bonsai-eye", "bonsai-clip-b")
"""Scorers that tell whether what a prompt asks for is there, and are in no reward of Bonsai's. The
first hears nothing of how a picture should look, so a change of style alone cannot accuse."""


def models_for(
    doses: Doses,
    *,
    content: Sequence[str] = CONTENT,
    judge: str | None = None,
    chooser: str | None = None,
) -> Models:
    """Everybody who paints or looks: the base, all doses, the rewards, and the witnesses.

    Raises:
        BadInput: a witness had a part in a reward; two generators have one name.
        UnknownName, MissingWeights: of a scorer, judge or chooser.
    """
    models = load_models(
        (doses.base, *doses.generators),
        scorers=tuple(dict.fromkeys((*doses.rewards, *content))),
        judge=judge,
        chooser=chooser,
        bases={dose.generator: doses.base.name for dose in doses.doses},
    )
    climbed = {each.fingerprint for each in models.scorers if each.name in doses.rewards}
    named = [each for each in models.scorers if each.name in content]
    if isinstance(models.chooser, ScorerChooser):
        named.append(models.chooser.scorer)
    for witness in named:
        if witness.fingerprint in climbed:
            raise BadInput(
                f"{witness.name} is what an alignment was rewarded by",
                "A witness must have had no part in it; name another.",
            )
    return models


def analyse(
    painted: Painted,
    base: str,
    doses: Sequence[Dose],
    *,
    content: Sequence[str] = CONTENT,
    draws: int = DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Findings from what the base and all doses painted.

    Args:
        painted: shots, and what rewards and witnesses said of them.
        base: name of the base.
        doses: as `find_doses` found them.
        content: scorers that tell whether what a prompt asks for is there.
        draws: bootstrap resamples, clustered by prompt.
        seed: of the resampling.
        provenance: what else the reader should be able to check.

    Raises:
        BadInput: nothing was painted, or a scorer has scored nothing.
    """
    absent = {base, *(dose.generator for dose in doses)} - set(painted.generators)
    if absent:
        raise BadInput(f"{min(absent)} has painted nothing", "Run it first.")
    drawn = curves(painted, base, doses, content, draws=draws, seed=seed)
    said = verdicts(drawn)
    figures = (shown.dose_figure(drawn, said), shown.price_figure(drawn, said))
    return Findings(
        study=STUDY,
        title="What does a dose of alignment do?",
        question=(
            "As alignment goes on, the reward that it climbs rises. What happens meanwhile to what "
            "prompts ask for, in the eyes of those who had no part in the reward?"
        ),
        headline=words.headline(drawn, said),
        tables=(
            shown.member_table(drawn, said),
            *shown.key_numbers(drawn),
            shown.dose_table(drawn, doses, said),
        ),
        figures=tuple(figure for figure in figures if figure is not None),
        lineup=dose_lineup(painted, base, doses, content),
        notes=words.notes(painted, base, content),
        provenance={
            "base": base,
            "members": {
                member: {
                    "doses": [dose.steps for dose in doses if dose.member == member],
                    "reward": next(d.reward for d in doses if d.member == member),
                    "ships": next((d.steps for d in doses if d.member == member and d.ships), None),
                }
                for member in dict.fromkeys(dose.member for dose in doses)
            },
            "prompts": painted.shots["prompt"].n_unique(),
            "chooser": painted.chooser,
            "judge": painted.judge,
            "content": list(content),
            "bootstrap draws": draws,
            "bootstrap seed": seed,
            "requests failed": painted.failures,
            **(provenance or {}),
        },
    )


__all__ = [
    "CONTENT",
    "DRAWS",
    "RULE",
    "STUDY",
    "Dose",
    "Doses",
    "Verdict",
    "analyse",
    "find_doses",
    "models_for",
]
