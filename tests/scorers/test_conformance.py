"""A zoo of scorers, each broken in one way, and the one check that must say so."""

import itertools

import numpy as np
import pytest
from PIL import Image
from scorer_toys import GoodScorer, grey

from widespectrum.contracts import ScorerFacts
from widespectrum.encodings import current_store
from widespectrum.errors import BadInput, MissingExtra
from widespectrum.scorers import as_scorer, check_scorer, load_scorer, pixel_digest
from widespectrum.scorers.checks import CHECKS
from widespectrum.scorers.probes import probe_images

ZOO = []


def broken(check):
    """The animal below must fail exactly this check."""

    def put_into_zoo(animal):
        ZOO.append(pytest.param(animal, check, id=f"{check}-{animal.__name__}"))
        return animal

    return put_into_zoo


@broken("contract")
class WithoutTokens(GoodScorer):
    tokens = property()


@broken("contract")
class Anonymous(GoodScorer):
    name = ""


@broken("contract")
class NumberedFingerprint(GoodScorer):
    fingerprint = 17


@broken("contract")
class FactsInProse(GoodScorer):
    facts = {"prompt_aware": True}  # noqa: RUF012


@broken("contract")
class Undecided(GoodScorer):
    facts = ScorerFacts(prompt_aware=None)


@broken("contract")
class RangeUpsideDown(GoodScorer):
    facts = ScorerFacts(prompt_aware=True, range=(1.0, 0.0))


@broken("contract")
class NoRoomForTokens(GoodScorer):
    facts = ScorerFacts(prompt_aware=True, token_limit=0)


@broken("answers")
class ReturnsList(GoodScorer):
    def score(self, images, prompts, pairs):
        return super().score(images, prompts, pairs).tolist()


@broken("answers")
class DoublePrecision(GoodScorer):
    def score(self, images, prompts, pairs):
        return super().score(images, prompts, pairs).astype(np.float64)


@broken("answers")
class ReturnsColumn(GoodScorer):
    def score(self, images, prompts, pairs):
        return super().score(images, prompts, pairs)[:, None]


@broken("answers")
class ScoresEverything(GoodScorer):
    """All images under all prompts, in a table of its own: one prompt too many."""

    def score(self, images, prompts, pairs):
        every = list(itertools.product(range(len(images)), range(len(prompts))))
        return super().score(images, prompts, every + every[:1])


@broken("answers")
class Falls(GoodScorer):
    def one(self, image, prompt):
        raise KeyError("weights")


@broken("finite")
class DividesByZero(GoodScorer):
    def one(self, image, prompt):
        return float("nan") if "dogs" in prompt else super().one(image, prompt)


@broken("deterministic")
class Moody(GoodScorer):
    def __init__(self):
        self.moods = itertools.count()

    def one(self, image, prompt):
        return super().one(image, prompt) + next(self.moods) % 7


@broken("order")
class AddsPlace(GoodScorer):
    def score(self, images, prompts, pairs):
        scores = super().score(images, prompts, pairs)
        return scores + np.arange(len(scores), dtype=np.float32)


@broken("order")
class SortsAndForgets(GoodScorer):
    def score(self, images, prompts, pairs):
        return np.sort(super().score(images, prompts, pairs))


@broken("order")
class IgnoresPairs(GoodScorer):
    """Takes for granted that pairs are all combinations, image by image."""

    def score(self, images, prompts, pairs):
        every = itertools.product(range(len(images)), range(len(prompts)))
        return super().score(images, prompts, list(itertools.islice(every, len(pairs))))


@broken("neighbours")
class NormalisesBatch(GoodScorer):
    def score(self, images, prompts, pairs):
        scores = super().score(images, prompts, pairs)
        return scores - (scores.mean() if len(scores) else 0)


@broken("neighbours")
class ComparesWithOtherImages(GoodScorer):
    def score(self, images, prompts, pairs):
        lightest = max([1.0, *(self.one(image, "") for image in images)])
        return super().score(images, prompts, pairs) / np.float32(lightest)


