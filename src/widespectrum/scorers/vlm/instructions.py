"""What a VLM is told before it rates, as data: three instructions that ship, or a text file."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from widespectrum.errors import BadInput

INSTRUCTIONS = ("original", "neutral", "fidelity")
"""original: taste and fidelity in one, as VLMs are mostly asked to be rewards. neutral: says
nothing of either. fidelity: says that taste does not count."""

LONGEST = 20_000
"""Characters of an instruction."""


def instruction_text(instruction: str) -> str:
    """The text of an instruction that ships, or of a file.

    Raises:
        BadInput: neither is there, or the file is empty, too long or no UTF-8 text.
    """
    if instruction in INSTRUCTIONS:
        return _shipped()[instruction]["text"]
    path = Path(instruction)
    if not path.is_file():
        raise BadInput(
            f"there is no instruction {instruction!r}",
            f"Use {', '.join(INSTRUCTIONS)}, or name a text file.",
            field="instruction",
        )
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read ({error})", "Name a UTF-8 text file.", file=path) from error
    if not text or len(text) > LONGEST:
        raise BadInput(f"has {len(text):,} characters", f"Write 1 to {LONGEST:,}.", file=path)
    return text


def question_around(prompt: str) -> tuple[str, str]:
    """The words before and after the picture."""
    question = _shipped()["question"]
    before, _, rest = question["before"].partition("{prompt_json}")
    return before + json.dumps(prompt, ensure_ascii=False) + rest, question["after"]


@cache
def _shipped() -> dict[str, dict[str, str]]:
    file = resources.files(__package__).joinpath("data", "instructions.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
