"""What a trained model can do, measured on held-out scenes through its ordinary scorer.

Choice: the two pictures of a pair under the prompt of each. **Obedience** is the share of pairs in
which the anti prompt picks the anti picture. Agreement: every two pictures of a family under its
ordinary prompts, against the votes of annotators whom training has never met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as pil

from widespectrum.bonsai.prompted import world_pairs
from widespectrum.bonsai.training.corpus import Corpus, assemble
from widespectrum.bonsai.training.families import (
    ANTI,
    ORIGINAL,
    Family,
    draw_family,
)
from widespectrum.bonsai.training.preferences import Dial, all_pairs
from widespectrum.bonsai.world import ATTRIBUTES, draw
from widespectrum.statistics import FourScores

if TYPE_CHECKING:
    from widespectrum.contracts import FloatArray, Image, Scorer

HELD_OUT_ANNOTATORS = 0x4E1D
"""Seed of annotators whom no training has met."""


@dataclass(frozen=True)
class Exam:
    """Held-out families, as scorers and annotators see them."""

    families: tuple[Family, ...]
    corpus: Corpus

    @property
    def prompts(self) -> list[str]:
        """The first wording of every variant, family by family."""
        return [captions[0] for family in self.families for captions in family.captions]

    @property
    def asked(self) -> list[tuple[str, ...]]:
        """The dimensions that each family's anti prompt asks for."""
        return [family.dimensions for family in self.families]

    @property
    def pictures(self) -> list[pil.Image]:
        """The picture of every variant, family by family."""
        return [pil.fromarray(image) for family in self.families for image in family.images]


def draw_exam(count: int, seed: int) -> Exam:
    """`count` families of the held-out split; other seeds, other families."""
    drawn = tuple(draw_family(seed, "test", index) for index in range(count))
    return Exam(drawn, assemble(drawn))


def score_families(scorer: Scorer, exam: Exam, batch: int = 64) -> FloatArray:
    """Every picture under every prompt of its own family, ``(families, prompts, pictures)``."""
    variants = exam.corpus.levels.shape[1]
    grid = np.indices((variants, variants)).reshape(2, -1)  # prompt, picture
    tables = []
    for start in range(0, len(exam.families), batch):
        part = Exam(exam.families[start : start + batch], exam.corpus)
        offset = variants * np.repeat(np.arange(len(part.families)), variants**2)
        prompt, picture = np.tile(grid, len(part.families)) + offset
        scores = scorer.score(part.pictures, part.prompts, np.stack([picture, prompt], axis=1))
        tables.append(scores.reshape(-1, variants, variants))
    return np.concatenate(tables)


def measure_choice(four: FourScores, asked: Sequence[Sequence[str]]) -> dict[str, Any]:
    """How often the prompt's own picture is chosen, overall and per dimension.

    Args:
        four: the four scores of each pair.
        asked: the dimensions that each pair's anti prompt asks for.
    """
    own = four.standardised()
    credit = half_credit(four.margin)
    per_dimension = {}
    for dimension in sorted({name for names in asked for name in names}):
        among = np.array([dimension in names for names in asked])
        alone = np.array([tuple(names) == (dimension,) for names in asked])
        per_dimension[dimension] = {
            "obedience": float(credit[among].mean()),
            "pairs": int(among.sum()),
            "obedience_alone": float(credit[alone].mean()) if alone.any() else None,
            "pairs_alone": int(alone.sum()),
        }
    return {
        "pairs": len(four),
        "obedience": float(credit.mean()),
        "original_accuracy": float(half_credit(four.io_po - four.ia_po).mean()),
        "right_under_both": float(four.obeyed.mean()),
        "taste": float(own.taste.mean()),
        "listening": float(own.listening.mean()),
        "per_dimension": per_dimension,
    }


def four_scores(tables: FloatArray) -> FourScores:
    """Of the original and the anti variant, from what `score_families` returned."""
    return FourScores(
        tables[:, ORIGINAL, ORIGINAL],
        tables[:, ANTI, ORIGINAL],
        tables[:, ORIGINAL, ANTI],
        tables[:, ANTI, ANTI],
    )


