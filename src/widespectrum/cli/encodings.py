"""``encodings``: what is kept of images and texts that were encoded, and how to be rid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.encodings import EncodingStore

app = typer.Typer(
    help="Encodings of images and texts, kept so that nothing is encoded twice.",
    no_args_is_help=True,
)

Folder = Annotated[
    str | None,
    typer.Option(
        "--encodings",
        metavar="FOLDER",
        help="Where they are. Default: $WIDESPECTRUM_ENCODINGS, else the user's cache folder.",
    ),
]


@app.command()
def show(
    encodings: Folder = None,
    json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Show what is kept, and how large it is."""
    from dataclasses import asdict

    from widespectrum.cli.listing import show_table

    store = _store(encodings)
    sizes = store.sizes()
    if json:
        towers = [asdict(size) for size in sizes]
        console.emit_json({"folder": str(store.folder), "towers": towers})
        return
    show_table(
        ["tower", "encodings", "files", "size"],
        [
            (size.tower, f"{size.encodings:,}", f"{size.shards:,}", _megabytes(size.bytes))
            for size in sizes
        ],
    )
    console.say(f"{_megabytes(sum(size.bytes for size in sizes))} in {store.folder}")


@app.command()
def clear(
    tower: Annotated[
        str | None, typer.Argument(help="Only this tower, as `show` names it. Default: all.")
    ] = None,
    encodings: Folder = None,
) -> None:
    """Remove what is kept. No result is lost; it is encoded again when it is needed."""
    from widespectrum.errors import UnknownName

    store = _store(encodings)
    if tower is not None and tower not in {size.tower for size in store.sizes()}:
        raise UnknownName(
            f"there are no encodings of {tower!r}",
            "`widespectrum encodings show` lists the towers.",
        )
    freed = store.clear(tower)
    console.say(f"{_megabytes(freed)} freed in {store.folder}")


def _store(folder: str | None) -> EncodingStore:
    from widespectrum.encodings import store_at
    from widespectrum.errors import BadInput

    store = store_at(folder)
    if store is None:
        raise BadInput("keeping encodings is switched off", "Name the folder with --encodings.")
    return store


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
