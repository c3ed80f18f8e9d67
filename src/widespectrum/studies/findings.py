"""Findings: what a study concludes, as values that can be saved, compared and shown.

A study's `analyse` returns `Findings`; the report and the command line only show them. Saved as
``findings/STUDY.json`` with one Parquet and one CSV file per table, so that a report can be rebuilt
from a run folder alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from widespectrum.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""What studies, tables and galleries may be called: their names become file names."""

ColumnKind = Literal["text", "list", "number", "percent", "count", "p", "flag"]


@dataclass(frozen=True)
class Column:
    """How one column of a table is shown."""

    name: str
    label: str
    kind: ColumnKind = "text"
    digits: int = 2
    low: str | None = None
    """Columns of the lower and upper end of an interval, shown in brackets behind the value."""
    high: str | None = None
    help: str = ""
    """One sentence for the reader who hovers or prints: what is it, which way is good?"""


def interval_column(
    name: str, label: str, kind: Literal["percent", "number"] = "number", help: str = ""
) -> Column:
    """The column of a measure whose interval stands in ``NAME_low`` and ``NAME_high``."""
    digits = 0 if kind == "percent" else 2
    return Column(name, label, kind, digits, f"{name}_low", f"{name}_high", help)


@dataclass(frozen=True)
class Table:
    """A tidy table. `columns` are those to show, in order; the frame may hold more."""

    name: str
    title: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    caption: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure as a Vega-Lite specification with its data inside."""

    name: str
    title: str
    spec: Mapping[str, Any]
    caption: str = ""
    alt: str = ""
    """What a person who cannot see the figure should know."""


@dataclass(frozen=True)
class Gallery:
    """Pairs with their scores, one row per (pair, scorer).

    Columns: ``id, scorer, prompt_original, prompt_anti, image_original, image_anti`` (sha256 of the
    run's stored images, null where there is none), ``io_po, io_pa, ia_po, ia_pa``, ``verdict``
    (a short sentence), ``obeyed`` (bool), ``disobedience`` (float; larger = disobeyed worse, the
    order in which it is first shown), and optionally ``dimensions, effects, severity, generator``.
    """

    name: str
    title: str
    frame: pl.DataFrame
    caption: str = ""


@dataclass(frozen=True)
class Lineup:
    """The same prompt under several models, side by side: one row per (prompt, model).

    Columns: ``id`` (of the prompt), ``model``, ``prompt_original``, ``prompt_anti``,
    ``image_original``, ``image_anti`` (as in a `Gallery`), ``verdict`` (a word or two under the
    picture) and ``smoothed`` (float; larger = more of what was asked for was smoothed away, null =
    not known); optionally ``choice`` (1 it follows its prompt, 0 it does not, -1 no difference,
    null nobody said), ``aligned_from`` (the model's base, where it is there) and ``dimensions``.
    The prompt with the largest `smoothed` stands first; of the first model the original is shown,
    too.
    """

    name: str
    title: str
    frame: pl.DataFrame
    caption: str = ""
    reference: str = "original"
    """What the first picture of a row is called."""


@dataclass(frozen=True)
class Findings:
    """The outcome of one study on one set of tables."""

    study: str
    title: str
    question: str
    headline: tuple[str, ...]
    """One or two plain sentences that the numbers support."""
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    gallery: Gallery | None = None
    lineup: Lineup | None = None
    notes: tuple[str, ...] = ()
    """What the reader must know to read the numbers: exclusions, ties, assumptions."""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    """Versions, fingerprints, seeds, counts."""

    def table(self, name: str) -> Table:
        """The table of that name."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """Everything but figures and gallery as JSON values, for machines (``--json``)."""
        return {
            "study": self.study,
            "title": self.title,
            "question": self.question,
            "headline": list(self.headline),
            "tables": {table.name: table.frame.to_dicts() for table in self.tables},
            "notes": list(self.notes),
            "provenance": dict(self.provenance),
        }


def save_findings(findings: Findings, folder: Path) -> Path:
    """Write ``STUDY.json`` and its tables into `folder`; returns the JSON's path.

    The JSON is written last: where it exists, the tables beside it are complete.

    Raises:
        BadInput: a study, table or gallery has a name that cannot be a file name, or one that is
            taken.
    """
    _refuse_names(findings.study, list(_names(findings)), folder)
    folder.mkdir(parents=True, exist_ok=True)
    frames = {f"{findings.study}.{t.name}": t.frame for t in findings.tables}
    for pictures in (findings.gallery, findings.lineup):
        if pictures is not None:
            frames[f"{findings.study}.{pictures.name}"] = pictures.frame
    for stem, frame in frames.items():
        frame.write_parquet(folder / f"{stem}.parquet")
        _flat(frame).write_csv(folder / f"{stem}.csv")
    document = {
        "study": findings.study,
        "title": findings.title,
        "question": findings.question,
        "headline": findings.headline,
        "tables": [
            {
                "name": t.name,
                "title": t.title,
                "caption": t.caption,
                "columns": [asdict(column) for column in t.columns],
            }
            for t in findings.tables
        ],
        "figures": [asdict(figure) for figure in findings.figures],
        "gallery": _described(findings.gallery),
        "lineup": _described(findings.lineup),
        "notes": findings.notes,
        "provenance": findings.provenance,
    }
    path = folder / f"{findings.study}.json"
    partial = path.with_suffix(".json.partial")
    partial.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)
    return path


def load_findings(path: Path) -> Findings:
    """Read what `save_findings` wrote.

    Raises:
        BadInput: the file, or a table it names, is missing or not ours.
    """
    import polars as pl

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        study, gallery = document["study"], document["gallery"]
        lineup = document.get("lineup")  # findings of earlier versions have none
        names = [table["name"] for table in document["tables"]]
        names += [pictures["name"] for pictures in (gallery, lineup) if pictures is not None]
        _refuse_names(study, names, path)

        def frame(name: str) -> pl.DataFrame:
            return pl.read_parquet(path.parent / f"{study}.{name}.parquet")

        return Findings(
            study=study,
            title=document["title"],
            question=document["question"],
            headline=tuple(document["headline"]),
            tables=tuple(
                Table(
                    name=t["name"],
                    title=t["title"],
                    frame=frame(t["name"]),
                    columns=tuple(Column(**column) for column in t["columns"]),
                    caption=t["caption"],
                )
                for t in document["tables"]
            ),
            figures=tuple(Figure(**figure) for figure in document["figures"]),
            gallery=None if gallery is None else Gallery(frame=frame(gallery["name"]), **gallery),
            lineup=None if lineup is None else Lineup(frame=frame(lineup["name"]), **lineup),
            notes=tuple(document["notes"]),
            provenance=document["provenance"],
        )
    except (OSError, KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise BadInput(
            f"cannot be read as findings ({error})",
            "Run the study again; its folder must hold the JSON and the tables beside it.",
            file=path,
        ) from error


def _names(findings: Findings) -> Iterator[str]:
    """The names under which frames are saved."""
    yield from (table.name for table in findings.tables)
    yield from (p.name for p in (findings.gallery, findings.lineup) if p is not None)


def _described(pictures: Gallery | Lineup | None) -> dict[str, str] | None:
    """What the JSON says of pictures; their rows are a frame of their own."""
    if pictures is None:
        return None
    told = {"name": pictures.name, "title": pictures.title, "caption": pictures.caption}
    return told | ({"reference": pictures.reference} if isinstance(pictures, Lineup) else {})


def _refuse_names(study: object, names: list[Any], file: Path) -> None:
    """Raise `BadInput` unless every name is a plain slug, and no frame has another's."""
    for kind, name in [("study", study), *(("table", name) for name in names)]:
        if not isinstance(name, str) or not SLUG.fullmatch(name):
            raise BadInput(
                f"{str(name)[:80]!r} cannot name a {kind}",
                "Use small letters, digits, hyphens and underscores.",
                file=file,
                field=kind,
            )
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise BadInput(
            f"two tables are called {repeated!r}",
            "Give each a name of its own.",
            file=file,
            field="table",
        )


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with list columns joined by ``; ``, for CSV."""
    import polars as pl

    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join("; "))
