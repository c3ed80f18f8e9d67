"""Where image pairs come from: a table, a gallery folder, another run, or a frame in memory.

Whatever the source, the result is one frame of `PAIR_SCHEMA` with full image paths, and a digest
that says whether two sources hold the same pairs and the same image files.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl

from widespectrum.errors import BadInput
from widespectrum.runs import Run
from widespectrum.tables import image_pairs, read_image_pairs

RUN_FILE = "run.json"


def pairs_from(source: pl.DataFrame | Path | str, *, allow_outside: bool = False) -> pl.DataFrame:
    """The image pairs of `source`, with the columns of `PAIR_SCHEMA` and full image paths.

    Args:
        source: a frame (image paths relative to the working folder), the path of a table, a gallery
            folder of the paper's site, or a run folder.
        allow_outside: trust a table whose image paths lead out of its folder.

    Raises:
        BadInput: names file, row, field and remedy.
    """
    if isinstance(source, pl.DataFrame):
        return image_pairs(source, folder=Path.cwd(), file="pairs", allow_outside=True)
    path = Path(source)
    if (path / RUN_FILE).is_file():
        return _pairs_of_run(Run.open(path))
    return read_image_pairs(path, allow_outside=allow_outside)


def common_folder(pairs: pl.DataFrame) -> Path:
    """The deepest folder that holds every image of `pairs`."""
    folders = {Path(p).parent for c in ("image_original", "image_anti") for p in pairs[c]}
    return Path(os.path.commonpath(folders))


def pairs_digest(pairs: pl.DataFrame) -> str:
    """Identity of the rows, whatever the file format and wherever the images lie."""
    texts = pairs.drop("image_original", "image_anti", strict=False)
    rows = "\n".join(repr(row) for row in texts.rows())
    return hashlib.sha256(rows.encode("utf-8", "surrogatepass")).hexdigest()


def images_digest(pairs: pl.DataFrame) -> str:
    """Identity of the image files: their bytes, in the order of the pairs; each file read once."""
    digests: dict[str, bytes] = {}
    whole = hashlib.sha256()
    for column in ("image_original", "image_anti"):
        for path in pairs[column]:
            if path not in digests:
                with Path(path).open("rb") as file:
                    digests[path] = hashlib.file_digest(file, "sha256").digest()
            whole.update(digests[path])
    return whole.hexdigest()


def _pairs_of_run(run: Run) -> pl.DataFrame:
    """The pairs of a run whose two images were both made."""
    images = run.table("images")
    stored = {
        (row[0], row[1]): row[2] for row in images.select("pair_id", "variant", "image").rows()
    }
    pairs = run.prompts
    paths = {
        f"image_{variant}": [
            str(run.images.path(stored[identifier, variant]))
            if (identifier, variant) in stored
            else None
            for identifier in pairs["id"]
        ]
        for variant in ("original", "anti")
    }
    placed = pairs.with_columns(
        pl.Series(name, values, pl.String) for name, values in paths.items()
    ).drop_nulls(list(paths))
    if placed.height == 0:
        raise BadInput(
            "holds no pair with both images",
            "Finish the run first, by the command that started it.",
            file=run.path,
        )
    return image_pairs(placed, folder=run.path, file=run.path, allow_outside=True)
