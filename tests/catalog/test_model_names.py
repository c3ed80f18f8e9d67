import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widespectrum.catalog import format_settings, parse_name, without_folders
from widespectrum.errors import BadInput

keys = st.from_regex(r"[A-Za-z_][A-Za-z_0-9]{0,8}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = texts | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "base", "attribute", "chosen"),
    [
        ("sharpness", "sharpness", None, {}),
        ("flux-dev+vsf", "flux-dev+vsf", None, {}),
        ("sd35m-pickscore@polish=0.3", "sd35m-pickscore", None, {"polish": 0.3}),
        ("a@n=3,on=true,off=false", "a", None, {"n": 3, "on": True, "off": False}),
        ("table@path=in/scores.csv", "table", None, {"path": "in/scores.csv"}),
        ("table@path=odd@name.csv", "table", None, {"path": "odd@name.csv"}),
        ("table@path=my.py:x", "table", None, {"path": "my.py:x"}),
        ('a@words="one, two",k=1', "a", None, {"words": "one, two", "k": 1}),
        ("a@day=2024-05-01", "a", None, {"day": "2024-05-01"}),
        ("a@list=[1]", "a", None, {"list": "[1]"}),
        ("pkg.mod:thing", "pkg.mod", "thing", {}),
        ("pkg.mod:Class.make@k=1", "pkg.mod", "Class.make", {"k": 1}),
        ("here/score.py:f", "here/score.py", "f", {}),
        ("we@home/score.py:f@k=1", "we@home/score.py", "f", {"k": 1}),
        (r"C:\me\score.py:f", r"C:\me\score.py", "f", {}),
    ],
)
def test_names_are_taken_apart(text, base, attribute, chosen):
    name = parse_name(text)
    assert (name.base, name.attribute, dict(name.settings)) == (base, attribute, chosen)
    assert name.is_file == base.endswith(".py")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("@k=1", "is empty"),
        ("module:", "behind the colon"),
        ("a@k", "cannot be read at 'k'"),
        ("a@k=", "no value"),
        ("a@k=1,k=2", "twice"),
        ("a@k=nan", "is nan"),
        ("a@k=1e999", "1e999"),
        ("a@k=it's", "cannot be read"),
    ],
)
def test_what_is_no_name_is_refused_with_the_place(text, says):
    with pytest.raises(BadInput, match=says) as caught:
        parse_name(text)
    assert caught.value.remedy


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(keys, values, max_size=4))
def test_settings_survive_being_written_into_a_name(chosen):
    read = parse_name("model" + format_settings(chosen)).settings
    assert read == chosen
    assert {key: type(value) for key, value in read.items()} == {
        key: type(value) for key, value in chosen.items()
    }


def test_a_newline_in_a_value_cannot_smuggle_in_another_setting():
    with pytest.raises(BadInput, match="cannot be read"):
        parse_name("a@k=1\nother = 2")


@settings(max_examples=150, deadline=None)
@given(texts)
def test_any_text_is_a_name_or_bad_input(text):
    with contextlib.suppress(BadInput):
        assert parse_name(text).base


def test_a_name_that_is_shown_tells_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "x.safetensors").write_text("")
    shown = without_folders(
        {
            "weights": "/home/someone/models/a.safetensors",
            "adapter": "build/x.safetensors",
            "home": "~/y.pt",
            "scorer": "bonsai-clip@weights=/srv/z.safetensors,threads=2",
            "repository": "owner/name",
            "base_url": "http://127.0.0.1:8000/v1",
            "steps": 4,
        }
    )
    assert shown == {
        "weights": "a.safetensors",
        "adapter": "x.safetensors",
        "home": "y.pt",
        "scorer": "bonsai-clip@weights=z.safetensors,threads=2",
        "repository": "owner/name",
        "base_url": "http://127.0.0.1:8000/v1",
        "steps": 4,
    }
