"""The weights that models are made of: from where, at which commit, how much, and whether here.

Part of what a plan costs, before anything is fetched: nothing is asked of the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from widespectrum.catalog import ModelEntry, Setting, parse_name, shipped_registry
from widespectrum.catalog.entries import Kind
from widespectrum.checkpoints import commit_here, files_here, from_repository
from widespectrum.choosers import ScorerChooser
from widespectrum.errors import WidespectrumError
from widespectrum.studies.generating import Models


@dataclass(frozen=True)
class Weights:
    """A hub repository that a model takes weights from."""

    model: str
    repository: str
    bytes: int | None
    """Of weights, as far as it is known."""
    pinned: bool
    """Whether a commit is named. If not, it is whatever the main branch has on the day."""
    commit: str | None
    """The one that is pinned, else the one in the hub's cache here."""
    here: bool
    """Whether something of it is in the hub's cache; perhaps not all of it."""


def weights_needed(models: Models) -> tuple[Weights, ...]:
    """The hub repositories of everybody who works, in the order of work, each once.

    A model with weights of the user's own (``path``) needs none, and so do those behind endpoints.
    """
    found: dict[tuple[str, str | None], Weights] = {}
    for model, kind in _asked(models):
        given = parse_name(model.name).settings if "@" in model.name else {}
        entry = _entry(model, kind, given)
        sources = [entry] if entry is not None and "path" not in given else []
        if entry is not None and "base" in entry.recipe and "base" not in given:
            sources.append(_base(entry))
        for source in sources:
            key = str(source.hub_id), source.revision
            if key not in found:
                found[key] = _weights(model.name, source)
    return tuple(found.values())


def _asked(models: Models) -> Iterator[tuple[Any, Kind]]:
    """Who has weights, and what it is; of a chooser that asks a scorer, the scorer."""
    yield from ((each, "generator") for each in models.generators)
    yield from ((each, "scorer") for each in models.scorers)
    if models.judge is not None:
        yield models.judge, "judge"
    if isinstance(models.chooser, ScorerChooser):
        yield models.chooser.scorer, "scorer"


def _entry(model: Any, kind: Kind, given: Mapping[str, Setting]) -> ModelEntry | None:
    """Its catalog entry, with the repository and commit that its name asks for."""
    entry = getattr(model, "entry", None)
    if isinstance(entry, ModelEntry):
        return entry if entry.hub_id is not None else None
    entry = shipped_registry(kind).entries.get(model.name.partition("@")[0])
    if entry is None or entry.hub_id is None:
        return None
    asked = (given.get(name) for name in ("repo", "revision"))
    return from_repository(entry, *(None if each is None else str(each) for each in asked))


def _base(entry: ModelEntry) -> ModelEntry:
    """The repository that the rest of a generator comes from."""
    base = entry.recipe["base"]
    known = shipped_registry("generator").entries.values()
    size = next((each.size for each in known if each.hub_id == base["hub_id"]), None)
    changes = {"hub_id": base["hub_id"], "revision": base.get("revision"), "size": size}
    return entry.model_copy(update=changes)


def _weights(name: str, entry: ModelEntry) -> Weights:
    try:
        commit, here = commit_here(entry), bool(files_here(entry))
    except WidespectrumError:  # without the hub's client nothing can have come from the hub
        commit, here = entry.revision, False
    return Weights(
        model=name,
        repository=str(entry.hub_id),
        bytes=entry.size,
        pinned=entry.revision is not None,
        commit=commit,
        here=here,
    )
