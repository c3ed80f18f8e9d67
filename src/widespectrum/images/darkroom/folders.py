"""From a folder of photographs with captions to a folder of image pairs with their table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import polars as pl
from PIL import Image

from widespectrum.contracts import Failure
from widespectrum.errors import BadInput, WidespectrumError
from widespectrum.images.darkroom.applying import VERSION, apply_effects
from widespectrum.images.darkroom.pairs import PairPlan, pair_table
from widespectrum.images.formats import looks_like_image
from widespectrum.images.loading import load_image
from widespectrum.images.store import encode_png
from widespectrum.tables import read_frame, write_bytes, write_frame
from widespectrum.tables.columns import Field, conform, refuse_duplicates

TABLE = "pairs.csv"
FAILURES = "failures.csv"

_CAPTION_FIELDS = (
    Field("file", "text", required=True),
    Field("caption", "text", required=True),
)


@dataclass
class Built:
    """What `build_pairs` did."""

    table: Path
    pairs: int = 0
    """Rows of the table."""
    made: int = 0
    """Image files written now."""
    kept: int = 0
    """Image files that were there already."""
    failures: dict[str, Failure] = field(default_factory=dict)
    """Photographs that could not be read, by id. Their pairs are left out."""


def captioned_photos(folder: Path, captions: Path, leave_out: Path) -> list[tuple[str, Path, str]]:
    """The photographs of a folder and its subfolders: (id, path, caption), sorted by id.

    The id is the path inside the folder, without its ending where that leaves it unique.

    Args:
        folder: where the photographs are.
        captions: table with the columns ``file`` (relative to the folder) and ``caption``.
        leave_out: folder whose images are no photographs: the output of an earlier run.

    Raises:
        BadInput: no photograph; no caption for one, or two; a caption for a file that is not there.
    """
    if not folder.is_dir():
        raise BadInput("is not a folder", "Name a folder of photographs.", file=folder)
    paths = sorted(
        path
        for path in folder.rglob("*")
        if looks_like_image(path) and path.is_file() and not path.is_relative_to(leave_out)
    )
    if not paths:
        raise BadInput("holds no photographs", "Put PNG, JPEG or WEBP files into it.", file=folder)
    names = [path.relative_to(folder).as_posix() for path in paths]
    texts = _read_captions(captions, folder, set(names))
    stems = [PurePosixPath(name).with_suffix("").as_posix() for name in names]
    photos = []
    for path, name, stem in zip(paths, names, stems, strict=True):
        if name not in texts:
            raise BadInput(
                "has no caption",
                f"Add a row for {name!r} to {captions}, or take the file out of the folder.",
                file=path,
            )
        photos.append((stem if stems.count(stem) == 1 else name, path, texts[name]))
    return photos


def build_pairs(
    plans: Sequence[PairPlan],
    out: Path,
    *,
    longest_side: int = 768,
    done: Callable[[PairPlan], None] = lambda plan: None,
) -> Built:
    """Make the images of all plans in a folder, and last the table that names them.

    Both images of a pair are PNG of the same size, so that no codec tells them apart. A file is
    named after everything that made it; one that exists is not made again. A photograph that
    cannot be read is left out with all its pairs, and a row of ``failures.csv`` says why.

    Args:
        plans: from `darkroom_pairs`; the pairs of one photograph stand together.
        out: the folder.
        longest_side: larger photographs are scaled down to it first; 0 keeps every size.
        done: called after every pair.

    Raises:
        StorageFailed: the disk refused. What was made stays.
    """
    built = Built(out / TABLE)
    rows: list[tuple[PairPlan, str, str]] = []
    current = ""
    original: Image.Image | None = None
    content = original_name = ""
    for plan in plans:
        if plan.photo != current:
            current, original = plan.photo, None
            try:
                original, content = _prepared(plan.path, longest_side)
            except WidespectrumError as error:
                built.failures[plan.photo] = Failure(error.kind, str(error))
            else:
                original_name = _name(plan.photo, "original", content)
                _write_once(original, out / original_name, built)
        if original is not None:
            recipe = json.dumps([content, VERSION, dict(plan.payload("anti", ""))], sort_keys=True)
            name = _name(plan.photo, f"{'+'.join(plan.effects)}-{plan.severity:g}", recipe)
            if (out / name).is_file():
                built.kept += 1
            else:
                _write_once(apply_effects(original, plan.steps, plan.seed), out / name, built)
            rows.append((plan, original_name, name))
        done(plan)
    built.pairs = len(rows)
    _write_tables(rows, built, out)
    return built


def _prepared(path: Path, longest_side: int) -> tuple[Image.Image, str]:
    """The photograph at its final size, and a hash of its pixels."""
    image = load_image(path)
    if longest_side:
        image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return image, hashlib.sha256(repr(image.size).encode() + image.tobytes()).hexdigest()


def _name(photo: str, what: str, recipe: str) -> str:
    return f"images/{photo}/{what}-{hashlib.sha256(recipe.encode()).hexdigest()[:10]}.png"


def _write_once(image: Image.Image, path: Path, built: Built) -> None:
    if path.is_file():
        built.kept += 1
    else:
        write_bytes(encode_png(image), path)
        built.made += 1


def _write_tables(rows: Sequence[tuple[PairPlan, str, str]], built: Built, out: Path) -> None:
    if built.failures:
        failed = {
            "photo": list(built.failures),
            "kind": [failure.kind for failure in built.failures.values()],
            "reason": [failure.reason for failure in built.failures.values()],
        }
        write_frame(pl.DataFrame(failed), out / FAILURES)
    else:
        (out / FAILURES).unlink(missing_ok=True)
    if not rows:
        raise BadInput(
            "not one photograph could be read",
            f"{out / FAILURES} says why for each; replace them and run the command again.",
            file=out,
        )
    frame = pair_table([plan for plan, _, _ in rows]).with_columns(
        pl.Series("image_original", [original for _, original, _ in rows]),
        pl.Series("image_anti", [anti for _, _, anti in rows]),
    )
    write_frame(frame, built.table)


def _read_captions(table: Path, folder: Path, photographs: set[str]) -> dict[str, str]:
    if not table.is_file():
        raise BadInput(
            "there is no such table of captions",
            "Write one with the columns file and caption, or name it with --captions.",
            file=table,
        )
    frame = conform(read_frame(table), _CAPTION_FIELDS, table)
    refuse_duplicates(frame, ["file"], table)
    texts: dict[str, str] = dict(frame.select("file", "caption").iter_rows())
    for row, name in enumerate(texts, 1):
        if name not in photographs:
            raise BadInput(
                f"{name!r} is not a photograph in {folder}",
                "Correct the name, or drop the row.",
                file=table,
                row=row,
                field="file",
            )
    return texts
