"""The layouts of data sets that are read: a module per family, recognised by their columns."""

from __future__ import annotations

import re

from widespectrum.errors import BadInput, UnknownName
from widespectrum.exchange.contents import Contents
from widespectrum.exchange.layouts.annotations import ANNOTATED
from widespectrum.exchange.layouts.emotion import EMOTIONAL, SCENES
from widespectrum.exchange.layouts.folders import GALLERIES, SCRIPT_OUTPUTS
from widespectrum.exchange.layouts.layout import Layout, Options, Table
from widespectrum.exchange.layouts.opinions import FLAT
from widespectrum.exchange.layouts.pairs import PAIRS
from widespectrum.exchange.layouts.photographs import PHOTOGRAPHS
from widespectrum.exchange.layouts.prompts import EMOTION_PROMPTS, PROMPT_PAIRS
from widespectrum.exchange.layouts.singles import CAPTIONED, CRITIQUE, MITIGATED, SCORED
from widespectrum.exchange.sheet import Sheet

LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        PAIRS,
        PROMPT_PAIRS,
        EMOTION_PROMPTS,
        EMOTIONAL,
        SCENES,
        PHOTOGRAPHS,
        SCORED,
        CRITIQUE,
        MITIGATED,
        ANNOTATED,
        CAPTIONED,
        SCRIPT_OUTPUTS,
        *GALLERIES,
    )
}


def recognise(sheet: Sheet) -> Layout:
    """The layout that explains most of the sheet's columns.

    Raises:
        BadInput: none fits, or two explain as much; says what the nearest one lacks.
    """
    fits = {
        layout.name: found
        for layout in LAYOUTS.values()
        if (found := layout.fits(sheet)) is not None
    }
    best = [name for name, found in fits.items() if found == max(fits.values())]
    if len(best) == 1:
        return LAYOUTS[best[0]]
    if best:
        raise BadInput(
            f"may be {' or '.join(best)}",
            "Say which by --layout.",
            file=sheet.files[0],
        )
    if any(re.fullmatch(FLAT, name) for name in sheet.columns):
        raise BadInput(
            "holds scores of pairs, but neither their prompts nor their pictures",
            "Analyse it as it stands (widespectrum analyse), or import its pairs and name it by "
            "--scores.",
            file=sheet.files[0],
        )
    nearest = min(
        LAYOUTS.values(), key=lambda layout: (len(layout.missing(sheet)), -len(layout.columns))
    )
    raise BadInput(
        f"has no layout that is known; its columns are {', '.join(sheet.columns)[:300]}",
        f"The nearest is {nearest.name}, which also has {', '.join(nearest.missing(sheet))}. "
        "docs/data.md lists what is read.",
        file=sheet.files[0],
    )


def read_contents(sheet: Sheet, layout: str | None, options: Options) -> tuple[Layout, Contents]:
    """What the sheet holds, by the layout of that name, or by the one that is recognised.

    Raises:
        UnknownName: there is no such layout.
        BadInput: the sheet does not hold what the layout requires. Names file, row and column.
    """
    if layout is not None and layout not in LAYOUTS:
        raise UnknownName(f"there is no layout {layout!r}", f"Use one of {', '.join(LAYOUTS)}.")
    chosen = recognise(sheet) if layout is None else LAYOUTS[layout]
    if missing := chosen.missing(sheet):
        raise BadInput(
            f"is missing; the data set has {', '.join(sheet.columns)[:300]}",
            f"The layout {chosen.name} needs it.",
            file=sheet.files[0],
            field=missing[0],
        )
    return chosen, chosen.read(Table(sheet, chosen), options)


__all__ = ["LAYOUTS", "Layout", "Options", "read_contents", "recognise"]
