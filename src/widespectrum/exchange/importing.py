"""Importing: a data set becomes a run with all that was said of it; nothing is rescored.

First everything but the pixels is read and checked, so that a wrong cell is told before anything is
stored. Then the engine brings the pictures in, unit by unit, and may be killed at any moment. At
last scores, ratings and choices are stored for the pictures that are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.errors import BadInput
from widespectrum.exchange.contents import Contents, pair_frame
from widespectrum.exchange.layouts import Options, read_contents
from widespectrum.exchange.pictures import Gallery, PictureMaker
from widespectrum.exchange.plain_folder import NAME as PLAIN
from widespectrum.exchange.plain_folder import read_plain
from widespectrum.exchange.results import run_tables
from widespectrum.exchange.score_files import add_scores
from widespectrum.exchange.sheet import Sheet, read_sheet
from widespectrum.exchange.sources import Source, open_source, sha256_of
from widespectrum.prompts import read_captions
from widespectrum.runs import ImageRequest, ImageWork, Plan, Run, work
from widespectrum.runs.canonical import digest
from widespectrum.runs.shards import write_shard

if TYPE_CHECKING:
    from widespectrum.runs import Progress

ROWS_PER_SHARD = 50_000
_COLUMNS = {"scores": "scorer", "ratings": "judge", "choices": "chooser"}
_CAPTIONS = "coco-captions"


@dataclass(frozen=True)
class Import:
    """An import that is planned: `work` brings in what is missing, `conclude` stores the rest."""

    run: Run
    layout: str
    source: Source
    contents: Contents
    plan: Plan
    identity: str
    notes: list[str] = field(default_factory=list)
    """What was left out, in sentences; complete after `conclude`."""

    def work(self, *, retry_failed: bool = False) -> Iterator[Progress]:
        """Bring in the pictures that are not there yet; yields after every unit."""
        return work(self.run, self.plan, retry_failed=retry_failed)

    def conclude(self) -> dict[str, int]:
        """Store scores, ratings and choices; how many rows each table of the run has now.

        Doing it again does no harm.

        Raises:
            StorageFailed: the disk refused.
        """
        fingerprints = {
            (stage, str(name)): digest(["imported", self.identity, stage, name])
            for stage, column in _COLUMNS.items()
            for name in getattr(self.contents, stage)[column].unique(maintain_order=True)
        }
        tables, lost = run_tables(self.contents, self.run.table("images"), fingerprints)
        for stage, rows in tables.items():
            for start in range(0, rows.height, ROWS_PER_SHARD):
                part = rows.slice(start, ROWS_PER_SHARD)
                key = digest(["imported", self.identity, stage, start])
                write_shard(self.run.folder(stage), key, part)
        for (stage, name), fingerprint in fingerprints.items():
            origin = self.contents.origins.get(name, name)
            self.run.record_model(
                stage, name, {"fingerprint": fingerprint, "imported_from": origin}
            )
        self.notes[:] = [*self.contents.notes, *lost]
        counts = {name: self.run.table(name).height for name in ("images", *_COLUMNS, "failures")}
        self.run.record(
            imported={
                "source": self.source.name,
                "revision": self.source.revision,
                "layout": self.layout,
                "pairs": self.contents.pairs.height,
                "counts": counts,
                "notes": self.notes,
            }
        )
        return counts


def prepare_import(
    source: str | Path,
    *,
    out: Path | str,
    layout: str | None = None,
    split: str | None = None,
    rows: int | None = None,
    generator: str | None = None,
    scores: Sequence[Path | str] = (),
    keep_duplicates: bool = False,
    keep_uniform: bool = False,
    allow_outside: bool = False,
    unit_size: int = 32,
) -> Import:
    """Read and check everything but the pictures, and plan to bring them into the run `out`.

    Args:
        source: a table, a folder, or ``hf:owner/name[:split][@revision]``.
        out: run folder: a new one, or one in which the same import was begun.
        layout: the name of a layout (``docs/data.md``), if it is not to be recognised.
        split: of a data set that has several.
        rows: take so many rows only, from the first.
        generator: who made the pictures, where the source does not say.
        scores: score files of the same pairs in the same order, one scorer each.
        keep_duplicates: keep rows that repeat the prompts and scores of an earlier row.
        keep_uniform: take pictures of a single colour, too.
        allow_outside: trust pictures that a table names outside its folder.
        unit_size: pictures that are stored together.

    Raises:
        BadInput: the source is not what it should be. Names file, row, column and remedy.
        ForeignRun: `out` holds something else.
        MissingExtra, MissingWeights, NoAccess: the source cannot be had.
    """
    opened = open_source(
        str(source), split=split, allow_outside=allow_outside, plain=layout in (None, PLAIN)
    )
    options = Options(keep_duplicates=keep_duplicates, generator=generator)
    name, sheet, contents = _read(opened, layout, options, rows)
    for file in scores:
        contents = add_scores(contents, Path(file))
    described = {
        "source": opened.digest(),
        "layout": name,
        "rows": rows,
        "generator": generator,
        "scores": [sha256_of(Path(file)) for file in scores],
        "keep_duplicates": keep_duplicates,
    }
    run = Run.create(
        Path(out),
        identity={"imported": described},
        settings={"keep_uniform": keep_uniform, "source": opened.name, "revision": opened.revision},
    )
    run.prompts = contents.pairs
    identity = digest(described)
    plan = Plan(images=_works(contents, sheet, identity, unit_size, keep_uniform=keep_uniform))
    return Import(run, name, opened, contents, plan, identity)


def _read(
    source: Source, layout: str | None, options: Options, rows: int | None
) -> tuple[str, Sheet | None, Contents]:
    """The layout's name, the sheet that pictures are in, and the contents."""
    if rows is not None and rows < 1:
        raise BadInput(f"is {rows}", "Take at least one row.", field="rows")
    if layout == PLAIN and not source.plain:
        raise BadInput(
            "is no folder that `widespectrum export` wrote in plain tables",
            "Leave --layout out, or name such a folder.",
            file=source.name,
        )
    if source.plain:
        contents, sheet = read_plain(source.files, source.root, source.bounds)
        return PLAIN, sheet, contents
    if layout == _CAPTIONS or (layout is None and _is_coco(source)):
        return _CAPTIONS, None, _captions(source, rows)
    sheet = read_sheet(source.files, source.root, source.bounds)
    if rows is not None:
        sheet = sheet.head(rows)
    chosen, contents = read_contents(sheet, layout, options)
    return chosen.name, sheet, contents


