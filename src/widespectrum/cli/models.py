"""``models``: what models are known by name, and what is known about each."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.catalog import ModelEntry, Registry
    from widespectrum.errors import WidespectrumError

app = typer.Typer(help="Models that are known by name.", no_args_is_help=True)

Catalogs = Annotated[
    list[Path] | None,
    typer.Option("--catalog", metavar="FILE.toml", help="A catalog of your own; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print for machines.")]


@app.command("list")
def list_models(
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only models of this kind, as scorer.")
    ] = None,
    catalog: Catalogs = None,
    json: Json = False,
) -> None:
    """List the models of the catalog and of installed plugins."""
    from widespectrum.cli.listing import show_table

    rows = [
        row
        for registry in _registries(catalog, kind)
        for row in map(_row(registry), registry.names)
    ]
    if json:
        console.emit_json(rows)
        return
    show_table(
        ["name", "kind", "what it is", "aligned from", "commit", "from"],
        [
            (row["name"], row["kind"], row["title"], row["lineage"], row["commit"][:8], row["from"])
            for row in rows
        ],
    )


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A model's name, without settings.")],
    catalog: Catalogs = None,
    json: Json = False,
) -> None:
    """Show everything that is known about one model."""
    from widespectrum.cli.listing import show_table
    from widespectrum.cli.model_card import card

    facts = _facts_of(name, _registries(catalog, None))
    if json:
        console.emit_json(facts)
        return
    show_table(["", ""], card(facts))


@app.command()
def convert(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose checkpoint it is.")],
    checkpoint: Annotated[
        Path, typer.Argument(metavar="FILE", help="The checkpoint as its authors publish it.")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.safetensors", help="The file to write.")],
    catalog: Catalogs = None,
    json: Json = False,
) -> None:
    """Convert a checkpoint that is a pickle into safetensors, once and safely.

    Its sha256 is checked before it is opened, where the catalog knows one. It is opened by
    PyTorch's restricted reader, which builds tensors and nothing else. Names and values stay what
    they are; the new file says where they come from.
    """
    from widespectrum.checkpoints import convert as convert_checkpoint

    entry = _entry_of(name, _registries(catalog, None))
    key = entry.settings.get("key")
    done = convert_checkpoint(entry, checkpoint, out, key=str(key) if key else None)
    if json:
        console.emit_json(asdict(done))
        return
    checked = "as the catalog has it" if done.verified else "which the catalog does not know"
    console.say(
        f"{done.tensors:,} tensors, {done.parameters:,} numbers, from {checkpoint} "
        f"(sha256 {done.source_sha256}, {checked})"
    )
    console.say(f"Use it as {name}@path={done.path}")
    console.tell(str(done.path))


def _registries(catalogs: list[Path] | None, kind: str | None) -> list[Registry]:
    """One registry per kind of model that there is."""
    from widespectrum.catalog import CONTRACTS, shipped_registry
    from widespectrum.errors import UnknownName

    if kind is not None and kind not in CONTRACTS:
        raise UnknownName(
            f"there are no models of kind {kind!r}", f"Kinds: {', '.join(CONTRACTS)}."
        )
    return [shipped_registry(each, catalogs or []) for each in CONTRACTS if kind in (None, each)]


def _row(registry: Registry) -> Any:
    def row(name: str) -> dict[str, Any]:
        entry = registry.entries.get(name)
        points = registry.plugins.get(name, ())
        return {
            "name": name,
            "kind": registry.kind,
            "title": entry.title if entry else "plugin",
            "lineage": _lineage(entry),
            "commit": _commit(entry),
            "from": "; ".join([*(["catalog"] if entry else []), *map(_origin, points)]),
        }

    return row


def _commit(entry: ModelEntry | None) -> str:
    """The pinned commit of its hub repository, or ``unpinned``; empty where nothing is fetched."""
    if entry is None or entry.hub_id is None or "base_url" in entry.settings:
        return ""
    return entry.revision or "unpinned"


def _lineage(entry: ModelEntry | None) -> str:
    """As in ``flux-dev, towards HPSv2.1 + CLIP``; empty where none is known."""
    if entry is None or entry.lineage is None:
        return ""
    towards = " + ".join(entry.lineage.towards)
    return f"{entry.lineage.base}, towards {towards}" if towards else entry.lineage.base


def _facts_of(name: str, registries: list[Registry]) -> dict[str, Any]:
    home = next((each for each in registries if name in each.names), None)
    if home is None:
        raise _unknown(name, registries)
    found = home.find(name)
    if not isinstance(found, EntryPoint):
        return _entry_facts(found)
    known = {"name": name, "kind": home.kind, "from": _origin(found), "object": found.value}
    if home.kind != "scorer":
        return known
    from widespectrum.scorers import load_scorer

    scorer = load_scorer(name, home)
    return known | {"fingerprint": scorer.fingerprint} | asdict(scorer.facts)


def _entry_of(name: str, registries: list[Registry]) -> ModelEntry:
    from widespectrum.errors import UnknownName

    for registry in registries:
        if name in registry.entries:
            return registry.entries[name]
    if any(name in registry.names for registry in registries):
        raise UnknownName(
            f"{name!r} is a plugin, of whose checkpoints the catalog knows nothing",
            "Convert it as the package that brings it says.",
        )
    raise _unknown(name, registries)


def _unknown(name: str, registries: list[Registry]) -> WidespectrumError:
    from widespectrum.aesthetics.names import nearest
    from widespectrum.errors import UnknownName

    known = [each for registry in registries for each in registry.names]
    return UnknownName(f"there is no model {name!r}", nearest(name, known))


def _entry_facts(entry: ModelEntry) -> dict[str, Any]:
    from widespectrum.scorers import scorer_facts

    known = entry.model_dump(mode="json", by_alias=True, exclude={"facts"})
    if entry.kind == "generator":
        return known | entry.facts | _generator_facts(entry)
    return known | (asdict(scorer_facts(entry)) if entry.kind == "scorer" else entry.facts)


def _generator_facts(entry: ModelEntry) -> dict[str, Any]:
    """What a generator says of itself with its own settings, if it can be made here."""
    from widespectrum.catalog import model_of_entry
    from widespectrum.errors import WidespectrumError
    from widespectrum.generators import generator_facts

    try:
        facts = generator_facts(model_of_entry(entry))
    except WidespectrumError:
        return {}
    if facts is None:
        return {}
    known = asdict(facts)
    size = known.pop("size")  # that name is taken: bytes of weights
    return {**known, "image_size": size}


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value
