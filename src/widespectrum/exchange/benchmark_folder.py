"""Writing the authors' layout: Parquet shards with both pictures of a pair in one row.

What their columns have no room for stands beside it, so that nothing is lost: our id and pair
columns, scores under further prompts, probabilities of ratings, confidence of choices. Readers that
know only their columns find those unchanged.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from widespectrum.aesthetics import FIXED_ORDER
from widespectrum.errors import BadInput, MissingExtra, StorageFailed
from widespectrum.exchange.contents import PROMPTS, Contents
from widespectrum.exchange.layouts.opinions import MORE_ROLES, ROLES
from widespectrum.exchange.layouts.pairs import PAIRS
from widespectrum.tables.authors import CHOOSERS, GENERATORS, JUDGES, SCORERS

NAME = PAIRS.name
SHARD_BYTES = 400 * 1024**2
GROUP_BYTES = 64 * 1024**2
"""Pictures that are held in memory, and stand in one row group. Its pages are small, so that a
reader need not hold all of it."""

_RENAMED = {"prompt_anti": "prompt_distorted", "dimensions": "selected_dims", "generator": "model"}
_ADDED = ("index", "image_original", "image_distorted", "seed_original", "seed_anti")
_VARIANTS = {"original": "original", "anti": "distorted"}


@dataclass(frozen=True)
class Written:
    """What was written, and what had no room."""

    rows: int
    shards: int
    left_out: tuple[str, ...]


def write_benchmark(contents: Contents, images: Path, out: Path) -> Written:
    """Write ``data/train-00000-of-....parquet`` into `out`.

    Args:
        contents: of a run; pictures are named relative to `images`.
        images: the run's folder.
        out: an existing folder.

    Raises:
        BadInput: no pair has both prompts and both pictures, or a column of the run's pairs has
            another meaning in this layout.
        StorageFailed: the disk refused.
        MissingExtra: pyarrow is not installed.
    """
    paths = {(p.pair_id, p.variant): images / str(p.where["path"]) for p in contents.pictures}
    whole = [both_there(row, paths) for row in contents.pairs.iter_rows(named=True)]
    pairs = contents.pairs.filter(pl.Series(whole, dtype=pl.Boolean))
    if not pairs.height:
        raise BadInput(
            "no pair of the run has both prompts and both pictures",
            "Export it in plain tables: --layout plain.",
        )
    _refuse_meaning(pairs)
    columns = _columns(pairs, contents)
    left_out = _left_out(contents, pairs)
    sizes = [
        sum(paths[pair, variant].stat().st_size for variant in _VARIANTS) for pair in pairs["id"]
    ]
    shards = list(_sliced(sizes, SHARD_BYTES))
    folder = out / "data"
    folder.mkdir(parents=True, exist_ok=True)
    for number, (start, end) in enumerate(shards):
        target = folder / f"train-{number:05d}-of-{len(shards):05d}.parquet"
        _write_shard(target, columns, pairs["id"].to_list(), paths, sizes, start, end)
    return Written(pairs.height, len(shards), tuple(left_out))


def both_there(row: Mapping[str, Any], paths: Mapping[tuple[str, str], Path]) -> bool:
    """Whether a pair has both prompts and both pictures."""
    texts = row["prompt_original"] is not None and row["prompt_anti"] is not None
    return texts and all((row["id"], variant) in paths for variant in _VARIANTS)


def _columns(pairs: pl.DataFrame, contents: Contents) -> dict[str, list[Any]]:
    """All columns but the pictures, as Python values."""
    columns: dict[str, list[Any]] = {
        "id": pairs["id"].to_list(),
        "index": _indices(pairs),
    }
    for name in pairs.columns:
        cells = pairs[name].to_list()
        if name == "dimensions":
            cells = [None if c is None else json.dumps(c, ensure_ascii=False) for c in cells]
        if name == "generator":
            cells = [None if c is None else GENERATORS.theirs(c) for c in cells]
        columns[_RENAMED.get(name, name)] = cells
    ids = columns["id"]
    seeds = {(p.pair_id, p.variant): p.seed for p in contents.pictures}
    for variant in _VARIANTS:
        own = [seeds[pair, variant] for pair in ids]
        if any(seed is not None for seed in own):
            columns[f"seed_{variant}"] = own
    return columns | _rewards(contents, ids) | _raters(contents, ids) | _selected(contents, ids)


def _indices(pairs: pl.DataFrame) -> list[int]:
    """The number of each row's prompt pair, in the order of first appearance."""
    key = ["prompt"] if "prompt" in pairs.columns else ["prompt_original", "prompt_anti"]
    numbers: dict[Any, int] = {}
    return [numbers.setdefault(row, len(numbers)) for row in pairs.select(key).iter_rows()]


