import polars as pl

from widespectrum.runs.models import as_named_now, with_model


def named(*rows):
    return pl.DataFrame(rows, schema=["scorer", "fingerprint"], orient="row")


def test_a_name_and_a_fingerprint_have_one_owner():
    models = with_model({}, "scores", "a", {"fingerprint": "1"})
    models = with_model(models, "scores", "b", {"fingerprint": "2"})
    models = with_model(models, "ratings", "a", {"fingerprint": "1"})
    models = with_model(models, "scores", "c", {"fingerprint": "1"})  # a, renamed
    models = with_model(models, "scores", "b", {"fingerprint": "3"})  # b, edited
    assert models == {
        "scores": {"c": {"fingerprint": "1"}, "b": {"fingerprint": "3"}},
        "ratings": {"a": {"fingerprint": "1"}},
    }


def test_rows_appear_under_present_names():
    frame = named(("old", "1"), ("b", "2"), ("b", "3"), ("lost", "9"))
    known = {"new": {"fingerprint": "1"}, "b": {"fingerprint": "3"}}
    assert as_named_now(frame, "scorer", known).rows() == [("new", "1"), ("b", "3"), ("lost", "9")]
    assert as_named_now(frame, "scorer", {}).equals(frame)
