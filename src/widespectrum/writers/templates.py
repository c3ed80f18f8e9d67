"""Writers without a model: a version of every text task that runs offline, checked all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from widespectrum.catalog import ModelEntry, fingerprint
from widespectrum.contracts import Failure
from widespectrum.errors import BadInput, InvalidResult
from widespectrum.prompts import (
    Draft,
    Lexicon,
    TemplateWriter,
    TextItem,
    WrittenText,
    listed_problems,
    problems,
    shipped_lexicon,
    write_clean,
    write_critique,
    write_emotional,
    write_from_metadata,
    write_negative,
)
from widespectrum.writers.tasks import TextTask

VERSION = 1
"""Part of the fingerprint: counts changes to the code that change texts."""

TEMPLATES: Mapping[str, Callable[[TextItem], WrittenText | Failure]] = {
    "negative": write_negative,
    "emotion": write_emotional,
    "metadata": write_from_metadata,
    "clean": write_clean,
    "critique": write_critique,
}
"""Offline versions by the name that a task gives them."""


class Templates(TemplateWriter):
    """Anti prompts from sentence frames, and the offline versions of other texts.

    Args:
        entry: of the catalog.
    """

    def __init__(self, entry: ModelEntry) -> None:
        super().__init__()
        self.entry = entry

    def texts(self, task: TextTask) -> TemplateTexts:
        """The writer of one kind of text.

        Raises:
            BadInput: the task has no offline version.
        """
        if task.template not in TEMPLATES:
            raise BadInput(
                f"the task {task.name!r} has no version without a model",
                "Name a model: --writer vlm; "
                f"or, in the task's file, template = one of {', '.join(TEMPLATES)}.",
                field="template",
            )
        return TemplateTexts(task)


@dataclass(frozen=True)
class TemplateTexts:
    """One kind of text without a model (a `TextWriter`)."""

    task: TextTask
    name: str = "template"

    @property
    def fingerprint(self) -> str:
        """Identity of the templates and the checks."""
        return fingerprint(
            writer="template",
            version=VERSION,
            task=self.task.identity,
            lexicon=shipped_lexicon().identity,
        )

    def write(self, items: Sequence[TextItem]) -> list[WrittenText | Failure]:
        """One text, or `Failure`, per item, in order."""
        write = TEMPLATES[self.task.template or ""]
        lexicon = shipped_lexicon()
        return [self._checked(write(item), item, lexicon) for item in items]

    def _checked(
        self, written: WrittenText | Failure, item: TextItem, lexicon: Lexicon
    ) -> WrittenText | Failure:
        if isinstance(written, Failure):
            return written
        found = problems(Draft(written.text, written.more), item, self.task.checks, lexicon)
        return Failure(InvalidResult.kind, listed_problems(found)) if found else written
