"""Exporting: a run becomes a data set that others can read without us, and that we read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from widespectrum.errors import BadInput, StorageFailed, UnknownName
from widespectrum.exchange import benchmark_folder, plain_folder
from widespectrum.exchange.card import UNKNOWN, Card
from widespectrum.exchange.results import contents_of
from widespectrum.runs import Run
from widespectrum.tables import write_bytes

LAYOUTS = (benchmark_folder.NAME, plain_folder.NAME)
FORMATS = ("parquet", "csv", "jsonl")
CARD = "README.md"


@dataclass(frozen=True)
class Export:
    """What was written."""

    folder: Path
    files: tuple[str, ...]
    left_out: tuple[str, ...]
    """In sentences; also in the card."""


def export_run(
    run: Run,
    to: Path | str,
    *,
    layouts: Sequence[str] = (plain_folder.NAME,),
    format: str = "parquet",
    licence: str = UNKNOWN,
    title: str | None = None,
) -> Export:
    """Write what a run holds into the folder `to`, with a card.

    Args:
        run: what is exported.
        to: a new folder, an empty one, or one that was exported into before.
        layouts: any of `LAYOUTS`; several stand beside each other.
        format: of the plain tables, one of `FORMATS`.
        licence: of the data set, as its owner says.
        title: of the card; by default the name of the folder.

    Raises:
        UnknownName: no such layout or format.
        BadInput: the folder holds something else, or the run nothing that the layout can hold.
        StorageFailed: the disk refused.
    """
    for name in layouts:
        if name not in LAYOUTS:
            raise UnknownName(f"there is no layout {name!r}", f"Use {' or '.join(LAYOUTS)}.")
    if format not in FORMATS:
        raise UnknownName(f"there is no format {format!r}", f"Use one of {', '.join(FORMATS)}.")
    if not layouts:
        raise BadInput("no layout was given", f"Name {' or '.join(LAYOUTS)}.")
    out = Path(to)
    contents = contents_of(run)
    _make_room(out)
    left_out, configs = list(contents.notes), {}
    files = [CARD, plain_folder.PROVENANCE]
    # The provenance comes first: a folder that holds it may be exported into again.
    write_bytes(_json(run.provenance), out / plain_folder.PROVENANCE)
    if benchmark_folder.NAME in layouts:
        written = benchmark_folder.write_benchmark(contents, run.path, out)
        left_out += [f"In the benchmark's layout: {note}" for note in written.left_out]
        configs["pairs with pictures"] = "data/train-*.parquet"
        files.append("data")
    if plain_folder.NAME in layouts:
        tables = plain_folder.write_plain(contents, run.path, out, f".{format}")
        configs |= {Path(table).stem: table for table in tables}
        files += [*tables, "images"]
    card = Card(
        title=title or out.resolve().name,
        licence=licence,
        contents=contents,
        models=run.provenance.get("models", {}),
        provenance={
            name: run.provenance[name]
            for name in ("created", "identity", "settings", "imported")
            if name in run.provenance
        },
        failures=_failures(run),
        left_out=left_out,
        configs=configs,
    )
    write_bytes(card.text().encode("utf-8"), out / CARD)
    return Export(out, tuple(files), tuple(left_out))


def _failures(run: Run) -> list[tuple[str, str, int]]:
    counted = run.table("failures").group_by("stage", "kind").len().sort("stage", "kind")
    return [(str(stage), str(kind), int(count)) for stage, kind, count in counted.iter_rows()]


def _make_room(out: Path) -> None:
    """Make the folder; what an earlier export left in it is taken away.

    Raises:
        BadInput: it holds something that is no export.
        StorageFailed: the disk refused.
    """
    if out.exists() and not out.is_dir():
        raise BadInput("is a file, not a folder", "Give another folder.", file=out)
    if out.is_dir() and any(out.iterdir()) and not (out / plain_folder.PROVENANCE).is_file():
        raise BadInput(
            "holds files that are no export; nothing was touched",
            "Give a new or an empty folder.",
            file=out,
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        stale = [*out.glob("data/train-*.parquet")]
        stale += [out / f"{name}.{kind}" for name in plain_folder.TABLES for kind in FORMATS]
        for file in stale:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise StorageFailed(
            f"cannot be written ({error.strerror or error})", "Give another folder.", file=out
        ) from error


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )
