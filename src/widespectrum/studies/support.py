"""What generators cannot do is said before anything is painted.

A generator that states no facts is believed to take everything; it then fails request by request,
and each failure says why.
"""

from __future__ import annotations

from collections.abc import Sequence

from widespectrum.contracts import Generator
from widespectrum.errors import BadInput
from widespectrum.generators import generator_facts


def refuse_unsupported(
    generators: Sequence[Generator], *, start_image: bool = False, negative: bool = False
) -> None:
    """Check what is about to be asked against what generators state about themselves.

    Args:
        generators: who will be asked.
        start_image: they will be given a picture to begin with.
        negative: they will be given a negative prompt.

    Raises:
        BadInput: names the generators that do not take it, and those that do.
    """
    for asked, attribute, what in (
        (start_image, "takes_start_image", "does not paint from a picture (image to image)"),
        (negative, "takes_negative", "ignores a negative prompt, with these settings"),
    ):
        if not asked:
            continue
        takes = [(each.name, _states(each, attribute)) for each in generators]
        unable = [name for name, able in takes if not able]
        if unable:
            able = [name for name, able in takes if able]
            raise BadInput(
                f"{', '.join(unable)} {what}",
                f"Leave {'it' if len(unable) == 1 else 'them'} out"
                + (f"; {', '.join(able)} can." if able else ", and name others."),
            )


def _states(generator: Generator, attribute: str) -> bool:
    facts = generator_facts(generator)
    return facts is None or bool(getattr(facts, attribute))
