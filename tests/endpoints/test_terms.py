import pytest

from widespectrum.endpoints import Session, Terms, share_session, shared_session
from widespectrum.endpoints import session as sessions
from widespectrum.errors import BadInput


def test_terms_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("WIDESPECTRUM_ANSWERS", str(tmp_path))
    monkeypatch.setenv("WIDESPECTRUM_MAX_COST", "2.5")
    monkeypatch.setenv("WIDESPECTRUM_CONCURRENCY", "3")
    terms = Session().terms
    assert (terms.answers, terms.max_cost, terms.concurrency) == (tmp_path, 2.5, 3)


def test_without_them_nothing_is_kept_and_nothing_limited():
    assert Terms.from_environment() == Terms()


@pytest.mark.parametrize("wrong", ["five", "0", "-1"])
def test_a_variable_that_makes_no_sense_is_named(monkeypatch, wrong):
    monkeypatch.setenv("WIDESPECTRUM_CONCURRENCY", wrong)
    with pytest.raises(BadInput, match=r"(?i)concurrency"):
        Terms.from_environment()


def test_models_of_a_process_share_one_session(monkeypatch, tmp_path):
    monkeypatch.setattr(sessions, "_shared", None)
    assert shared_session() is shared_session()
    mine = share_session(Terms(answers=tmp_path))
    assert shared_session() is mine


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"samples": 0}, {"timeout": 0.0}])
def test_terms_out_of_range_are_refused(wrong):
    with pytest.raises(BadInput):
        Terms(**wrong)
