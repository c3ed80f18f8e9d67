"""One scorer under several instructions: the same weights, told something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from widespectrum.contracts import Scorer
from widespectrum.errors import BadInput
from widespectrum.scorers import load_scorer

SETTING = "instruction"
"""What the setting is called by every scorer that has it."""
INSTRUCTIONS = ("original", "neutral", "fidelity")
"""Those that every such scorer knows: its own; one that says nothing about what makes a score high;
and one by which only what the prompt asks for counts."""


@dataclass(frozen=True)
class Told:
    """A scorer as it appears in the scores, and what it was told."""

    scorer: str
    instruction: str
    """What the instruction is called: a name, or a file's."""
    text: str | None
    """The words; ``None`` where the scorer does not state them."""


def told_scorers(spec: str, instructions: Sequence[str]) -> list[tuple[Told, Scorer]]:
    """The scorer that `spec` names, once per instruction.

    Args:
        spec: a scorer with a setting ``instruction``; other settings behind ``@`` are kept.
        instructions: values of that setting; the first is what the others are compared with.

    Raises:
        BadInput: fewer than two instructions, one of them twice, or the scorer has no such setting.
    """
    if len(instructions) < 2:
        raise BadInput(
            "one instruction cannot be compared with itself",
            f"Give two or more, as in {','.join(INSTRUCTIONS)}.",
            field="instructions",
        )
    told: list[tuple[Told, Scorer]] = []
    for instruction in instructions:
        scorer = load_scorer(spec, **{SETTING: instruction})
        label = Path(instruction).stem if Path(instruction).suffix else instruction
        told.append((Told(scorer.name, label, scorer.facts.instruction), scorer))
    _refuse_repeated([record.instruction for record, _ in told], "is there twice")
    _refuse_repeated([scorer.fingerprint for _, scorer in told], "changes nothing", told)
    return told


def _refuse_repeated(
    values: Sequence[str], what: str, told: Sequence[tuple[Told, Scorer]] = ()
) -> None:
    for place, value in enumerate(values):
        if value in values[:place]:
            name = told[place][0].instruction if told else value
            raise BadInput(
                f"instruction {name!r} {what}",
                "Give instructions that differ.",
                field="instructions",
            )
