"""The generator's model card, with a sheet of what it paints beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.bonsai.models.weights import Header, digest, read_header
from widespectrum.bonsai.training.eye_card import percent
from widespectrum.bonsai.training.samples import COLUMNS, PROMPTS
from widespectrum.contracts import Failure, GenerationRequest, Generator
from widespectrum.errors import InvalidResult
from widespectrum.images import contact_sheet, encode_image
from widespectrum.tables import write_bytes

if TYPE_CHECKING:
    from widespectrum.contracts import Image

_BASE = (
    "A generator of Bonsai, the miniature family of widespectrum: a flow-matching transformer",
    "with joint attention of picture and prompt. It paints Bonsai's own drawn world, 64 x 64",
    "pixels, from prompts in that world's vocabulary; of anything else it knows nothing.",
)
_ALIGNED = (
    "A copy of `bonsai`, the generator of widespectrum's miniature family, aligned towards a",
    "reward: a low-rank addition to its matrices, of no use without it. It paints Bonsai's own",
    "drawn world, 64 x 64 pixels; of anything else it knows nothing.",
)


def write_generator_card(
    path: Path,
    generator: Generator,
    weights: Path,
    results: dict[str, Any],
    command: str,
    took: str = "",
) -> None:
    """Write the card as Markdown and a sample sheet as PNG, of the same name, beside it.

    Args:
        path: of the card.
        generator: the generator that was measured.
        weights: its file; of an aligned copy, the adapter's.
        results: what `generator_evaluation.measure_generator` returned.
        command: that measured it.
        took: how long the training took, on what. It is not in the weight file, so that the same
            training gives the same bytes.

    Raises:
        InvalidResult: the generator failed on a prompt of the sheet.
        StorageFailed: the disk refused.
    """
    sheet = path.with_suffix(".png")
    write_bytes(encode_image(_sheet(generator), "PNG"), sheet)
    header = read_header(weights)
    aligned = header.kind == "adapter"
    lines = [
        f"# {weights.stem}",
        "",
        *(_ALIGNED if aligned else _BASE),
        "",
        f"- File: {weights.stat().st_size / 1e6:.2f} MB, float16, sha256 `{digest(weights)}`",
        "",
        f"![What it paints]({sheet.name})",
        "",
        "The prompts of the sheet, row by row, with seeds from 0; every one asks for a thing in a",
        "colour and a place that it was not trained on:",
        "",
        *(f"{number + 1}. {prompt}" for number, prompt in enumerate(PROMPTS)),
        "",
        *(_made_of_another(header) if aligned else _made(header)),
        *([f"- Time: {took}"] if took else []),
        "",
        *_measured(results, command),
    ]
    write_bytes("\n".join(lines).encode() + b"\n", path)


def _sheet(generator: Generator) -> Image:
    requests = [GenerationRequest(prompt, seed) for seed, prompt in enumerate(PROMPTS)]
    pictures = []
    for request, answer in zip(requests, generator.generate(requests), strict=True):
        if isinstance(answer, Failure):
            raise InvalidResult(f"{generator.name} failed on {request.prompt!r}", answer.reason)
        pictures.append(answer)
    rows = [pictures[at : at + COLUMNS] for at in range(0, len(pictures), COLUMNS)]
    return contact_sheet(rows, cell=(128, 128))


def _made(header: Header) -> list[str]:
    made = header.provenance
    schedule, corpus = made["schedule"], made["corpus"]
    return [
        "## How it was made",
        "",
        f"- Command: `widespectrum train {made['recipe']} --out FOLDER`",
        f"- Pictures seen: {made['pictures_seen']:,}, of {corpus['count']:,} different ones; "
        f"{made['steps']} steps",
        f"- Learning rate {schedule['learning_rate']}, falling to zero over the last "
        f"{schedule['length']} steps; seed {schedule['seed']}",
        f"- It began to read with the text half of the encoder `{made['encoder'][:12]}`",
        f"- Arithmetic: {made['precision']} on {made['device']}, torch {made['torch']}",
    ]


def _made_of_another(header: Header) -> list[str]:
    made = header.provenance
    task = made["task"]
    rows = [
        f"| {int(step)} | {reward:.3f} | {drift:.3f} |"
        for step, (reward, drift) in sorted(made["grades"].items())
    ]
    return [
        "## How it was made",
        "",
        f"- Command: `widespectrum train {made['recipe']} --out FOLDER --steps {made['steps']}`",
        f"- Base: sha256 `{task['base']}`",
        f"- Towards: the reward `{task['reward']['reward']}`, by the method {made['method']}, over "
        f"{task['prompts']['count']:,} prompts",
        f"- What ships: {made['rule']}; step {made['step']} of {made['steps']}",
        f"- Learning rate {made['learning_rate']}, rank {task['adapter']['rank']}, "
        f"seed {made['seed']}",
        f"- Arithmetic: {made['precision']} on {made['device']}, torch {made['torch']}",
        "",
        "Along the way, on prompts that no alignment has met:",
        "",
        "| step | its own reward | drift from the base |",
        "| ---: | ---: | ---: |",
        *rows,
        "",
    ]


def _measured(results: dict[str, Any], command: str) -> list[str]:
    own, world = results["choice"], results["choice_of_the_worlds_own"]
    rows = [
        ("the anti picture under the anti prompt", own["obedience"], world["obedience"]),
        (
            "the original under the original prompt",
            own["original_accuracy"],
            world["original_accuracy"],
        ),
        ("right under both", own["right_under_both"], world["right_under_both"]),
    ]
    lines = [
        "## What it can do",
        "",
        f"`{command}`: {own['pairs']} held-out pairs, and beside its pictures the world's own of",
        "the same prompts: the most that whoever looks could find. Neither of the two who look had",
        "a part in its making.",
        "",
        *_recognised(results),
        "",
        f"| `{results['scorer']}` takes | its pictures | the world's own |",
        "| --- | ---: | ---: |",
        *(f"| {name} | {mine:.3f} | {best:.3f} |" for name, mine, best in rows),
        "",
        "| dimension asked for | takes the anti picture | the world's own | pairs |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, row in own["per_dimension"].items():
        best = world["per_dimension"][name]["obedience"]
        lines.append(f"| {name} | {row['obedience']:.3f} | {best:.3f} | {row['pairs']} |")
    return lines


def _recognised(results: dict[str, Any]) -> list[str]:
    own, world = results["recognition"], results["recognition_of_the_worlds_own"]
    named = {
        "thing": "the thing asked for",
        "colour": "its colour",
        "both": "**both**",
        "both_alone": "both, of prompts for one thing",
        "place": "the place",
        "stray": "something else",
    }
    return [
        f"| `{results['eye']}` recognises | its pictures | the world's own |",
        "| --- | ---: | ---: |",
        *(
            f"| {prompts} prompts: {name} | {percent(own[prompts][what])} | "
            f"{percent(world[prompts][what])} |"
            for prompts in ("ordinary", "anti")
            for what, name in named.items()
        ),
    ]
