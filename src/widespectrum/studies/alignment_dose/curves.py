"""Curves: every measure at every dose, and how far it has moved from the base.

Levels are means over shots with intervals clustered by prompt; moves are dose minus base on the
same prompts and seeds. Intervals of success keep a width where all prompts agree (Wilson's; Bonett
and Price's), lest a handful of prompts look certain. The reward that an alignment climbed is
measured on the same pictures as all else, in standard deviations of the base's own pictures, so
that rewards of different units share an axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from widespectrum.errors import BadInput
from widespectrum.statistics import (
    ClusterBootstrap,
    Interval,
    bonett_price,
    cluster_means,
    of_share,
)
from widespectrum.studies.alignment_dose.doses import Dose
from widespectrum.studies.expressive_range import Ranges, rated_pictures
from widespectrum.studies.generation_fidelity.lineages import matched
from widespectrum.studies.generation_fidelity.measures import (
    DELTA_J,
    SUCCESS,
    Floats,
    Measured,
    measured,
)
from widespectrum.studies.painted import Painted

REWARD = "reward"
ORDINARY = "ordinary"
"""Prefix: what ordinary prompts ask for is there, by a scorer."""
KEPT = "kept"
"""Prefix: what anti prompts ask for is there, by a scorer."""
RANGE = "range"

_ENDS = ("", "_low", "_high")
CURVES: dict[str, pl.DataType | type[pl.DataType]] = {
    "member": pl.String,
    "steps": pl.Int64,  # 0 is the base
    "generator": pl.String,
    "ships": pl.Boolean,
    "measure": pl.String,
    "label": pl.String,
    "kind": pl.String,
    "better": pl.Int64,  # sign of what is better: more of what was asked, or of the reward
    **{f"value{end}": pl.Float64 for end in _ENDS},
    **{f"moved{end}": pl.Float64 for end in _ENDS},
    "n": pl.Int64,
}
"""One row per member, dose and measure; the base is a row of every member."""


@dataclass(frozen=True)
class Quantity:
    """One number per shot."""

    name: str
    label: str
    kind: str
    """``percent`` or ``number``."""
    better: int
    values: Floats


def curves(
    painted: Painted,
    base: str,
    doses: Sequence[Dose],
    content: Sequence[str] = (),
    *,
    draws: int,
    seed: int,
) -> pl.DataFrame:
    """Every measure at every dose; columns of `CURVES`.

    Args:
        painted: shots of the base and of all doses.
        base: name of the base.
        doses: where and what.
        content: scorers that say whether what a prompt asks for is in the picture.
        draws: bootstrap resamples.
        seed: of them.

    Raises:
        BadInput: a scorer has scored nothing.
    """
    found = measured(painted)
    common = [*_obedience(found), *_content(painted, content)]
    frames = []
    for member in dict.fromkeys(dose.member for dose in doses):
        own = [dose for dose in doses if dose.member == member]
        quantities = [*_reward(painted, base, own[0].reward), *common]
        frames.append(_of_member(found, base, own, quantities, draws, seed))
    if painted.ratings.height:
        frames.append(_ranges(painted, base, doses, seed))
    return pl.concat(frames)


def _obedience(found: Measured) -> list[Quantity]:
    """What says whether anti prompts are followed."""
    chosen = [(SUCCESS, 1, "success"), (DELTA_J, -1, "change of J, asked")]
    return [
        Quantity(name, label, found[name].kind, better, found[name].values)
        for name, better, label in chosen
        if name in found
    ]


def _content(painted: Painted, scorers: Sequence[str]) -> list[Quantity]:
    made = []
    for scorer in scorers:
        for prefix, score, under in ((ORDINARY, "io_po", "ordinary"), (KEPT, "ia_pa", "anti")):
            values = _scores(painted, scorer, score)
            label = f"fit to {under} prompts ({scorer})"
            made.append(Quantity(f"{prefix}:{scorer}", label, "number", 1, values))
    return made


def _reward(painted: Painted, base: str, scorer: str | None) -> list[Quantity]:
    """The reward over both pictures of a shot, each under its own prompt, from the base's mean."""
    if scorer is None:
        return []
    values = (_scores(painted, scorer, "io_po") + _scores(painted, scorer, "ia_pa")) / 2
    at_base = values[(painted.shots["generator"] == base).to_numpy()]
    at_base = at_base[~np.isnan(at_base)]
    spread = float(at_base.std(ddof=1)) if len(at_base) > 1 else 0.0
    if spread == 0:
        raise BadInput(
            f"{scorer} says the same of all pictures of {base}",
            "A rise needs something to be measured in: paint more prompts.",
        )
    scaled = (values - at_base.mean()) / spread
    return [Quantity(REWARD, "reward climbed, in SD", "number", 1, scaled)]


