"""Texts are encoded once: the last prompts' embeddings are kept and passed to the pipeline.

What is encoded, and how, is left to the pipeline's own ``encode_prompt``; a row of what it returns
belongs to one text and is the same whatever stands beside it. A text that is longer than is read at
once may be encoded in parts (`widespectrum.generators.diffusers.long_prompts`).
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from widespectrum.generators.diffusers.long_prompts import divider
from widespectrum.generators.diffusers.recipe import Encoding, Recipe

KEPT = 128
"""Texts whose embeddings are kept. FLUX.1's take 4 MB each."""
_NEGATIVE = "negative_"


class Embeddings:
    """The texts of one pipeline.

    Args:
        pipeline: the loaded pipeline.
        recipe: of the model; it has an `Encoding`.
        kept: how many texts are remembered.
        whole: whether long texts are encoded in parts, and not cut.
    """

    def __init__(
        self, pipeline: Any, recipe: Recipe, kept: int = KEPT, *, whole: bool = False
    ) -> None:
        assert recipe.encoding is not None
        self.divide = divider(pipeline, recipe.tokenizers) if whole else None
        """From a text to its parts; ``None`` where long texts are cut."""
        self._pipeline, self._rule = pipeline, recipe.encoding
        self._takes = inspect.signature(pipeline.encode_prompt).parameters
        self._fixed = _fixed(self._rule, recipe, self._takes)
        self._kept: OrderedDict[tuple[str, str | None], Mapping[str, Any]] = OrderedDict()
        self._limit = kept
        self.encoded = 0
        """Texts that were encoded so far."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The pipeline's arguments that embeddings are passed as."""
        own = tuple(name for name in self._rule.outputs if name)
        return own if self._at_once else (*own, *(_NEGATIVE + name for name in own))

    def parts(self, text: str | None) -> tuple[str | None, ...]:
        """The parts in which a text is encoded, or that there is none."""
        return (text,) if text is None or self.divide is None else self.divide(text)

    def arguments(
        self, prompts: Sequence[str], negatives: Sequence[str] | None, guided: bool
    ) -> dict[str, Any]:
        """The pipeline's arguments for a batch.

        Args:
            prompts: one per picture.
            negatives: one per picture, or ``None`` where there is none at all.
            guided: whether the pipeline makes a second pass, for which it needs the negative side.

        All texts of a call get the same number of parts, shorter ones empty parts: so only texts
        of as many parts belong in one batch, lest a picture depend on its neighbours.
        """
        against: Sequence[str | None] = negatives or [None] * len(prompts)
        if not (guided and (self._at_once or negatives is not None)):
            against = []
        sides = [[self.parts(text) for text in side] for side in (prompts, against)]
        longest = max(len(parts) for side in sides for parts in side)
        filled = [[_filled(parts, longest) for parts in side] for side in sides]
        front, back = ([part for parts in side for part in parts] for side in filled)
        self._keep([part or "" for part in front], back, guided)
        rows = [
            [_chained([self._kept[name, part] for part in parts], self._rule) for parts in side]
            for name, side in zip(("", _NEGATIVE), filled, strict=True)
        ]
        joined = {
            name: _joined([row[name] for row in side]) for side in rows if side for name in side[0]
        }
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return {name: value for name, value in joined.items() if value is not None}

    @property
    def _at_once(self) -> bool:
        """Whether one call encodes a prompt and its negative."""
        return any(name.startswith(_NEGATIVE) for name in self._rule.outputs)

    def _keep(self, prompts: Sequence[str], negatives: Sequence[str | None], guided: bool) -> None:
        """Encode what is not known; what is asked for moves to the young end."""
        positive = self._unknown("", prompts)
        negative = self._unknown(_NEGATIVE, negatives)
        if self._at_once and (positive or negative):
            count = max(len(positive), len(negative))
            fronts = [*positive, *[prompts[0]] * (count - len(positive))]
            backs = [*negative, *[negatives[0]] * (count - len(negative))] if negatives else []
            rows = self._encode(fronts, backs, guided)
            self._store("", positive, rows)
            self._store(_NEGATIVE, negative, rows)
        elif not self._at_once:
            self._store("", positive, self._encode(positive, [], guided))
            rows = self._encode([text or "" for text in negative], [], guided)
            renamed = [{_NEGATIVE + name: value for name, value in row.items()} for row in rows]
            self._store(_NEGATIVE, negative, renamed)
        self.encoded += len(positive) + len(negative)

    def _unknown(self, side: str, texts: Sequence[str | None]) -> list[Any]:
        unknown = []
        for text in dict.fromkeys(texts):
            if (side, text) in self._kept:
                self._kept.move_to_end((side, text))
            else:
                unknown.append(text)
        return unknown

    def _store(
        self, side: str, texts: Sequence[str | None], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        for text, row in zip(texts, rows, strict=False):
            self._kept[side, text] = {
                name: value
                for name, value in row.items()
                if not self._at_once or name.startswith(_NEGATIVE) == bool(side)
            }

    def _encode(
        self, prompts: Sequence[str], negatives: Sequence[str | None], guided: bool
    ) -> list[dict[str, Any]]:
        """One row per text, encoded together or one after the other."""
        if not self._rule.together and len(prompts) > 1:
            return [
                self._encode(prompts[at : at + 1], negatives[at : at + 1], guided)[0]
                for at in range(len(prompts))
            ]
        if not prompts:
            return []
        call: dict[str, Any] = {"prompt": list(prompts)}
        if "do_classifier_free_guidance" in self._takes:
            call["do_classifier_free_guidance"] = guided
        if "device" in self._takes:
            call["device"] = self._pipeline._execution_device
        # A pipeline that may leave the text out is told so by None, never by an empty text.
        if negatives and "negative_prompt" in self._takes:
            call["negative_prompt"] = None if negatives[0] is None else list(negatives)
        values = self._pipeline.encode_prompt(**call | self._fixed)
        together = values if isinstance(values, tuple) else (values,)
        named = {
            name: value for name, value in zip(self._rule.outputs, together, strict=True) if name
        }
        return [_row(named, at) for at in range(len(prompts))]


def _fixed(
    rule: Encoding, recipe: Recipe, takes: Mapping[str, inspect.Parameter]
) -> dict[str, Any]:
    """Arguments of ``encode_prompt`` that are the same for every text."""
    found: dict[str, Any] = {
        name: None
        for name, parameter in takes.items()
        if name.startswith("prompt_") and parameter.default is parameter.empty
    }
    found |= {name: value for name, value in recipe.call.items() if name in takes}
    if "num_images_per_prompt" in takes:
        found["num_images_per_prompt"] = 1
    return found | rule.call


def _row(named: Mapping[str, Any], at: int) -> dict[str, Any]:
    """The values of one text."""
    row: dict[str, Any] = {}
    for name, value in named.items():
        if value is None:
            row[name] = None
        elif isinstance(value, list):
            row[name] = value[at : at + 1]
        else:
            row[name] = value[at : at + 1].clone()
    for name, value in row.items():
        # A pipeline leaves out a mask of ones; beside a longer text it is needed.
        embeds = row.get(name.removesuffix("_mask"))
        if name.endswith("_mask") and value is None and embeds is not None:
            row[name] = embeds.new_ones(embeds.shape[:2], dtype=int)
    return row


def _filled(parts: tuple[str | None, ...], count: int) -> tuple[str | None, ...]:
    """So many parts. To a text that there is none of no empty text is added, but more of none."""
    return parts + (None if parts == (None,) else "",) * (count - len(parts))


def _chained(rows: Sequence[Mapping[str, Any]], rule: Encoding) -> Mapping[str, Any]:
    """The values of a text from those of its parts."""
    if len(rows) == 1:
        return rows[0]
    import torch

    return {
        name: torch.cat([row[name] for row in rows], dim=1)
        if name.removeprefix(_NEGATIVE) in rule.parts
        else value
        for name, value in rows[0].items()
    }


def _joined(rows: Sequence[Any]) -> Any:
    """The values of several texts as one: lists are joined, shorter tensors filled with zeros."""
    if rows[0] is None:
        return None
    if isinstance(rows[0], list):
        return [value for row in rows for value in row]
    import torch

    longest = max(row.shape[1] for row in rows)
    filled = []
    for row in rows:
        space = row.new_zeros(row.shape[0], longest - row.shape[1], *row.shape[2:])
        filled.append(torch.cat([row, space], dim=1) if longest > row.shape[1] else row)
    return torch.cat(filled)
