import numpy as np
import pytest
from misbehaving import picture

from widespectrum.choosers import ScorerChooser, load_chooser
from widespectrum.contracts import Contest, Failure, ScorerFacts
from widespectrum.errors import BadInput, UnknownName


class Redness:
    """Scores how red an image is, or how blue if the prompt says so."""

    name = "redness"
    fingerprint = "r"
    facts = ScorerFacts(prompt_aware=True)
    calls = 0

    def tokens(self, prompts):
        return np.full(len(prompts), -1)

    def score(self, images, prompts, pairs):
        self.calls += 1
        self.seen = len(images), len(prompts), len(pairs)
        channels = [2 if "blue" in prompts[p] else 0 for _, p in pairs]
        values = [images[i].getpixel((0, 0))[c] for (i, _), c in zip(pairs, channels, strict=True)]
        return np.array(values, dtype=np.float32)


RED, BLUE, DIM = picture("red"), picture("blue"), picture((250, 0, 0))


def test_the_image_with_the_higher_score_wins_and_everything_is_passed_once():
    scorer = Redness()
    contests = [
        Contest(RED, BLUE, "red"),
        Contest(RED, BLUE, "blue"),
        Contest(DIM, RED, "red"),
        Contest(RED, RED, "red"),
    ]
    choices = ScorerChooser(scorer).choose(contests)
    assert [choice.verdict for choice in choices] == [0, 1, 1, -1]
    assert choices[0].details == {"scores": [255.0, 0.0]}
    assert (scorer.calls, scorer.seen) == (1, (3, 2, 8))


def test_a_margin_makes_ties_and_is_part_of_the_identity():
    scorer = Redness()
    near = [Contest(DIM, RED, "red")]
    assert ScorerChooser(scorer, margin=5).choose(near)[0].verdict == -1
    assert ScorerChooser(scorer, margin=4.9).choose(near)[0].verdict == 1
    assert ScorerChooser(scorer).fingerprint != ScorerChooser(scorer, margin=5).fingerprint


def test_a_score_that_is_none_is_a_failure():
    class Broken(Redness):
        def score(self, images, prompts, pairs):
            return np.array([np.nan, 1.0], dtype=np.float32)

    failure = ScorerChooser(Broken()).choose([Contest(RED, BLUE, "red")])[0]
    assert isinstance(failure, Failure)
    assert failure.kind == "invalid_result"


@pytest.mark.parametrize("margin", [-1.0, float("nan"), float("inf")])
def test_a_margin_is_a_distance(margin):
    with pytest.raises(BadInput):
        ScorerChooser(Redness(), margin=margin)


def test_by_name():
    chooser = load_chooser("by-score@scorer=brightness,margin=0.01")
    assert chooser.name == "by-score@margin=0.01,scorer=brightness"
    white, black = picture("white"), picture("black")
    assert chooser.choose([Contest(black, white, "x")])[0].verdict == 1
    with pytest.raises(UnknownName):
        load_chooser("by-score@scorer=no-such-scorer")


def test_nothing_to_choose():
    assert ScorerChooser(Redness()).choose([]) == []
