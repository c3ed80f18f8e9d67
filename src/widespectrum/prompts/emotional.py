"""Emotion prompts: a caption of a person with a slot ``[emotion]``, to be filled with adjectives.

Nothing else in the prompt may hint at a feeling, and the face must be large enough to be read. The
slot stands where every adjective fits ("looks [emotion]"), never behind an article.
"""

from __future__ import annotations

from widespectrum.aesthetics import Emotion
from widespectrum.contracts import Failure
from widespectrum.errors import BadInput
from widespectrum.prompts.draws import Draws
from widespectrum.prompts.grammar import fit
from widespectrum.prompts.people import mentions_people
from widespectrum.prompts.texts import TextItem, WrittenText

SLOT = "[emotion]"

_FRAMES = (
    "{opening}{stop} The face is close to the camera and looks [emotion].",
    "{opening}{stop} Seen from close up, the face looks [emotion].",
    "{opening}{stop} The person faces the camera from close by and looks [emotion].",
)


def write_emotional(item: TextItem) -> WrittenText | Failure:
    """The caption, and a sentence that shows the face and holds the slot."""
    caption = item.fields["caption"]
    if not mentions_people(caption):
        return Failure(BadInput.kind, "the caption names no person, so there is no face to show")
    fitted = fit(caption)
    frame = Draws("emotional", item.seed, caption).pick(_FRAMES)
    return WrittenText(frame.format(opening=fitted.opening, stop=fitted.stop))


def fill_slot(prompt: str, emotion: Emotion) -> str:
    """The prompt with the emotion's adjective in its slot.

    Raises:
        BadInput: the prompt does not have the slot exactly once.
    """
    if prompt.count(SLOT) != 1:
        raise BadInput(
            f"has {prompt.count(SLOT)} slots {SLOT}", "Write it exactly once.", field="prompt"
        )
    return prompt.replace(SLOT, emotion.adjective)
