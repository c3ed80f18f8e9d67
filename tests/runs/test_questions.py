import numpy as np
import pytest
from run_toys import ToyChooser, ToyJudge, ToyScorer, picture

from widespectrum.contracts import Choice, Failure
from widespectrum.errors import InvalidResult
from widespectrum.runs.questions import ChooserQuestions, JudgeQuestions, ScorerQuestions

PICTURES = {name: picture(seed) for seed, name in enumerate("abc")}
PAIRS = [("a", "cat"), ("b", "cat"), ("a", "a blurred cat")]


@pytest.mark.parametrize(
    "scores",
    [
        np.zeros(2, np.float32),
        np.zeros((3, 1), np.float32),
        np.zeros(3, np.int64),
        np.zeros(3, object),
        [0.0, 0.0, 0.0],
        None,
    ],
)
def test_wrong_scores_are_the_scorers_fault(scores):
    with pytest.raises(InvalidResult, match="scorer 'toy' returned"):
        ScorerQuestions(ToyScorer()).read(PAIRS, (scores, np.array([1, 3])))


def test_wrong_token_counts_too():
    good = np.zeros(3, np.float32)
    for tokens in ([1, 3], np.array([1.0, 3.0]), np.array([1, 1, 3])):
        with pytest.raises(InvalidResult, match="asked for tokens"):
            ScorerQuestions(ToyScorer()).read(PAIRS, (good, tokens))


def test_single_scores_fail_alone():
    scores = np.array([1.5, np.inf, 1e300])
    first, second, third = ScorerQuestions(ToyScorer()).read(PAIRS, (scores, np.array([1, -1])))
    assert (first["score"], first["tokens"]) == (1.5, 1)
    assert second.kind == third.kind == "invalid_result"  # 1e300 is more than float32 holds


def test_an_unknown_length_is_null():
    rows = ScorerQuestions(ToyScorer()).read(PAIRS, (np.zeros(3), np.array([1, -1])))
    assert [row["tokens"] for row in rows] == [1, 1, None]


def test_a_scorer_gets_distinct_inputs_and_places():
    seen = {}

    class Spy(ToyScorer):
        def score(self, images, prompts, pairs):
            seen.update(images=images, prompts=prompts, pairs=pairs)
            return super().score(images, prompts, pairs)

    ScorerQuestions(Spy()).ask(PAIRS, PICTURES)
    assert seen["images"] == [PICTURES["a"], PICTURES["b"]]
    assert seen["prompts"] == ["cat", "a blurred cat"]
    assert seen["pairs"].tolist() == [[0, 0], [1, 0], [0, 1]]
    assert seen["pairs"].dtype == np.int64


RATINGS = [("a", "clarity"), ("a", "emotion"), ("b", "clarity"), ("b", "emotion")]


@pytest.mark.parametrize("shape", [(2, 2), (2, 3, 3), (1, 2, 3), (4, 3)])
def test_wrong_ratings_are_the_judges_fault(shape):
    with pytest.raises(InvalidResult, match="judge 'judge' returned"):
        JudgeQuestions(ToyJudge()).read(RATINGS, np.zeros(shape))


def test_ratings_that_are_no_probabilities_fail_alone():
    answer = np.full((2, 2, 3), 1 / 3)
    answer[0, 1] = [0.5, 0.6, -0.1]
    answer[1, 0] = [0.2, 0.2, 0.2]
    answer[1, 1] = [np.nan, 0.5, 0.5]
    rows = JudgeQuestions(ToyJudge()).read(RATINGS, answer)
    assert [isinstance(row, Failure) for row in rows] == [False, True, True, True]
    assert rows[0]["p_low"] == pytest.approx(1 / 3)


def test_a_judges_batches_count_images():
    batches = list(JudgeQuestions(ToyJudge()).batches([*RATINGS, ("c", "clarity")], 2))
    assert batches == [RATINGS, [("c", "clarity")]]


CONTESTS = [("a", "b", "cat"), ("b", "a", "cat")]


@pytest.mark.parametrize("answer", [[Choice(0)], None, [Choice(0), 1], {0: Choice(0)}])
def test_wrong_choices_are_the_choosers_fault(answer):
    with pytest.raises(InvalidResult, match="chooser 'chooser' returned"):
        ChooserQuestions(ToyChooser()).read(CONTESTS, answer)


def test_single_choices_fail_alone():
    refused = Failure("provider_refused", "no")
    first, second = ChooserQuestions(ToyChooser()).read(CONTESTS, [Choice(7), refused])
    assert first.kind == "invalid_result"
    assert "verdict 7" in first.reason
    assert second is refused
    with pytest.raises(InvalidResult, match="details that are not JSON"):
        ChooserQuestions(ToyChooser()).read(CONTESTS, [Choice(0, details={"x": object()})] * 2)
