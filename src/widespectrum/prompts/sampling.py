"""Sampling: which dimensions each prompt asks for.

The paper draws their number and then the dimensions themselves uniformly, so that after 300 prompts
some dimensions were asked for more often than others. The balanced design asks for every dimension,
and as far as possible for every pair of dimensions, equally often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, islice

from widespectrum.aesthetics import Dimension
from widespectrum.errors import BadInput
from widespectrum.prompts.draws import Draws

MOST_PER_PROMPT = 10
"""Dimensions of one prompt. Fewer than 70 words have no room for more."""

_TRIES = 10_000
"""Plain draws before we say that there is no set without conflict."""


def sample_dimensions(
    dimensions: Sequence[Dimension],
    count: int,
    per_prompt: tuple[int, int] = (2, 4),
    seed: int = 0,
    *,
    balanced: bool = True,
    allow_conflicts: bool = False,
) -> list[tuple[Dimension, ...]]:
    """`count` sets of dimensions, in the order in which prompts should name them.

    Args:
        dimensions: the pool.
        count: how many sets.
        per_prompt: smallest and largest set, both included.
        seed: the same seed gives the same sets.
        balanced: every size of set equally often (within one), every dimension equally often
            (within one; where conflicts are avoided, nearly so), pairs spread. Otherwise size and
            set are drawn uniformly, each prompt for itself, as in the paper.
        allow_conflicts: also join dimensions whose low ends pull against each other, as the paper
            did.

    Raises:
        BadInput: the pool cannot give sets of these sizes.
    """
    smallest, largest = per_prompt
    if not 1 <= smallest <= largest:
        raise BadInput(
            f"dimensions per prompt are {smallest}-{largest}",
            "Give two whole numbers from 1 up, the smaller one first, such as 2-4.",
        )
    if len({dimension.key for dimension in dimensions}) != len(dimensions):
        raise BadInput("a dimension is given twice", "Name every dimension once.")
    if largest > len(dimensions):
        raise BadInput(
            f"{largest} dimensions per prompt were asked for, of only {len(dimensions)} there are",
            "Ask for fewer per prompt, or allow more dimensions.",
        )
    if largest > MOST_PER_PROMPT:
        raise BadInput(
            f"{largest} dimensions per prompt were asked for",
            f"Ask for at most {MOST_PER_PROMPT}: a prompt has no room for the effects of more.",
        )
    if count < 1:
        raise BadInput(f"the count is {count}", "Ask for at least one prompt.")
    draw = _balanced if balanced else _plain
    return draw(tuple(dimensions), count, per_prompt, Draws("sampling", seed), allow_conflicts)


def _conflict(one: Dimension, other: Dimension) -> bool:
    return other.key in one.conflicts or one.key in other.conflicts


def _no_set(size: int) -> BadInput:
    return BadInput(
        f"no {size} of these dimensions were found that go together without a conflict",
        "Ask for fewer per prompt, allow more dimensions, or allow conflicts.",
    )


def _plain(
    pool: tuple[Dimension, ...],
    count: int,
    per_prompt: tuple[int, int],
    draws: Draws,
    allow_conflicts: bool,
) -> list[tuple[Dimension, ...]]:
    """Uniform draws. Rejecting sets with a conflict leaves the others equally likely."""
    smallest, largest = per_prompt
    sets: list[tuple[Dimension, ...]] = []
    for _ in range(count):
        size = smallest + draws.below(largest - smallest + 1)
        for _ in range(_TRIES):
            chosen = tuple(islice(draws.shuffled(pool), size))
            if allow_conflicts or not any(_conflict(*pair) for pair in combinations(chosen, 2)):
                sets.append(chosen)
                break
        else:
            raise _no_set(size)
    return sets


def _balanced(
    pool: tuple[Dimension, ...],
    count: int,
    per_prompt: tuple[int, int],
    draws: Draws,
    allow_conflicts: bool,
) -> list[tuple[Dimension, ...]]:
    """Set by set, always the dimension used least so far, then the least used pairs, then chance.

    The sets are shuffled in the end, so that the design does not show in the order of the prompts.
    """
    smallest, largest = per_prompt
    sizes = [smallest + i % (largest - smallest + 1) for i in range(count)]
    used: Counter[str] = Counter()
    paired: Counter[frozenset[str]] = Counter()

    def fill(chosen: list[Dimension], left: list[Dimension], size: int) -> list[Dimension] | None:
        if len(chosen) == size:
            return chosen
        free = [
            d for d in left if allow_conflicts or not any(_conflict(d, other) for other in chosen)
        ]
        free.sort(key=lambda d: (used[d.key], sum(paired[_pair(d, other)] for other in chosen)))
        # A dimension that led nowhere is not tried again further down: sets have no order.
        for i in range(len(free) - (size - len(chosen)) + 1):
            complete = fill([*chosen, free[i]], free[i + 1 :], size)
            if complete is not None:
                return complete
        return None

    sets: list[tuple[Dimension, ...]] = []
    for size in draws.shuffled(sizes):
        chosen = fill([], draws.shuffled(pool), size)
        if chosen is None:
            raise _no_set(size)
        used.update(d.key for d in chosen)
        paired.update(_pair(*pair) for pair in combinations(chosen, 2))
        sets.append(tuple(draws.shuffled(chosen)))
    return draws.shuffled(_evened(sets, pool, allow_conflicts))


def _evened(
    sets: list[tuple[Dimension, ...]], pool: tuple[Dimension, ...], allow_conflicts: bool
) -> list[tuple[Dimension, ...]]:
    """Put a rarer dimension in the place of a more frequent one wherever a set allows it.

    Conflicts can lead the greedy design to spend a dimension early that large sets need later.
    Every exchange makes the sum of squared frequencies smaller, so this ends.
    """
    sets = list(sets)
    used = Counter(d.key for chosen in sets for d in chosen)

    def exchange() -> bool:
        for frequent in sorted(pool, key=lambda d: -used[d.key]):
            for rare in sorted(pool, key=lambda d: used[d.key]):
                if used[frequent.key] - used[rare.key] < 2:
                    break
                for row, chosen in enumerate(sets):
                    others = [d for d in chosen if d is not frequent]
                    if len(others) == len(chosen) or rare in chosen:
                        continue
                    if allow_conflicts or not any(_conflict(rare, other) for other in others):
                        sets[row] = tuple(rare if d is frequent else d for d in chosen)
                        used[frequent.key] -= 1
                        used[rare.key] += 1
                        return True
        return False

    while exchange():
        pass
    return sets


def _pair(one: Dimension, other: Dimension) -> frozenset[str]:
    return frozenset((one.key, other.key))
