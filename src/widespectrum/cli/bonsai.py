"""``bonsai``: look at the miniature world, and draw what a prompt asks for."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console

if TYPE_CHECKING:
    from PIL import Image

app = typer.Typer(help="Look at Bonsai's world.", no_args_is_help=True)

Out = Annotated[Path, typer.Option(help="PNG or JPEG to write.")]


@app.command()
def sheet(
    out: Out,
    kind: Annotated[
        str,
        typer.Option(
            help="objects, places, attributes, effects, emotions, critique or pairs.",
        ),
    ] = "objects",
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 0,
) -> None:
    """Write a contact sheet of what the world can draw."""
    from widespectrum.bonsai import world_sheet

    _write(world_sheet(kind, seed), out)


@app.command()
def draw(
    prompt: Annotated[str, typer.Argument(help="What to draw, in plain words.")],
    out: Out,
    seed: Annotated[int, typer.Option(min=0, help="Decides what the prompt leaves open.")] = 0,
    scale: Annotated[int, typer.Option(min=1, max=32, help="Enlarge every pixel so often.")] = 6,
    json: Annotated[bool, typer.Option("--json", help="Print the scene as JSON.")] = False,
) -> None:
    """Draw a prompt: the world's own picture of it, not a generator's.

    Words that Bonsai does not know are named and passed over.
    """
    from PIL import Image

    from widespectrum.bonsai import draw as draw_scene
    from widespectrum.bonsai import parse, scene_to_json

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        parsed = parse(prompt)
    for warning in caught:
        console.say(str(warning.message))
    if parsed.dropped:
        console.say(f"Left out, because it contradicts the rest: {', '.join(parsed.dropped)}.")
    scene = parsed.scene(seed)
    picture = draw_scene(scene)
    size = (picture.width * scale, picture.height * scale)
    _write(picture.resize(size, Image.Resampling.NEAREST), out)
    if json:
        console.emit_json(scene_to_json(scene))


@app.command()
def pairs(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Pictures and their table go here.")],
    count: Annotated[int, typer.Option(min=1, help="Prompt pairs.")] = 60,
    seed: Annotated[int, typer.Option(help="Of scenes and prompts.")] = 0,
) -> None:
    """Draw both pictures of prompt pairs, exactly as asked, and write the table that names them.

    For `widespectrum audit --pairs FOLDER/pairs.csv` and `widespectrum edit --pairs` likewise.
    """
    from widespectrum.bonsai.prompted import draw_pairs

    console.tell(str(draw_pairs(out, count, seed)))


@app.command()
def words(
    json: Annotated[bool, typer.Option("--json", help="Print the words as JSON.")] = False,
) -> None:
    """List the words that Bonsai knows."""
    from widespectrum.bonsai import vocabulary
    from widespectrum.bonsai.language import known_words

    known = sorted(known_words())
    console.say(f"{len(known)} words, vocabulary {vocabulary().fingerprint}.")
    if json:
        console.emit_json({"fingerprint": vocabulary().fingerprint, "words": known})
    else:
        typer.echo("\n".join(known))


def _write(picture: Image.Image, out: Path) -> None:
    from widespectrum.errors import BadInput
    from widespectrum.images import encode_image
    from widespectrum.tables import write_bytes

    if out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise BadInput(
            f"has the suffix {out.suffix!r}", "Name a .png or .jpg file.", file=out, field="--out"
        )
    write_bytes(encode_image(picture, "PNG" if out.suffix.lower() == ".png" else "JPEG"), out)
    console.say(f"Wrote {out} ({picture.width} x {picture.height}).")
