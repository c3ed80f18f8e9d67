import json

from hypothesis import given
from hypothesis import strategies as st

from widespectrum.report.page import escaped_json
from widespectrum.report.text import clean_tree

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_json_survives_and_holds_nothing_that_html_reads(value):
    text = str(escaped_json(value))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == clean_tree(value)


def test_a_closing_script_tag_is_only_text():
    assert escaped_json("</script>") == '"\\u003c/script\\u003e"'
