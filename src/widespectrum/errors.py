"""Errors, as a tree by remedy: what can the person who sees this do next?

Every error carries where it happened (file, row, field) and a remedy in one sentence, so that a
message reads ``pairs.csv, row 3, field 'prompt_anti': is empty. Write the prompt or drop the row.``
The command line turns the class into an exit code; `kind` is what a failures table stores.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where in the user's input something is wrong. Every part is optional."""

    file: str | None = None
    row: int | str | None = None
    """One-based row of the data (the header does not count), or the id of the row."""
    field: str | None = None

    def __str__(self) -> str:
        parts = []
        if self.file is not None:
            parts.append(str(self.file))
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.field is not None:
            parts.append(f"field '{self.field}'")
        return ", ".join(parts)


class WidespectrumError(Exception):
    """Anything that widespectrum itself reports.

    Args:
        problem: what is wrong, as a sentence fragment or sentence.
        remedy: what to do about it, as a sentence.
        file, row, field: where, as far as it is known.
    """

    exit_code = 2
    kind = "error"

    def __init__(
        self,
        problem: str,
        remedy: str = "",
        *,
        file: object | None = None,
        row: int | str | None = None,
        field: str | None = None,
    ) -> None:
        self.problem = problem
        self.remedy = remedy
        self.place = Place(None if file is None else str(file), row, field)
        super().__init__(problem)

    def __str__(self) -> str:
        where = str(self.place)
        problem = self.problem if self.problem.endswith((".", "!", "?")) else self.problem + "."
        message = f"{where}: {problem}" if where else problem
        return f"{message} {self.remedy}" if self.remedy else message


class BadInput(WidespectrumError):
    """The input is wrong. Remedy: mend it at the place that the message names."""

    kind = "bad_input"


class BadImage(BadInput):
    """An image file is unreadable, lying about its format, or too large. Remedy: replace it."""

    kind = "bad_image"


class UnknownName(BadInput):
    """A model, dimension, effect or study of that name is not known. Remedy: a name it offers."""

    kind = "unknown_name"


class ForeignRun(BadInput):
    """The output folder belongs to another run. Remedy: another folder, or the same settings."""

    kind = "foreign_run"


class MissingWeights(WidespectrumError):
    """A model's files are not here. Remedy: the message says how to get them."""

    kind = "missing_weights"


class MissingExtra(WidespectrumError):
    """An optional dependency is not installed. Remedy: ``pip install 'widespectrum[EXTRA]'``."""

    kind = "missing_extra"


class NoAccess(WidespectrumError):
    """An endpoint cannot be used: no key, key refused, no credit, no such model, no server.

    Every further request would meet the same end, so it stops the work at once. Remedy: the message
    says which variable to set or what to start.
    """

    kind = "no_access"


class OutOfMemory(WidespectrumError):
    """The device ran out of memory. Remedy: a smaller batch."""

    kind = "out_of_memory"


class StorageFailed(WidespectrumError):
    """The disk or object store refused a write. Remedy: make room, then run the command again."""

    kind = "storage_failed"


class ProviderRefused(WidespectrumError):
    """A provider answered, and the answer is no. A result of its own kind, not a crash."""

    kind = "provider_refused"


class InvalidResult(WidespectrumError):
    """A model returned something its contract forbids. Remedy: the model must be mended."""

    kind = "invalid_result"


class BrokenContract(InvalidResult):
    """A model's answer as a whole has the wrong form: one request less would not mend it.

    Unlike its parent it is never blamed on a single request; it stops the work at once.
    """


class Interrupted(WidespectrumError):
    """Work stopped before it was done. Remedy: run the same command again; done work is kept."""

    exit_code = 130
    kind = "interrupted"
