"""Findings become a folder of pages that opens from disk, offline, anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from widespectrum import __version__
from widespectrum.errors import BadInput
from widespectrum.report.page import render
from widespectrum.report.provenance import provenance_lines
from widespectrum.report.studypage import StudyPage, study_page
from widespectrum.report.text import unique_slugs
from widespectrum.report.thumbnails import LARGE, OpenImage, make_thumbnails, remove_stale
from widespectrum.studies.findings import Findings, load_findings
from widespectrum.tables import write_bytes, write_frame

if TYPE_CHECKING:
    from widespectrum.runs import Run

INDEX = "index.html"
SEED = 0
"""Of the galleries' draw from the middle; said in their captions."""


def report_run(run: Run) -> Path:
    """Write the report of a run from the findings in its folder; the path of ``index.html``.

    The run's description (`Run.record`) may hold ``title``, without which the name of the folder is
    used, ``banner``, and ``reading_order``: names of studies, those to be read first in front.

    Raises:
        BadInput: the run has no findings yet, or they are damaged.
        StorageFailed: the disk refused.
    """
    findings = [load_findings(path) for path in sorted(run.findings.glob("*.json"))]
    if not findings:
        raise BadInput(
            "has no findings to report",
            "Run a study first (widespectrum audit, analyse or demo).",
            file=run.path,
        )
    facts = dict(run.provenance)
    order = {str(name): place for place, name in enumerate(facts.pop("reading_order", ()))}
    findings.sort(key=lambda each: order.get(each.study, len(order)))
    title, banner = facts.pop("title", None), facts.pop("banner", None)
    return write_report(
        findings,
        run.report,
        images=run.images.open,
        title=str(title or run.path.resolve().name),
        provenance=facts,
        banner=None if banner is None else str(banner),
    )


def write_report(
    findings: Sequence[Findings],
    out: Path,
    *,
    images: OpenImage | None,
    title: str,
    provenance: Mapping[str, Any],
    banner: str | None = None,
) -> Path:
    """Write the pages of one or several studies into `out`; the path of ``index.html``.

    One study is one page. Several studies get a page each, and the index is a page of contents.
    Everything is drawn and formatted before the first file is touched; thumbnails and data come
    first and the index last, each replaced in one step. The same findings give the same bytes.

    Args:
        findings: at least one.
        out: folder of the report. Files in it that are not the report's stay as they are.
        images: opens a stored image by its sha256; None shows no pictures.
        title: name of the run, on every page.
        provenance: what was run on what: settings, versions, fingerprints, seeds, counts.
        banner: short label on every page, for what a reader must not overlook.

    Raises:
        BadInput: no findings, or some that cannot be shown; says which part.
        StorageFailed: the disk refused.
    """
    if not findings:
        raise BadInput("there are no findings to report", "Run a study first.")
    names = unique_slugs([study.study for study in findings], taken=("index",))
    hrefs = [INDEX] if len(findings) == 1 else [f"{name}.html" for name in names]
    studies = [
        study_page(study, name=name, href=href, seed=SEED)
        for study, name, href in zip(findings, names, hrefs, strict=True)
    ]
    thumbnails = make_thumbnails(
        (key for study in studies for key in study.gallery_images), images, out
    )
    pictures = make_thumbnails(
        (key for study in studies for key in study.lineup_images), images, out, LARGE
    )
    shared: dict[str, Any] = {
        "run_title": title,
        "banner": banner,
        "studies": studies,
        "run_provenance": provenance_lines(provenance),
        "version": __version__,
        "index": INDEX,
    }
    pages = {
        study.href: render(
            "study.html",
            scripts=study.scripts,
            study=study,
            thumbnails=thumbnails,
            pictures=pictures,
            **shared,
        )
        for study in studies
    }
    if INDEX not in pages:
        pages[INDEX] = render(
            "contents.html", study=None, shown={**thumbnails, **pictures}, **shared
        )
    _write_data(studies, out)
    for name, text in pages.items():
        write_bytes(text.encode("utf-8"), out / name)
    remove_stale(out, [*thumbnails.values(), *pictures.values()])
    return out / INDEX


def _write_data(studies: Sequence[StudyPage], out: Path) -> None:
    for study in studies:
        for name, content in study.files.items():
            if isinstance(content, pl.DataFrame):
                write_frame(content, out / name)
            else:
                write_bytes(content.encode("utf-8"), out / name)