@broken("repeats")
class DropsRepeats(GoodScorer):
    def score(self, images, prompts, pairs):
        return super().score(images, prompts, list(dict.fromkeys(map(tuple, pairs))))


@broken("repeats")
class TiresOfRepeats(GoodScorer):
    def score(self, images, prompts, pairs):
        scores, seen = super().score(images, prompts, pairs), set()
        for place, pair in enumerate(map(tuple, pairs)):
            scores[place] -= 50 * (pair in seen)
            seen.add(pair)
        return scores


@broken("empty batch")
class NeedsAPair(GoodScorer):
    def score(self, images, prompts, pairs):
        return np.stack([super(NeedsAPair, self).score(images, prompts, [p])[0] for p in pairs])


@broken("empty batch")
class NeedsAnImage(GoodScorer):
    def score(self, images, prompts, pairs):
        assert images[0]
        return super().score(images, prompts, pairs)


@broken("inputs kept")
class ShrinksImages(GoodScorer):
    def score(self, images, prompts, pairs):
        scores = super().score(images, prompts, pairs)
        for image in images:
            image.thumbnail((8, 8))
        return scores


@broken("inputs kept")
class PaintsOver(GoodScorer):
    def score(self, images, prompts, pairs):
        scores = super().score(images, prompts, pairs)
        for image in images:
            image.paste((1, 2, 3), (0, 0, 1, 1))
        return scores


@broken("inputs kept")
class ShoutsPrompts(GoodScorer):
    def score(self, images, prompts, pairs):
        prompts[:] = [prompt.upper() for prompt in prompts]
        return super().score(images, prompts, pairs)


@broken("inputs kept")
class TurnsPairsRound(GoodScorer):
    def score(self, images, prompts, pairs):
        scores = super().score(images, prompts, pairs)
        pairs[:] = pairs[::-1].copy()
        return scores


@broken("odd images")
class NeedsEightPixels(GoodScorer):
    def one(self, image, prompt):
        assert min(image.size) >= 8
        return super().one(image, prompt)


@broken("odd images")
class TakesLogarithm(GoodScorer):
    def one(self, image, prompt):
        light = np.asarray(image.convert("L"), dtype=np.float64).mean()
        return super().one(image, prompt) if light > 0 else float("-inf")


@broken("odd prompts")
class ReadsFirstWord(GoodScorer):
    def one(self, image, prompt):
        return super().one(image, prompt.split()[0])


@broken("odd prompts")
class SpeaksAscii(GoodScorer):
    def one(self, image, prompt):
        prompt.encode("ascii")
        return super().one(image, prompt)


@broken("odd prompts")
class ShortOfBreath(GoodScorer):
    def one(self, image, prompt):
        if len(prompt) > 2_000:
            raise IndexError("index out of range in self")
        return super().one(image, prompt)


@broken("tokens")
class CountsInList(GoodScorer):
    def tokens(self, prompts):
        return [len(prompt) for prompt in prompts]


@broken("tokens")
class CountsHalves(GoodScorer):
    def tokens(self, prompts):
        return np.array([len(prompt) / 2 for prompt in prompts])


@broken("tokens")
class CountsOnce(GoodScorer):
    def tokens(self, prompts):
        return np.array([sum(map(len, prompts))])


@broken("tokens")
class CountsBackwards(GoodScorer):
    def tokens(self, prompts):
        return np.array([10_000 - len(prompt) for prompt in prompts], dtype=np.int64)


@broken("tokens")
class CannotCount(GoodScorer):
    def tokens(self, prompts):
        raise NotImplementedError


@broken("prompt")
class DeafAndDenies(GoodScorer):
    def one(self, image, prompt):
        return super().one(image, "")


@broken("prompt")
class ReadsInSecret(GoodScorer):
    facts = ScorerFacts(prompt_aware=False)


@broken("range")
class Exceeds(GoodScorer):
    facts = ScorerFacts(prompt_aware=True, range=(0.0, 100.0))


@broken("fingerprint")
class NewEveryTime(GoodScorer):
    def __init__(self):
        self.fingerprint = f"made at {id(self)}"


