"""Data from strangers: every trick ends in one clear message, and nothing outside is touched."""

import json
import re
import struct
import zlib

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from authors_data import benchmark_rows, picture, png, write_shards
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widespectrum.errors import BadInput, WidespectrumError
from widespectrum.exchange import export_run, import_data, prepare_import
from widespectrum.exchange.card import escaped

HEADER = "id,prompt_original,prompt_anti,image_original,image_anti\n"


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that announces billions of pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("../secret.png", "lies outside the table's folder"),
        ("/etc/passwd", "lies outside the table's folder"),
        ("http://127.0.0.1:9/x.png", "tables may name files only"),
        ("file:///etc/passwd", "tables may name files only"),
    ],
)
def test_paths_and_addresses_in_tables(tmp_path, cell, said):
    (tmp_path / "secret.png").write_bytes(png(1))
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "0.png").write_bytes(png(0))
    (folder / "mine.csv").write_text(f"{HEADER}a,x,y,0.png,{cell}\n")
    with pytest.raises(BadInput, match=said) as caught:
        prepare_import(folder / "mine.csv", out=tmp_path / "run")
    assert "mine.csv, row 1, field 'image_anti'" in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_a_trusted_table_may_name_files_outside(tmp_path):
    (tmp_path / "other.png").write_bytes(png(1))
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "mine.csv").write_text(f"{HEADER}a,x,y,../other.png,../other.png\n")
    job = import_data(folder / "mine.csv", out=tmp_path / "run", allow_outside=True)
    assert job.run.table("images").height == 2


def test_a_link_that_leads_outside(tmp_path):
    (tmp_path / "secret.png").write_bytes(png(1))
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "mine.csv").write_text(f"{HEADER}a,x,y,link.png,link.png\n")
    with pytest.raises(BadInput, match="lies outside"):
        prepare_import(folder / "mine.csv", out=tmp_path / "run")


@pytest.mark.parametrize(
    ("cell", "kind", "said"),
    [
        (picture(bomb()), "bad_image", "too large"),
        (picture(b""), "bad_image", "is empty"),
        (picture(None, "http://127.0.0.1:9/a.png"), "bad_image", "only the path 'http"),
        (picture(None), "bad_image", "holds no picture"),
        (picture(b"8BPS" + bytes(99)), "bad_image", "Photoshop"),
    ],
)
def test_pictures_in_parquet(tmp_path, cell, kind, said):
    rows = benchmark_rows(2)
    rows[3]["image_distorted"] = cell
    job = import_data(write_shards(tmp_path / "set", rows), out=tmp_path / "run")
    failure = job.run.table("failures").row(0, named=True)
    assert failure["kind"] == kind
    assert "train-00000-of-00001.parquet, row 4, field 'image_distorted'" in failure["reason"]
    assert said in failure["reason"]
    assert job.run.table("images").height == 7


CHANGES = {
    "control character": ("prompt_distorted", "a lamp\x1b[2J", "control character U+001B"),
    "nul": ("prompt_original", "a\x00b", "control character U+0000"),
    "giant": ("prompt_distorted", "x" * 20_001, "20,001 characters long; at most 20,000"),
    "empty": ("prompt_original", "  ", "is empty"),
    "missing": ("prompt_original", None, "is empty"),
    "no list": ("selected_dims", '{"a": ', "not JSON"),
    "half a list": ("selected_dims", "[1]", "is 1, not text"),
    "deep": ("selected_dims", "[" * 20_000, "not JSON"),
    "verdict": ("llm_selected", 3, "is 3"),
    "model": ("model", "a\x07", "control character U+0007"),
    "logits": ("blip_score", [[0.5], [1.0, 2.0]], "not two pairs of finite logits"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_cells(tmp_path, case):
    column, value, said = CHANGES[case]
    rows = benchmark_rows(3)
    rows[4][column] = value
    with pytest.raises(BadInput, match=re.escape(said)) as caught:
        prepare_import(write_shards(tmp_path / "set", rows), out=tmp_path / "run")
    assert caught.value.place.row == 5
    assert caught.value.place.field == column
    assert caught.value.remedy
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("prompt_original", 7),
        ("prompt_distorted", {"a": 1}),
        ("index", "seven"),
        ("index", 0.5),
        ("hpsv2_reward", "high"),
        ("hpsv3_reward", 3.0),
        ("rater", [1, 2]),
        ("llm_selected", "yes"),
        ("selected_dims", 5),
    ],
)
def test_columns_of_another_type(tmp_path, column, value):
    rows = [{**r, column: value} for r in benchmark_rows(2)]
    with pytest.raises(BadInput) as caught:
        prepare_import(write_shards(tmp_path / "set", rows), out=tmp_path / "run")
    assert caught.value.place.row == 1
    assert caught.value.place.field == column


