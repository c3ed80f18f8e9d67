"""The tables of a run in plain sight: pairs, scores, ratings, choices, and pictures as files.

::

    FOLDER/
      pairs.parquet            pairs with both pictures: a table for `widespectrum audit --pairs`
      pairs_incomplete.parquet pairs that lack a picture
      scores.parquet           the four scores of a pair: a table for `widespectrum analyse`
      scores_incomplete.parquet  rows that lack one of the four
      ratings.parquet, choices.parquet
      pictures.parquet         which file is which pair's variant, who made it, from which seed
      images/ab/abcdef....png

Files without rows are not written. Everything may also be CSV or JSONL. Reading gives back the same
pairs, scores, ratings, choices and picture files.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from widespectrum.contracts import SCORE_NAMES, VARIANTS
from widespectrum.errors import BadInput, StorageFailed
from widespectrum.exchange.cells import READERS, Unfit
from widespectrum.exchange.contents import (
    CHOICE_ROWS,
    RATING_ROWS,
    SCORE_ROWS,
    Contents,
    Picture,
)
from widespectrum.exchange.sheet import Bounds, Sheet, read_sheet
from widespectrum.tables import read_frame, write_frame
from widespectrum.tables.columns import Field, conform, refuse_duplicates
from widespectrum.tables.pairs import PAIR_FIELDS

NAME = "plain"
PROVENANCE = "provenance.json"
"""How the run was made. By this file a folder is known as an export."""

PICTURES = "pictures"

IMAGES = {"original": "io", "anti": "ia"}
PROMPTS = {"original": "po", "anti": "pa", "neutral": "pn", "shuffled": "ps"}
SUFFIXES = (".parquet", ".jsonl", ".csv")
TABLES = (
    PICTURES,
    "pairs",
    "pairs_incomplete",
    "scores",
    "scores_incomplete",
    "ratings",
    "choices",
)
_PATHS = {variant: f"image_{variant}" for variant in VARIANTS}

_PICTURE = (
    Field("pair_id", "text", required=True),
    Field("variant", "text", required=True),
    Field("image", "text", required=True),
    Field("maker", "text", required=True),
    Field("seed", "integer"),
)
_SCORE = (
    Field("id", "text", required=True),
    Field("scorer", "text", required=True),
    *(Field(f"{i}_{p}", "number") for i in IMAGES.values() for p in PROMPTS.values()),
    *(Field(name, "integer") for name in ("tokens", "tokens_po", "tokens_pn", "tokens_ps")),
    Field("token_limit", "integer"),
)
_RATING = (
    *(Field(name, "text", required=True) for name in ("id", "variant", "judge", "dimension")),
    *(
        Field(name, "number", required=True, minimum=0.0, maximum=1.001)
        for name in ("p_low", "p_neutral", "p_high")
    ),
)
_CHOICE = (
    *(Field(name, "text", required=True) for name in ("id", "chooser", "under")),
    Field("choice", "integer", required=True, minimum=-1, maximum=1),
    Field("confidence", "number"),
    Field("details", "text"),
)


def files_of(folder: Path) -> tuple[Path, ...]:
    """The tables of such a folder; none if it is no such folder."""
    if not (folder / PROVENANCE).is_file():
        return ()
    for suffix in SUFFIXES:
        files = (folder / f"{name}{suffix}" for name in TABLES)
        if found := tuple(file for file in files if file.is_file()):
            return found
    return ()


def write_plain(contents: Contents, images: Path, out: Path, suffix: str) -> list[str]:
    """Write the tables and pictures into `out`; the names of the tables.

    Args:
        contents: of a run; pictures are named relative to `images`.
        images: the run's folder.
        out: an existing folder.
        suffix: ``.parquet``, ``.csv`` or ``.jsonl``.

    Raises:
        BadInput: pairs have a column that has another meaning here.
        StorageFailed: the disk refused.
    """
    if taken := set(_PATHS.values()) & set(contents.pairs.columns):
        raise BadInput(
            "is a column of the run's pairs and of the export",
            "Rename it in the run's prompts.",
            field=min(taken),
        )
    pictures = [_copied(picture, images, out) for picture in contents.pictures]
    frames = {PICTURES: _pictures(pictures)}
    frames["pairs"], frames["pairs_incomplete"] = _pairs(contents.pairs, pictures)
    frames["scores"], frames["scores_incomplete"] = _scores(contents)
    frames["ratings"] = contents.ratings
    frames["choices"] = contents.choices.rename({"verdict": "choice"}).join(
        contents.pairs.select("id", *(["cluster"] if "cluster" in contents.pairs.columns else [])),
        on="id",
        how="left",
        maintain_order="left",
    )
    written = {name: frame for name, frame in frames.items() if frame.height}
    for name, frame in written.items():
        write_frame(frame, out / f"{name}{suffix}")
    return [f"{name}{suffix}" for name in written]


def _copied(picture: Picture, images: Path, out: Path) -> Picture:
    path = str(picture.where["path"])
    target = out / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file():
            shutil.copyfile(images / path, target)
    except OSError as error:
        raise StorageFailed(
            f"could not be copied ({error.strerror or error})",
            "Make room, or give another folder; then export again.",
            file=target,
        ) from error
    return picture


def _pictures(pictures: Sequence[Picture]) -> pl.DataFrame:
    rows = [(p.pair_id, p.variant, p.where["path"], p.maker, p.seed) for p in pictures]
    schema = {f.name: f.dtype for f in _PICTURE}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _pairs(pairs: pl.DataFrame, pictures: Sequence[Picture]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs with the paths of their pictures: those with both, and the others."""
    path = {(picture.pair_id, picture.variant): picture.where["path"] for picture in pictures}
    placed = pairs.with_columns(
        pl.Series(name, [path.get((pair, variant)) for pair in pairs["id"]], pl.String)
        for variant, name in _PATHS.items()
    )
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in _PATHS.values())
    for prompt in ("prompt_original", "prompt_anti"):
        if prompt in placed.columns:
            whole &= pl.col(prompt).is_not_null()
    return placed.filter(whole), placed.filter(~whole)