@broken("fingerprint")
class ChangesByUse(GoodScorer):
    def __init__(self):
        self.uses = 0

    @property
    def fingerprint(self):
        return f"used {self.uses} times"

    def score(self, images, prompts, pairs):
        self.uses += 1
        return super().score(images, prompts, pairs)


@pytest.mark.parametrize(("animal", "check"), ZOO)
def test_each_fault_is_caught_by_its_check_alone(animal, check):
    keep = []  # so that no address is used twice

    def again():
        keep.append(animal())
        return keep[-1]

    report = check_scorer(again(), again=again)
    assert report.failed == (check,)
    assert not report.passed
    (result,) = (result for result in report.results if result.passed is False)
    assert result.detail
    assert result.remedy


def test_every_check_has_an_animal():
    assert {param.values[1] for param in ZOO} == {check.name for check in CHECKS}


def test_an_honest_animal_passes():
    report = check_scorer(GoodScorer(), again=GoodScorer)
    assert report.passed, report.failed
    assert report.prompt_aware
    assert [result.name for result in report.results] == [check.name for check in CHECKS]


@pytest.mark.parametrize("name", ["sharpness", "colourfulness", "brightness", "wordmeter"])
def test_shipped_scorers_pass(name):
    report = check_scorer(load_scorer(name), again=lambda: load_scorer(name))
    assert report.passed, report.failed
    assert report.prompt_aware is (name == "wordmeter")


def test_what_cannot_be_asked_stays_open():
    report = check_scorer(DividesByZero())
    by_name = {result.name: result for result in report.results}
    assert by_name["deterministic"].passed is None
    assert by_name["order"].passed is None
    assert "finite" in by_name["order"].detail
    assert by_name["tokens"].passed
    assert report.prompt_aware is None


def test_rounding_in_a_batch_is_no_fault_and_more_is():
    class Half(GoodScorer):
        """The score of a pair alone is a little off, as it is in half precision."""

        def __init__(self, move):
            self.move = move

        def score(self, images, prompts, pairs):
            scores = super().score(images, prompts, pairs)
            return scores + np.float32(self.move * (len(scores) == 1))

    spread = 60  # about the standard deviation of the good scorer on the probes
    assert check_scorer(Half(0.001 * spread)).passed
    assert check_scorer(Half(0.02 * spread)).failed == ("neighbours",)
    assert check_scorer(Half(0.02 * spread), tolerance=0.2).passed


def test_images_and_prompts_of_ones_own():
    def only_red(images, prompts):
        return [
            i.getpixel((0, 0))[0] + 9 * ("red" in p) for i, p in zip(images, prompts, strict=True)
        ]

    images = [grey(10), Image.new("RGB", (4, 4), (200, 0, 0))]
    assert check_scorer(as_scorer(only_red), images, ["a red thing", "a thing"]).passed
    # Without a prompt that it knows, it looks deaf.
    assert check_scorer(as_scorer(only_red), images, ["a cat", "a dog"]).failed == ("prompt",)


@pytest.mark.parametrize(("images", "prompts"), [([], None), ([grey(1)], None), (None, ["one"])])
def test_too_little_to_check_with_is_refused(images, prompts):
    with pytest.raises(BadInput, match="too few"):
        check_scorer(GoodScorer(), images, prompts)


def test_a_scorer_that_cannot_work_here_is_not_called_broken():
    class Uninstalled(GoodScorer):
        def score(self, images, prompts, pairs):
            raise MissingExtra("torch is not installed", "pip install 'widespectrum[hub]'")

    with pytest.raises(MissingExtra):
        check_scorer(Uninstalled())


def test_probe_images_are_the_same_every_time_and_all_different():
    first, second = ([pixel_digest(image) for image in probe_images()] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)


def test_nothing_is_kept_or_found_while_a_scorer_is_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("WIDESPECTRUM_ENCODINGS", str(tmp_path))
    stores = []

    class Watching(GoodScorer):
        def score(self, images, prompts, pairs):
            stores.append(current_store())
            return super().score(images, prompts, pairs)

    assert check_scorer(Watching()).passed
    assert set(stores) == {None}
    assert current_store() is not None
