"""The catalog of scorers: the files shipped here, and the facts that their entries state."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from widespectrum.catalog import ModelEntry, Registry, shipped_registry
from widespectrum.contracts import ScorerFacts
from widespectrum.errors import BadInput

_FACTS = TypeAdapter(ScorerFacts)


def scorer_registry(catalogs: Sequence[Path | str] = ()) -> Registry:
    """Every scorer that has a name: shipped, of the user's catalogs, of installed packages.

    Args:
        catalogs: further catalog files, besides those in ``WIDESPECTRUM_CATALOG``.

    Raises:
        BadInput: a catalog file cannot be read.
    """
    return shipped_registry("scorer", catalogs)


def scorer_facts(entry: ModelEntry) -> ScorerFacts:
    """The facts of a scorer's catalog entry.

    Raises:
        BadInput: the entry's facts are not those of a scorer.
    """
    common = {
        "optimised_for": entry.optimised_for,
        "preferences": entry.preferences,
        "licence": entry.licence,
    }
    try:
        return _FACTS.validate_python({**entry.facts, **common})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(
            f"{first['msg']} (a fact of scorer {entry.name!r})",
            "docs/scorers.md lists the facts of a scorer; prompt_aware must be there.",
            row=entry.name,
            field=".".join(["facts", *map(str, first["loc"])]),
        ) from error
