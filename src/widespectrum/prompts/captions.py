"""Captions: plain sentences about pictures, the original prompts from which everything starts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from widespectrum.errors import BadInput

MAX_CHARACTERS = 2_000
"""A caption is a sentence or two. Longer text is a mistake in the file more often than a wish."""

_STRAY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but for tab and line ends, and halves of surrogate pairs."""


@dataclass(frozen=True)
class Caption:
    """One caption: visible text on one line, whatever the script.

    Raises:
        BadInput: the text is not a caption; see `plain_text`.
    """

    id: str
    text: str
    cluster: str | None = None
    """What captions of the same picture share, so that resampling keeps them together; ``None``
    where the caption stands alone."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", plain_text(self.text, row=self.id, field="caption"))


def plain_text(
    text: object,
    *,
    file: object | None = None,
    row: int | str | None = None,
    field: str | None = None,
) -> str:
    """`text` as a caption: runs of white space become one space, nothing else is changed.

    Any script is welcome, and markup is text like any other.

    Args:
        text: what a file held.
        file: where, for messages.
        row: where in the file.
        field: where in the row.

    Raises:
        BadInput: not text, empty, longer than `MAX_CHARACTERS`, or with characters that belong in
            no text (control characters, halves of surrogate pairs).
    """

    def refuse(problem: str, remedy: str) -> BadInput:
        return BadInput(problem, remedy, file=file, row=row, field=field)

    if text is None:
        raise refuse("is empty", "Write the caption or drop the row.")
    if not isinstance(text, str):
        raise refuse(f"is {str(text)[:80]!r}, not text", "Write the caption as text.")
    stray = _STRAY.search(text)
    if stray:
        raise refuse(
            f"holds the control character U+{ord(stray.group()):04X}",
            "Remove it, or check the encoding of the file.",
        )
    line = " ".join(text.split())
    if not line:
        raise refuse("is empty", "Write the caption or drop the row.")
    if len(line) > MAX_CHARACTERS:
        raise refuse(
            f"is {len(line):,} characters long; a caption has at most {MAX_CHARACTERS:,}",
            "Shorten it to what the picture shows.",
        )
    return line


@cache
def builtin_captions() -> tuple[Caption, ...]:
    """The 360 everyday captions that ship with widespectrum, 36 on each of ten subjects.

    Their ids begin with the subject: ``animals-07``. They say what there is and what it does, and
    nothing about how the picture looks.
    """
    text = resources.files(__package__).joinpath("data", "captions.tsv").read_text("utf-8")
    captions: list[Caption] = []
    numbers: dict[str, int] = {}
    for line in text.splitlines()[1:]:
        subject, sentence = line.split("\t")
        numbers[subject] = numbers.get(subject, 0) + 1
        captions.append(Caption(f"{subject}-{numbers[subject]:02d}", sentence))
    return tuple(captions)
