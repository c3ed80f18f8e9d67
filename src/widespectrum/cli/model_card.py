"""A model's card: what is known about it, in groups, without what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GROUPS: tuple[tuple[str, ...], ...] = (
    ("name", "title", "summary", "kind", "paper_row", "from"),
    (
        "formula",
        "unit",
        "range",
        "preprocessing",
        "prompt_aware",
        "token_limit",
        "instruction",
        "closed_vocabulary",
        "differentiable",
        "takes_seed",
        "takes_negative",
        "takes_start_image",
        "rewrites_prompt",
        "image_size",
        "steps",
        "passes",
        "guidance",
        "flops",
        "seconds",
        "cost_per_image",
        "settings",
        "settings_preset",
        "confounds",
        "recipe",
    ),
    ("optimised_for", "preferences", "lineage", "licence", "gated", "access"),
    (
        "hub_id",
        "revision",
        "file",
        "sha256",
        "size",
        "parameters",
        "rehost",
        "tokenizer",
        "source",
        "class",
        "extra",
    ),
)
"""What it is; what it computes; towards what, on whose preferences; where it comes from."""


def card(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rows of field and text, an empty row between groups. What is in no group comes last."""
    grouped = {field for group in GROUPS for field in group}
    groups = (*GROUPS, tuple(field for field in facts if field not in grouped))
    rows: list[tuple[str, str]] = []
    for group in groups:
        told = [(field, _told(field, facts)) for field in group if field in facts]
        known = [(field, text) for field, text in told if text is not None]
        rows += [("", ""), *known] if rows and known else known
    return rows


def _told(field: str, facts: Mapping[str, Any]) -> str | None:
    value = facts[field]
    if field == "revision" and value is None and facts.get("hub_id"):
        return "not pinned: what the hub's main branch has (pin it with @revision=COMMIT)"
    if field == "size" and value is not None:
        return f"{value:,} bytes ({_short(value)}B)"
    if field == "parameters" and value is not None:
        return f"{value:,} ({_short(value)})"
    if field == "range" and value is not None:
        return f"{value[0]:g} to {value[1]:g}"
    return _plain(value)


def _plain(value: Any) -> str | None:
    if value is None or value == {} or value == "" or value in ([], ()):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_inside(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _inside(value: Any) -> str | None:
    """A value of a table, which is told apart from the table's other values."""
    if value == "":
        return '""'
    return f"({_plain(value)})" if isinstance(value, dict) and value else _plain(value)


def _short(number: int) -> str:
    """A number in thousands, as in ``1.97 G``."""
    value, sign = float(number), ""
    for larger in ("k", "M", "G", "T"):
        if value < 1000:
            break
        value, sign = value / 1000, larger
    return f"{value:.3g} {sign}"
