"""Numbers into words, by rules that stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from widespectrum.studies.instruction_ablation.comparing import MEASURES, PULLS, Compared
from widespectrum.studies.instruction_ablation.told import Told


def headline(compared: Compared, told: Sequence[Told]) -> tuple[str, ...]:
    """How often the scorer obeys under each instruction, then what each further one changes."""
    rows = compared.results.to_dicts()
    known = [row for row in rows if row["obeyed"] is not None]
    if not known:
        return ("No pair can tell whether a prompt is obeyed.",)
    shares = [f"told '{row['instruction']}', in {row['obeyed']:.0%}" for row in known]
    said = f"The same weights obey, {shares[0]} of pairs; {'; '.join(shares[1:])}."
    changes = compared.changes.to_dicts()
    first = told[0].instruction
    return (
        said,
        *(
            _change(each.instruction, first, [c for c in changes if c["instruction"] == name])
            for each in told[1:]
            for name in [each.instruction]
        ),
    )


def notes(compared: Compared, excluded: Mapping[str, int], failures: int) -> tuple[str, ...]:
    """What the reader must know to read the numbers."""
    said = [
        "Weights, images and prompts are the same under every instruction; only the text that the "
        "scorer is told before the prompt differs.",
        "A score for a picture that lacks what an instruction asks for (clarity, harmony) may be "
        "obedience to that instruction. What stays when it is told nothing, or told that only the "
        "prompt counts, was learned in training.",
        "A scorer that was trained under one instruction has not learned what another means: that "
        "a change of words changes little does not show that it understood them.",
        "Taste and listening are in units of each instruction's own SD of io_po; the column spread "
        "compares these units.",
        "The paper scores HPSv3 with its own instruction alone, and has no table like this one.",
    ]
    if compared.assumed:
        said.append(
            f"In {compared.assumed:,} of {compared.pairs:,} pairs nobody judged which image "
            "follows the anti prompt; the anti image is taken to, since it was made for it."
        )
    lost = {name: count for name, count in excluded.items() if count}
    if compared.dropped or lost:
        said.append(
            f"Left out, because a score failed under some instruction: "
            f"{max(compared.dropped, *lost.values(), 0) if lost else compared.dropped:,} pairs."
        )
    if failures:
        said.append(f"Failed requests: {failures:,}; the run's failures table says why.")
    return tuple(said)


def _change(instruction: str, first: str, changes: Sequence[Mapping[str, Any]]) -> str:
    known = [row for row in changes if row["difference"] is not None]
    shown = [row for row in known if _clear(row)]
    open_ = [row for row in known if not _clear(row)]
    told = f"Told '{instruction}' instead of '{first}':"
    parts = []
    if shown:
        parts.append(_listed([_moved(row) for row in shown]).replace("(", "(95% interval ", 1))
    if open_:
        names = _listed([MEASURES[row["name"]] for row in open_])
        parts.append(f"no change of {names} can be shown" if shown else "no change can be shown")
    return f"{told} {'; '.join(parts)}." if parts else f"{told} nothing can be compared."


def _clear(row: Mapping[str, Any]) -> bool:
    """Whether the interval leaves no doubt about the sign."""
    low, high = row["difference_low"], row["difference_high"]
    return low is not None and high is not None and (low > 0 or high < 0)


def _moved(row: Mapping[str, Any]) -> str:
    low, high = row["difference_low"], row["difference_high"]
    if row["name"] in PULLS:
        return (
            f"{MEASURES[row['name']]} {row['difference']:+.2f} SD ({low:+.2f} to {high:+.2f})"
        ).replace("-", "−")
    return (
        f"{MEASURES[row['name']]} {100 * row['difference']:+.0f} points "
        f"({100 * low:+.0f} to {100 * high:+.0f})"
    ).replace("-", "−")


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
