"""Checks of written texts, as data: which apply, and what each finds, in words for anybody.

The same checks hold for a model and for a template, and can be run on any table. A problem is a
clause about the text ("it has 74 words ..."), fit to be told to the person and to the model that
wrote it. Of texts with invisible characters or several lines nothing else is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from widespectrum.aesthetics import load_emotions
from widespectrum.prompts.content import content_words, missing_words, stem, stems
from widespectrum.prompts.evidence import Evidence, evidence_problems
from widespectrum.prompts.form import form_problem, is_refusal
from widespectrum.prompts.grammar import word_count
from widespectrum.prompts.lexicon import Lexicon, Manner, manner_words
from widespectrum.prompts.texts import TextItem


class Checks(BaseModel):
    """Which checks apply to a text. That it is one line of visible text and no refusal, always."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    below_words: int | None = Field(default=None, ge=2)
    """It has fewer words than this."""
    most_words: int | None = Field(default=None, ge=1)
    """It has at most so many words."""
    keeps: str | None = None
    """The field of the item whose content words must come back, `least_kept` of them."""
    least_kept: float = Field(default=0.6, ge=0, le=1)
    adds_nothing_to: str | None = None
    """The field of the item that has all of its content words, unless there is a picture."""
    avoids: str | None = None
    """The field of the item none of whose content words may come in it."""
    effects: Literal["asked", "none", "unnamed"] | None = None
    """asked: of the dimensions asked for each is told, and no other. none: no dimension's low end
    is told. unnamed: none of those asked for is (a negative prompt names the opposite)."""
    slot: str | None = None
    """Stands in it exactly once, and not behind an article: it will be filled with any adjective.
    No word for a feeling may stand beside it."""
    manners: tuple[Manner, ...] = ()
    """Manners of speaking that must not occur."""
    quotes: Mapping[str, tuple[int, int]] = Field(default_factory=dict)
    """Lists of its writer whose entries must stand in it, with the least and the largest length."""
    also: tuple[str, ...] = ()
    """Further texts of its writer that must be texts, and no longer than it may be."""


@dataclass(frozen=True)
class Draft:
    """A text that is to be checked, with what its writer said of it."""

    text: str
    more: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] | None = None
    """None where the writer gives none: then words of the lexicon must do."""


@dataclass(frozen=True)
class Problem:
    """Why a text will not do."""

    check: str
    """``form``, ``refusal``, or the field of `Checks`."""
    said: str

    def __str__(self) -> str:
        return self.said


