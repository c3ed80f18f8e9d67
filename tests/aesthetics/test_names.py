import pickle

import pytest

from widespectrum.aesthetics.names import Named, nearest
from widespectrum.errors import UnknownName

FRUIT = Named("fruit", [("pear", 1), ("apple", 2), ("quince", 3)])


def test_is_a_mapping_in_the_given_order():
    assert list(FRUIT) == ["pear", "apple", "quince"]
    assert dict(FRUIT) == {"pear": 1, "apple": 2, "quince": 3}
    assert len(FRUIT) == 3
    assert "pear" in FRUIT
    assert "plum" not in FRUIT
    assert FRUIT.get("plum") is None
    assert FRUIT.get("plum", 7) == 7
    assert FRUIT.get("apple", 7) == 2
    assert repr(FRUIT) == "Named(pear, apple, quince)"


def test_cannot_be_changed():
    with pytest.raises(TypeError):
        FRUIT["plum"] = 4


def test_survives_a_trip_to_another_process():
    assert dict(pickle.loads(pickle.dumps(FRUIT))) == dict(FRUIT)


def test_a_miss_offers_the_nearest_name():
    with pytest.raises(UnknownName, match=r"there is no fruit 'aple'\. Did you mean 'apple'\?"):
        FRUIT["aple"]


def test_a_part_of_a_name_offers_the_whole():
    assert nearest("table2", ["table1_scorers", "table2_generators"]) == (
        "Did you mean 'table2_generators'?"
    )


def test_a_wild_miss_lists_what_there_is():
    with pytest.raises(UnknownName, match=r"Known are: pear, apple, quince\."):
        FRUIT["zzz"]


def test_a_miss_among_nothing_says_so():
    assert nearest("x", []) == "None is known."
    with pytest.raises(UnknownName, match="None is known"):
        Named("fruit", [])["pear"]
