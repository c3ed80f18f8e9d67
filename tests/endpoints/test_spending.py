import pytest
from hypothesis import given
from hypothesis import strategies as st
from misbehaving import picture

from widespectrum.endpoints import Answer, Picture, Price, Question, Sampling, address, estimate
from widespectrum.endpoints.outcomes import SpendingLimit
from widespectrum.endpoints.spending import Budget, input_tokens
from widespectrum.errors import BadInput, NoAccess

WHERE = address("toy", "http://127.0.0.1:8000/v1")
PRICE = Price(2.0, 10.0)


def question(**more):
    return Question(WHERE, ("x" * 300, Picture(picture(size=(280, 280)))), **more)


def test_tokens_of_a_question():
    assert input_tokens(question()) == 100 + 100 + 50


def test_the_most_and_the_actual_cost():
    asked = question(sampling=Sampling(max_tokens=1000))
    assert PRICE.most(asked) == pytest.approx((250 * 2 + 1000 * 10) / 1e6)
    counted = Answer("x", input_tokens=500, output_tokens=20)
    assert PRICE.actual(asked, counted) == pytest.approx((500 * 2 + 20 * 10) / 1e6)
    assert PRICE.actual(asked, Answer("x", cost=0.5)) == 0.5
    assert PRICE.actual(asked, Answer("x")) == PRICE.most(asked)
    assert Price().most(asked) is None


def test_an_estimate_before_there_are_questions():
    found = estimate([(280, 280)] * 4, 600, 2, 512, PRICE)
    assert (found.questions, found.input_tokens, found.output_tokens) == (2, 700, 32)
    assert found.dollars == pytest.approx((700 * 2 + 32 * 10) / 1e6)
    assert found.most == pytest.approx((700 * 2 + 1024 * 10) / 1e6)
    assert estimate([], 0, 1, 5, Price()).dollars is None


@given(st.floats(0, 10), st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), max_size=30))
def test_no_order_of_asking_and_answering_exceeds_the_limit(limit, questions):
    """As long as nothing costs more than was set aside for it."""
    budget = Budget(limit)
    held = []
    for most, share in questions:
        if held and budget.spent + sum(aside for aside, _ in held) + most > limit:
            aside, used = held.pop(0)  # else it would wait for us
            budget.settle(aside, aside * used)
        try:
            if not held or budget.spent + sum(aside for aside, _ in held) + most <= limit:
                held.append((budget.set_aside(most), share))
        except SpendingLimit:
            continue
        if share > 0.5 and held:
            aside, used = held.pop(0)
            budget.settle(aside, aside * used)
    for aside, share in held:
        budget.settle(aside, aside * share)
    assert budget.spent <= limit + 1e-9


def test_a_limit_needs_a_price():
    with pytest.raises(NoAccess, match="input_price"):
        Budget(1.0).set_aside(None)
    assert Budget().set_aside(None) == 0.0


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises(BadInput):
        Price(wrong, 1.0)
    with pytest.raises(BadInput):
        Budget(wrong)