def _rewards(contents: Contents, ids: Sequence[str]) -> dict[str, list[Any]]:
    """Per scorer an object with all four scores; none where one is missing."""
    columns: dict[str, list[Any]] = {}
    suffixes = {role: suffix for suffix, role in {**ROLES, **MORE_ROLES}.items()}
    for (scorer,), own in contents.scores.partition_by(
        "scorer", as_dict=True, maintain_order=True
    ).items():
        prefix = SCORERS.theirs(scorer)
        cells: dict[str, dict[str, Any]] = {}
        listed = scorer == "hpsv3"
        for row in own.iter_rows(named=True):
            suffix = suffixes[row["variant"], row["under"]]
            cell = cells.setdefault(row["id"], {})
            # HPSv3's second output is not kept by a run.
            cell[f"{prefix}_{suffix}"] = [row["score"], None] if listed else row["score"]
            cell[f"{prefix}_tokens_{suffix[2:]}"] = row["tokens"]
            cell[f"{prefix}_token_limit"] = row["token_limit"]
        four = {f"{prefix}_{suffix}" for suffix in ROLES}
        names = list(dict.fromkeys(name for cell in cells.values() for name in cell))
        used = [
            name for name in names if any(cell.get(name) is not None for cell in cells.values())
        ]
        column = prefix if prefix == "image_reward" else f"{prefix}_reward"
        made = [
            {name: cells[pair].get(name) for name in used}
            if pair in cells and four <= cells[pair].keys()
            else None
            for pair in ids
        ]
        before = columns.get(column, [None] * len(ids))
        columns[column] = [
            {**(a or {}), **(b or {})} or None for a, b in zip(before, made, strict=True)
        ]
    return {name: cells for name, cells in columns.items() if any(cells)}


def _raters(contents: Contents, ids: Sequence[str]) -> dict[str, list[Any]]:
    """Per judge an object with both pictures' ratings, where all eleven dimensions were rated."""
    columns = {}
    for (judge,), own in contents.ratings.partition_by(
        "judge", as_dict=True, maintain_order=True
    ).items():
        rated: dict[tuple[str, str], dict[str, list[float]]] = {}
        for row in own.iter_rows(named=True):
            triple = [row["p_low"], row["p_neutral"], row["p_high"]]
            rated.setdefault((row["id"], row["variant"]), {})[row["dimension"]] = triple
        cells: list[Any] = []
        for pair in ids:
            both = {
                key: _rated(rated.get((pair, variant), {})) for variant, key in _VARIANTS.items()
            }
            cells.append(None if None in both.values() else both)
        name = JUDGES.theirs(str(judge))
        if any(cells):
            columns[f"{name}_rater" if name else "rater"] = cells
    return columns


def _rated(given: Mapping[str, list[float]]) -> dict[str, Any] | None:
    if not set(FIXED_ORDER) <= given.keys():
        return None
    triples = np.array([given[name] for name in FIXED_ORDER], dtype=np.float64)
    return {
        "scores": (triples @ np.arange(3.0)).tolist(),
        "preds": triples.argmax(axis=1).tolist(),
        "probabilities": triples.ravel().tolist(),
    }


def _selected(contents: Contents, ids: Sequence[str]) -> dict[str, list[Any]]:
    """Per chooser and prompt shown the verdicts; unknown is empty, never a tie."""
    columns = {}
    shown = contents.choices.filter(pl.col("under").is_in(["original", "anti"]))
    for (chooser, under), own in shown.partition_by(
        "chooser", "under", as_dict=True, maintain_order=True
    ).items():
        name = CHOOSERS.theirs(str(chooser))
        tail = "" if under == "anti" else "_op"
        rows = {row["id"]: row for row in own.iter_rows(named=True)}
        for column, field in (
            ("selected", "verdict"),
            ("confidence", "confidence"),
            ("details", "details"),
        ):
            cells = [rows[pair][field] if pair in rows else None for pair in ids]
            if field == "verdict" or any(cell is not None for cell in cells):
                columns[f"{name}_{column}{tail}"] = cells
    return columns


