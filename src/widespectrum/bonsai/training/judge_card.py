"""The judge's model card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from widespectrum.bonsai.models.judge import BonsaiJudge
from widespectrum.bonsai.models.weights import Header, digest, read_header
from widespectrum.tables import write_bytes


def write_judge_card(
    path: Path, judge: BonsaiJudge, results: dict[str, Any], command: str, took: str = ""
) -> None:
    """Write the card as Markdown.

    Args:
        path: of the card.
        judge: the judge that was measured.
        results: what `widespectrum.judges.measurement.measure_judge` returned.
        command: that measured it.
        took: how long the training took, on what. It is not in the weight file, so that the same
            training gives the same bytes.

    Raises:
        StorageFailed: the disk refused.
    """
    weights = judge.weights
    lines = [
        f"# {weights.stem}",
        "",
        "A judge of Bonsai, the miniature family of widespectrum. It rates pictures of Bonsai's",
        "own drawn world, low, neutral or high, on the eleven dimensions that this world has. It",
        "sees no prompt and shares no weight with the encoders; of real photographs it knows",
        "nothing.",
        "",
        f"- File: {weights.stat().st_size / 1e6:.2f} MB, float16, sha256 `{digest(weights)}`",
        "",
        *_made(read_header(weights), took),
        "",
        *_right(results, command),
        "",
        *_answers(results["response"]),
    ]
    write_bytes("\n".join(lines).encode() + b"\n", path)


def _made(header: Header, took: str) -> list[str]:
    made = header.provenance
    schedule, corpus = made["schedule"], made["corpus"]
    first, steps = made["first_leg"], schedule["steps"]
    legs = f" in two legs, the first of {first}" if first < steps else ""
    lines = [
        "## How it was made",
        "",
        f"- Command: `widespectrum train {made['recipe']} --out FOLDER`",
        f"- Steps: {steps}{legs}, learning rate {schedule['learning_rate']}, "
        f"seed {schedule['seed']}",
        f"- Pictures seen: {made['pictures_seen']:,}, of {corpus['count']:,} different ones, drawn "
        f"from seed {corpus['seed']}; the truth is what the world drew",
        f"- Arithmetic: {made['precision']} on {made['device']}, torch {made['torch']}",
    ]
    return [*lines, f"- Time: {took}"] if took else lines


def _right(results: dict[str, Any], command: str) -> list[str]:
    validation = results["validation"]
    named = [(row["what"], row) for row in validation["dimensions"]]
    return [
        "## How often it is right",
        "",
        f"`{command}`: {results['scenes']} held-out scenes as the world draws them. Beside the",
        "judge, what answering with each dimension's most frequent level would reach, and always",
        "answering neutral. *As seen*: what was drawn and left no trace in the picture (`seen` of",
        "`widespectrum.bonsai.world`) counts as neutral. *As the world*: scenes count such that",
        "effects are as many as the world draws; the rule of the splits holds out crowded ones.",
        "",
        "| dimension | right | most frequent | always neutral | right, classes equal | kappa |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(_row(name, row) for name, row in [*named, ("**all**", validation["all"])]),
        _row("all, as seen", results["validation_seen"]["all"]),
        _weighted("all, as the world", results["as_the_world"]),
        _weighted("all, as the world, as seen", results["as_the_world_seen"]),
        "",
        "| effects in the scene | right | most frequent | always neutral | right, classes equal | "
        "kappa |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            _row(f"{number} ({row['scenes']} scenes)", row)
            for number, row in results["by_effects"].items()
        ),
    ]


def _row(name: str, row: dict[str, Any]) -> str:
    judge, kappa = row["judge"], row["judge"]["kappa"]
    cells = [
        judge["accuracy"],
        row["majority"]["accuracy"],
        row["neutral"]["accuracy"],
        judge["balanced_accuracy"],
    ]
    told = [f"{cell:.3f}" for cell in cells] + ["" if kappa is None else f"{kappa:.2f}"]
    return f"| {name} | {' | '.join(told)} |"


def _weighted(name: str, right: dict[str, float]) -> str:
    told = (f"{right[who]:.3f}" for who in ("judge", "majority", "neutral"))
    return f"| {name} | {' | '.join(told)} | | |"


def _answers(response: dict[str, Any]) -> list[str]:
    rated = response["dimensions"]
    trials = sum(row["trials"] for row in response["responses"])
    return [
        "## Whether it sees what was done",
        "",
        f"{trials} held-out scenes, without and with one effect. Row: the dimension that the",
        "effect lowers. Column: the mean change of a rating, on the scale 0 to 2, columns in the",
        "order of rows; the dimension's own is bold. Last: in how many scenes its own rating fell.",
        "",
        f"| lowered | {' | '.join(str(place + 1) for place in range(len(rated)))} | fell in |",
        f"| --- | {'---: | ' * len(rated)}---: |",
        *_matrix(response),
    ]


def _matrix(response: dict[str, Any]) -> Iterator[str]:
    for row in response["responses"]:
        cells = []
        for name in response["dimensions"]:
            change = f"{row['changes'][name]['estimate']:+.2f}"
            cells.append(f"**{change}**" if name == row["lowered"] else change)
        number = response["dimensions"].index(row["lowered"]) + 1
        yield f"| {number} {row['lowered']} | {' | '.join(cells)} | {row['fell']:.0%} |"
