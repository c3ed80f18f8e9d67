import os

import pytest

from widespectrum.catalog import ModelEntry, build_registry, import_entry
from widespectrum.catalog.registry import CATALOG_VARIABLE
from widespectrum.errors import BadInput, MissingExtra, UnknownName

ENTRY = '[{name}]\nkind = "{kind}"\ntitle = "T"\nclass = "widespectrum.scorers.pocket:Sharpness"\n'


def write(path, *models):
    path.write_text("".join(ENTRY.format(name=n, kind=k) for n, k in models), encoding="utf-8")
    return path


def entry(path, **known):
    return ModelEntry.model_validate(
        {"name": "x", "kind": "scorer", "title": "X", "class": path, **known}
    )


def test_a_registry_holds_one_kind_of_all_files(tmp_path, monkeypatch):
    shipped = write(tmp_path / "a.toml", ("one", "scorer"), ("two", "judge"))
    named = write(tmp_path / "b.toml", ("three", "scorer"))
    mine = write(tmp_path / "c.toml", ("four", "scorer"))
    monkeypatch.setenv(CATALOG_VARIABLE, os.pathsep.join([str(named), ""]))
    registry = build_registry("scorer", [shipped], [mine])
    assert {"one", "three", "four"} <= set(registry.names)
    assert "two" not in registry.names
    assert registry.find("four").name == "four"


def test_one_catalog_named_twice_is_read_once(tmp_path, monkeypatch):
    mine = write(tmp_path / "c.toml", ("four", "scorer"))
    monkeypatch.setenv(CATALOG_VARIABLE, str(mine))
    assert "four" in build_registry("scorer", [], [mine]).names


def test_a_name_in_two_files_is_refused(tmp_path):
    one = write(tmp_path / "a.toml", ("same", "scorer"))
    other = write(tmp_path / "b.toml", ("same", "scorer"))
    with pytest.raises(BadInput, match="another model") as caught:
        build_registry("scorer", [one], [other])
    assert caught.value.place.file == str(other)


def test_an_unknown_name_is_offered_its_neighbours(tmp_path):
    registry = build_registry("scorer", [write(tmp_path / "a.toml", ("sharpness", "scorer"))])
    with pytest.raises(UnknownName, match="Did you mean sharpness"):
        registry.find("sharpnes")
    with pytest.raises(UnknownName) as caught:
        registry.find("zzz")
    assert "Did you mean" not in str(caught.value)


def test_a_class_of_ours_is_imported():
    from widespectrum.scorers.pocket import Sharpness

    assert import_entry(entry("widespectrum.scorers.pocket:Sharpness")) is Sharpness


@pytest.mark.parametrize(
    "path", ["widespectrum.catalog.code:importlib", "widespectrum.catalog.registry:Path"]
)
def test_a_catalog_cannot_reach_foreign_code_through_our_modules(path):
    with pytest.raises(BadInput, match="not widespectrum's own"):
        import_entry(entry(path))


def test_a_missing_extra_is_answered_with_the_line_to_type(tmp_path, monkeypatch):
    module = tmp_path / "needs_a_library.py"
    module.write_text("import a_library_that_nobody_has\n", encoding="utf-8")
    monkeypatch.setattr("widespectrum.scorers.__path__", [str(tmp_path)])
    with pytest.raises(MissingExtra, match=r"pip install 'widespectrum\[hub\]'"):
        import_entry(entry("widespectrum.scorers.needs_a_library:Model", extra="hub"))
