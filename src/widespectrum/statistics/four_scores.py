"""The variable in which our domain is small: a 2 x 2 array of scores per image pair.

A scorer r sees two images (original I_o, anti I_a) under two prompts (original p_o, anti p_a). The
four scores of a pair are a matrix ``s[image variant, prompt variant]``, and every question about
the scorer is one contrast on it. Its four orthogonal contrasts are the level, the effect of the
prompt, the effect of the image (*taste*) and the interaction of the two (*listening*)::

    taste     = [(io_po + io_pa) - (ia_po + ia_pa)] / 2
    listening = [(io_po + ia_pa) - (io_pa + ia_po)] / 2

The margins of the image that was asked for are sums of the two::

    io_po - ia_po = listening + taste        under the original prompt
    ia_pa - io_pa = listening - taste        under the anti prompt

so a pair is *obeyed*, that is right under both prompts, exactly when ``listening > |taste|``. A
prompt-blind scorer has equal columns, hence listening 0: it obeys nobody, whatever its taste.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from widespectrum.errors import BadInput
from widespectrum.statistics.arrays import Bools, Floats, vectors
from widespectrum.statistics.results import Estimate

TASTE = np.array([[1, 1], [-1, -1]]) / 2
"""Contrast of the image: positive pulls towards the original image whatever is asked."""
LISTENING = np.array([[1, -1], [-1, 1]]) / 2
"""Interaction of image and prompt: positive prefers the image that the prompt asks for."""


@dataclass(frozen=True, eq=False, init=False)
class FourScores:
    """The four scores of n image pairs by one scorer.

    Args:
        io_po, io_pa, ia_po, ia_pa: ``(n,)`` each; image variant first, prompt variant second.

    Raises:
        BadInput: lengths differ, or a score is NaN or infinite (the message names the row).
    """

    array: Floats
    """``(n, 2, 2)`` float64: pair, image (original, anti), prompt (original, anti)."""

    def __init__(
        self, io_po: ArrayLike, io_pa: ArrayLike, ia_po: ArrayLike, ia_pa: ArrayLike
    ) -> None:
        columns = vectors(io_po=io_po, io_pa=io_pa, ia_po=ia_po, ia_pa=ia_pa)
        object.__setattr__(self, "array", np.stack(columns, axis=1).reshape(-1, 2, 2))

    def __len__(self) -> int:
        return len(self.array)

    def rows(self, where: Bools) -> FourScores:
        """The pairs for which `where`, ``(n,)``, is true."""
        return FourScores(*self.array[where].reshape(-1, 4).T)

    @property
    def io_po(self) -> Floats:
        """r(I_o, p_o), ``(n,)``: ordinary images under their own prompts."""
        return self.array[:, 0, 0]

    @property
    def io_pa(self) -> Floats:
        """r(I_o, p_a), ``(n,)``."""
        return self.array[:, 0, 1]

    @property
    def ia_po(self) -> Floats:
        """r(I_a, p_o), ``(n,)``."""
        return self.array[:, 1, 0]

    @property
    def ia_pa(self) -> Floats:
        """r(I_a, p_a), ``(n,)``."""
        return self.array[:, 1, 1]

    @property
    def margin(self) -> Floats:
        """ia_pa - io_pa, ``(n,)``: positive where the anti prompt gets its image (table 1)."""
        return self.ia_pa - self.io_pa

    @property
    def taste(self) -> Floats:
        """Main effect of the image, ``(n,)``, in the scorer's units; see the module."""
        return _contrast(self.array, TASTE)

    @property
    def listening(self) -> Floats:
        """Interaction of image and prompt, ``(n,)``, in the scorer's units; see the module."""
        return _contrast(self.array, LISTENING)

    @property
    def obeyed(self) -> Bools:
        """Right under both prompts, ``(n,)``: listening > |taste|. A score tie is not obeyed.

        Computed from the two comparisons, which are exact; the contrasts round.
        """
        return (self.io_po > self.ia_po) & (self.ia_pa > self.io_pa)

    @property
    def scale(self) -> Estimate:
        """Standard deviation of io_po with n - 1 in the denominator: the scorer's yardstick.

        Undefined with fewer than two pairs, and where every io_po is the same.
        """
        if len(self) < 2:
            return Estimate(None, len(self), "a standard deviation needs two pairs")
        # The mean of equal values may be rounded, which leaves a tiny deviation: compare instead.
        if np.ptp(self.io_po) == 0:
            return Estimate(None, len(self), "io_po is the same in every pair")
        return Estimate(float(np.std(self.io_po, ddof=1)), len(self))

    def standardised(self, scale: float | None = None) -> FourScores:
        """The scores in units of `scale`, so that scorers with different ranges can be compared.

        Args:
            scale: the unit, positive; by default these pairs' own `scale`. Give the scale of the
                whole table when the pairs are a part of it.

        Raises:
            BadInput: the scale is undefined or not positive.
        """
        if scale is None:
            own = self.scale
            if own.value is None:
                raise BadInput(
                    f"the scores have no scale: {own.reason}",
                    "Give the scale of a larger set of pairs, or leave the scores as they are.",
                    field="io_po",
                )
            scale = own.value
        if not (np.isfinite(scale) and scale > 0):
            raise BadInput(f"scale must be positive, is {scale}", field="scale")
        return FourScores(*(self.array / scale).reshape(-1, 4).T)


def _contrast(array: Floats, signs: Floats) -> Floats:
    return np.asarray(np.einsum("nip,ip->n", array, signs))
