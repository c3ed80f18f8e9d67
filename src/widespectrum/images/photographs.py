"""The photographs that ship with the package: small, captioned, free to use.

They serve the demo, the documents and the tests. Sources and licences are in the data; public
domain, CC0 and CC BY only, with attribution in ``data/photographs/ATTRIBUTION.md``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data" / "photographs"


@dataclass(frozen=True)
class Photograph:
    """One shipped photograph."""

    id: str
    path: Path
    caption: str
    """What it shows, in our words, without article of style: ``a tabby cat ...``."""
    author: str
    licence: str
    """An SPDX identifier, or ``Public domain``."""
    source: str


@cache
def builtin_photographs() -> tuple[Photograph, ...]:
    """All shipped photographs, in a fixed order."""
    table = tomllib.loads((_FOLDER / "photographs.toml").read_text(encoding="utf-8"))
    return tuple(
        Photograph(
            id=entry["id"],
            path=_FOLDER / entry["file"],
            caption=entry["caption"],
            author=entry["author"],
            licence=entry["licence"],
            source=entry["source"],
        )
        for entry in table["photographs"]
    )
