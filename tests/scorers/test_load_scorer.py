import textwrap

import pytest
from scorer_toys import GoodScorer

import widespectrum
from widespectrum.errors import BadInput, UnknownName
from widespectrum.scorers import load_scorer, scorer_from, scorer_registry

SOURCE = """
from widespectrum.contracts import ScorerFacts
from widespectrum.scorers import as_scorer

def plain(images, prompts):
    return [0.0] * len(images)

def tuned(images, prompts, *, weight=1.0):
    return [weight] * len(images)

def needy(images, prompts, *, weight):
    return [weight] * len(images)

def factory(*, bias=0.0):
    return lambda images, prompts: [bias] * len(images)

def blank():
    return None

class Kind:
    def __init__(self, *, bias=0.0):
        self.bias = bias

    def __call__(self, images, prompts):
        return [self.bias] * len(images)

class Half:
    name = "half"
    def score(self, images, prompts, pairs): ...

ready = as_scorer(plain, name="ready", facts=ScorerFacts(prompt_aware=False))
called = Kind(bias=2.0)
number = 7
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(textwrap.dedent(SOURCE), encoding="utf-8")
    return path


def scored(scorer):
    import numpy as np
    from scorer_toys import grey

    return scorer.score([grey(1)], ["x"], np.array([[0, 0]])).tolist()


def test_the_public_name_is_this_one():
    assert widespectrum.load_scorer is load_scorer


@pytest.mark.parametrize(
    ("attribute", "name", "score"),
    [
        ("plain", "mine:plain", 0.0),
        ("tuned", "mine:tuned", 1.0),
        ("tuned@weight=2.5", "mine:tuned@weight=2.5", 2.5),
        ("needy@weight=3.0", "mine:needy@weight=3.0", 3.0),
        ("factory", "mine:factory", 0.0),
        ("factory@bias=4.0", "mine:factory@bias=4.0", 4.0),
        ("Kind@bias=5.0", "mine:Kind@bias=5.0", 5.0),
        ("ready", "ready", 0.0),
        ("called", "mine:called", 2.0),
    ],
)
def test_an_attribute_may_be_a_function_a_factory_or_a_scorer(file, attribute, name, score):
    scorer = load_scorer(f"{file}:{attribute}")
    assert scorer.name == name
    assert scored(scorer) == [score]


@pytest.mark.parametrize(
    ("attribute", "says"),
    [
        ("number", "neither callable nor a scorer"),
        ("blank", "it lacks name, fingerprint, facts, tokens, score"),
        ("Half", "it lacks fingerprint, facts, tokens"),
        ("plain@weight=1", "has no setting 'weight'"),
        ("tuned@wait=1", "Its settings: weight"),
        ("needy", "needs the setting 'weight'"),
        ("ready@k=1", "takes no settings"),
        ("none", "has no attribute 'none'"),
    ],
)
def test_what_is_no_scorer_is_refused_with_a_remedy(file, attribute, says):
    with pytest.raises(BadInput, match=says) as caught:
        load_scorer(f"{file}:{attribute}")
    assert caught.value.remedy


def test_a_module_on_the_path_is_named_by_its_last_part(file, monkeypatch):
    monkeypatch.syspath_prepend(str(file.parent))
    assert load_scorer("mine:plain").name == "mine:plain"


def test_settings_from_python_win_over_those_in_the_name(file):
    assert scored(load_scorer(f"{file}:tuned@weight=2.0", weight=9.0)) == [9.0]


def test_settings_decide_the_fingerprint(file):
    names = ("factory", "factory@bias=1.0", "tuned", "tuned@weight=1.5", "Kind@bias=1.0")
    prints = [load_scorer(f"{file}:{name}").fingerprint for name in names]
    assert len(set(prints)) == len(prints)
    assert prints == [load_scorer(f"{file}:{name}").fingerprint for name in names]


def test_a_scorer_or_a_function_is_taken_as_it_is():
    good = GoodScorer()
    assert load_scorer(good) is good
    assert load_scorer(GoodScorer).name == "good"
    assert load_scorer(lambda images, prompts: [1.0]).name == "lambda"


def test_a_catalog_name_carries_its_settings():
    scorer = load_scorer("sharpness@size=128")
    assert scorer.name == "sharpness@size=128"
    assert scorer.fingerprint != load_scorer("sharpness").fingerprint
    assert scorer.fingerprint == load_scorer("sharpness", size=128).fingerprint


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("sharpnes", "Did you mean sharpness"),
        ("no_such_module:f", "no module 'no_such_module'"),
        ("no/such/file.py:f", "cannot be opened"),
        ("sharpness@sise=3", "Its settings: size"),
        ("sharpness@entry=3", "has no setting 'entry'"),
        ("table", "needs the setting 'path'"),
    ],
)
def test_names_that_lead_nowhere_are_answered_with_a_way_on(name, says):
    with pytest.raises(BadInput, match=says) as caught:
        load_scorer(name)
    assert caught.value.remedy


def test_a_catalog_of_the_users_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        """
        [coarse]
        kind = "scorer"
        title = "Coarse sharpness"
        class = "widespectrum.scorers.pocket:Sharpness"
        licence = "mine"
        settings = { size = 64 }
        facts = { prompt_aware = false }
        """,
        encoding="utf-8",
    )
    registry = scorer_registry([path])
    scorer = load_scorer("coarse", registry)
    assert (scorer.name, scorer.size, scorer.facts.licence) == ("coarse", 64, "mine")
    assert load_scorer("coarse@size=32", registry).size == 32
    with pytest.raises(UnknownName):
        load_scorer("coarse")


@pytest.mark.parametrize(
    "facts", ["{}", "{ prompt_aware = 'perhaps' }", "{ prompt_aware = true, range = [1.0] }"]
)
def test_facts_that_are_none_are_named(tmp_path, facts):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[bad]\nkind = "scorer"\ntitle = "B"\nclass = "widespectrum.scorers.pocket:Sharpness"\n'
        f"facts = {facts}\n",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as caught:
        load_scorer("bad", scorer_registry([path]))
    assert caught.value.place.row == "bad"
    assert caught.value.place.field.startswith("facts")


def test_a_callable_with_a_default_for_everything_is_a_factory():
    with pytest.raises(BadInput, match="which is no scorer"):
        scorer_from(lambda images=(), prompts=(): [])
