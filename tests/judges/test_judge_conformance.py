"""Every check is tested on a judge broken in just that way."""

import numpy as np
import pytest
from judge_toys import GreyJudge, gradient, grey

from widespectrum.errors import BadInput, MissingWeights
from widespectrum.judges import check_judge

IMAGES = [grey(30), gradient(), grey(200, (7, 9)), gradient(120)]


class Nameless(GreyJudge):
    name = ""


class Short(GreyJudge):
    def rate(self, images, dimensions):
        return super().rate(images, dimensions)[..., :2]


class Double(GreyJudge):
    def rate(self, images, dimensions):
        return super().rate(images, dimensions).astype(np.float64)


class WholeVocabulary(GreyJudge):
    def rate(self, images, dimensions):
        return super().rate(images, dimensions) * np.float32(0.6)


class Restless(GreyJudge):
    def __init__(self):
        self.calls = 0

    def rate(self, images, dimensions):
        self.calls += 1
        rated = super().rate(images, dimensions)
        return rated[..., ::-1].copy() if self.calls % 2 else rated


class Sorting(GreyJudge):
    def rate(self, images, dimensions):
        return super().rate(images, sorted(dimensions))


class RightPadded(GreyJudge):
    """Reads every row at the longest question's end: a short one beside it moves."""

    def rate(self, images, dimensions):
        rated = super().rate(images, dimensions)
        if len({len(dimension) for dimension in dimensions}) > 1:
            shortest = min(range(len(dimensions)), key=lambda place: len(dimensions[place]))
            rated[:, shortest] = 1 / 3
        return rated


class NormalisesTheBatch(GreyJudge):
    def rate(self, images, dimensions):
        rated = super().rate(images, dimensions)
        if len(rated):
            rated += 0.2 * (rated.mean(axis=0, keepdims=True) - rated)
        return rated


class Fragile(GreyJudge):
    def rate(self, images, dimensions):
        if not images:
            raise IndexError("no images")
        return super().rate(images, dimensions)


class Scribbler(GreyJudge):
    def rate(self, images, dimensions):
        rated = super().rate(images, dimensions)
        for image in images:
            image.putpixel((0, 0), (1, 2, 3))
        return rated


class OnlySquares(GreyJudge):
    def rate(self, images, dimensions):
        if any(image.width > 100 * image.height for image in images):
            raise ValueError("too wide")
        return super().rate(images, dimensions)


class KnowsEverything(GreyJudge):
    def measure(self, image, dimension):
        return super().measure(image, "richness" if dimension == "richness" else "color brightness")

    def rate(self, images, dimensions):
        known = [d if d in self.dimensions else "richness" for d in dimensions]
        return super().rate(images, known)


class Counting(GreyJudge):
    def __init__(self):
        self.calls = 0

    @property
    def fingerprint(self):
        return f"call {self.calls}"

    def rate(self, images, dimensions):
        self.calls += 1
        return super().rate(images, dimensions)


def test_a_good_judge_passes_everything():
    report = check_judge(GreyJudge(), IMAGES, again=GreyJudge)
    assert report.passed, report.failed
    assert report.to_json()["passed"] is True


@pytest.mark.parametrize(
    ("judge", "check"),
    [
        (Nameless, "contract"),
        (Short, "answers"),
        (Double, "answers"),
        (WholeVocabulary, "probabilities"),
        (Restless, "deterministic"),
        (Sorting, "order"),
        (RightPadded, "neighbours"),
        (NormalisesTheBatch, "neighbours"),
        (Fragile, "empty"),
        (Scribbler, "inputs kept"),
        (OnlySquares, "odd images"),
        (KnowsEverything, "unknown dimension"),
        (Counting, "fingerprint"),
    ],
)
def test_a_broken_judge_fails_the_check_that_is_meant(judge, check):
    report = check_judge(judge(), IMAGES, again=judge)
    assert check in report.failed
    result = next(result for result in report.results if result.name == check)
    assert result.remedy


def test_what_follows_from_a_failure_stays_open():
    report = check_judge(Short(), IMAGES)
    assert report.failed == ("answers",)
    assert {r.name for r in report.results if r.passed is None} >= {"probabilities", "neighbours"}


def test_a_judge_whose_weights_are_missing_is_not_called_broken():
    class Away(GreyJudge):
        def rate(self, images, dimensions):
            raise MissingWeights("not here", "Get them.")

    with pytest.raises(MissingWeights):
        check_judge(Away(), IMAGES)


def test_too_little_to_check_with():
    with pytest.raises(BadInput, match="too few"):
        check_judge(GreyJudge(), IMAGES[:1])


@pytest.mark.parametrize("wording", ["paper", "plain"])
def test_the_qwen3vl_judge_keeps_its_contract(tiny_folder, wording):
    from widespectrum.judges import load_judge

    def make():
        settings = {"path": str(tiny_folder), "size": 64, "dtype": "float32", "wording": wording}
        return load_judge("judge-qwen3vl", **settings)

    dimensions = ("color brightness", "detail refinement", "richness")
    report = check_judge(make(), dimensions=dimensions, again=make)
    assert report.passed, [r for r in report.results if not r.passed]
