"""One study's findings, made ready for its page: drawn, formatted, numbered and linked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from markupsafe import Markup

from widespectrum.report.figures import draw
from widespectrum.report.gallery import AT_ONCE, Card, choose_cards, selection_note
from widespectrum.report.glimpse import Glimpse, glimpse
from widespectrum.report.keynumbers import KeyNumber, key_numbers, shown_tables
from widespectrum.report.lineup import AT_ONCE as LINES_AT_ONCE
from widespectrum.report.lineup import Row, lineup_rows
from widespectrum.report.lineup import selection_note as lineup_note
from widespectrum.report.provenance import Line, provenance_lines
from widespectrum.report.tables import PrintedTable, print_table
from widespectrum.report.text import clean_tree, unique_slugs
from widespectrum.studies.findings import Figure, Findings, Gallery, Lineup

DATA = "data"
"""Folder of the report that holds tables and figures as files of their own."""


@dataclass(frozen=True)
class Download:
    """A file behind a figure or table."""

    label: str
    href: str


@dataclass(frozen=True)
class Plate:
    """A figure or a table with its number, words and files."""

    anchor: str
    label: str
    """``Figure 2``, ``Table 1``."""
    title: str
    caption: str
    downloads: tuple[Download, ...]
    wide: Markup | None = None
    narrow: Markup | None = None
    table: PrintedTable | None = None


@dataclass(frozen=True)
class GalleryPart:
    """The gallery of a page: what is shown, what can be chosen, and the data of the script."""

    title: str
    caption: str
    note: str
    cards: tuple[Card, ...]
    scorers: tuple[str, ...]
    generators: tuple[str, ...]
    dimensions: tuple[str, ...]
    downloads: tuple[Download, ...]
    at_once: int = AT_ONCE

    def is_visible_at_first(self, position: int) -> bool:
        """True for the cards that show before the script has run: the first scorer's worst."""
        card = self.cards[position]
        return position < self.at_once and card.scorer == self.cards[0].scorer

    @property
    def data(self) -> dict[str, Any]:
        """What sorting and filtering need to know of every card, in the order of the page."""
        return {
            "atOnce": self.at_once,
            "cards": [
                {
                    "id": card.id,
                    "scorer": self.scorers.index(card.scorer),
                    "generator": card.generator,
                    "dimensions": card.dimensions,
                    "obeyed": card.obeyed,
                    "disobedience": card.disobedience,
                }
                for card in self.cards
            ],
        }


@dataclass(frozen=True)
class LineupPart:
    """The lineup of a page: what is shown, what can be chosen, and the data of the script."""

    title: str
    caption: str
    note: str
    reference: str
    rows: tuple[Row, ...]
    dimensions: tuple[str, ...]
    downloads: tuple[Download, ...]
    at_once: int = LINES_AT_ONCE

    @property
    def judged(self) -> bool:
        """Whether somebody said of any row who follows."""
        return any(row.agreement for row in self.rows)

    @property
    def data(self) -> dict[str, Any]:
        """What sorting and filtering need to know of every row, in the order of the page."""
        return {
            "atOnce": self.at_once,
            "rows": [
                {
                    "id": row.id,
                    "smoothed": row.smoothed,
                    "dimensions": row.dimensions,
                    "agreement": row.agreement,
                }
                for row in self.rows
            ],
        }


@dataclass(frozen=True)
class StudyPage:
    """Everything a study's template needs, and the data files that belong beside it."""

    href: str
    title: str
    question: str
    headline: tuple[str, ...]
    key_numbers: tuple[KeyNumber, ...]
    plates: tuple[Plate, ...]
    notes: tuple[str, ...]
    gallery: GalleryPart | None
    lineup: LineupPart | None
    provenance: tuple[Line, ...]
    files: dict[str, str | pl.DataFrame] = field(default_factory=dict)
    """Relative path -> text or table."""

    @property
    def gallery_images(self) -> list[str | None]:
        """The stored images that the gallery shows."""
        cards = self.gallery.cards if self.gallery else ()
        return [key for card in cards for key in (card.image_original, card.image_anti)]

    @property
    def lineup_images(self) -> list[str | None]:
        """The stored images that the lineup shows."""
        rows = self.lineup.rows if self.lineup else ()
        return [pose.image for row in rows for pose in row.poses]

    @property
    def glimpse(self) -> Glimpse | None:
        """What the page of contents shows of the study."""
        return glimpse(
            self.lineup.rows if self.lineup else (), self.gallery.cards if self.gallery else ()
        )

    @property
    def scripts(self) -> tuple[str, ...]:
        """The scripts that the page needs."""
        wanted = {"lineup.js": self.lineup, "gallery.js": self.gallery}
        found = tuple(name for name, part in wanted.items() if part is not None)
        return ("listing.js", *found) if found else ()


