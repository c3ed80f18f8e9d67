"""``docs/aesthetics.md`` says what is true: its example works, its tables are the data's."""

import re
from pathlib import Path

import pytest

from widespectrum.aesthetics import load_dimensions
from widespectrum.aesthetics.reference import BEGIN, reference, rewrite

PAGE = Path(__file__).parents[2] / "docs" / "aesthetics.md"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def test_the_worked_example_loads(page, tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    path = tmp_path / "pixelated.toml"
    path.write_text(example, encoding="utf-8")
    dimensions = load_dimensions([path])
    pixelated = dimensions["pixelated"]
    assert "pixelated" in dimensions.enabled
    assert [effect.key for effect in pixelated.effects] == [
        "chunky-squares",
        "mosaic-subject",
        "mosaic-faces",
    ]
    assert pixelated.effects[0].darkroom.operation == "pixelation"
    assert not dimensions.compatible("mosaic-subject", "missed-focus")
    assert pixelated.effects[2].people


def test_the_first_example_runs(page):
    (example,) = re.findall(r"```python\n(.*?)```", page, re.S)
    exec(compile(example, str(PAGE), "exec"), {})


def test_the_reference_is_that_of_the_data(page):
    """If this fails: python -m widespectrum.aesthetics.reference docs/aesthetics.md."""
    assert page.count(BEGIN) == 1
    assert rewrite(page) == page


def test_the_reference_names_every_effect():
    text = reference()
    for dimension in load_dimensions().values():
        for effect in dimension.effects:
            assert f"| `{effect.key}` | {effect.phrases[0]} |" in text
