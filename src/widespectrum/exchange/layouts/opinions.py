"""Scores, ratings and choices inside a row, as the authors write them and as we export them.

- ``X_reward``: an object with the four scores ``X_oiop``, ``X_oidp``, ``X_diop``, ``X_didp``, plain
  or each in a list whose first element is the score. The four may also be columns of their own.
- ``rater``: for both images the expected rating and the likeliest class of eleven dimensions.
- ``X_selected``: 1 the anti image, 0 the original, -1 a tie, empty unknown.

Our export adds to the same objects what they have no room for: scores under further prompts
(``oinp``, ``oisp``), tokens, probabilities, confidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.exchange.cells import Kind
from widespectrum.exchange.layouts.layout import Column, Table
from widespectrum.tables.authors import CHOOSERS, JUDGES, SCORERS, first_number

ROLES = {
    "oiop": ("original", "original"),
    "oidp": ("original", "anti"),
    "diop": ("anti", "original"),
    "didp": ("anti", "anti"),
}
"""Suffix of a score -> variant of the image, role of the prompt."""

MORE_ROLES = {
    "oinp": ("original", "neutral"),
    "dinp": ("anti", "neutral"),
    "oisp": ("original", "shuffled"),
    "disp": ("anti", "shuffled"),
}
"""What we add: n is the neutral rewrite, s another pair's prompt (shuffled)."""

Probabilities = tuple[float, float, float]
"""Of low, neutral, high."""

REWARD = "(?P<name>.+)_reward"
FLAT = "(?P<name>.+)_(?:oiop|oidp|diop|didp)"
RATER = "(?:(?P<name>.+)_)?rater"
SELECTED = "(?P<name>.+)_selected(?P<under>_op)?"

COLUMNS = (
    Column(REWARD, "mapping", pattern=True),
    Column(FLAT, "any", pattern=True),
    Column(RATER, "mapping", pattern=True),
    Column(SELECTED, "integer", pattern=True),
)
"""The columns that hold opinions, for the layouts that have them."""

_VARIANTS = {"original": "original", "anti": "distorted"}
_CLASSES = 3
_NEARLY = 2e-3
"""How far mean and likeliest class may disagree: half precision is about this coarse."""