def _scores(contents: Contents) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per pair and scorer: those with all four scores, and the others."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in contents.scores.iter_rows(named=True):
        wide = rows.setdefault((row["id"], row["scorer"]), {})
        wide[f"{IMAGES[row['variant']]}_{PROMPTS[row['under']]}"] = row["score"]
        wide[_tokens(row["under"])] = row["tokens"]
        wide["token_limit"] = row["token_limit"]
    frame = pl.DataFrame(
        [{"id": id, "scorer": scorer, **wide} for (id, scorer), wide in rows.items()],
        schema={f.name: pl.Float32() if f.kind == "number" else f.dtype for f in _SCORE},
    )
    shared = [
        name
        for name in (
            "prompt_original",
            "prompt_anti",
            "dimensions",
            "generator",
            "choice",
            "cluster",
        )
        if name in contents.pairs.columns
    ]
    # Scorer by scorer, pairs in their order: what is computed from the table is reproducible.
    pairs = contents.pairs.select("id", *shared).with_row_index("place")
    scorers = frame.select(pl.col("scorer").unique(maintain_order=True)).with_row_index("of")
    frame = frame.join(scorers, on="scorer").join(pairs, on="id").sort("of", "place")
    frame = frame.drop("of", "place")
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in SCORE_NAMES)
    return frame.filter(whole), frame.filter(~whole)


def _tokens(under: str) -> str:
    """The column of the tokens of a prompt; plain ``tokens`` are those of the anti prompt."""
    return "tokens" if under == "anti" else f"tokens_{PROMPTS[under]}"


def read_plain(files: Sequence[Path], root: Path, bounds: Bounds) -> tuple[Contents, Sheet | None]:
    """What `write_plain` wrote, and the sheet that names the pictures, if any.

    Raises:
        BadInput: a table lacks something, names a pair that is not there, or a picture outside.
    """
    named = {file.stem: file for file in files}
    pairs = _read_pairs([named[n] for n in ("pairs", "pairs_incomplete") if n in named])
    known = set(pairs["id"])
    pictures: tuple[Picture, ...] = ()
    sheet = None
    if PICTURES in named:
        sheet = read_sheet([named[PICTURES]], root, bounds)
        pictures = _read_pictures(sheet, _table(named[PICTURES], _PICTURE, known, "pair_id"))
    scores = [
        _long(_table(named[name], _SCORE, known))
        for name in ("scores", "scores_incomplete")
        if name in named
    ]
    contents = Contents(
        pairs=pairs,
        pictures=pictures,
        scores=pl.concat([pl.DataFrame(schema=SCORE_ROWS), *scores]),
        ratings=_typed(named.get("ratings"), _RATING, RATING_ROWS, known),
        choices=_typed(named.get("choices"), _CHOICE, CHOICE_ROWS, known),
    )
    return contents, sheet


