"""What a reward is told before it reads a prompt: texts that ship as data, or a file of the user's.

HPSv3 is asked for clarity, harmony and harmlessness before it is asked about the prompt, so a low
score for a blurred picture may be obedience to its instruction. The instruction is a setting, in
order that this can be tried: the same weights, told something else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from widespectrum.errors import BadInput

PLACEHOLDER = "{text_prompt}"
REWARD = "<|Reward|>"
"""The token whose state the reward is read from."""
SHARED = ("alignment", "neutral", "fidelity")
"""Instructions that ship for every reward of the family, besides its own (``original``)."""
LONGEST = 20_000
"""Characters of an instruction."""


@dataclass(frozen=True)
class Instruction:
    """A text with the prompt's place in it, and where it comes from."""

    text: str
    source: str
    licence: str

    def around(self, prompt: str) -> str:
        """What the model hears up to the token whose state is read."""
        # Only the placeholder is replaced: braces in instruction and prompt are what they are.
        return self.text.replace(PLACEHOLDER, prompt) + ending().partition(REWARD)[0]


def read_instruction(name: str, *, original: str) -> Instruction:
    """The instruction that a setting means.

    Args:
        name: ``original``, one of `SHARED`, or a text file that has `PLACEHOLDER` once.
        original: under which name the reward's own instruction ships.

    Raises:
        BadInput: there is neither such an instruction nor such a file; or the file is no UTF-8
            text, is too long, or does not say where the prompt goes.
    """
    if name == "original":
        return _shipped()[original]
    if name in SHARED:
        return _shipped()[name]
    path = Path(name)
    if not path.is_file():
        raise BadInput(
            f"is {name!r}, which is neither an instruction nor a file",
            f"Give original, {', '.join(SHARED)}, or a text file with {PLACEHOLDER} in it.",
            field="instruction",
        )
    return Instruction(_read(path), source=path.name, licence="unknown")


@cache
def ending() -> str:
    """What follows every instruction, with `REWARD` in it."""
    return _texts()["ending"]["text"]


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("is no UTF-8 text", "Save the instruction as UTF-8.", file=path) from error
    if len(text) > LONGEST:
        raise BadInput(f"has {len(text):,} characters", f"Write at most {LONGEST:,}.", file=path)
    if text.count(PLACEHOLDER) != 1:
        raise BadInput(
            f"has {PLACEHOLDER} {text.count(PLACEHOLDER)} times, and must have it once",
            "It is where the prompt goes.",
            file=path,
        )
    return text


@cache
def _shipped() -> Mapping[str, Instruction]:
    return {
        name: Instruction(about["text"], about["source"], about["licence"])
        for name, about in _texts().items()
    }


@cache
def _texts() -> dict[str, dict[str, str]]:
    file = resources.files(__package__).joinpath("data", "instructions.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