def problems(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> tuple[Problem, ...]:
    """What is wrong with a draft; nothing if it will do."""
    formal = form_problem(draft.text)
    if formal is not None:
        return (Problem("form", formal),)
    if is_refusal(draft.text) and not any(map(is_refusal, item.fields.values())):
        return (Problem("refusal", f"it is a refusal ({draft.text[:80]!r})"),)
    found = [Problem("form", f"of {name}: {wrong}") for name, wrong in _forms_besides(draft.more)]
    for name, check in _CHECKS.items():
        wanted = getattr(checks, name)
        if wanted is not None and wanted != () and wanted != {}:
            found += [Problem(name, said) for said in check(draft, item, checks, lexicon)]
    return tuple(found)


def _forms_besides(more: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in more.items():
        for text in (value,) if isinstance(value, str) else value:
            wrong = form_problem(text) if isinstance(text, str) else None
            if wrong is not None:
                yield name, wrong


def _below_words(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    words, limit = word_count(draft.text), checks.below_words or 0
    if words >= limit:
        yield f"it has {words} words; it must have fewer than {limit}"


def _most_words(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    words, limit = word_count(draft.text), checks.most_words or 0
    if words > limit:
        yield f"it has {words} words; it may have at most {limit}"


def _keeps(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    source = _field(item, checks.keeps)
    words, lost = content_words(source), missing_words(source, draft.text)
    if words and 1 - len(lost) / len(words) < checks.least_kept:
        yield f"it has lost too much of the {_spoken(checks.keeps)}: {', '.join(lost)}"


def _adds_nothing(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    source = _field(item, checks.adds_nothing_to)
    added = missing_words(draft.text, source)
    if source and item.picture is None and added:
        yield f"it adds what the {_spoken(checks.adds_nothing_to)} has not: {', '.join(added)}"


def _avoids(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    theirs = stems(content_words(_field(item, checks.avoids)))
    shared = [word for word in content_words(draft.text) if stem(word) in theirs]
    if shared:
        yield f"it repeats words of the {_spoken(checks.avoids)}: {', '.join(shared)}"


def _effects(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    asked = [dimension.key for dimension in item.dimensions]
    caption = item.fields.get("caption") or item.fields.get("prompt_original", "")
    if checks.effects == "none":
        for sign in lexicon.unasked(draft.text, ()):
            yield f"it still speaks of {sign.dimension!r}: {sign.words!r}"
        return
    if checks.effects == "unnamed":
        for sign in lexicon.signs(draft.text):
            if sign.dimension in asked:
                yield f"{sign.words!r} names what is wanted of {sign.dimension!r}, not its opposite"
        return
    spans = []
    if draft.evidence is not None:
        yield from evidence_problems(draft.evidence, draft.text, item.dimensions, caption, lexicon)
        spans = [
            s for each in draft.evidence if each.dimension in asked and (s := each.span(draft.text))
        ]
    else:
        told = lexicon.told(draft.text, asked, caption)
        for key in asked:
            if key not in told:
                yield f"no word of it tells {key!r}, which was asked for"
    for sign in lexicon.unasked(draft.text, asked, caption, spans):
        yield f"it speaks of {sign.dimension!r}, which was not asked for: {sign.words!r}"


def _slot(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    slot = checks.slot or ""
    count = draft.text.count(slot)
    if count != 1:
        yield f"it has {count} times {slot}; it must have it once"
    if re.search(rf"\ban? {re.escape(slot)}", draft.text, re.IGNORECASE):
        yield f"{slot} stands behind an article, which does not fit every adjective"
    words = _feelings().findall(draft.text)
    words += [sign.words for sign in lexicon.signs(draft.text) if sign.dimension == "emotion"]
    if words:
        yield f"it tells a feeling besides {slot}: {', '.join(dict.fromkeys(words))}"


@cache
def _feelings() -> re.Pattern[str]:
    words = [w for each in load_emotions().values() if each.key != "neutral" for w in each.words]
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def _manners(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    source = " ".join(item.fields.values())
    for manner in checks.manners:
        found = manner_words(draft.text, manner, source)
        if found:
            what = "praises" if manner == "praise" else "says what it means"
            yield f"it {what} instead of describing: {', '.join(found)}"


def _quotes(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    for name, (least, most) in checks.quotes.items():
        entries = tuple(draft.more.get(name, ()))
        if not least <= len(entries) <= most:
            yield f"{name} has {len(entries)} entries; it must have {least} to {most}"
        for entry in entries:
            if not entry.strip() or entry.lower() not in draft.text.lower():
                yield f"{entry!r}, listed in {name}, is not in it"


def _also(draft: Draft, item: TextItem, checks: Checks, lexicon: Lexicon) -> Iterator[str]:
    for name in checks.also:
        text = str(draft.more.get(name, ""))
        wrong = "it is a refusal" if is_refusal(text) else None
        if wrong is None and checks.below_words and word_count(text) >= checks.below_words:
            wrong = f"it has {word_count(text)} words; it must have fewer than {checks.below_words}"
        if wrong is not None:
            yield f"of {name}: {wrong}"


_Check = Callable[[Draft, TextItem, Checks, Lexicon], Iterator[str]]

_CHECKS: dict[str, _Check] = {
    "below_words": _below_words,
    "most_words": _most_words,
    "keeps": _keeps,
    "adds_nothing_to": _adds_nothing,
    "avoids": _avoids,
    "effects": _effects,
    "slot": _slot,
    "manners": _manners,
    "quotes": _quotes,
    "also": _also,
}


def _field(item: TextItem, name: str | None) -> str:
    return item.fields.get(name or "", "")


def _spoken(name: str | None) -> str:
    return (name or "").replace("_", " ")


def listed_problems(found: Sequence[Problem]) -> str:
    """Several problems in one line."""
    return "; ".join(problem.said for problem in found)
