"""``darkroom``: anti-aesthetic effects on real photographs, and pairs with known ground truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from widespectrum.images.darkroom import PairPlan

app = typer.Typer(
    help="Make image pairs out of photographs, effect by effect.", no_args_is_help=True
)

Extra = Annotated[
    list[Path] | None,
    typer.Option("--dimensions", metavar="FILE.toml", help="A dimension of your own; repeatable."),
]


@app.command()
def sheet(
    out: Annotated[Path, typer.Option(help="PNG or JPEG to write.")],
    photo: Annotated[
        Path | None, typer.Option(help="The photograph to use; by default one that ships.")
    ] = None,
    dimension: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="Show the effects of this dimension at rising severity; repeatable. "
            "Without it, every effect once.",
        ),
    ] = None,
    severity: Annotated[
        float, typer.Option(min=0, max=1, help="Of the overview, where every effect is shown once.")
    ] = 0.75,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    dimensions: Extra = None,
) -> None:
    """Write a contact sheet of the darkroom's effects."""
    from widespectrum.aesthetics import load_dimensions
    from widespectrum.errors import BadInput
    from widespectrum.images import builtin_photographs, encode_image, load_image
    from widespectrum.images.darkroom import effect_sheet, overview_sheet
    from widespectrum.tables import write_bytes

    known = load_dimensions(dimensions or [])
    source = photo or next(p.path for p in builtin_photographs() if p.id == "astronaut")
    original = load_image(source)
    original.thumbnail((768, 768))
    if out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise BadInput(
            f"has the suffix {out.suffix!r}", "Name a .png or .jpg file.", file=out, field="--out"
        )
    if dimension:
        picture = effect_sheet(original, known, dimension, seed=seed)
    else:
        picture = overview_sheet(original, known, severity=severity, seed=seed)
    write_bytes(encode_image(picture, "PNG" if out.suffix.lower() == ".png" else "JPEG"), out)
    console.say(f"Wrote {out} ({picture.width} x {picture.height}).")


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="Folder of photographs; subfolders are read too.")],
    out: Annotated[Path, typer.Option(help="Folder for pairs.csv and the images.")],
    captions: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="Table with the columns file and caption; by default captions.csv in FOLDER.",
        ),
    ] = None,
    effects: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Use this effect; repeatable. By default all."),
    ] = None,
    effects_per_photo: Annotated[
        int, typer.Option(min=0, help="So many effects for each photograph; 0 is every effect.")
    ] = 6,
    severity: Annotated[
        list[float] | None,
        typer.Option(help="In (0, 1]; repeatable. By default 0.25, 0.5, 0.75 and 1."),
    ] = None,
    longest_side: Annotated[
        int, typer.Option(min=0, help="Larger photographs are scaled down to this; 0 keeps them.")
    ] = 768,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pairs.")] = 0,
    dimensions: Extra = None,
    json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Make image pairs and their table from photographs with captions.

    Images that exist are not made again. The table is written last: where it is, all is done.
    """
    from widespectrum.aesthetics import load_dimensions
    from widespectrum.images.darkroom import SEVERITIES, darkroom_pairs
    from widespectrum.images.darkroom.folders import build_pairs, captioned_photos

    photos = captioned_photos(folder, captions or folder / "captions.csv", leave_out=out)
    plans = darkroom_pairs(
        photos,
        load_dimensions(dimensions or []),
        severities=severity or SEVERITIES,
        effects=effects,
        effects_per_photo=effects_per_photo or None,
        seed=seed,
    )
    console.say(f"{len(photos)} photographs, {len(plans)} pairs.")
    with console.progress() as progress:
        task = progress.add_task("Darkroom", total=len(plans))

        def advance(plan: PairPlan) -> None:
            progress.advance(task)

        built = build_pairs(plans, out, longest_side=longest_side, done=advance)
    for failure in built.failures.values():
        console.say(f"left out: {failure.reason}")
    console.say(
        f"Wrote {built.table}: {built.pairs} pairs, {built.made} images made, "
        f"{built.kept} were there already."
    )
    if json:
        console.emit_json(
            {
                "table": str(built.table),
                "pairs": built.pairs,
                "photographs": len(photos),
                "made": built.made,
                "kept": built.kept,
                "failures": {photo: failure.reason for photo, failure in built.failures.items()},
            }
        )
    if built.failures:
        raise typer.Exit(console.EXIT_WITH_FAILURES)
