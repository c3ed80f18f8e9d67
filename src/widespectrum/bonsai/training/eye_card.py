"""The eye's model card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from widespectrum.bonsai.models.eye import BonsaiEye
from widespectrum.bonsai.models.weights import read_header
from widespectrum.bonsai.training.cards import about, making
from widespectrum.tables import write_bytes

MOST_CONFUSED = 6


def write_eye_card(
    path: Path, eye: BonsaiEye, results: dict[str, Any], command: str, took: str = ""
) -> None:
    """Write the card as Markdown.

    Args:
        path: of the card.
        eye: who was measured.
        results: what `eye_evaluation.measure_eye` returned.
        command: that measured it.
        took: how long the training took, on what. It is not in the weight file, so that the same
            training gives the same bytes.

    Raises:
        StorageFailed: the disk refused.
    """
    lines = [
        f"# {eye.weights.stem}",
        "",
        *about(eye),
        "- It takes part in no training of a generator: it is there to check what they paint",
        "",
        *making(read_header(eye.weights), took),
        "",
        *_recognises(results, command),
        "",
        *_by_kind(results),
        "",
        *_sure(results["calibration"]),
        "",
        *_confused(results["confusion"]),
    ]
    write_bytes("\n".join(lines).encode() + b"\n", path)


def percent(share: dict[str, Any]) -> str:
    """A share with its interval; nothing of nothing."""
    if share["estimate"] is None:
        return ""
    return f"{share['estimate']:.1%} [{share['low']:.1%}, {share['high']:.1%}]"


def _recognises(results: dict[str, Any], command: str) -> list[str]:
    rows = [
        ("ordinary", results["ordinary"]),
        ("ordinary, repainted", results["ordinary_repainted"]),
        ("ordinary, of the training split", results["ordinary_of_the_training_split"]),
        ("anti", results["anti"]),
        *((f"anti, {n} lowered", row) for n, row in results["anti_by_dimensions"].items()),
        *((f"anti, only {name}", row) for name, row in results["one_dimension"].items()),
    ]
    return [
        "## What it recognises",
        "",
        f"`{command}`: {results['count']} held-out pairs, drawn by the world. A thing is",
        "recognised if the eye holds it likelier than not that it is there; its colour, if of all",
        "colours it is the likeliest. *Repainted*: blurred, drawn from fewer pixels, toned,",
        "grained or compressed a little, as generators paint. *Alone*: of pictures that show one",
        "thing. *Of another*: the share of pictures in which the thing and colour of the next",
        "picture are recognised. *Stray*: of pictures in which something is seen that is not",
        "there. *Anti*: two to four dimensions are lowered, or as many as the row says; in pairs",
        "of their own, only one. 95% intervals (Wilson).",
        "",
        "| pictures | number | thing | colour | both | both, alone | place | both, of another | "
        "stray |",
        f"| --- {'| ---: ' * 8}|",
        *(_recognised(name, row) for name, row in rows),
    ]


def _recognised(name: str, row: dict[str, Any]) -> str:
    whats = ("thing", "colour", "both", "both_alone", "place", "both_of_another", "stray")
    return f"| {name} | {row['pictures']} | {' | '.join(percent(row[what]) for what in whats)} |"


def _by_kind(results: dict[str, Any]) -> list[str]:
    ordinary, anti = results["ordinary"]["both_by_thing"], results["anti"]["both_by_thing"]
    return [
        "| thing and colour of a | ordinary | anti |",
        "| --- | ---: | ---: |",
        *(
            f"| {thing} | {percent(row)} | {percent(anti[thing]) if thing in anti else ''} |"
            for thing, row in ordinary.items()
        ),
    ]


def _sure(calibration: dict[str, Any]) -> list[str]:
    lines = [
        "## How sure it is",
        "",
        "A claim: this thing is there, in this colour. Pictures to which an effect adds strangers",
        "are left out. Expected calibration error: "
        + ", ".join(f"{row['error']:.3f} ({name})" for name, row in calibration.items())
        + ".",
        "",
        "| pictures | confidence from | to | claims | mean confidence | true |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, found in calibration.items():
        lines += [
            f"| {name} | {row['from']} | {row['to']} | {row['claims']} | "
            f"{row['confidence']:.3f} | {row['true']:.3f} |"
            for row in found["bins"]
        ]
    return lines


def _confused(confusion: dict[str, list[dict[str, Any]]]) -> list[str]:
    lines = [
        "## What it confuses",
        "",
        "Ordinary pictures; of things, those that show only one.",
        "",
    ]
    for what, rows in confusion.items():
        total = sum(row["times"] for row in rows)
        worst = [
            f"{row['asked']} taken for {row['said']} ({row['times']} of {row['of']})"
            for row in rows[:MOST_CONFUSED]
        ]
        lines.append(f"- {what}: {total} wrong" + (f"; {', '.join(worst)}" if worst else ""))
    return lines
