"""Real photographs that are unbeautiful on purpose, and clean pictures of the same thing.

The photograph is the anti image: its caption asks for what makes it what it is. The clean picture,
where there is one, is the original. Both scores are under the photograph's caption. They stand in a
column named ``image_reward`` and are HPSv3's, photograph first.
"""

from __future__ import annotations

from typing import Any

from widespectrum.exchange.contents import Contents, Picture, pair_frame, score_rows
from widespectrum.exchange.layouts.layout import Column, Layout, Options, Table
from widespectrum.tables.authors import first_number

PHOTOGRAPHER, PAINTER = "photograph", "z-image-turbo"
_SCORER = "hpsv3"


def _read(table: Table, options: Options) -> Contents:
    del options
    anti, clean = table["anti_aesthetic_caption"], table["clean_caption"]
    ids = _ids(table)
    pictures, scores = [], []
    for row, pair in enumerate(ids):
        where = table.picture(row, "image")
        if where is None:
            raise table.sheet.wrong(row, "image", "is empty", "Drop the row.")
        pictures.append(Picture(pair, "anti", where, PHOTOGRAPHER))
        if "clean_image" in table and table["has_clean"][row] is not False:
            beside = table.picture(row, "clean_image")
            if beside is not None:
                pictures.append(Picture(pair, "original", beside, PAINTER))
        scores += scores_of(table, row, pair, table["image_reward"][row])
    return Contents(
        pairs=pair_frame(
            {
                "id": ids,
                "prompt_original": clean,
                "prompt_anti": anti,
                "dimensions": [None] * table.height,
                # Photographs with one clean caption share one clean picture.
                "cluster": [
                    " ".join((text or pair).split()) for text, pair in zip(clean, ids, strict=True)
                ],
                "elements": table["anti_aesthetic_elements"],
                "human_score": table["human_score"],
                "filename": table["filename"],
                "queries": table["queries"],
            }
        ),
        pictures=tuple(pictures),
        scores=score_rows(scores),
        notes=table.unread(),
        origins={_SCORER: "image_reward"} if scores else {},
    )


def scores_of(table: Table, row: int, pair: str, cell: Any) -> list[tuple[Any, ...]]:
    """The two scores of one photograph and its clean picture.

    Raises:
        BadInput: the cell is not two numbers.
    """
    if cell is None:
        return []
    values = [first_number(value) for value in cell] if isinstance(cell, list) else []
    if len(values) != 2 or None in values:
        raise table.sheet.wrong(
            row, "image_reward", "is not two finite numbers", "Give [photograph, clean picture]."
        )
    return [
        (pair, variant, "anti", _SCORER, value)
        for variant, value in zip(("anti", "original"), values, strict=True)
    ]


def _ids(table: Table) -> list[str]:
    names = table["filename"]
    if None in names or len(set(names)) < len(names):
        return [str(row) for row in range(table.height)]
    return [str(name) for name in names]


PHOTOGRAPHS = Layout(
    name="aas_real_images",
    title="unbeautiful photographs, with clean pictures where there are any",
    columns=(
        Column("image", "picture", required=True),
        Column("filename", required=True, aliases=("file_name", "original_path")),
        Column("queries", "texts", aliases=("query",)),
        Column("anti_aesthetic_elements", "texts", aliases=("elements", "class_keys")),
        Column("anti_aesthetic_caption"),
        Column("clean_caption"),
        Column("human_score", "number"),
        Column("clean_image", "picture", aliases=("image_clean",)),
        Column("has_clean", "any"),
        Column("image_reward", "any"),
    ),
    read=_read,
)
