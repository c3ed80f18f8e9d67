import numpy as np
import pytest
from scorer_toys import grey, noise

from widespectrum.aesthetics import load_visionreward
from widespectrum.errors import BadInput, InvalidResult, UnknownName
from widespectrum.scorers import check_scorer, load_scorer
from widespectrum.scorers.visionreward import load_checklist

CHECKLIST = load_checklist()

JUDGE = """
import numpy as np

class Levels:
    '''Rates everything by the mean level of the picture.'''
    name = "levels"

    def __init__(self, *, only="", fingerprint="levels-1"):
        self.fingerprint = fingerprint
        if only:
            self.dimensions = (only,)

    def rate(self, images, dimensions):
        levels = [np.asarray(image.convert("L"), float).mean() / 255 for image in images]
        one = [[(1 - level) ** 2, 2 * level * (1 - level), level**2] for level in levels]
        return np.repeat(np.array(one, np.float32).reshape(-1, 1, 3), len(dimensions), axis=1)
"""

VQA = """
def shows(images, prompts):
    return [len(prompt) % 7 / 7 for prompt in prompts]

def wrong(images, prompts):
    return [1.5 for _ in prompts]
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "judges.py").write_text(JUDGE)
    (tmp_path / "vqa.py").write_text(VQA)
    return tmp_path


def scorer(files, vqa=None, **judge):
    settings = "@" + ",".join(f"{k}={v}" for k, v in judge.items()) if judge else ""
    named = {"judge": f"{files / 'judges.py'}:Levels{settings}"}
    if vqa:
        named["vqa"] = f"{files / 'vqa.py'}:{vqa}"
    return load_scorer("visionreward-by-judge", **named)


def test_the_checklist_is_visionrewards():
    weights = [item.weight for item in CHECKLIST.items]
    assert len(CHECKLIST.items) == 30
    assert [item.mask for item in CHECKLIST.items[:4]] == ["body", "face", "hands", None]
    assert sum(weight > 0 for weight in weights) == 27
    assert sum(weights) == pytest.approx(2.5369059109, abs=1e-10)
    assert CHECKLIST.vqa_weight == 2.3542882631150923
    assert [
        sum(i.gated_by == mask for i in CHECKLIST.items) for mask in ("body", "face", "hands")
    ] == [5, 2, 1]
    # Harm is asked about only where there is a body.
    assert [item.gated_by for item in CHECKLIST.items[28:]] == ["body", "body"]
    assert all("harmfulness" in item.question for item in CHECKLIST.items[28:])


def test_all_yes_and_all_no_are_the_ends():
    assert CHECKLIST.weigh(lambda question: True) == pytest.approx(2.5369059109)
    # No body, face or hands: what they gate counts nothing.
    gated = sum(item.weight for item in CHECKLIST.items if item.gated_by)
    assert CHECKLIST.weigh(lambda question: False) == pytest.approx(gated - 2.5369059109)


def test_a_mask_frees_its_own_questions_only():
    face = {"Is there a human face in the image?"}
    without = CHECKLIST.weigh(lambda question: False)
    with_face = CHECKLIST.weigh(face.__contains__)
    two = sum(item.weight for item in CHECKLIST.items if item.gated_by == "face")
    assert with_face == pytest.approx(without - two)  # seen, and both answered no
    good = {*face, "Does the human face avoid errors?", "Does the human face avoid serious errors?"}
    assert CHECKLIST.weigh(good.__contains__) == pytest.approx(without + two)


def test_a_question_behind_a_closed_mask_is_not_even_asked():
    asked = []
    CHECKLIST.weigh(lambda question: asked.append(question) or False)
    assert len(asked) == 30 - 8
    assert not any("harmfulness" in question for question in asked)


def test_questions_are_answered_from_dimensions_that_were_annotated():
    known = load_visionreward()
    for item in CHECKLIST.items:
        assert (item.dimension is None) == (item.yes is None)
        if item.dimension is not None:
            assert item.dimension in known
            assert item.yes == tuple(sorted(item.yes))  # a higher rating is never a rarer yes
            assert item.gated_by is None


def test_sure_ratings_give_sure_answers():
    high = {item.dimension: (0, 0, 1) for item in CHECKLIST.items if item.dimension}
    low = dict.fromkeys(high, (1, 0, 0))
    told = [item for item in CHECKLIST.items if item.dimension]
    for ratings, place in ((high, 2), (low, 0)):
        wanted = sum(item.weight * (2 * item.yes[place] - 1) for item in told)
        assert CHECKLIST.expect(ratings) == pytest.approx(wanted)
    one = {"color brightness": (0.2, 0.5, 0.3)}
    bright, dark = (i for i in CHECKLIST.items if i.dimension == "color brightness")
    wanted = bright.weight * (2 * 0.3 - 1) + dark.weight * (2 * 0.8 - 1)
    assert CHECKLIST.expect(one) == pytest.approx(wanted)


def test_without_a_scorer_for_the_prompt_it_is_prompt_blind(files):
    one = scorer(files)
    pairs = np.array([[0, 0], [1, 0], [0, 1]])
    scores = one.score([grey(40), grey(220)], ["a", "bb"], pairs)
    assert scores[0] == scores[2] < scores[1]
    level = 40 / 255
    rating = ((1 - level) ** 2, 2 * level * (1 - level), level**2)
    wanted = CHECKLIST.expect({i.dimension: rating for i in CHECKLIST.items if i.dimension})
    assert scores[0] == pytest.approx(wanted, rel=1e-5)
    assert one.facts.prompt_aware is False
    assert one.facts.range[1] == pytest.approx(2.1619, abs=1e-3)


def test_with_one_it_adds_the_weighted_vqascore(files):
    blind, aware = scorer(files), scorer(files, vqa="shows")
    images, prompts = [grey(40), grey(220)], ["a", "bb"]
    pairs = np.array([[0, 0], [1, 1]])
    added = aware.score(images, prompts, pairs) - blind.score(images, prompts, pairs)
    assert added == pytest.approx(np.array([1, 2]) / 7 * CHECKLIST.vqa_weight, rel=1e-5)
    assert aware.facts.prompt_aware is True
    assert aware.fingerprint != blind.fingerprint
    with pytest.raises(InvalidResult, match="Name one whose scores are probabilities"):
        scorer(files, vqa="wrong").score(images, prompts, pairs)


@pytest.mark.parametrize("vqa", [None, "shows"])
def test_it_keeps_the_contract_of_scorers(files, vqa):
    report = check_scorer(scorer(files, vqa), [grey(20), noise(1), grey(200)], ["a", "bb ccc"])
    assert report.passed, [r for r in report.results if not r.passed]


def test_what_the_judge_does_not_rate_is_left_out(files):
    part = scorer(files, only="clarity")
    assert part.dimensions == ("clarity",)
    reach = sum(item.weight for item in CHECKLIST.items if item.dimension == "clarity")
    assert part.facts.range == pytest.approx((-reach, reach))
    with pytest.raises(BadInput, match="rates no dimension of the checklist"):
        scorer(files, only="taste")
    with pytest.raises(UnknownName, match="there is no judge 'nobody'"):
        load_scorer("visionreward-by-judge", judge="nobody")


def test_the_judge_is_part_of_the_fingerprint(files):
    assert scorer(files).fingerprint != scorer(files, fingerprint="levels-2").fingerprint
