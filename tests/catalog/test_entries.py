import pytest

from widespectrum.catalog import Lineage, read_entries
from widespectrum.errors import BadInput

TABLE = """
[danceflux]
kind = "generator"
title = "DanceFLUX"
class = "widespectrum.generators.flux:Flux"
extra = "hub"
hub_id = "someone/danceflux"
revision = "0123456789abcdef0123456789abcdef01234567"
gated = true
size = 24000000000
lineage = { base = "flux-dev", towards = ["HPSv2.1", "CLIP"] }
settings = { steps = 28 }
"""


def write(folder, text):
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_of_any_kind_is_read(tmp_path):
    entry = read_entries(write(tmp_path, TABLE))["danceflux"]
    assert entry.name == "danceflux"
    assert entry.kind == "generator"
    assert entry.gated
    assert entry.lineage == Lineage(base="flux-dev", towards=("HPSv2.1", "CLIP"))
    assert entry.settings == {"steps": 28}
    assert entry.licence == "unknown"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('kind = "generator"', 'kind = "painter"', "kind"),
        ('title = "DanceFLUX"', "", "title"),
        ("gated = true", "gatted = true", "gatted"),
        ("size = 24000000000", "size = -1", "size"),
        ("0123456789abcdef0123456789abcdef01234567", "main", "revision"),
        ("widespectrum.generators.flux:Flux", "os:system", "class"),
        ("widespectrum.generators.flux:Flux", "widespectrum_evil:run", "class"),
        ('base = "flux-dev", ', "", "lineage.base"),
    ],
)
def test_a_wrong_field_is_named_with_file_and_model(tmp_path, old, new, field):
    path = write(tmp_path, TABLE.replace(old, new))
    with pytest.raises(BadInput) as caught:
        read_entries(path)
    assert caught.value.place.file == str(path)
    assert caught.value.place.row == "danceflux"
    assert caught.value.place.field == field


@pytest.mark.parametrize(
    ("text", "says"), [("[broken", "is not TOML"), ("model = 3", "is not a table")]
)
def test_what_is_no_catalog_is_refused(tmp_path, text, says):
    with pytest.raises(BadInput, match=says):
        read_entries(write(tmp_path, text))


def test_a_name_that_could_not_be_typed_is_refused(tmp_path):
    text = TABLE.replace("[danceflux]", '["dance@flux"]')
    with pytest.raises(BadInput) as caught:
        read_entries(write(tmp_path, text))
    assert caught.value.place.field == "name"


def test_a_missing_catalog_is_named(tmp_path):
    with pytest.raises(BadInput, match="cannot be opened"):
        read_entries(tmp_path / "none.toml")
