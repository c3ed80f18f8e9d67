import math

import pytest
from misbehaving import completion, with_logprobs

from widespectrum.endpoints import (
    Answer,
    label_probabilities,
    read_label,
    refuse_needless_votes,
    shares,
)
from widespectrum.endpoints.completions import read_reply
from widespectrum.errors import BadInput, BrokenContract, InvalidResult

LABELS = ("0", "1", "2")


def answered(token, top):
    return read_reply(200, with_logprobs(token, top).data.decode())


def test_probabilities_are_those_of_the_labels_among_themselves():
    top = {"1": math.log(0.6), "2": math.log(0.2), " 2": math.log(0.1), "The": math.log(0.1)}
    assert label_probabilities(answered("1", top), LABELS) == pytest.approx([0, 6 / 9, 3 / 9])


def test_a_leading_space_is_not_the_answer():
    space, digit = (" ", ((" ", -0.1),)), ("2", (("2", 0.0),))
    answer = Answer(" 2", tokens=(space, digit))
    assert label_probabilities(answer, LABELS) == pytest.approx([0, 0, 1])


def test_a_server_without_probabilities_is_named_with_the_setting_that_helps():
    with pytest.raises(BrokenContract, match="reading=votes"):
        label_probabilities(read_reply(200, completion("1").data.decode()), LABELS)


def test_another_word_is_no_label():
    with pytest.raises(InvalidResult, match="not one of"):
        label_probabilities(answered("The", {"The": -0.1, "1": -3.0}), LABELS)


def test_labels_of_little_probability_are_no_answer():
    with pytest.raises(InvalidResult, match="30%"):
        label_probabilities(answered("1", {"1": math.log(0.3), "The": math.log(0.2)}), LABELS)


@pytest.mark.parametrize("text", ["1", " 1\n", "1."])
def test_a_sampled_label_is_read(text):
    assert read_label(Answer(text), LABELS) == "1"


@pytest.mark.parametrize("text", ["3", "one", "1 or 2", "-1", "12"])
def test_any_other_text_is_no_label(text):
    with pytest.raises(InvalidResult):
        read_label(Answer(text), LABELS)


def test_shares_of_votes():
    assert shares(["1", "1", "2", "1"], LABELS) == pytest.approx([0, 0.75, 0.25])


def test_log_probabilities_take_one_answer():
    refuse_needless_votes("logprobs", 1)
    refuse_needless_votes("votes", 5)
    with pytest.raises(BadInput, match="reading=votes"):
        refuse_needless_votes("logprobs", 2)
