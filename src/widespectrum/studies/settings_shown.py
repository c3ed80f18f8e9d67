"""How each generator was set, side by side, and what that may do to a comparison.

The same argument means different things to different pipelines, so guidance stands as what it is
(its kind, and the weight of classifier-free guidance where there is one) beside the raw arguments.
Settings that differ between the two variants of a prompt are a confound, and are marked as one; so
are those that differ between an aligned model and the one that it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from widespectrum.contracts import Generator
from widespectrum.generators import GeneratorFacts, Guidance, generator_facts
from widespectrum.studies.findings import Column, Table

Facts = Mapping[str, GeneratorFacts]

_GUIDANCE = {
    "none": "none",
    "embedded": "read by the network",
    "cfg": "classifier-free",
    "embedded+cfg": "read by the network, and classifier-free",
    "unknown": "not stated",
}


def facts_of(generators: Sequence[Generator]) -> dict[str, GeneratorFacts]:
    """What generators state about themselves, of those that do."""
    stated = ((generator.name, generator_facts(generator)) for generator in generators)
    return {name: facts for name, facts in stated if facts is not None}


def confounded(facts: Facts) -> dict[str, str]:
    """Generator -> what of its settings differs between the variants besides the prompt."""
    return {name: ", ".join(each.confounds) for name, each in facts.items() if each.confounds}


def settings_table(facts: Facts) -> Table:
    """One row per generator that states anything."""
    rows = [
        {
            "generator": name,
            "size": _size(each),
            "steps": each.steps,
            "passes": each.passes,
            "guidance": None if each.guidance is None else _GUIDANCE[each.guidance.kind],
            "w": None if each.guidance is None else each.guidance.w,
            "raw": None if each.guidance is None else _raw(each.guidance),
            "seed": each.takes_seed,
            "rewrites": each.rewrites_prompt,
            "preset": each.settings_preset,
            "confounds": "; ".join(each.confounds) or None,
        }
        for name, each in facts.items()
    ]
    schema = {
        "generator": pl.String,
        "size": pl.String,
        "steps": pl.Int64,
        "passes": pl.Int64,
        "guidance": pl.String,
        "w": pl.Float64,
        "raw": pl.String,
        "seed": pl.Boolean,
        "rewrites": pl.Boolean,
        "preset": pl.String,
        "confounds": pl.String,
    }
    return Table(
        "settings",
        "How each was set",
        pl.DataFrame(rows, schema=schema),
        (
            Column("generator", "generator"),
            Column("size", "pixels"),
            Column("steps", "steps", "count"),
            Column("passes", "passes", "count", help="Through the network, per picture."),
            Column("guidance", "guidance"),
            Column("w", "weight", "number", help="Of classifier-free guidance; 1 is off."),
            Column("raw", "as passed"),
            Column("seed", "seeded", "flag", help="Whether pictures share their noise."),
            Column("rewrites", "rewrites", "flag", help="The prompt, before the model sees it."),
            Column("preset", "settings"),
            Column("confounds", "differs between variants"),
        ),
        "Guidance is comparable between generators by kind and weight, never by the number passed.",
    )


def unlike(facts: Facts, lineages: Mapping[str, str]) -> dict[str, str]:
    """Aligned generator -> what of its settings differs from those of its base."""
    found = {}
    for aligned, base in lineages.items():
        if aligned in facts and base in facts:
            sides = _compared(facts[base]), _compared(facts[aligned])
            told = [
                f"{name} {before} and {after}"
                for (name, before), (_, after) in zip(*sides, strict=True)
                if before != after
            ]
            if told:
                found[aligned] = "; ".join(told)
    return found


def confound_banner(facts: Facts, lineages: Mapping[str, str]) -> str | None:
    """What every page must say, if anything."""
    marked = {**confounded(facts), **unlike(facts, lineages)}
    return f"Confounded by settings: {', '.join(marked)}" if marked else None


def _compared(facts: GeneratorFacts) -> tuple[tuple[str, str], ...]:
    """What changes pictures, in words."""
    guidance = "not stated"
    if facts.guidance is not None:
        w = facts.guidance.w
        number = _raw(facts.guidance) if w is None else f"w = {w:g}"
        guidance = f"{_GUIDANCE[facts.guidance.kind]}{f' ({number})' if number else ''}"
    steps = "not stated" if facts.steps is None else str(facts.steps)
    return ("size", _size(facts) or "not stated"), ("steps", steps), ("guidance", guidance)


def _raw(guidance: Guidance) -> str | None:
    return ", ".join(f"{key}={value:g}" for key, value in guidance.raw.items()) or None


def _size(facts: GeneratorFacts) -> str | None:
    return None if facts.size is None else f"{facts.size[0]} x {facts.size[1]}"


def settings_notes(
    facts: Facts, generators: Sequence[str], lineages: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """What a reader must know of the settings; nothing where there is nothing to know."""
    bases = lineages or {}
    notes = [
        f"Confound: {bases[aligned]} and {aligned}, which was made from it, are set differently "
        f"({what}). Part of what tells them apart is settings, not alignment."
        for aligned, what in unlike(facts, bases).items()
    ]
    notes += [
        f"Confound: {name} paints the two variants with different settings ({what}). Part of every "
        "change of it is settings, not the prompt."
        for name, what in confounded(facts).items()
    ]
    unseeded = [name for name, each in facts.items() if not each.takes_seed]
    if unseeded:
        notes.append(
            f"{', '.join(unseeded)} takes no seed: its original and anti image do not share their "
            "noise."
        )
    rewriting = [name for name, each in facts.items() if each.rewrites_prompt]
    if rewriting:
        notes.append(f"{', '.join(rewriting)} rewrites prompts before the model sees them.")
    silent = [name for name in generators if name not in facts]
    if silent and facts:
        notes.append(f"{', '.join(silent)} states nothing about its settings.")
    return tuple(notes)
