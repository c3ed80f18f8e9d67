"""``generate``: a picture from a prompt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widespectrum.cli import console
from widespectrum.cli.painting import Retries, with_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

_SMALLEST_CELL = 128
_COLUMNS = 4


def generate(
    prompt: Annotated[str, typer.Argument(help="What to show, in plain words.")],
    out: Annotated[Path, typer.Option(help="PNG or JPEG to write.")],
    model: Annotated[
        str, typer.Option(help="A generator; see `widespectrum models list --kind generator`.")
    ] = "bonsai",
    seed: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Of the noise; give several for a contact sheet. Default: 0."),
    ] = None,
    negative: Annotated[str | None, typer.Option(help="What to lead away from.")] = None,
    guidance_scale: Annotated[
        float | None, typer.Option(min=0, help="How strictly to follow the prompt; 1: unguided.")
    ] = None,
    start: Annotated[Path | None, typer.Option(metavar="IMAGE", help="Begin with this.")] = None,
    strength: Annotated[
        float | None, typer.Option(help="How far from --start, in (0, 1]. Default: 0.5.")
    ] = None,
    retries: Retries = None,
    scale: Annotated[int, typer.Option(min=1, max=32, help="Enlarge every pixel so often.")] = 1,
) -> None:
    """Generate a picture; of several seeds, a contact sheet."""
    from widespectrum.contracts import Failure, GenerationRequest
    from widespectrum.errors import BadInput
    from widespectrum.generators import load_generator
    from widespectrum.images import encode_image, load_image
    from widespectrum.tables import write_bytes

    if out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise BadInput(
            f"has the suffix {out.suffix!r}", "Name a .png or .jpg file.", file=out, field="--out"
        )
    (painter,) = with_settings([model], retries=retries, guidance=guidance_scale)
    generator = load_generator(painter)
    begin = None if start is None else load_image(start)
    if begin is not None and strength is None:
        strength = 0.5
    seeds = seed or [0]
    answers = generator.generate(
        [GenerationRequest(prompt, each, negative, begin, strength) for each in seeds]
    )
    pictures: list[Image.Image] = []
    for each, answer in zip(seeds, answers, strict=True):
        if isinstance(answer, Failure):
            raise BadInput(f"no picture for seed {each} ({answer.kind}): {answer.reason}")
        pictures.append(answer)
    picture = _enlarged(pictures[0], scale) if len(pictures) == 1 else _sheet(pictures, seeds)
    write_bytes(encode_image(picture, "PNG" if out.suffix.lower() == ".png" else "JPEG"), out)
    console.say(f"Wrote {out} ({picture.width} x {picture.height}).")


def _sheet(pictures: Sequence[Image.Image], seeds: Sequence[int]) -> Image.Image:
    from widespectrum.images import contact_sheet

    starts = range(0, len(pictures), _COLUMNS)
    side = max(_SMALLEST_CELL, *(max(picture.size) for picture in pictures))
    return contact_sheet(
        [pictures[at : at + _COLUMNS] for at in starts],
        cell=(side, side),
        captions=[[f"seed {each}" for each in seeds[at : at + _COLUMNS]] for at in starts],
    )


def _enlarged(picture: Image.Image, scale: int) -> Image.Image:
    from PIL import Image

    size = picture.width * scale, picture.height * scale
    return picture.resize(size, Image.Resampling.NEAREST) if scale > 1 else picture