def _typed(
    file: Path | None, fields: Sequence[Field], schema: pl.Schema, known: set[str]
) -> pl.DataFrame:
    if file is None:
        return pl.DataFrame(schema=schema)
    return _table(file, fields, known).rename({"choice": "verdict"}, strict=False).cast(schema)


def _read_pictures(sheet: Sheet, table: pl.DataFrame) -> tuple[Picture, ...]:
    refuse_duplicates(table, ["pair_id", "variant"], sheet.files[0].name)
    pictures = []
    for row, cells in enumerate(table.iter_rows(named=True)):
        where = sheet.picture(row, "image")
        assert where is not None, "the column was checked"
        pictures.append(
            Picture(cells["pair_id"], cells["variant"], where, cells["maker"], cells["seed"])
        )
    return tuple(pictures)


def _read_pairs(files: Sequence[Path]) -> pl.DataFrame:
    if not files:
        raise BadInput("has no table of pairs", "Export the run again.", file=PROVENANCE)
    pairs = pl.concat([_pair_table(file) for file in files], how="diagonal_relaxed")
    refuse_duplicates(pairs, ["id"], files[0].name)
    return pairs


def _pair_table(file: Path) -> pl.DataFrame:
    """One table of pairs: declared columns typed, others as they are, no paths."""
    frame = read_frame(file).drop(list(_PATHS.values()), strict=False)
    declared = tuple(
        replace(field, required=field.name == "id", aliases=())
        for field in PAIR_FIELDS
        if field.name in frame.columns or field.name == "id"
    )
    typed = conform(frame, (*declared, Field("repeat", "integer")), file.name)
    others = [name for name in frame.columns if name not in typed.columns]
    pairs = typed.with_columns(frame[name] for name in others)
    _refuse_stray(pairs, file)
    return pairs.select([name for name in frame.columns if name in pairs.columns])


def _table(file: Path, fields: Sequence[Field], known: set[str], key: str = "id") -> pl.DataFrame:
    """One of the other tables: typed, and about pairs that are there."""
    frame = conform(read_frame(file), fields, file.name, complete=True)
    _refuse_stray(frame, file)
    allowed: Mapping[str, Sequence[str]] = {
        key: tuple(known),
        "variant": VARIANTS,
        "under": tuple(PROMPTS),
    }
    for name, values in allowed.items():
        if name not in frame.columns:
            continue
        strange = (~frame[name].is_in(list(values))).arg_true()
        if strange.len():
            row = int(strange[0])
            raise BadInput(
                f"is {frame[name][row]!r:.80}",
                "Name a pair of the table of pairs."
                if name == key
                else f"Use one of {', '.join(values)}.",
                file=file.name,
                row=row + 1,
                field=name,
            )
    return frame


def _refuse_stray(frame: pl.DataFrame, file: Path) -> None:
    """Texts without control characters."""
    for name, kind in frame.schema.items():
        if kind != pl.String:
            continue
        for row, value in enumerate(frame[name], 1):
            try:
                READERS["text"](value)
            except Unfit as problem:
                raise BadInput(
                    str(problem),
                    "Correct it, or drop the row.",
                    file=file.name,
                    row=row,
                    field=name,
                ) from None


def _long(table: pl.DataFrame) -> pl.DataFrame:
    """Wide scores as rows of `SCORE_ROWS`."""
    frames = [
        table.select(
            "id",
            pl.lit(variant).alias("variant"),
            pl.lit(under).alias("under"),
            "scorer",
            pl.col(f"{image}_{prompt}").alias("score"),
            pl.col(_tokens(under)).alias("tokens"),
            "token_limit",
        ).drop_nulls("score")
        for variant, image in IMAGES.items()
        for under, prompt in PROMPTS.items()
    ]
    return pl.concat(frames).cast(SCORE_ROWS)
