"""What a guidance number means, from the recipe: its kind, its normalised weight, its passes."""

from __future__ import annotations

from widespectrum.errors import BadInput
from widespectrum.generators.diffusers.recipe import GuidanceRule, Recipe
from widespectrum.generators.diffusers.settings import Shot
from widespectrum.generators.facts import Guidance


def guidance_of(recipe: Recipe, shot: Shot, *, negative: bool) -> Guidance:
    """The guidance of a shot, comparable between pipelines.

    Args:
        recipe: of the model.
        shot: its numbers.
        negative: whether a negative prompt is passed.
    """
    first, second = recipe.guidance, recipe.true_cfg
    raw = {}
    for rule, value in ((first, shot.guidance), (second, shot.true_cfg)):
        if rule is not None and rule.argument is not None and value is not None:
            raw[rule.argument] = float(value)
    w = _weight(first, shot.guidance, negative)
    if second is None:
        return Guidance(first.kind, w, raw)
    contrast = _weight(second, shot.true_cfg, negative)
    if contrast is None or contrast <= 1:
        return Guidance(first.kind, w, raw)
    return Guidance("embedded+cfg" if first.kind == "embedded" else "cfg", contrast, raw)


def passes_per_step(guidance: Guidance) -> int:
    """1, or 2 under classifier-free guidance."""
    return 2 if guidance.w is not None and guidance.w > 1 else 1


def passes(recipe: Recipe, shot: Shot, *, negative: bool, strength: float | None = None) -> int:
    """Passes through the network for one picture; 0 where the number of steps is not known."""
    steps = shot.steps or 0
    if strength is not None:
        steps = min(int(steps * strength), steps)
    return max(steps - recipe.idle_steps, 0) * passes_per_step(
        guidance_of(recipe, shot, negative=negative)
    )


def heeds_negative(recipe: Recipe, shot: Shot) -> bool:
    """Whether a negative prompt has an effect."""
    if recipe.negative is None:
        return False
    guidance = guidance_of(recipe, shot, negative=True)
    return guidance.kind == "unknown" or passes_per_step(guidance) == 2


def check_negative(recipe: Recipe, shot: Shot, text: str | None, who: str) -> None:
    """Refuse a negative prompt that the model would ignore.

    An empty one is let through wherever it can be passed: it is recorded as empty.

    Raises:
        BadInput: it takes none, or ignores it with these settings.
    """
    if text is None:
        return
    if recipe.negative is None:
        raise BadInput(f"{who} takes no negative prompt", "Ask without it.", field="negative")
    if text and not heeds_negative(recipe, shot):
        rule = recipe.true_cfg or recipe.guidance
        setting = "true_cfg" if recipe.true_cfg is not None else "guidance"
        remedy = (
            f"Set {setting} above {1 - rule.offset:g}, which costs a second pass per step, or ask "
            "without it."
            if rule.kind == "cfg"
            else "Ask without it."
        )
        raise BadInput(
            f"{who} ignores a negative prompt with these settings", remedy, field="negative"
        )


def _weight(rule: GuidanceRule, value: float | None, negative: bool) -> float | None:
    if rule.kind != "cfg" or value is None:
        return None
    if rule.needs_negative and not negative:
        return 1.0
    return max(value + rule.offset, 1.0)
