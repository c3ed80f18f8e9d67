import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.contracts import Failure
from widespectrum.errors import (
    BadImage,
    InvalidResult,
    MissingExtra,
    OutOfMemory,
    ProviderRefused,
)
from widespectrum.runs.patience import BROKEN_AFTER, Patience


def squares(items, answer):
    return list(answer)


def patient(attempts=3, proven=True, read=squares):
    return Patience("scorer 'toy'", read, attempts, proven)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 40), st.sets(st.integers(0, 39)), st.integers(1, 4))
def test_exactly_the_culprits_fail_in_order(size, culprits, attempts):
    tries = dict.fromkeys(culprits, 0)

    def ask(items):
        if len(items) == 1 and items[0] in culprits:
            tries[items[0]] += 1
        if culprits.intersection(items):
            raise ValueError("bad item")
        return [item**2 for item in items]

    results = patient(attempts).results(range(size), ask)
    assert len(results) == size
    for item, result in enumerate(results):
        if item in culprits:
            assert result == Failure("error", "ValueError: bad item", attempts)
            assert tries[item] == attempts
        else:
            assert result == item**2


def test_one_culprit_costs_few_calls():
    calls = []

    def ask(items):
        calls.append(len(items))
        if 13 in items:
            raise ValueError
        return items

    patient(attempts=1).results(range(64), ask)
    assert len(calls) == 1 + 2 * 6  # two halves at each of six levels


def test_a_request_that_recovers_is_no_failure():
    moods = iter([TimeoutError(), TimeoutError(), None])

    def ask(items):
        if error := next(moods):
            raise error
        return items

    assert patient().results([7], ask) == [7]


class OutOfMemoryError(RuntimeError):
    """Named as those of torch and CuPy."""


@pytest.mark.parametrize("error", [MemoryError(), OutOfMemory("full"), OutOfMemoryError("CUDA")])
def test_memory_is_learnt_once(error):
    calls = []

    def ask(items):
        calls.append(len(items))
        if len(items) > 5:
            raise error
        return items

    model = patient()
    assert model.results(range(16), ask) == list(range(16))
    assert calls == [16, 8, 4, 4, 8, 4, 4]
    calls.clear()
    model.results(range(16), ask)
    assert calls == [4, 4, 4, 4]
    assert patient(attempts=1).results([1], lambda _: _raise(error))[0].kind == "out_of_memory"


def _raise(error):
    raise error


def test_a_refusal_is_an_answer_and_not_asked_again():
    calls = []

    def ask(items):
        calls.append(items)
        raise ProviderRefused("unsafe prompt")

    result = patient(attempts=5).results([1], ask)
    assert result == [Failure("provider_refused", "unsafe prompt.", 1)]
    assert len(calls) == 1


def test_what_reading_raises_ends_the_work():
    def read(items, answer):
        raise InvalidResult("wrong shape")

    with pytest.raises(InvalidResult, match="wrong shape"):
        patient(read=read).results(range(8), lambda items: items)


def test_an_error_no_request_is_spared_ends_the_work():
    calls = []

    def ask(items):
        calls.append(items)
        raise MissingExtra("needs torch")

    with pytest.raises(MissingExtra):
        patient().results(range(8), ask)
    assert len(calls) == 1


def test_a_model_that_never_answered_is_broken_after_a_while():
    model = patient(attempts=1, proven=False)
    few = model.results(range(BROKEN_AFTER - 1), lambda items: _raise(TypeError("oops")))
    assert all(isinstance(result, Failure) for result in few)
    with pytest.raises(
        InvalidResult, match="scorer 'toy' raised an error for each of its first 16"
    ):
        model.results([0], lambda items: _raise(TypeError("oops")))


def test_its_own_error_is_kept():
    with pytest.raises(InvalidResult, match="returned shape"):
        patient(attempts=1, proven=False).results(
            range(32), lambda items: _raise(InvalidResult("returned shape (3,)"))
        )


@pytest.mark.parametrize("error", [BadImage("unreadable"), ProviderRefused("unsafe")])
def test_errors_of_the_requests_do_not_speak_against_the_model(error):
    results = patient(attempts=1, proven=False).results(range(40), lambda items: _raise(error))
    assert [result.kind for result in results] == [error.kind] * 40


def test_a_model_that_answered_once_is_not_broken():
    def ask(items):
        if list(items) != [0]:
            raise TypeError("oops")
        return items

    results = patient(attempts=1, proven=False).results(range(64), ask)
    assert results[0] == 0
    assert all(isinstance(result, Failure) for result in results[1:])


def test_interruption_is_not_swallowed():
    with pytest.raises(KeyboardInterrupt):
        patient().results(range(4), lambda items: _raise(KeyboardInterrupt()))
