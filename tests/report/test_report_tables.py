import polars as pl
import pytest

from widespectrum.errors import BadInput
from widespectrum.report.keynumbers import KeyNumber, key_numbers, shown_tables
from widespectrum.report.tables import MAX_ROWS, Cell, print_cell, print_table
from widespectrum.studies.findings import Column, Table


def printed(column: Column, **record: object) -> Cell:
    return print_cell(column, record)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "abc", "abc"),
        ("list", ["a", "b"], "a, b"),
        ("list", [], "—"),
        ("number", -0.456, "−0.46"),
        ("percent", 0.5, "50.00%"),
        ("count", 12000, "12,000"),
        ("p", 1e-9, "< 0.001"),
        ("flag", True, "yes"),
        ("flag", False, "no"),
    ],
)
def test_every_kind(kind, value, text):
    assert printed(Column("v", "V", kind), v=value) == Cell(text)


@pytest.mark.parametrize("value", [None, float("nan")])
@pytest.mark.parametrize("kind", ["text", "list", "number", "percent", "count", "p", "flag"])
def test_no_data_is_a_dash_and_never_zero(kind, value):
    cell = printed(Column("v", "V", kind), v=value, v_reason="one class only")
    assert cell == Cell("—", reason="one class only", missing=True)


def test_interval_stands_in_brackets_without_repeated_signs():
    column = Column("v", "V", "percent", 1, "lo", "hi")
    assert printed(column, v=0.5, lo=0.41, hi=0.6).interval == "[41.0, 60.0]"
    assert printed(column, v=0.5, lo=None, hi=0.6).interval == "[—, 60.0]"
    assert printed(column, v=0.5, lo=None, hi=float("nan")).interval == ""


@pytest.mark.parametrize(
    ("kind", "value"), [("number", "<b>"), ("flag", 1), ("count", "x"), ("list", 3), ("p", "0.1")]
)
def test_a_value_of_another_kind_is_refused_by_column(kind, value):
    with pytest.raises(BadInput) as caught:
        printed(Column("v", "V", kind), v=value)
    assert caught.value.place.field == "v"


def table(frame: pl.DataFrame, *columns: Column, name: str = "t") -> Table:
    return Table(name, "T", frame, columns)


@pytest.mark.parametrize(
    "column", [Column("absent", "A"), Column("v", "V", "number", 2, "absent", "v")]
)
def test_a_column_that_the_frame_lacks_is_named(column):
    with pytest.raises(BadInput) as caught:
        print_table(table(pl.DataFrame({"v": [1.0]}), column))
    assert caught.value.place.field == "absent"


def test_long_tables_say_how_much_is_left_out():
    shown = print_table(table(pl.DataFrame({"v": range(MAX_ROWS + 7)}), Column("v", "V", "count")))
    assert (len(shown.rows), shown.left_out) == (MAX_ROWS, 7)


def test_equal_first_cells_are_marked_only_below_the_first():
    shown = print_table(table(pl.DataFrame({"v": ["a", "a", "b", "a"]}), Column("v", "V")))
    assert [row[0].repeats for row in shown.rows] == [False, True, False, False]


SCORERS = table(
    pl.DataFrame({"scorer": ["x", "y"], "n": [3, 4], "a": [0.1, None], "b": [0.2, 0.3]}),
    Column("scorer", "Scorer"),
    Column("n", "Pairs", "count"),
    Column("a", "A", "number"),
    Column("b", "B", "percent", 0, "a", "a"),
)


def test_key_numbers_are_the_first_tables_first_interval():
    assert key_numbers([SCORERS]) == (
        KeyNumber("20%", "x", "B [10, 10]"),
        KeyNumber("30%", "y", "B"),
    )


def test_a_table_of_that_name_is_the_strip_and_not_shown_again():
    strip = table(
        pl.DataFrame({"k": [0.123], "lo": [0.1], "hi": [0.2]}),
        Column("k", "Regret", "number", 1, "lo", "hi", help="less is better"),
        name="key_numbers",
    )
    assert key_numbers([SCORERS, strip]) == (
        KeyNumber("0.1", "Regret", "[0.1, 0.2] less is better"),
    )
    assert shown_tables([SCORERS, strip]) == [SCORERS]


def test_without_tables_there_is_no_strip():
    assert key_numbers([]) == ()
    assert key_numbers([table(pl.DataFrame({"v": ["a"]}), Column("v", "V"))]) == ()