def _works(
    contents: Contents,
    sheet: Sheet | None,
    identity: str,
    unit_size: int,
    *,
    keep_uniform: bool,
) -> list[ImageWork]:
    """One work per maker, its pictures in the order of the source."""
    if sheet is None:
        return []
    gallery = Gallery(sheet, keep_uniform=keep_uniform)
    requests: dict[str, list[ImageRequest]] = {}
    for picture in contents.pictures:
        payload: dict[str, Any] = dict(picture.where)
        if picture.seed is not None:
            payload["seed"] = picture.seed
        requests.setdefault(picture.maker, []).append(
            ImageRequest(picture.pair_id, picture.variant, payload)
        )
    return [
        ImageWork(
            PictureMaker(gallery, maker, digest(["imported", identity, "images", maker])),
            wanted,
            unit_size,
        )
        for maker, wanted in requests.items()
    ]


def _is_coco(source: Source) -> bool:
    """Whether the source is an object with COCO's captions: the only JSON that is no list."""
    if len(source.files) != 1 or source.files[0].suffix.lower() != ".json":
        return False
    with source.files[0].open("rb") as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _captions(source: Source, rows: int | None) -> Contents:
    """Captions as pairs without an anti prompt: what writers begin with."""
    captions = read_captions(source.files[0])[:rows]
    return Contents(
        pairs=pair_frame(
            {
                "id": [caption.id for caption in captions],
                "prompt_original": [caption.text for caption in captions],
                "prompt_anti": [None] * len(captions),
                "dimensions": [None] * len(captions),
                "cluster": [caption.cluster or caption.text for caption in captions],
            }
        )
    )


def import_data(source: str | Path, *, out: Path | str, **options: Any) -> Import:
    """Import at once; options as for `prepare_import`. The import that was done."""
    job = prepare_import(source, out=out, **options)
    for _ in job.work():
        pass
    job.conclude()
    return job
