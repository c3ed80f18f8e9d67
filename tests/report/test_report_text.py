import re

from hypothesis import given
from hypothesis import strategies as st

from widespectrum.report.text import clean, clean_tree, shorten, slug, unique_slugs

any_text = st.text(st.characters())


def test_clean_replaces_what_no_page_may_hold_and_keeps_the_rest():
    assert clean("a\x00b\ud800c\x1b") == "a\ufffdb\ufffdc\ufffd"
    assert clean("tab\tline\nعربي <b> \u202e") == "tab\tline\nعربي <b> \u202e"


@given(any_text)
def test_clean_text_is_utf8_and_clean_already(text):
    once = clean(text)
    once.encode("utf-8")
    assert clean(once) == once
    assert len(once) == len(text)


def test_clean_tree_reaches_keys_and_depths():
    assert clean_tree({"a\x00": [("b\x00", 1)]}) == {"a\ufffd": [["b\ufffd", 1]]}


def test_shorten_marks_the_cut():
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abc defg", 5) == "abc…"


@given(any_text)
def test_a_slug_is_a_safe_file_name(text):
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?", slug(text))


@given(st.lists(any_text, max_size=8))
def test_slugs_differ_from_each_other_and_from_those_taken(names):
    slugs = unique_slugs(names, taken=("index", "untitled"))
    assert len(set(slugs)) == len(names)
    assert not {"index", "untitled"} & set(slugs)


def test_paths_do_not_survive_in_a_slug():
    assert unique_slugs(["../../etc/passwd", "Index.html", "index html"]) == [
        "etc-passwd",
        "index-html",
        "index-html-2",
    ]