@dataclass
class Opinions:
    """What was found, as tuples of the frames of `widespectrum.exchange.contents`."""

    scores: list[tuple[Any, ...]] = field(default_factory=list)
    ratings: list[tuple[Any, ...]] = field(default_factory=list)
    choices: list[tuple[Any, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    signatures: list[tuple[Any, ...]] = field(default_factory=list)
    """Per row, all its scores: equal for a row that was copied."""
    beside: set[str] = field(default_factory=set)
    """Columns that belong to choices: confidence and details."""


def read_opinions(table: Table, ids: Sequence[str]) -> Opinions:
    """All opinions of a table.

    Args:
        table: of a layout that has `COLUMNS`.
        ids: of its rows.

    Raises:
        BadInput: a row has some of the four scores and not all, or a value is not what it should
            be. Names file, row and column.
    """
    found = Opinions(signatures=[()] * table.height)
    for name, cells in table.several(REWARD).items():
        for row, cell in enumerate(cells):
            if cell is not None:
                _scores(found, table, row, ids[row], cell, f"{name}.")
    flat = table.several(FLAT)
    for row in range(table.height if flat else 0):
        _scores(found, table, row, ids[row], {name: flat[name][row] for name in flat}, "")
    for name, cells in table.several(RATER).items():
        judge = JUDGES.ours(name.removesuffix("rater").removesuffix("_"))
        found.origins[judge] = name
        _ratings(found, table, ids, judge, name, cells)
    _choices(found, table, ids)
    return found


def _scores(
    found: Opinions, table: Table, row: int, pair: str, cell: Mapping[str, Any], within: str
) -> None:
    """The scores in one cell or row: of every scorer all four or none, or an error."""
    prefixes = dict.fromkeys(
        name.rpartition("_")[0] for name in cell if name.rpartition("_")[2] in ROLES
    )
    for prefix in prefixes:
        written = {role: cell.get(f"{prefix}_{role}") for role in (*ROLES, *MORE_ROLES)}
        if all(value is None for value in written.values()):
            continue
        scorer = SCORERS.ours(prefix)
        found.origins[scorer] = f"{prefix}_*"
        values = []
        for suffix, (variant, under) in {**ROLES, **MORE_ROLES}.items():
            if suffix in MORE_ROLES and written[suffix] is None:
                continue
            value = first_number(written[suffix])
            if value is None:
                raise table.sheet.wrong(
                    row,
                    f"{within}{prefix}_{suffix}",
                    f"holds no finite score of {scorer}, and there are others",
                    "All four scores of a pair are needed: complete them, or drop the row.",
                )
            tokens = cell.get(f"{prefix}_tokens_{suffix[2:]}")
            limit = cell.get(f"{prefix}_token_limit")
            found.scores.append((pair, variant, under, scorer, value, tokens, limit))
            values.append(value)
        found.signatures[row] += (scorer, *values[: len(ROLES)])


def _ratings(
    found: Opinions,
    table: Table,
    ids: Sequence[str],
    judge: str,
    column: str,
    cells: list[Any],
) -> None:
    contrary = []
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        for variant, key in _VARIANTS.items():
            one = cell.get(key)
            if one is None:
                continue
            for dimension, probabilities in rated_dimensions(table, row, f"{column}.{key}", one):
                if probabilities is None:
                    contrary.append((row, f"{column}.{key}", dimension))
                    continue
                found.ratings.append((ids[row], variant, judge, dimension, *probabilities))
    if contrary:
        row, where, dimension = contrary[0]
        file, local = table.sheet.place(row)
        found.notes.append(
            f"{len(contrary):,} ratings by {judge} are left out: their mean and their likeliest "
            f"class contradict each other (first: {file.name}, row {local}, {where}, {dimension})."
        )


def rated_dimensions(
    table: Table, row: int, where: str, cell: Any
) -> list[tuple[str, Probabilities | None]]:
    """The eleven dimensions and their probabilities of one image.

    ``None`` where mean and likeliest class contradict each other.

    Args:
        table: for messages.
        row: of the cell.
        where: its column, and the place in it.
        cell: an object with `scores` and `preds`, and from us `probabilities`.

    Raises:
        BadInput: it is not that.
    """
    count = len(FIXED_ORDER)

    def numbers(name: str, length: int) -> list[float]:
        values = cell.get(name) if isinstance(cell, Mapping) else None
        right = isinstance(values, list) and len(values) == length
        if not right or not all(
            isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)
            for v in values or ()
        ):
            raise table.sheet.wrong(
                row,
                f"{where}.{name}",
                f"is not a list of {length} numbers",
                f"Give one for each of the {count} dimensions, in alphabetical order, or none.",
            )
        return [float(v) for v in values or ()]

    if isinstance(cell, Mapping) and cell.get("probabilities") is not None:
        flat = numbers("probabilities", _CLASSES * count)
        triples = [(flat[i], flat[i + 1], flat[i + 2]) for i in range(0, len(flat), _CLASSES)]
        return list(zip(FIXED_ORDER, triples, strict=True))
    scores, classes = numbers("scores", count), numbers("preds", count)
    for name, values, most in (("scores", scores, 2 + _NEARLY), ("preds", classes, 2)):
        if any(not -_NEARLY <= value <= most for value in values):
            raise table.sheet.wrong(row, f"{where}.{name}", "holds a rating outside 0 to 2")
    return [
        (dimension, probabilities_of(score, int(likeliest)))
        for dimension, score, likeliest in zip(FIXED_ORDER, scores, classes, strict=True)
    ]


def probabilities_of(mean: float, likeliest: int) -> Probabilities | None:
    """Probabilities of low, neutral, high that have this mean and this likeliest class.

    Two numbers do not determine three probabilities: what is free is the probability of neutral,
    within an interval. Its middle is taken. Mean and likeliest class, which are all that any study
    reads, are exact.

    Args:
        mean: expected rating, 0 to 2.
        likeliest: 0, 1 or 2.

    Returns:
        ``None`` if no probabilities have both.
    """
    mean = min(max(mean, 0.0), 2.0)
    low, high = {
        0: (0.0, min((2 - mean) / 3, mean) if mean <= 1 + _NEARLY else -1.0),
        1: (max(mean, 2 - mean) / 3, min(mean, 2 - mean)),
        2: (0.0, min(mean / 3, 2 - mean) if mean >= 1 - _NEARLY else -1.0),
    }[likeliest]
    if high < low - _NEARLY:
        return None
    neutral = max(0.0, min((low + high) / 2, mean, 2 - mean))
    above = (mean - neutral) / 2
    return max(0.0, 1 - neutral - above), neutral, above


def _choices(found: Opinions, table: Table, ids: Sequence[str]) -> None:
    for name, cells in table.several(SELECTED).items():
        match = re.fullmatch(SELECTED, name)
        assert match is not None
        chooser = CHOOSERS.ours(match["name"])
        found.origins[chooser] = name
        under = match["under"] or ""
        confidence = _beside(found, table, f"{match['name']}_confidence{under}", "number")
        details = _beside(found, table, f"{match['name']}_details{under}", "text")
        for row, verdict in enumerate(cells):
            if verdict is None:
                continue
            if verdict not in (-1, 0, 1):
                raise table.sheet.wrong(
                    row, name, f"is {verdict}", "Give 1 (anti), 0 (original), -1 (tie) or nothing."
                )
            role = "original" if under else "anti"
            found.choices.append((ids[row], chooser, role, verdict, confidence[row], details[row]))


def _beside(found: Opinions, table: Table, name: str, kind: Kind) -> list[Any]:
    """What a column says about choices, if it is there."""
    if name not in table.sheet.columns:
        return [None] * table.height
    found.beside.add(name)
    return table.sheet.values(name, kind)