@given(cut=st.integers(1, 5000), flip=st.booleans(), at=st.floats(0, 1))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_parquet_is_told_and_never_crashes(tmp_path, cut, flip, at):
    folder = tmp_path / f"{cut}-{flip}-{at}"
    file = write_shards(folder, benchmark_rows(2)) / "train-00000-of-00001.parquet"
    content = bytearray(file.read_bytes())
    if flip:
        content[int(at * (len(content) - 1))] ^= 0xFF
    else:
        content = content[:-cut]
    file.write_bytes(content)
    said = ""
    try:
        job = import_data(folder, out=folder / "run")
    except WidespectrumError as error:
        said = str(error)
    # A flipped bit may lie where nobody looks, or in one picture.
    whole = not said and flip and job.run.table("images").height >= 6
    assert whole or "train-00000-of-00001.parquet" in said


def test_truncated_parquet(tmp_path):
    file = write_shards(tmp_path / "set", benchmark_rows(2)) / "train-00000-of-00001.parquet"
    file.write_bytes(file.read_bytes()[:-300])
    with pytest.raises(BadInput, match=r"cannot be read as Parquet .* Download it again"):
        prepare_import(tmp_path / "set", out=tmp_path / "run")


def test_what_we_write_has_checksums(tmp_path):
    rows = benchmark_rows(6)
    run = import_data(write_shards(tmp_path / "set", rows), out=tmp_path / "run").run
    export_run(run, tmp_path / "out", layouts=["aas_benchmark_final"])
    (file,) = (tmp_path / "out" / "data").iterdir()
    group = pq.read_metadata(file).row_group(0)
    chunks = (group.column(place) for place in range(group.num_columns))
    score = next(c for c in chunks if c.path_in_schema == "hpsv2_reward.hpsv2_oiop")
    content = bytearray(file.read_bytes())
    content[score.data_page_offset + score.total_compressed_size // 2] ^= 0x01
    content[score.dictionary_page_offset + 40] ^= 0x01
    file.write_bytes(content)
    with pytest.raises(BadInput, match=r"train-00000-of-00001\.parquet: cannot be read"):
        prepare_import(tmp_path / "out", out=tmp_path / "back")


def test_a_saved_set_that_names_files_elsewhere(tmp_path):
    folder = tmp_path / "saved"
    folder.mkdir()
    state = {"_data_files": [{"filename": "../../secret.arrow"}]}
    (folder / "state.json").write_text(json.dumps(state))
    with pytest.raises(BadInput, match="no file beside it"):
        prepare_import(folder, out=tmp_path / "run")


def test_arrow_with_offsets_that_lie(tmp_path):
    table = pa.table({"text": ["a", "b"], "image": [png(1), png(2)]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content = bytearray(sink.getvalue().to_pybytes())
    offsets = bytes(content).find(struct.pack("<iii", 0, 1, 2))
    content[offsets + 4 : offsets + 8] = struct.pack("<i", 2**30)
    (tmp_path / "x.arrow").write_bytes(content)
    with pytest.raises(BadInput, match="cannot be read as Arrow"):
        prepare_import(tmp_path / "x.arrow", out=tmp_path / "run")


def exported(tmp_path):
    run = import_data(write_shards(tmp_path / "set", benchmark_rows(1)), out=tmp_path / "run").run
    export_run(run, tmp_path / "out", format="jsonl")
    return tmp_path / "out"


def changed(file, column, value):
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0][column] = value
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("pictures", "image", "../set/x.png", "outside"),
        ("pictures", "pair_id", "nobody", "Name a pair"),
        ("pictures", "variant", "third", "Use one of original, anti"),
        ("scores", "io_pa", "much", "not a finite number"),
        ("scores", "scorer", "a\x1b", "U\\+001B"),
        ("ratings", "p_low", 7.0, "from 0 to 1"),
        ("choices", "choice", 2, "from -1 to 1"),
        ("choices", "under", "x", "Use one of"),
        ("pairs", "id", "other", "Name a pair|repeats"),
        ("pairs", "prompt_anti", "a\x07", "U\\+0007"),
    ],
)
def test_our_own_tables_in_strange_hands(tmp_path, table, column, value, said):
    folder = exported(tmp_path)
    changed(folder / f"{table}.jsonl", column, value)
    with pytest.raises(BadInput, match=said):
        prepare_import(folder, out=tmp_path / "back")


