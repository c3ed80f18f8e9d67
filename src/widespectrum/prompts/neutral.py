"""The neutral rewrite p_n: the caption with as many words as the anti prompt, in ordinary style.

An anti prompt differs from its caption in three ways: it is reworded, it is longer, and it asks for
effects. p_n is reworded and longer too and asks for nothing, so that what a scorer does with p_a
and not with p_n is owed to the effects. The words around the caption say of an ordinary photograph
what holds of ordinary photographs.
"""

from __future__ import annotations

from widespectrum.errors import BadInput
from widespectrum.prompts.draws import Draws
from widespectrum.prompts.frames import PICTURE_WORDS, with_article
from widespectrum.prompts.grammar import capitalised, fit, word_count

STATEMENTS: tuple[tuple[str, ...], ...] = (
    (
        "is an ordinary one",
        "is one of the usual kind",
        "is much like many others",
        "is of the everyday sort that anybody might take",
    ),
    (
        "came about in passing",
        "dates from an ordinary day",
        "was taken at some time during the week",
    ),
    (
        "follows common practice",
        "was made in the usual way",
        "was made by ordinary means on the usual settings",
    ),
    (
        "records what was there",
        "was meant for general use",
        "serves as a record of what was there",
    ),
    (
        "belongs with many others",
        "belongs to an ordinary collection",
        "is kept together with others of the same kind",
    ),
    (
        "has the usual format",
        "comes in a common format",
        "has the proportions that most of its kind have",
    ),
    (
        "keeps an ordinary distance",
        "was taken from where anyone would stand",
    ),
    (
        "matches its description",
        "shows what these words say",
        "agrees with the description that is given here",
    ),
    (
        "has an everyday purpose",
        "would serve most everyday purposes",
        "was made with no more than everyday use in mind",
    ),
    (
        "needs little explanation",
        "can be described in a few words",
        "is easily summed up in a single line",
    ),
    (
        "could have been taken by anybody",
        "might have come from almost anyone",
    ),
    (
        "holds few surprises",
        "is about what one would expect",
        "turned out much as such things usually do",
    ),
)
"""What can be said of a picture without asking for anything: no look, and no thing that a generator
could draw. One prompt makes at most one statement of each group."""

_LEADS = (
    "scene:",
    "its subject:",
    "it shows this:",
    "this is the scene:",
    "it shows the following scene:",
)
"""Between the statements and the caption; of one to five words."""

_LONE_LEADS = (
    "pictured:",
    "{a_picture}:",
    "an ordinary {picture}:",
    "an ordinary everyday {picture}:",
    "{a_picture} like many others:",
)
"""In front of the caption where there is no room for a statement; of one to five words in turn."""


MOST_SPARE = sum(max(map(word_count, group)) + 1 for group in STATEMENTS) + 1
"""Words around a caption at most."""


def neutral_rewrite(caption: str, anti: str, seed: int) -> str:
    """The caption in as many words as `anti`, in ordinary style.

    Exactly as many, whenever `anti` has more words than the caption; where it has not, the caption
    itself, since a caption is never cut. The caption stands first where it stands first in `anti`,
    and else last, so that a scorer with a token limit cuts both prompts in the same place.

    Args:
        caption: visible text on one line, of any shape, in any script.
        anti: the anti prompt to match.
        seed: decides between wordings.

    Raises:
        BadInput: `anti` is more than `MOST_SPARE` words longer than the caption.
    """
    fitted = fit(caption)
    spare = word_count(anti) - word_count(caption)
    if spare > MOST_SPARE:
        raise BadInput(
            f"is {spare} words longer than its caption; a neutral rewrite can match {MOST_SPARE}",
            "Write shorter prompts, or leave the neutral rewrite out.",
            field="prompt_anti",
        )
    if spare <= 0:
        return fitted.opening + fitted.stop
    draws = Draws("neutral", seed, caption)
    picture = draws.pick(PICTURE_WORDS)
    if anti.startswith(fitted.opening):
        said = _statements(spare, picture, draws)
        if said is not None:
            return f"{fitted.opening}{fitted.stop} {said}"
    else:
        for lead in draws.shuffled(_LEADS):
            said = _statements(spare - word_count(lead), picture, draws)
            if said is not None:
                return f"{said} {capitalised(lead)} {fitted.inside}{fitted.stop}"
    lone = _LONE_LEADS[spare - 1].format(picture=picture, a_picture=with_article(picture))
    return f"{capitalised(lone)} {fitted.inside}{fitted.stop}"


def _statements(words: int, picture: str, draws: Draws) -> str | None:
    """Sentences about the picture of exactly so many words; ``None`` if there are none.

    A statement costs its own words and one for its "it" (or the "and" that joins it to the one
    before); the first costs one more, for "the picture".
    """
    groups = draws.shuffled(STATEMENTS)
    # reach[i]: the sums that statements from groups i, i + 1, ... can make.
    reach: list[set[int]] = [{0}]
    for group in reversed(groups):
        costs = {word_count(statement) + 1 for statement in group}
        reach.insert(0, reach[0] | {cost + total for cost in costs for total in reach[0]})
    left = words - 1
    if left <= 0 or left not in reach[0]:
        return None
    chosen: list[str] = []
    for group, later in zip(groups, reach[1:], strict=True):
        fitting = [s for s in group if left - word_count(s) - 1 in later]
        if fitting:
            # The longer of two draws: fewer statements read better than many short ones.
            chosen.append(max(draws.pick(fitting), draws.pick(fitting), key=word_count))
            left -= word_count(chosen[-1]) + 1
    return _sentences(chosen, picture, draws)


def _sentences(statements: list[str], picture: str, draws: Draws) -> str:
    """The statements in sentences of one or two."""
    sentences: list[list[str]] = []
    for statement in statements:
        joins = bool(sentences) and len(sentences[-1]) == 1 and draws.below(4) > 0
        # "It was made here and was made there" is nobody's English.
        if joins and sentences[-1][0].split()[:2] != statement.split()[:2]:
            sentences[-1].append(statement)
        else:
            sentences.append([statement])
    subjects = [f"The {picture}"] + ["It"] * (len(sentences) - 1)
    return " ".join(
        f"{subject} {' and '.join(sentence)}."
        for subject, sentence in zip(subjects, sentences, strict=True)
    )
