"""One way from names to models, for kinds of which a function is a model and others."""

import textwrap

import pytest

from widespectrum.catalog import (
    CONTRACTS,
    PlainFunction,
    load_model,
    model_from,
    model_of_entry,
    read_entries,
    shipped_registry,
)
from widespectrum.errors import BadInput, UnknownName

SOURCE = """
class Coin:
    fingerprint = "coin"

    def __init__(self, *, side=0):
        self.name, self.side = f"coin-{side}", side

    def choose(self, contests):
        return [self.side] * len(contests)

def make(*, side=0):
    return Coin(side=side)

def choose(contests):
    return [0] * len(contests)

def blank():
    return 7

ready = Coin()
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "coins.py"
    path.write_text(textwrap.dedent(SOURCE), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("attribute", "side"),
    [("Coin", 0), ("Coin@side=1", 1), ("make@side=1", 1), ("ready", 0)],
)
def test_an_object_a_class_or_a_factory_is_a_chooser(file, attribute, side):
    assert load_model("chooser", f"{file}:{attribute}").side == side


def test_settings_win_over_the_names(file):
    assert load_model("chooser", f"{file}:Coin@side=1", {"side": 3}).side == 3


@pytest.mark.parametrize(
    ("attribute", "says"),
    [
        ("choose", "is a function, which is no chooser"),
        ("blank", "returned an object of type 'int', which is no chooser"),
        ("ready@side=1", "chooser 'coin-0' exists already"),
        ("Coin@edge=1", "Its settings: side"),
    ],
)
def test_what_is_no_chooser_is_refused_with_a_remedy(file, attribute, says):
    with pytest.raises(BadInput, match=says) as caught:
        load_model("chooser", f"{file}:{attribute}")
    assert caught.value.remedy


def test_a_chooser_is_no_judge(file):
    with pytest.raises(BadInput, match="which is no judge \\(it lacks rate\\)"):
        load_model("judge", f"{file}:Coin")


def test_a_kind_may_take_plain_functions():
    made = []

    def adapt(function, *, name, settings, version):
        made.append((function, name, settings, version))
        return "adapted"

    form = PlainFunction("f(contests)", 1, adapt)

    def choose(contests, *, side=0): ...

    def factory(*, side=0):
        return choose

    assert model_from("chooser", choose, {"side": 1}, name="mine", function=form) == "adapted"
    assert made.pop() == (choose, "mine", {"side": 1}, None)
    assert model_from("chooser", factory, {"side": 1}, function=form) == "adapted"
    assert made.pop() == (choose, "factory@side=1", {}, "@side=1")
    with pytest.raises(BadInput, match="Its settings: side"):
        model_from("chooser", choose, {"edge": 1}, function=form)


@pytest.mark.parametrize("kind", CONTRACTS)
def test_every_kind_has_a_registry_whose_entries_are_of_that_kind(kind):
    registry = shipped_registry(kind)
    assert registry.kind == kind
    assert {entry.kind for entry in registry.entries.values()} <= {kind}
    with pytest.raises(UnknownName, match=f"there is no {kind} 'nobody'"):
        load_model(kind, "nobody")


def test_an_entry_is_built_with_its_settings_and_those_of_the_name(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[coarse]\nkind = "scorer"\ntitle = "C"\nfacts = { prompt_aware = false }\n'
        'class = "widespectrum.scorers.pocket:Sharpness"\nsettings = { size = 64 }\n',
        encoding="utf-8",
    )
    entry = read_entries(path)["coarse"]
    assert model_of_entry(entry).size == 64
    made = model_of_entry(entry, {"size": 32})
    assert (made.name, made.size) == ("coarse@size=32", 32)
