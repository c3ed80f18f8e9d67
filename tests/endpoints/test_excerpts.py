from hypothesis import given
from hypothesis import strategies as st

from widespectrum.endpoints.completions import excerpt, is_refused_finish, speaks_of_refusal


@given(st.text(max_size=3000))
def test_a_strangers_words_become_one_short_printable_line(text):
    shown = excerpt(text)
    assert shown.isprintable()
    assert len(shown) <= 304


def test_plain_words_stay_as_they_are():
    assert excerpt(" No,\n I will not. ") == "No, I will not."
    assert "\u202e" not in excerpt("a \u202eb\x1b[31m")


def test_refusals_are_told_by_their_words():
    assert is_refused_finish("IMAGE_SAFETY")
    assert not is_refused_finish("stop")
    assert not is_refused_finish(None)
    assert speaks_of_refusal("NSFW content detected")
    assert not speaks_of_refusal("CUDA out of memory")
