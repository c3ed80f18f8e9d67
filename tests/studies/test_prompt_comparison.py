"""Two writers compared: which rows are paired, and numbers that can be checked by hand."""

import polars as pl
import pytest

from widespectrum.errors import BadInput
from widespectrum.studies.prompt_comparison import MEASURES, PromptTable, analyse, paired
from widespectrum.tables import PROMPT_SCHEMA


def table(name, prompts, dimensions=("clarity", "emotion"), ids=None):
    rows = [
        {
            "id": ids[n] if ids else f"p{n}",
            "prompt_original": f"A goat eats {n} apples.",
            "prompt_anti": prompt,
            "dimensions": list(dimensions),
            "cluster": f"c{n}",
            "writer": name,
        }
        for n, prompt in enumerate(prompts)
    ]
    return PromptTable(name, pl.DataFrame(rows, schema=PROMPT_SCHEMA))


ONE = table("one", [f"Blurred and in tears: a goat eats {n} apples." for n in range(8)])
TWO = table(
    "two", ["A sad and blurred animal, dark, in a very long line."] * 8, ("emotion", "clarity")
)


def test_the_order_of_dimensions_does_not_matter_but_all_else_does():
    assert paired(ONE.frame, TWO.frame).height == 8
    assert paired(ONE.frame, table("x", ["y"] * 8, ("clarity",)).frame).height == 0
    assert paired(ONE.frame, table("x", ["y"] * 8, ids="abcdefgh").frame).height == 0
    assert paired(ONE.frame, TWO.frame.head(3)).height == 3


def test_the_numbers_are_those_that_one_counts():
    found = analyse(ONE, TWO, draws=300)
    rows = {row["measure"]: row for row in found.table("measures").frame.to_dicts()}
    assert set(rows) == set(MEASURES.values())
    words = rows["words"]
    assert (words["first"], words["second"], words["difference"]) == (9, 11, 2)
    told = rows[MEASURES["asked_told"]]
    assert (told["first"], told["second"]) == (1, 1)
    unasked = rows[MEASURES["unasked"]]
    assert (unasked["first"], unasked["second"]) == (0, 1)  # "dark"
    kept = rows[MEASURES["kept"]]
    assert (kept["first"], kept["second"], kept["difference"]) == (1, 0, -1)
    assert kept["p_holm"] == 8 * 2 / 2**8  # all flips of eight captions, eight tests
    dimensions = {row["dimension"]: row for row in found.table("told").frame.to_dicts()}
    assert dimensions["emotion"]["prompts"] == 8
    assert dimensions["emotion"]["second"] == 1
    assert "two writes 11.0 words where one writes 9.0" in found.headline[0]


def test_rows_without_a_partner_are_counted():
    found = analyse(ONE, PromptTable("two", TWO.frame.head(5)), draws=200)
    assert found.provenance["pairs"] == 5
    assert any(note.startswith("3 rows have no partner") for note in found.notes)


def test_nothing_in_common_is_said_with_the_remedy():
    with pytest.raises(BadInput, match="--writer"):
        analyse(ONE, table("two", ["x"] * 3, ids="abc"))
