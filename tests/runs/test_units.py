import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.runs import ImageRequest
from widespectrum.runs.questions import chunks
from widespectrum.runs.units import cut, unit_key

contents = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), unique=True, max_size=40)


def units(requests, pending, size, fingerprint="f"):
    return list(
        cut(chunks(requests, size), pending, stage="scores", model="toy", fingerprint=fingerprint)
    )


@settings(max_examples=80, deadline=None)
@given(contents, st.sets(st.integers(0, 39)), st.integers(1, 12))
def test_units_hold_exactly_what_is_pending_in_order(requests, settled, size):
    done = {request for place, request in enumerate(requests) if place in settled}
    found = units(requests, lambda request: request not in done, size)
    assert [r for unit in found for r in unit.requests] == [r for r in requests if r not in done]
    assert all(0 < len(unit.requests) <= size for unit in found)
    assert len({unit.key for unit in found}) == len(found)


@settings(max_examples=50, deadline=None)
@given(contents, st.integers(0, 3), st.integers(1, 12))
def test_workers_that_start_later_cut_alike(requests, progress, size):
    whole = units(requests, lambda _: True, size)
    done = {request for unit in whole[:progress] for request in unit.requests}
    assert units(requests, lambda request: request not in done, size) == whole[progress:]


def test_a_key_names_model_and_requests():
    assert unit_key("f", [("a", "b")]) == unit_key("f", [("a", "b")])
    different = {
        unit_key("f", [("a", "b")]),
        unit_key("g", [("a", "b")]),
        unit_key("f", [("ab", "")]),
        unit_key("f", [("a", "b"), ("c", "d")]),
        unit_key("f", [("c", "d"), ("a", "b")]),
        unit_key("f", [ImageRequest("a", "anti", {"x": 1})]),
        unit_key("f", [ImageRequest("a", "anti", {"x": 2})]),
        unit_key("f", [ImageRequest("a", "original", {"x": 1})]),
    }
    assert len(different) == 8
    # Known, so that a new version recognises the units of an old one.
    text = b'["f",[["a","b"]]]'
    assert unit_key("f", [("a", "b")]) == hashlib.sha256(text).hexdigest()
