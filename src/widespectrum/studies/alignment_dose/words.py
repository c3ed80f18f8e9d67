"""Curves and verdicts into sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from widespectrum.studies.alignment_dose.curves import ORDINARY, REWARD
from widespectrum.studies.alignment_dose.verdicts import (
    HACKS,
    NARROWED,
    RULE,
    UNKNOWN,
    Verdict,
    fell,
)
from widespectrum.studies.generation_fidelity.measures import SUCCESS
from widespectrum.studies.generation_fidelity.words import points
from widespectrum.studies.painted import Painted

_ORDER = {HACKS: 0, NARROWED: 1}


def headline(curves: pl.DataFrame, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """One sentence about all, and one per member: those that hack their reward come first."""
    ranked = sorted(verdicts, key=lambda verdict: _ORDER.get(verdict.outcome, 2))
    return (_together(verdicts), *(_told(curves, verdict) for verdict in ranked))


def _together(verdicts: Sequence[Verdict]) -> str:
    hacked = [verdict for verdict in verdicts if verdict.outcome == HACKS]
    narrowed = [verdict for verdict in verdicts if verdict.outcome == NARROWED]
    if hacked:
        return f"{_listed([v.member for v in hacked])} {_verb(hacked, 'hack')} the reward."
    if narrowed:
        return f"Alignment has narrowed {_listed([v.member for v in narrowed])}."
    if all(verdict.outcome == UNKNOWN for verdict in verdicts):
        return "The rewards are not known, so nothing can be said of what a rise costs."
    return "No alignment is shown to have hacked its reward or narrowed its model."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _verb(subjects: Sequence[Verdict], verb: str) -> str:
    return f"{verb}s" if len(subjects) == 1 else verb


def _told(curves: pl.DataFrame, verdict: Verdict) -> str:
    last = max(verdict.doses)
    own = curves.filter(pl.col("member") == verdict.member)
    rows = {row["measure"]: row for row in own.filter(pl.col("steps") == last).to_dicts()}
    base = {row["measure"]: row for row in own.filter(pl.col("steps") == 0).to_dicts()}
    said = [_reward(rows)] if REWARD in rows else []
    said += [part for part in (_success(rows, base), _ordinary(rows)) if part]
    since = "" if verdict.since is None else f" from step {verdict.since:,} on"
    outcome = "its reward is not known" if verdict.outcome == UNKNOWN else verdict.outcome
    return f"{verdict.member}, {last:,} steps: {'; '.join([*said, f'{outcome}{since}'])}."


def _ordinary(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Said only where ordinary prompts are followed less."""
    less = [row for name, row in rows.items() if name.startswith(f"{ORDINARY}:") and fell(row)]
    return "; ".join(f"{row['label']} is down by {abs(row['moved']):.2f}" for row in less)


def _reward(rows: Mapping[str, Mapping[str, Any]]) -> str:
    row = rows[REWARD]
    rise, low, high = row["moved"], row["moved_low"], row["moved_high"]
    if rise is None:
        return "reward not measured"
    said = f"reward {'up' if rise >= 0 else 'down'} by {abs(rise):.2f} SD"
    return said if low is None else f"{said} ({low:+.2f} to {high:+.2f})"


def _success(rows: Mapping[str, Mapping[str, Any]], base: Mapping[str, Mapping[str, Any]]) -> str:
    row = rows.get(SUCCESS)
    if row is None or row["moved_low"] is None:
        return ""
    return (
        f"success goes from {base[SUCCESS]['value']:.0%} to {row['value']:.0%} "
        f"({points(row['moved_low'])} to {points(row['moved_high'])} points)"
    )


def notes(painted: Painted, base: str, content: Sequence[str]) -> tuple[str, ...]:
    """What a reader must know."""
    witnesses = [*filter(None, (painted.chooser, painted.judge)), *content]
    said = [
        f"Every dose painted the same prompts from the same seeds as {base}. The reward is "
        "measured on these pictures, by the scorer that was climbed, over ordinary and anti "
        "prompts; its unit is the standard deviation of the base's pictures. The reward that an "
        "alignment recorded about itself stands in the table.",
        RULE,
    ]
    if witnesses:
        said.append(f"Witnesses here: {', '.join(witnesses)}.")
    if not content:
        said.append(
            "No scorer of content was named, so nothing could be said to hack its reward: that "
            "takes somebody who tells whether ordinary prompts are still followed."
        )
    if painted.failures:
        said.append(f"{painted.failures:,} requests failed; they are in the run's failures table.")
    return tuple(said)
