"""Image pairs: the authors' benchmark, our exports of it, and pair tables of anybody's.

``weathon/aas_benchmark_final`` and its per-model sources hold both images, both prompts, the
dimensions, the generator, and every opinion in one row. A column ``id`` marks a table as ours: then
every further column belongs to the pairs. Without it a row is named ``generator/index``, and since
neither that nor anything else is unique in the wild, repeated rows are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from widespectrum.exchange.contents import (
    UNKNOWN_MAKER,
    Contents,
    Picture,
    choice_rows,
    pair_frame,
    rating_rows,
    score_rows,
)
from widespectrum.exchange.layouts.layout import Column, Layout, Options, Table
from widespectrum.exchange.layouts.opinions import COLUMNS, Opinions, read_opinions
from widespectrum.tables.authors import CHOOSERS, GENERATORS

BLIP = "blip-large"
"""Our name of the baseline whose logits are in ``blip_score``: the probability of a match."""

_FIRST, _BASELINE = CHOOSERS.ours("llm"), CHOOSERS.ours("blip")

HOUSE = (
    Column("prompt_neutral"),
    Column("prompt_shuffled"),
    Column("writer"),
    Column("severity", "number"),
    Column("effects", "texts"),
)
"""Columns of ours that are taken from any table."""


def _read(table: Table, options: Options) -> Contents:
    generators = _generators(table, options)
    prompts, repeats = _prompts(table, generators)
    ids = _own_ids(table) if "id" in table else _ids(generators, prompts, repeats)
    found = read_opinions(table, ids)
    _blip(found, table, ids)
    keep, note = _without_copies(table, found, generators, options)
    originals = table["prompt_original"]
    clusters = [
        given or " ".join(prompt.split())
        for given, prompt in zip(table["cluster"], originals, strict=True)
    ]
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "prompt_original": originals,
        "prompt_anti": table["prompt_distorted"],
        "dimensions": table["selected_dims"],
        "generator": generators,
        "choice": _own_choices(table) if "choice" in table else _first_choices(found, ids),
        "cluster": clusters,
        "prompt": prompts,
        "repeat": repeats,
        **{column.name: table[column.name] for column in HOUSE if column.name in table},
    }
    unread: tuple[str, ...] = table.unread(*found.beside)
    if "id" in table:
        left = [name for name in table.others() if name not in found.beside]
        columns |= {name: _as_it_is(table, name) for name in left}
        unread = ()
    columns = {name: [cells[row] for row in keep] for name, cells in columns.items()}
    names = {ids[row] for row in keep}
    return Contents(
        pairs=pair_frame(columns),
        pictures=tuple(_pictures(table, keep, ids, generators)),
        scores=score_rows([row for row in found.scores if row[0] in names]),
        ratings=rating_rows([row for row in found.ratings if row[0] in names]),
        choices=choice_rows([row for row in found.choices if row[0] in names]),
        notes=(*note, *unread, *found.notes),
        origins=found.origins,
    )


def _own_ids(table: Table) -> list[str]:
    rows: dict[str, int] = {}
    ids: list[str] = table["id"]
    for row, name in enumerate(ids):
        if name is None:
            raise table.sheet.wrong(row, "id", "is empty", "Give every row an id.")
        if name in rows:
            raise table.sheet.wrong(
                row, "id", f"is {name[:80]!r}, as in an earlier row", "Make every id unique."
            )
        rows[name] = row
    return ids


def _own_choices(table: Table) -> list[int | None]:
    choices: list[int | None] = table["choice"]
    for row, choice in enumerate(choices):
        if choice not in (None, -1, 0, 1):
            raise table.sheet.wrong(
                row, "choice", f"is {choice}", "Give 1 (anti), 0 (original), -1 (tie) or nothing."
            )
    return choices


def _as_it_is(table: Table, name: str) -> list[Any]:
    """A further column of ours: texts are checked, everything else is taken."""
    cells = table.sheet.columns[name]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {str}:
        return table.sheet.values(name, "text")
    if kinds <= {int, float} or kinds <= {bool}:
        return cells
    if kinds <= {list}:
        return table.sheet.values(name, "texts")
    first = next(row for row, cell in enumerate(cells) if cell is not None)
    raise table.sheet.wrong(
        first,
        name,
        f"is a {type(cells[first]).__name__} or mixed with other kinds of values",
        "Further columns of pairs hold texts, numbers or lists of texts; leave this one out.",
    )


def _generators(table: Table, options: Options) -> list[str | None]:
    if "model" not in table:
        return [options.generator] * table.height
    return [options.generator if key is None else GENERATORS.ours(key) for key in table["model"]]


def _prompts(table: Table, generators: Sequence[str | None]) -> tuple[list[str], list[int]]:
    """The id of each row's prompt pair, and how often its generator painted it before.

    What is the same prompt is decided by the texts: numbers are looked at, and not relied on.
    """
    given = table["prompt"], table["repeat"]
    if not any(cell is None for cells in given for cell in cells):
        return given
    numbers = table["index"]
    texts = list(zip(table["prompt_original"], table["prompt_distorted"], strict=True))
    named: dict[tuple[str, str], str] = {}
    used: set[str] = set()
    for row, text in enumerate(texts):
        if text not in named:
            name = str(len(named) if numbers[row] is None else numbers[row])
            named[text] = name if name not in used else _free(name, used)
            used.add(named[text])
    seen: dict[tuple[str | None, str], int] = {}
    repeats = []
    for generator, text in zip(generators, texts, strict=True):
        key = generator, named[text]
        repeats.append(seen.get(key, 0))
        seen[key] = repeats[-1] + 1
    return [named[text] for text in texts], repeats


def _free(name: str, used: set[str]) -> str:
    """The name with a number that nobody has."""
    number = 2
    while f"{name}#{number}" in used:
        number += 1
    return f"{name}#{number}"


def _ids(
    generators: Sequence[str | None], prompts: Sequence[str], repeats: Sequence[int]
) -> list[str]:
    ids = []
    for generator, prompt, repeat in zip(generators, prompts, repeats, strict=True):
        name = prompt if generator is None else f"{generator}/{prompt}"
        ids.append(f"{name}@{repeat + 1}" if repeat else name)
    return ids


def _without_copies(
    table: Table, found: Opinions, generators: Sequence[str | None], options: Options
) -> tuple[list[int], tuple[str, ...]]:
    """The rows to keep: those that repeat prompts and scores of an earlier one are copies."""
    first: dict[tuple[Any, ...], int] = {}
    copies: dict[int, int] = {}
    texts = zip(table["prompt_original"], table["prompt_distorted"], strict=True)
    for row, text in enumerate(texts):
        if not found.signatures[row]:  # without scores nothing tells a copy from another try
            continue
        key = (*text, *found.signatures[row])
        if key in first:
            copies[row] = first[key]
        else:
            first[key] = row
    if not copies:
        return list(range(table.height)), ()
    pairs = sorted({(str(generators[a]), str(generators[b])) for a, b in copies.items()})
    who = "; ".join(f"{a} repeats {b}" if a != b else f"{a} twice" for a, b in pairs[:5])
    copied = f"{len(copies):,} rows repeat the prompts and all scores of earlier rows ({who})"
    if options.keep_duplicates:
        return list(range(table.height)), (f"{copied}; they are kept, as you asked.",)
    kept = [row for row in range(table.height) if row not in copies]
    return kept, (f"{copied}; they are left out (--keep-duplicates keeps them).",)


def _blip(found: Opinions, table: Table, ids: Sequence[str]) -> None:
    """The probabilities of a match under the anti prompt, from two logits each."""
    for row, cell in enumerate(table["blip_score"]):
        if cell is None:
            continue
        logits = _numbers(cell)
        if logits.shape != (2, 2) or not np.isfinite(logits).all():
            raise table.sheet.wrong(
                row,
                "blip_score",
                "is not two pairs of finite logits",
                "Correct it, or drop the column.",
            )
        for variant, (no, match) in zip(("original", "anti"), logits, strict=True):
            probability = float(1.0 / (1.0 + np.exp(np.clip(no - match, -700, 700))))
            found.scores.append((ids[row], variant, "anti", BLIP, probability))
        found.origins[BLIP] = "blip_score"


def _numbers(cell: Any) -> NDArray[np.float64]:
    """Nested lists as an array; empty if they are no such thing."""
    try:
        return np.array([[float(value) for value in inner] for inner in cell], dtype=np.float64)
    except (TypeError, ValueError):
        return np.empty(0)


def _first_choices(found: Opinions, ids: Sequence[str]) -> list[int | None]:
    """What one chooser chose under the anti prompt: the truth of reward studies.

    The authors' own if it is there, else the first that is not their baseline.
    """
    chosen: dict[str, dict[str, int]] = {}
    for pair, chooser, under, verdict, *_ in found.choices:
        if under == "anti":
            chosen.setdefault(chooser, {})[pair] = verdict
    order = sorted(chosen, key=lambda name: (name != _FIRST, name == _BASELINE))
    first = chosen[order[0]] if order else {}
    return [first.get(pair) for pair in ids]


def _pictures(
    table: Table, keep: Sequence[int], ids: Sequence[str], generators: Sequence[str | None]
) -> list[Picture]:
    pictures = []
    seeds = {variant: table[f"seed_{variant}"] for variant in ("original", "anti")}
    for row in keep:
        for variant, column in (("original", "image_original"), ("anti", "image_distorted")):
            where = table.picture(row, column)
            if where is None:
                raise table.sheet.wrong(
                    row, table.named(column), "is empty", "Give both images, or drop the row."
                )
            maker = generators[row] or UNKNOWN_MAKER
            pictures.append(Picture(ids[row], variant, where, maker, seeds[variant][row]))
    return pictures


PAIRS = Layout(
    name="aas_benchmark_final",
    title="image pairs with both prompts and, where there are any, scores, ratings and choices",
    columns=(
        Column("image_original", "picture", required=True),
        Column("image_distorted", "picture", required=True, aliases=("image_anti",)),
        Column("prompt_original", required=True, aliases=("original_prompt",)),
        Column("prompt_distorted", required=True, aliases=("prompt_anti",)),
        Column("index", "integer"),
        Column("model", aliases=("generator",)),
        Column("selected_dims", "texts", aliases=("dimensions", "selected")),
        Column("blip_score", "any"),
        *COLUMNS,
        Column("id", "name"),
        Column("choice", "integer"),
        Column("cluster"),
        Column("prompt"),
        Column("repeat", "integer"),
        Column("seed_original", "integer"),
        Column("seed_anti", "integer"),
        *HOUSE,
    ),
    read=_read,
)
