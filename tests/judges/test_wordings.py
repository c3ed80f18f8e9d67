import hashlib

import pytest

from widespectrum.aesthetics import FIXED_ORDER, load_dimensions
from widespectrum.errors import UnknownName
from widespectrum.judges import WORDINGS, load_wording

PAPER_SHA256 = "943deb63e2d62b5c2669ccb253957237db7bda843deace49311944ce848f5f1f"
"""Of the paper's eleven questions, joined by line feeds, as they came out of the authors' code."""


def test_the_papers_questions_are_the_authors_to_the_byte():
    wording = load_wording("paper")
    joined = "\n".join(wording.questions.values())
    assert hashlib.sha256(joined.encode()).hexdigest() == PAPER_SHA256
    assert tuple(wording.questions) == FIXED_ORDER
    assert wording.order == "text-first"


def test_the_guideline_is_the_repr_of_a_dict_of_python():
    question = load_wording("paper").question("detail refinement")
    guide = question.partition("guideline ")[2].removesuffix(". Response a single number.")
    import ast

    table = ast.literal_eval(guide)
    assert repr(table) == guide
    assert {option.rpartition(": ")[2] for option in table} == {"0", "1", "2"}


def test_our_own_questions_are_made_of_the_definitions():
    dimensions = load_dimensions()
    wording = load_wording("plain", dimensions)
    assert set(wording.questions) == set(dimensions)
    for key, dimension in dimensions.items():
        question = wording.question(key)
        assert f"0: {dimension.low}" in question
        assert f"1: {dimension.neutral}" in question
        assert f"2: {dimension.high}" in question
    assert wording.order == "image-first"


@pytest.mark.parametrize("name", WORDINGS)
def test_every_wording_says_where_it_is_from(name):
    wording = load_wording(name)
    assert wording.source.startswith("https://")
    assert wording.licence
    assert len(set(wording.questions.values())) == len(wording.questions)


def test_what_is_not_there_is_answered_with_a_way_on():
    with pytest.raises(UnknownName, match="Known are: paper, plain"):
        load_wording("poem")
    with pytest.raises(UnknownName, match="Did you mean 'clarity'"):
        load_wording("paper").question("clarty")
    with pytest.raises(UnknownName, match="no question for dimension 'symmetry'"):
        load_wording("paper").question("symmetry")
