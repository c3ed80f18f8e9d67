import sys
from importlib.metadata import EntryPoint

import pytest

from widespectrum.catalog import Registry, import_attribute, import_file_attribute, plugins
from widespectrum.errors import BadInput, MissingExtra, UnknownName


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_attributes_are_found_with_dots():
    assert import_attribute("json", "JSONDecoder.decode") is __import__("json").JSONDecoder.decode


@pytest.mark.parametrize("module", ["no_such_module", "json.no_such", "", "..relative"])
def test_an_unknown_module_is_named(module):
    with pytest.raises(UnknownName, match="module"):
        import_attribute(module, "x")


def test_an_unknown_attribute_is_answered_with_those_that_are_there():
    with pytest.raises(UnknownName, match="JSONDecoder"):
        import_attribute("json", "Decoder")


def test_what_a_module_lacks_is_not_taken_for_the_module(write, monkeypatch):
    path = write("import a_library_that_nobody_has", "wants_more.py")
    monkeypatch.syspath_prepend(str(path.parent))
    with pytest.raises(MissingExtra, match="pip install a_library_that_nobody_has"):
        import_attribute("wants_more", "f")


def test_a_module_that_cannot_be_parsed_is_bad_input(write, monkeypatch):
    monkeypatch.syspath_prepend(str(write("def f(:", "half_written.py").parent))
    with pytest.raises(BadInput, match="half_written"):
        import_attribute("half_written", "f")


def test_a_file_of_that_name_nearby_is_offered(write, monkeypatch):
    monkeypatch.chdir(write("def f(): ...", "lying_here.py").parent)
    with pytest.raises(UnknownName, match=r"\./lying_here\.py:ATTRIBUTE"):
        import_attribute("lying_here", "f")


def test_a_file_is_run_and_its_attribute_found(write):
    assert import_file_attribute(write("def f():\n    return 7\n"), "f")() == 7


def test_a_file_is_run_once_until_it_changes(write):
    text = "import itertools\nbox = []\n"
    first = import_file_attribute(write(text), "box")
    assert import_file_attribute(write(text), "box") is first
    assert import_file_attribute(write(text + "# new\n"), "box") is not first


def test_a_file_that_raises_leaves_nothing_behind(write):
    path = write("raise RuntimeError('no luck')")
    before = set(sys.modules)
    with pytest.raises(BadInput, match="RuntimeError: no luck") as caught:
        import_file_attribute(path, "f")
    assert caught.value.place.file == str(path)
    assert set(sys.modules) == before


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match="cannot be opened"):
        import_file_attribute(tmp_path / "none.py", "f")


def test_a_name_that_two_packages_claim_is_not_decided_for_them():
    one = EntryPoint("same", "package_one:f", "widespectrum.scorers")
    other = EntryPoint("same", "package_two:f", "widespectrum.scorers")
    registry = Registry("scorer", {}, {"same": (one, other)})
    with pytest.raises(BadInput, match="package_one:f or package_two:f"):
        registry.find("same")


def test_plugins_of_a_group_nobody_uses_are_none():
    assert plugins("widespectrum.no-such-group") == {}
