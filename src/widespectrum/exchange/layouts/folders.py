"""Folders in which pictures lie beside a description: galleries, and what scripts leave.

A gallery is a folder of the project's site, with ``_meta.json``. It is an extract for people: one
or two scores of a pair, never four. The authors' later scripts leave ``_prompts.jsonl`` beside
``0007_original.png`` and ``0007_distorted.png``, and scores in ``_hpsv3.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from widespectrum.errors import BadInput
from widespectrum.exchange.contents import Contents, Picture, pair_frame, score_rows
from widespectrum.exchange.layouts.layout import Column, Layout, Options, Table
from widespectrum.exchange.layouts.photographs import PAINTER, PHOTOGRAPHER, scores_of
from widespectrum.exchange.layouts.singles import scorer_of
from widespectrum.tables import read_frame
from widespectrum.tables.authors import GALLERY_META, GENERATORS, first_number

_META = GALLERY_META.replace(".", r"\.")
_ONE_PROMPT = "(hpsv2|hpsv3|image_reward)_(oidp|didp)"
NEWSPEAK = {"df": "danceflux", "krea": "flux-krea"}
"""Endings of the pictures in the gallery of social critique, and who painted them."""


def _bench(table: Table, options: Options) -> Contents:
    """Pairs with both scores under the anti prompt; a name is a row of the benchmark."""
    ids = _names(table, "idx")
    beside = {"original": "orig", "anti": "dist"}
    pictures = [
        _picture(table, row, pair, variant, f"{pair}_{ending}.jpg", options.generator or "imported")
        for row, pair in enumerate(ids)
        for variant, ending in beside.items()
    ]
    return _pairs(
        table,
        ids,
        table["prompt_original"],
        table["prompt_distorted"],
        table["selected_dims"],
        [options.generator] * table.height,
        pictures,
        _scores(table, ids),
    )


def _danceflux(table: Table, options: Options) -> Contents:
    """Anti images of one generator."""
    ids = _names(table, "idx")
    maker = options.generator or "danceflux"
    pictures = [
        _picture(table, row, pair, "anti", f"{pair}_df.jpg", maker) for row, pair in enumerate(ids)
    ]
    return _pairs(
        table,
        ids,
        table["po"],
        table["pa"],
        table["dims"],
        [maker] * table.height,
        pictures,
        _scores(table, ids),
    )


def _photographs(table: Table, options: Options) -> Contents:
    del options
    ids = _names(table, "i")
    pictures, scores = [], []
    for row, pair in enumerate(ids):
        pictures.append(_picture(table, row, pair, "anti", f"{pair}.jpg", PHOTOGRAPHER))
        if table["has_clean"][row] is not False:
            pictures.append(_picture(table, row, pair, "original", f"{pair}_clean.jpg", PAINTER))
        scores += scores_of(table, row, pair, _list(table["image_reward"][row]))
    clean = table["clean_caption"]
    return _pairs(
        table,
        ids,
        clean,
        table["anti_aesthetic_caption"],
        [None] * table.height,
        [None] * table.height,
        pictures,
        scores,
        elements=table["elements"],
        human_score=table["human_score"],
        filename=table["filename"],
    )


def _art(table: Table, options: Options) -> Contents:
    ids = _names(table, "i")
    maker = options.generator or "artist"
    pictures = [
        _picture(table, row, pair, "original", f"{pair}.jpg", maker) for row, pair in enumerate(ids)
    ]
    scores = [
        (ids[row], "original", "original", "hpsv3", value)
        for row, cell in enumerate(table["hpsv3"])
        if (value := first_number(cell)) is not None
    ]
    empty = [None] * table.height
    return _pairs(table, ids, table["caption"], empty, empty, empty, pictures, scores)


def _newspeak(table: Table, options: Options) -> Contents:
    """One prompt, a picture by each of two models; the topic is what it says, never the number."""
    del options
    rows = [
        (row, int(number), ending) for row, number in enumerate(table["i"]) for ending in NEWSPEAK
    ]
    pictures = [
        _picture(
            table,
            row,
            f"{number}/{NEWSPEAK[ending]}",
            "original",
            f"{number:03d}_{ending}.jpg",
            NEWSPEAK[ending],
        )
        for row, number, ending in rows
    ]
    prompts, topics = table["prompt"], table["topic"]
    return Contents(
        pairs=pair_frame(
            {
                "id": [picture.pair_id for picture in pictures],
                "prompt_original": [prompts[row] for row, *_ in rows],
                "prompt_anti": [None] * len(rows),
                "dimensions": [None] * len(rows),
                "generator": [NEWSPEAK[ending] for *_, ending in rows],
                "cluster": [" ".join(prompts[row].split()) for row, *_ in rows],
                "prompt": [str(number) for _, number, _ in rows],
                "repeat": [0] * len(rows),
                "topic": [topics[row] for row, *_ in rows],
            }
        ),
        pictures=tuple(pictures),
    )


def _script_outputs(table: Table, options: Options) -> Contents:
    """What a post-paper script left in its folder, of one generator or several."""
    rows = list(range(table.height))
    folders = [table.sheet.place(row)[0].parent for row in rows]
    makers = [options.generator or GENERATORS.ours(folder.name) for folder in folders]
    numbers = table["index"]
    several = len(set(folders)) > 1
    ids = [f"{maker}/{n}" if several else str(n) for maker, n in zip(makers, numbers, strict=True)]
    pictures = [
        _picture(table, row, ids[row], variant, f"{numbers[row]:04d}_{ending}.png", makers[row])
        for row in rows
        for variant, ending in (("original", "original"), ("anti", "distorted"))
    ]
    named = {(folder, n): pair for folder, n, pair in zip(folders, numbers, ids, strict=True)}
    scores = []
    for folder in dict.fromkeys(folders):
        for file in sorted(folder.glob("_*.json")):
            scorer = scorer_of(file.stem.removeprefix("_"))
            for at, score in enumerate(read_frame(file).to_dicts(), 1):
                variant = {"original": "original", "distorted": "anti"}.get(
                    str(score.get("variant"))
                )
                value, number = first_number(score.get("score")), score.get("index")
                pair = named.get((folder, int(number))) if isinstance(number, float | int) else None
                if variant is None or value is None or pair is None:
                    raise BadInput(
                        "is not {index, variant, score} of a row of _prompts.jsonl",
                        "Correct it, or take the file out of the folder.",
                        file=file.name,
                        row=at,
                    )
                scores.append((pair, variant, "original", scorer, value))
    return _pairs(
        table,
        ids,
        table["prompt_original"],
        table["prompt_distorted"],
        table["selected_dims"],
        makers,
        pictures,
        scores,
        prompt=[str(number) for number in numbers],
        repeat=[0] * len(ids),
    )


def _names(table: Table, column: str) -> list[str]:
    names = [str(number) for number in table[column]]
    for row, name in enumerate(names):
        if name in names[:row]:
            raise table.sheet.wrong(row, column, f"is {name}, as in an earlier row")
    return names


def _picture(table: Table, row: int, pair: str, variant: str, name: str, maker: str) -> Picture:
    folder = table.sheet.place(row)[0].parent
    return Picture(
        pair, variant, {"path": str((folder / name).relative_to(table.sheet.root))}, maker
    )


def _scores(table: Table, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """The scores under the anti prompt; the others are not in a gallery."""
    rows = []
    for name, cells in table.several(_ONE_PROMPT).items():
        prefix, _, suffix = name.rpartition("_")
        variant = "original" if suffix == "oidp" else "anti"
        for row, cell in enumerate(cells):
            if cell is not None:
                rows.append((ids[row], variant, "anti", scorer_of(prefix), cell))
    return rows


def _list(cell: Any) -> Any:
    return json.loads(cell) if isinstance(cell, str) else cell


def _pairs(
    table: Table,
    ids: Sequence[str],
    originals: Sequence[str | None],
    antis: Sequence[str | None],
    dimensions: Sequence[list[str] | None],
    generators: Sequence[str | None],
    pictures: Sequence[Picture],
    scores: Sequence[tuple[Any, ...]],
    **more: Sequence[Any],
) -> Contents:
    return Contents(
        pairs=pair_frame(
            {
                "id": ids,
                "prompt_original": originals,
                "prompt_anti": antis,
                "dimensions": dimensions,
                "generator": generators,
                "cluster": [
                    " ".join((text or pair).split())
                    for text, pair in zip(originals, ids, strict=True)
                ],
                **more,
            }
        ),
        pictures=tuple(pictures),
        scores=score_rows(scores),
        notes=table.unread(),
    )


def _gallery(
    name: str, title: str, read: Callable[[Table, Options], Contents], *columns: Column
) -> Layout:
    return Layout(f"gallery-{name}", title, columns, read, file=_META)


GALLERIES = (
    _gallery(
        "bench",
        "pairs chosen for the project's site",
        _bench,
        Column("idx", "integer", required=True),
        Column("prompt_original", required=True),
        Column("prompt_distorted", required=True),
        Column("selected_dims", "texts"),
        Column(_ONE_PROMPT, "number", pattern=True),
    ),
    _gallery(
        "danceflux",
        "anti images of one generator",
        _danceflux,
        Column("idx", "integer", required=True),
        Column("po", required=True),
        Column("pa", required=True),
        Column("dims", "texts"),
        Column(_ONE_PROMPT, "number", pattern=True),
    ),
    _gallery(
        "real",
        "unbeautiful photographs and clean pictures",
        _photographs,
        Column("i", "integer", required=True),
        Column("anti_aesthetic_caption", required=True),
        Column("clean_caption", required=True),
        Column("filename"),
        Column("elements", "texts"),
        Column("human_score", "number"),
        Column("image_reward", "any"),
        Column("has_clean", "any"),
    ),
    _gallery(
        "lapis",
        "art with captions and scores",
        _art,
        Column("i", "integer", required=True),
        Column("caption", required=True),
        Column("hpsv3", "any", required=True),
    ),
    _gallery(
        "newspeak",
        "social critique by two models",
        _newspeak,
        Column("i", "integer", required=True),
        Column("topic", required=True),
        Column("prompt", required=True),
    ),
)

SCRIPT_OUTPUTS = Layout(
    name="script-outputs",
    title="what the authors' later scripts leave: prompts, pictures, scores",
    columns=(
        Column("index", "integer", required=True),
        Column("prompt_original", required=True),
        Column("prompt_distorted", required=True),
        Column("selected_dims", "texts"),
    ),
    read=_script_outputs,
    file=r"_prompts\.jsonl",
)