def _scores(painted: Painted, scorer: str, name: str) -> Floats:
    if scorer not in painted.scorers:
        raise BadInput(f"{scorer!r} has scored nothing", "Name it as a scorer of the run.")
    own = painted.scores.filter(pl.col("scorer") == scorer).select("id", name)
    placed = painted.shots.select("id").join(own, on="id", how="left", maintain_order="left")
    return placed[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _of_member(
    found: Measured,
    base: str,
    doses: Sequence[Dose],
    quantities: Sequence[Quantity],
    draws: int,
    seed: int,
) -> pl.DataFrame:
    shots = found.shots
    bootstrap = ClusterBootstrap(shots["cluster"].to_list(), draws, seed)
    places = [(base, 0, False)] + [(dose.generator, dose.steps, dose.ships) for dose in doses]
    pairings = [matched(shots, base, name) for name, _, _ in places]
    rows = []
    for quantity in quantities:
        levels = np.full((shots.height, len(places)), np.nan)
        moves = np.full((shots.height, len(places)), np.nan)
        for column, ((name, _, _), pairing) in enumerate(zip(places, pairings, strict=True)):
            own = found.rows(generator=name)
            levels[own, column] = quantity.values[own]
            moves[pairing.aligned, column] = (
                quantity.values[pairing.aligned] - quantity.values[pairing.base]
            )
        at, moved = (
            bootstrap.means(values, ~np.isnan(values)).intervals() for values in (levels, moves)
        )
        for column, (place, level, move) in enumerate(zip(places, at, moved, strict=True)):
            if quantity.kind == "percent":
                level = of_share(level)
                move = _difference(moves[:, column], shots["cluster"])
            rows.append(_row(doses[0].member, place, quantity, level, move))
    return pl.DataFrame(rows, schema=CURVES)


def _difference(values: Floats, clusters: pl.Series) -> Interval:
    """Of paired differences of shares, by one mean per prompt: it keeps a width where all agree."""
    known = ~np.isnan(values)
    return bonett_price(cluster_means(values[known], clusters.filter(pl.Series(known)).to_list()))


def _row(
    member: str, place: tuple[str, int, bool], quantity: Quantity, level: Interval, move: Interval
) -> dict[str, Any]:
    name, steps, ships = place
    # The reward is measured from the base's mean: how sure a level is, is how sure the rise is.
    shown = move if quantity.name == REWARD else level
    return {
        "member": member,
        "steps": steps,
        "generator": name,
        "ships": ships,
        "measure": quantity.name,
        "label": quantity.label,
        "kind": quantity.kind,
        "better": quantity.better,
        **_ends("value", shown),
        **(_ends("moved", move) if steps else {}),
        "n": level.n,
    }


def _ranges(painted: Painted, base: str, doses: Sequence[Dose], seed: int) -> pl.DataFrame:
    """The expressive range, which is no mean over shots and has draws of its own."""
    pictures = rated_pictures(painted)
    names = [base, *(dose.generator for dose in doses)]
    ranges = Ranges(pictures, names, RANGE_DRAWS, seed)
    board = {row["generator"]: row for row in ranges.board().to_dicts()}
    changes = ranges.changes({dose.generator: base for dose in doses})
    moved = {row["aligned"]: row for row in changes.filter(pl.col("kind") == "range").to_dicts()}
    rows = []
    for member in dict.fromkeys(dose.member for dose in doses):
        own = [dose for dose in doses if dose.member == member]
        for name, steps, ships in [(base, 0, False)] + [
            (dose.generator, dose.steps, dose.ships) for dose in own
        ]:
            change = moved.get(name, {})
            rows.append(
                {
                    "member": member,
                    "steps": steps,
                    "generator": name,
                    "ships": ships,
                    "measure": RANGE,
                    "label": "expressive range",
                    "kind": "percent",
                    "better": 1,
                    **{f"value{end}": board[name][f"range{end}"] for end in _ENDS},
                    **{f"moved{end}": change.get(f"difference{end}") for end in _ENDS},
                    "n": board[name]["pictures"],
                }
            )
    return pl.DataFrame(rows, schema=CURVES)


RANGE_DRAWS = 2_000
"""A range costs more per draw than a mean."""


def _ends(name: str, interval: Interval) -> dict[str, float | None]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
