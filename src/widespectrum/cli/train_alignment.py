"""``train bonsai-polished`` and its siblings: copies of a generator, aligned in different ways.

All are one command but for the name, because they differ in the reward alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from widespectrum.cli import console
from widespectrum.cli.training import (
    Out,
    Place,
    Precision,
    Seed,
    Steps,
    Threads,
    device_of,
    show_stages,
)

MEMBERS = {
    "bonsai-polished": "Align the generator with bonsai-taste: what most annotators would like.",
    "bonsai-faithful": "Align the generator with bonsai-clip: what the prompt says.",
    "bonsai-auteur": "Align the generator with one person's taste: dim, muted, grainy.",
}
"""What is said of each command."""

Base = Annotated[
    str, typer.Option(metavar="NAME|FILE", help="The generator. Its own weights are not changed.")
]
Method = Annotated[
    str,
    typer.Option(
        metavar="forward-process|reward-gradient",
        help="The second is kept as an example of reward hacking.",
    ),
]
Rate = Annotated[
    float | None, typer.Option(help="Learning rate; by default that of the shipped models.")
]


def command(name: str) -> Callable[..., None]:
    """The command that makes one member."""

    def align(
        out: Out,
        base: Base = "bonsai",
        steps: Steps = None,
        seed: Seed = None,
        rate: Rate = None,
        method: Method = "forward-process",
        threads: Threads = 2,
        device: Place = "cpu",
        precision: Precision = "auto",
    ) -> None:
        from dataclasses import replace

        from widespectrum.bonsai.alignment.recipes import (
            RECIPES,
            follow_alignment,
            shipped_materials,
        )
        from widespectrum.bonsai.models.weights import find_weights

        given = {"steps": steps, "seed": seed, "learning_rate": rate, "method": method}
        changed: dict[str, Any] = {
            field: value for field, value in given.items() if value is not None
        }
        recipe = replace(RECIPES[name], **changed)
        materials = shipped_materials(recipe, find_weights(base))
        place = device_of(device, precision, threads)
        show_stages(name, follow_alignment(recipe, materials, out, place))
        console.tell(str(out / f"{name}.safetensors"))

    return align
