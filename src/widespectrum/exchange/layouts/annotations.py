"""Pictures that people annotated by dimension: VisionRewardDB-Image.

Levels become ratings by the rule that the judges' training uses, so that an imported run and a
trained judge speak of the same truth: the sign of the level, and no rating where the level means
that there is no such thing in the picture.
"""

from __future__ import annotations

from collections.abc import Mapping

from widespectrum.aesthetics import load_visionreward, sign_rating
from widespectrum.exchange.contents import Contents, Picture, pair_frame, rating_rows
from widespectrum.exchange.layouts.layout import Column, Layout, Options, Table, numbered

ANNOTATORS = "visionreward-annotators"


def _read(table: Table, options: Options) -> Contents:
    known = load_visionreward()
    ids = numbered(table.height)
    maker = options.generator
    pictures, ratings, unknown = [], [], set()
    for row, levels in enumerate(table["annotation"]):
        where = table.picture(row, "image")
        if where is None:
            raise table.sheet.wrong(row, "image", "is empty", "Drop the row.")
        pictures.append(Picture(ids[row], "original", where, maker or "unknown"))
        assert isinstance(levels, Mapping)
        for name, level in levels.items():
            each = known.get(name)
            if each is None:
                unknown.add(name)
                continue
            if level is None:
                continue
            if isinstance(level, bool) or not isinstance(level, int):
                raise table.sheet.wrong(row, f"annotation.{name}", f"is {level!r:.40}, no level")
            if level == each.not_applicable:
                continue
            rated = sign_rating(level)
            certain = tuple(float(rated == place) for place in range(3))
            ratings.append((ids[row], "original", ANNOTATORS, name, *certain))
    prompts = table["prompt"]
    notes = []
    if unknown:
        notes.append(f"Annotations of unknown dimensions: {', '.join(sorted(unknown)[:10])}.")
    return Contents(
        pairs=pair_frame(
            {
                "id": ids,
                "prompt_original": prompts,
                "prompt_anti": [None] * table.height,
                "dimensions": [None] * table.height,
                "generator": [maker] * table.height,
                "cluster": [text or pair for text, pair in zip(prompts, ids, strict=True)],
            }
        ),
        pictures=tuple(pictures),
        ratings=rating_rows(ratings),
        notes=tuple(notes),
        origins={ANNOTATORS: "annotation"},
    )


ANNOTATED = Layout(
    name="VisionRewardDB-Image",
    title="pictures that people annotated by dimension",
    columns=(
        Column("image", "picture", required=True),
        Column("annotation", "mapping", required=True),
        Column("prompt"),
    ),
    read=_read,
)