def _left_out(contents: Contents, pairs: pl.DataFrame) -> Iterator[str]:
    """What this layout has no room for, in sentences."""
    if lost := contents.pairs.height - pairs.height:
        yield f"{lost:,} pairs lack a prompt or a picture."
    ids = pairs.select("id")
    own = contents.scores.join(ids, on="id", how="semi")
    roles = list(ROLES.values())
    four = own.filter(
        pl.struct("variant", "under").map_elements(
            lambda role: (role["variant"], role["under"]) in roles, return_dtype=pl.Boolean
        )
    )
    whole = four.group_by("id", "scorer").len().filter(pl.col("len") == len(ROLES))
    if lost := own.join(whole, on=["id", "scorer"], how="anti").height:
        yield f"{lost:,} scores belong to pairs that lack one of that scorer's four."
    rated = contents.ratings.join(ids, on="id", how="semi")
    eleven = (
        rated.filter(pl.col("dimension").is_in(FIXED_ORDER))
        .group_by("id", "judge")
        .len()
        .filter(pl.col("len") == 2 * len(FIXED_ORDER))
    )
    kept = rated.filter(pl.col("dimension").is_in(FIXED_ORDER)).join(
        eleven, on=["id", "judge"], how="semi"
    )
    if lost := rated.height - kept.height:
        yield (
            f"{lost:,} ratings are of other dimensions than the eleven, or of pairs of which not "
            "all eleven were rated."
        )
    if lost := _under_others(contents, pairs):
        yield f"{lost:,} choices were made under prompts that are neither original nor anti."


def _under_others(contents: Contents, pairs: pl.DataFrame) -> int:
    """Choices under a neutral or shuffled prompt; unless its text is that of another role."""
    texts = {row["id"]: row for row in pairs.iter_rows(named=True)}
    return sum(
        row["under"] not in ("original", "anti")
        and row["id"] in texts
        and texts[row["id"]][PROMPTS[row["under"]]]
        not in (texts[row["id"]]["prompt_original"], texts[row["id"]]["prompt_anti"])
        for row in contents.choices.iter_rows(named=True)
    )


def _refuse_meaning(pairs: pl.DataFrame) -> None:
    """A column of the pairs must not be mistaken for one of the layout's."""
    taken = {*_ADDED, *_RENAMED.values()}
    patterns = [column.name for column in PAIRS.columns if column.pattern]
    for name in pairs.columns:
        if name in taken or any(re.fullmatch(pattern, name) for pattern in patterns):
            raise BadInput(
                "is a column of the run's pairs and means something else in this layout",
                "Export plain tables instead: --layout plain.",
                field=name,
            )


def _sliced(sizes: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Slices of rows that hold at most `limit` bytes, but at least one row each."""
    start, held = 0, 0
    for row, size in enumerate(sizes):
        if row > start and held + size > limit:
            yield start, row
            start, held = row, 0
        held += size
    yield start, len(sizes)


def _write_shard(
    target: Path,
    columns: Mapping[str, list[Any]],
    ids: Sequence[str],
    paths: Mapping[tuple[str, str], Path],
    sizes: Sequence[int],
    start: int,
    end: int,
) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "Parquet with pictures in it needs pyarrow, which is not installed",
            "pip install 'widespectrum[hub]', or pyarrow alone.",
        ) from error
    picture = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    # Types follow from all rows: one shard may hold only nulls where another has scores.
    arrays = {name: pa.array(cells) for name, cells in columns.items()}
    schema = pa.schema(
        [
            *((name, array.type) for name, array in arrays.items()),
            *((f"image_{key}", picture) for key in _VARIANTS.values()),
        ],
        metadata={"huggingface": json.dumps(_features())},
    )
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with pq.ParquetWriter(
            temporary, schema, compression="zstd", write_page_checksum=True, write_batch_size=8
        ) as writer:
            for first, last in _sliced(sizes[start:end], GROUP_BYTES):
                rows = range(start + first, start + last)
                shown = [
                    pa.array(
                        [
                            {
                                "bytes": paths[ids[row], variant].read_bytes(),
                                "path": paths[ids[row], variant].name,
                            }
                            for row in rows
                        ],
                        picture,
                    )
                    for variant in _VARIANTS
                ]
                parts = [array.slice(rows[0], len(rows)) for array in arrays.values()]
                writer.write_table(pa.table([*parts, *shown], schema=schema))
        os.replace(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageFailed(
            f"could not be written ({error.strerror or error})",
            "Make room, or give another folder; then export again.",
            file=target,
        ) from error


def _features() -> dict[str, Any]:
    """What the `datasets` library is told: these columns are images; the rest tells itself."""
    return {
        "info": {"features": {f"image_{key}": {"_type": "Image"} for key in _VARIANTS.values()}}
    }
