"""Model cards: what a weight file is, how it was made, and what it can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from widespectrum.bonsai.models.scorers import BonsaiScorer
from widespectrum.bonsai.models.weights import Header, digest, read_header
from widespectrum.errors import BadInput
from widespectrum.tables import write_bytes


def write_card(
    path: Path, scorer: object, results: dict[str, Any], command: str, took: str = ""
) -> None:
    """Write the card of a Bonsai scorer as Markdown.

    Args:
        path: of the card.
        scorer: the scorer that was measured.
        results: what `evaluation.measure_scorer` returned.
        command: that measured it.
        took: how long the training took, on what. It is not in the weight file, so that the same
            training gives the same bytes.

    Raises:
        BadInput: the scorer is not one of Bonsai's.
        StorageFailed: the disk refused.
    """
    if not isinstance(scorer, BonsaiScorer):
        raise BadInput(
            f"{scorer!r} is none of Bonsai's models", "Leave out --card.", field="--card"
        )
    lines = [
        f"# {scorer.weights.stem}",
        "",
        *about(scorer),
        "",
        *making(read_header(scorer.weights), took),
        "",
        *_measured(results, command),
    ]
    write_bytes("\n".join(lines).encode() + b"\n", path)


def about(scorer: BonsaiScorer) -> list[str]:
    """What a scorer of Bonsai is."""
    facts, weights = scorer.facts, scorer.weights
    return [
        "A model of Bonsai, the miniature family of widespectrum. It sees pictures of Bonsai's own",
        "drawn world and reads prompts in that world's vocabulary; of real photographs it knows",
        "nothing.",
        "",
        f"- Score: {facts.unit}"
        + (f", {facts.range[0]} to {facts.range[1]}" if facts.range else ""),
        f"- Optimised for: {facts.optimised_for}",
        f"- Whose preferences: {facts.preferences}",
        f"- Licence: {facts.licence}",
        f"- File: {weights.stat().st_size / 1e6:.2f} MB, float16, sha256 `{digest(weights)}`",
    ]


def making(header: Header, took: str) -> list[str]:
    """How its weights were made, by what their file says."""
    made = header.provenance
    schedule, corpus = made["schedule"], made["corpus"]
    lines = [
        "## How it was made",
        "",
        f"- Command: `widespectrum train {made['recipe']} --out FOLDER`",
        f"- Steps: {schedule['steps']}, learning rate {schedule['learning_rate']}, "
        f"seed {schedule['seed']}",
        f"- Data: {corpus['count']} families of four pictures, corpus seed {corpus['seed']}",
        f"- Arithmetic: {made['precision']} on {made['device']}, torch {made['torch']}",
    ]
    if took:
        lines.append(f"- Time: {took}")
    if "dial" in made:
        lines += [f"- Annotators' dial: {_listed(made['dial'])}"]
    if "selected" in made:
        chosen = made["selected"]
        steps = _listed({int(step): f"{v:.4f}" for step, v in chosen["agreement_by_step"].items()})
        lines += [
            f"- Pairs after the agreement filter: {made['pairs']}",
            f"- Selected: step {chosen['step']}, by the rule fixed beforehand: {chosen['rule']}.",
            f"  Agreement by step: {steps}",
        ]
    return lines


def _measured(results: dict[str, Any], command: str) -> list[str]:
    choice, agreement = results["choice"], results["agreement"]
    unseen = results["choice_unseen_wordings"]
    rows = [
        ("picks the anti picture under the anti prompt (obedience)", choice["obedience"]),
        ("picks the original under the original prompt", choice["original_accuracy"]),
        ("right under both", choice["right_under_both"]),
        ("obedience in wordings kept from training", unseen["obedience"]),
        (
            "agrees with the majority of held-out annotators, ordinary prompts",
            agreement["majority"],
        ),
        ("the same, where 95% of them agree", agreement["majority_where_annotators_agree"]),
        ("agrees with single annotators", agreement["single_annotators"]),
        ("(most that anything could)", agreement["ceiling_for_single_annotators"]),
    ]
    lines = [
        "## What it can do",
        "",
        f"`{command}`: {choice['pairs']} held-out pairs, {agreement['pairs']} comparisons.",
        "",
        "| measure | share |",
        "| --- | ---: |",
        *(f"| {name} | {value:.3f} |" for name, value in rows),
        "",
        f"Taste {choice['taste']:+.2f}, listening {choice['listening']:+.2f}, in standard "
        "deviations of the original's score under its own prompt.",
        "",
        "| dimension asked for | obedience | pairs | where it is the only one | pairs |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, row in choice["per_dimension"].items():
        alone = "" if row["obedience_alone"] is None else f"{row['obedience_alone']:.3f}"
        lines.append(
            f"| {name} | {row['obedience']:.3f} | {row['pairs']} | {alone} | {row['pairs_alone']} |"
        )
    return lines


def _listed(values: dict[Any, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
