"""``controlled`` or ``paper``: whether both variants of a prompt are painted alike.

The paper's scripts gave some models other steps, guidance or negative prompts for the anti prompt
than for the original one. ``settings=paper`` does the same, and says so in the generator's facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from widespectrum.catalog import ModelEntry
from widespectrum.contracts import VARIANTS
from widespectrum.errors import BadInput
from widespectrum.generators.diffusers.recipe import Paper, PaperVariant, Recipe
from widespectrum.generators.diffusers.settings import Shot


@dataclass(frozen=True)
class Preset:
    """What is passed for a variant of a prompt."""

    shot: Shot
    paper: Paper | None = None
    """``None``: both variants get `shot`."""
    empty_counts: bool = True
    """Whether an empty negative prompt paints another picture than none."""

    def shot_of(self, variant: str | None) -> Shot:
        """The numbers for a variant.

        Raises:
            BadInput: it is not said which variant it is, and that matters.
        """
        own, shot = self._own(variant), self.shot
        return replace(
            shot,
            steps=shot.steps if own.steps is None else own.steps,
            guidance=shot.guidance if own.guidance is None else own.guidance,
        )

    def negative_of(self, variant: str | None, asked: str | None) -> str | None:
        """The negative prompt of a request: what it asks for, or what the paper passed.

        Raises:
            BadInput: it asks for one, and the paper's settings have their own.
        """
        own = self._own(variant)
        if self.paper is not None and asked is not None:
            raise BadInput(
                "is given, and the paper's settings say what is passed",
                "Ask without it, or with settings=controlled.",
                field="negative",
            )
        return asked if self.paper is None else own.negative

    @property
    def confounds(self) -> tuple[str, ...]:
        """What differs between the variants besides the prompt."""
        if self.paper is None:
            return ()
        found = []
        for name in ("steps", "guidance", "negative"):
            first, second = (getattr(v, name) for v in (self.paper.original, self.paper.anti))
            inert = name == "negative" and not self.empty_counts and not (first or second)
            if first != second and not inert:
                one, other = (_said(value, self.shot, name) for value in (first, second))
                found.append(f"{name}: {one} for the original prompt, {other} for the anti prompt")
        return tuple(found)

    def _own(self, variant: str | None) -> PaperVariant:
        if self.paper is None:
            return PaperVariant()
        if variant not in VARIANTS:
            if self.paper.original == self.paper.anti:
                return self.paper.original
            raise BadInput(
                "is not given, and the paper's settings differ between original and anti prompt",
                "Paint prompt pairs (`bench`), or use settings=controlled.",
                field="variant",
            )
        return self.paper.original if variant == VARIANTS[0] else self.paper.anti


def paper_of(entry: ModelEntry, recipe: Recipe) -> Paper:
    """The paper's settings of an entry.

    Raises:
        BadInput: the paper did not use this model.
    """
    if recipe.paper is None:
        raise BadInput(
            f"is 'paper', and no settings of the paper are known for {entry.name!r}",
            "Use settings=controlled.",
            field="settings",
        )
    return recipe.paper


def _said(value: object, shot: Shot, name: str) -> str:
    if name == "negative":
        return "none" if value is None else "an empty text" if value == "" else repr(value)
    return str(getattr(shot, name) if value is None else value)