def study_page(findings: Findings, *, name: str, href: str, seed: int) -> StudyPage:
    """Draw and format one study.

    Args:
        findings: as the study gave them.
        name: its slug, unique in the report; begins the names of its files.
        href: file name of its page.
        seed: of the gallery's draw.

    Raises:
        BadInput: a figure, table or gallery does not hold what it must.
    """
    files: dict[str, str | pl.DataFrame] = {}
    tables = shown_tables(findings.tables)
    parts = [figure.name for figure in findings.figures] + [table.name for table in tables]
    slugs = unique_slugs(parts, taken=("gallery", "lineup", "notes", "provenance"))
    figures = [
        _figure_plate(figure, number, slug, f"{DATA}/{name}.{slug}", files)
        for number, (figure, slug) in enumerate(zip(findings.figures, slugs, strict=False), 1)
    ]
    printed = []
    for number, (table, slug) in enumerate(
        zip(tables, slugs[len(findings.figures) :], strict=True), 1
    ):
        path = f"{DATA}/{name}.{slug}.csv"
        files[path] = table.frame
        printed.append(
            Plate(
                anchor=slug,
                label=f"Table {number}",
                title=table.title,
                caption=table.caption,
                downloads=(Download("CSV", path),),
                table=print_table(table),
            )
        )
    gallery = None
    if findings.gallery is not None and findings.gallery.frame.height:
        path = f"{DATA}/{name}.gallery.csv"
        files[path] = findings.gallery.frame
        gallery = _gallery_part(findings.gallery, path, seed)
    lineup = None
    if findings.lineup is not None and findings.lineup.frame.height:
        path = f"{DATA}/{name}.lineup.csv"
        files[path] = findings.lineup.frame
        lineup = _lineup_part(findings.lineup, path)
    return StudyPage(
        href=href,
        title=findings.title,
        question=findings.question,
        headline=tuple(findings.headline),
        key_numbers=key_numbers(findings.tables),
        plates=(*printed[:1], *figures, *printed[1:]),
        notes=tuple(findings.notes),
        gallery=gallery,
        lineup=lineup,
        provenance=provenance_lines(findings.provenance),
        files=files,
    )


def _figure_plate(
    figure: Figure, number: int, slug: str, stem: str, files: dict[str, str | pl.DataFrame]
) -> Plate:
    wide = draw(figure, name=f"{slug}-wide")
    narrow = draw(figure, name=f"{slug}-narrow", narrow=True)
    files[f"{stem}.svg"] = wide.standalone()
    files[f"{stem}.vl.json"] = json.dumps(clean_tree(dict(figure.spec)), ensure_ascii=False) + "\n"
    return Plate(
        anchor=slug,
        label=f"Figure {number}",
        title=figure.title,
        caption=figure.caption,
        downloads=(Download("SVG", f"{stem}.svg"), Download("Vega-Lite", f"{stem}.vl.json")),
        wide=Markup(wide.markup),  # noqa: S704  (rebuilt from an allow-list)
        narrow=Markup(narrow.markup),  # noqa: S704  (rebuilt from an allow-list)
    )


def _gallery_part(gallery: Gallery, path: str, seed: int) -> GalleryPart:
    cards = choose_cards(gallery, seed)
    return GalleryPart(
        title=gallery.title,
        caption=gallery.caption,
        note=selection_note(gallery, seed),
        cards=cards,
        scorers=_distinct([card.scorer for card in cards]),
        generators=tuple(sorted(filter(None, _distinct([card.generator for card in cards])))),
        dimensions=tuple(sorted(_distinct([d for card in cards for d in card.dimensions]))),
        downloads=(Download("CSV", path),),
    )


def _lineup_part(lineup: Lineup, path: str) -> LineupPart:
    rows = lineup_rows(lineup)
    return LineupPart(
        title=lineup.title,
        caption=lineup.caption,
        note=lineup_note(lineup),
        reference=lineup.reference,
        rows=rows,
        dimensions=tuple(sorted(_distinct([d for row in rows for d in row.dimensions]))),
        downloads=(Download("CSV", path),),
    )


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