def test_an_occupied_folder_is_not_written_into(tmp_path):
    run = import_data(write_shards(tmp_path / "set", benchmark_rows(1)), out=tmp_path / "run").run
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(BadInput, match="nothing was touched"):
        export_run(run, tmp_path / "mine")
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_an_export_may_be_written_again(tmp_path):
    run = import_data(write_shards(tmp_path / "set", benchmark_rows(2)), out=tmp_path / "run").run
    export_run(run, tmp_path / "out", layouts=["plain", "aas_benchmark_final"], format="csv")
    run.prompts = run.prompts.head(1)
    export_run(run, tmp_path / "out", layouts=["plain"])
    assert not list(tmp_path.glob("out/*.csv"))
    assert not list(tmp_path.glob("out/data/*"))
    assert import_data(tmp_path / "out", out=tmp_path / "back").run.prompts.height == 1


def test_a_card_shows_names_and_does_nothing_else(tmp_path):
    name = '<script>alert(1)</script>|[x](javascript:y)\n# title\n---\nlicense: "mit"'
    rows = [{**r, "model": name.replace("\n", " ")} for r in benchmark_rows(1)]
    run = import_data(write_shards(tmp_path / "set", rows), out=tmp_path / "run").run
    export_run(run, tmp_path / "out", title=name, licence="x\n- evil: yes")
    card = (tmp_path / "out" / "README.md").read_text()
    front = card.split("---\n")[1]
    assert 'license: "x\\n- evil: yes"' in front
    body = card.split("---\n", 2)[2]
    assert "<script>" not in body
    assert "](javascript" not in body
    assert body.splitlines()[1].startswith("# \\<script")
    assert escaped("a|b`c`\u202e\x1b[2J") == "a\\|b\\`c\\` \\[2J"


def test_pairs_keep_text_that_is_only_unusual(tmp_path):
    rows = benchmark_rows(1)
    odd = "  two\n\nlines, \t tab, \u202eright to left, 猫 <b>&amp;  "
    rows[0]["prompt_original"] = odd
    run = import_data(write_shards(tmp_path / "set", rows), out=tmp_path / "run").run
    assert run.prompts.filter(pl.col("generator") == "flux-dev")["prompt_original"][0] == odd


def pairs_table(tmp_path, **more):
    """A pair table of anybody's, with an id."""
    for k in range(2):
        (tmp_path / f"{k}.png").write_bytes(png(k))
    row = {
        "id": 7,
        "prompt_original": "a cup",
        "prompt_anti": "a broken cup",
        "image_original": "0.png",
        "image_anti": "1.png",
    }
    pl.DataFrame([row | more]).write_parquet(tmp_path / "mine.parquet")
    return tmp_path / "mine.parquet"


def test_an_id_may_be_a_number(tmp_path):
    assert import_data(pairs_table(tmp_path), out=tmp_path / "run").run.prompts["id"][0] == "7"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("choice", 5, "is 5"),
        ("mood", {"deep": {"deeper": 1}}, "texts, numbers or lists"),
        ("mood", [["a"]], "not text"),
        ("mood", "a\x1b", r"U\+001B"),
        ("seed_anti", 0.5, "not a whole number"),
    ],
)
def test_further_columns_of_pairs(tmp_path, column, value, said):
    with pytest.raises(BadInput, match=said) as caught:
        prepare_import(pairs_table(tmp_path, **{column: value}), out=tmp_path / "run")
    assert caught.value.place.field == column


def test_critique_without_pictures(tmp_path):
    source = write_shards(tmp_path / "set", [{"topic": "a", "prompt": "b"}])
    with pytest.raises(BadInput, match="no picture beside it"):
        prepare_import(source, out=tmp_path / "run")