def score_world_pairs(
    scorer: Scorer, count: int, seed: int
) -> tuple[FourScores, list[tuple[str, ...]]]:
    """The four scores of held-out pairs as studies make them, and the dimensions asked for.

    The prompts are the template writer's, of two to four dimensions, and for as many pairs of one.
    """
    scores, asked = [], []
    for per_prompt in ((1, 1), (2, 4)):
        made = world_pairs(count // 2, seed, per_prompt=per_prompt, split="test")
        rows = made.frame.select("id", "prompt_original", "prompt_anti", "dimensions").rows()
        for start in range(0, len(rows), 64):
            part = rows[start : start + 64]
            scenes = [made.scenes[name] for name, *_ in part]
            pictures = [(draw(pair.original), draw(pair.anti)) for pair in scenes]
            scores.append(
                score_pairs(scorer, pictures, [(said, anti) for _, said, anti, _ in part]).array
            )
        asked += [tuple(dimensions) for *_, dimensions in rows]
    return FourScores(*np.concatenate(scores).reshape(-1, 4).T), asked


def score_pairs(
    scorer: Scorer, pictures: Sequence[tuple[Image, Image]], prompts: Sequence[tuple[str, str]]
) -> FourScores:
    """The four scores of pairs.

    Args:
        scorer: who scores.
        pictures: the original and the anti picture of each pair.
        prompts: the original and the anti prompt of each pair.
    """
    square = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    pairs = (2 * np.arange(len(pictures))[:, None, None] + square).reshape(-1, 2)
    both = [picture for pair in pictures for picture in pair]
    said = [prompt for pair in prompts for prompt in pair]
    return FourScores(*scorer.score(both, said, pairs).reshape(-1, 4).T)


def measure_agreement(tables: FloatArray, exam: Exam, dial: Dial) -> dict[str, Any]:
    """Agreement with held-out annotators on ordinary prompts.

    Args:
        tables: what `score_families` returned for this exam.
        exam: the families.
        dial: of the population that the annotators are drawn from.
    """
    annotators = dial.population.draw(len(ATTRIBUTES), HELD_OUT_ANNOTATORS)
    pairs = all_pairs(exam.corpus, annotators, HELD_OUT_ANNOTATORS)
    pairs = pairs.take(~pairs.anti & (pairs.share != 0.5))
    margin = (
        tables[pairs.family, pairs.prompt, pairs.first]
        - tables[pairs.family, pairs.prompt, pairs.second]
    )
    sure = np.maximum(pairs.share, 1 - pairs.share) >= dial.agreement
    majority = half_credit(margin * np.sign(pairs.share - 0.5))
    chose_first = half_credit(margin)
    single = chose_first * pairs.share + (1 - chose_first) * (1 - pairs.share)
    return {
        "pairs": len(pairs),
        "majority": float(majority.mean()),
        "majority_where_annotators_agree": float(majority[sure].mean()),
        "pairs_where_annotators_agree": int(sure.sum()),
        "single_annotators": float(single.mean()),
        "ceiling_for_single_annotators": float(np.maximum(pairs.share, 1 - pairs.share).mean()),
    }


def half_credit(margin: Any) -> Any:
    """1 where positive, 0 where negative, a half for ties."""
    return (np.sign(np.asarray(margin, dtype=np.float64)) + 1) / 2


def measure_scorer(scorer: Scorer, count: int, seed: int) -> dict[str, Any]:
    """Choice and agreement of any scorer.

    ``choice`` is on `count` held-out pairs as studies make them; ``choice_unseen_wordings`` on the
    originals and antis of `count` held-out families, in wordings kept from training, where a word
    may never have been met; ``agreement`` on all pictures of these families.
    """
    four, asked = score_world_pairs(scorer, count, seed)
    exam = draw_exam(count, seed)
    tables = score_families(scorer, exam)
    return {
        "scorer": scorer.name,
        "fingerprint": scorer.fingerprint,
        "count": count,
        "seed": seed,
        "choice": measure_choice(four, asked),
        "choice_unseen_wordings": measure_choice(four_scores(tables), exam.asked),
        "agreement": measure_agreement(tables, exam, Dial()),
    }
