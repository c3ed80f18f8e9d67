"""``widespectrum darkroom``: sheets and folders of pairs, with every way to go wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from PIL import Image
from typer.testing import CliRunner

from widespectrum.cli.main import app
from widespectrum.errors import BadInput, StorageFailed, UnknownName, WidespectrumError
from widespectrum.images import builtin_photographs, load_image
from widespectrum.tables import read_frame, read_image_pairs

EFFECTS = ["--effects", "film-grain", "--effects", "warped-lines", "--effects", "flat-fill"]


def run(*arguments: object) -> str:
    """What the command prints on stdout. Our errors come out as they are; others fail."""
    result = CliRunner().invoke(app, ["darkroom", *map(str, arguments)], catch_exceptions=True)
    if isinstance(result.exception, WidespectrumError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two captioned photographs, one in a subfolder."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    photographs = {photograph.id: photograph for photograph in builtin_photographs()}
    shutil.copy(photographs["cat"].path, folder / "cat.jpg")
    shutil.copy(photographs["fig"].path, folder / "more" / "fig.jpg")
    (folder / "captions.csv").write_text("file,caption\nmore/fig.jpg,half a fig\ncat.jpg,a cat\n")
    return folder


def build(folder: Path, out: Path, *more: object) -> dict:
    return json.loads(run("build", folder, "--out", out, "--longest-side", 64, "--json", *more))


def test_build_writes_a_table_that_audits_can_read(folder: Path, tmp_path: Path) -> None:
    summary = build(folder, tmp_path / "out", *EFFECTS, "--severity", 0.5, "--severity", 1)
    assert summary == {
        "table": str(tmp_path / "out" / "pairs.csv"),
        "pairs": 12,
        "photographs": 2,
        "made": 14,
        "kept": 0,
        "failures": {},
    }
    pairs = read_image_pairs(tmp_path / "out" / "pairs.csv")
    assert pairs.height == 12
    assert set(pairs["cluster"]) == {"cat", "more/fig"}
    assert set(pairs["severity"]) == {0.5, 1.0}
    assert pairs["dimensions"].to_list()[0] == ["clarity"]
    assert pairs["prompt_original"][0] == "A cat."
    for row in pairs.iter_rows(named=True):
        original, anti = load_image(row["image_original"]), load_image(row["image_anti"])
        assert max(original.size) == 64
        assert original.size == anti.size
        assert original.tobytes() != anti.tobytes()
    written = read_frame(tmp_path / "out" / "pairs.csv")
    assert not any(Path(path).is_absolute() for path in written["image_anti"])


def test_build_resumes_and_ends_in_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(folder, out, *EFFECTS)
    table = (out / "pairs.csv").read_bytes()
    anti = out / read_frame(out / "pairs.csv")["image_anti"][3]
    content, others = anti.read_bytes(), {p: p.stat().st_mtime_ns for p in out.rglob("*.png")}
    anti.unlink()
    (out / "pairs.csv").unlink()
    summary = build(folder, out, *EFFECTS)
    assert (summary["made"], summary["kept"]) == (1, 25)
    assert anti.read_bytes() == content
    assert (out / "pairs.csv").read_bytes() == table
    assert all(p.stat().st_mtime_ns == then for p, then in others.items() if p != anti)


def test_other_settings_never_reuse_the_wrong_image(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(folder, out, "--effects", "film-grain", "--severity", 1)
    assert build(folder, out, "--effects", "film-grain", "--severity", 1, "--seed", 1)["made"] == 2
    shutil.copy(folder / "more" / "fig.jpg", folder / "cat.jpg")
    again = build(folder, out, "--effects", "film-grain", "--severity", 1)
    assert (again["made"], again["kept"]) == (2, 2)


def test_output_inside_the_folder_is_not_taken_for_photographs(folder: Path) -> None:
    build(folder, folder / "pairs", "--effects", "film-grain", "--severity", 1)
    assert build(folder, folder / "pairs", "--effects", "film-grain", "--severity", 1)["kept"] == 4


def test_an_unreadable_photograph_is_recorded_and_the_rest_is_made(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "cat.jpg").write_bytes(b"\xff\xd8\xff broken")
    out = tmp_path / "out"
    arguments = ["darkroom", "build", str(folder), "--out", str(out), "--severity", "1", "--json"]
    result = CliRunner().invoke(app, [*arguments, *EFFECTS])
    assert result.exit_code == 3
    summary = json.loads(result.stdout)
    assert summary["pairs"] == 3
    assert "cat.jpg: begins like JPEG, but its header is damaged" in summary["failures"]["cat"]
    failures = read_frame(out / "failures.csv")
    assert failures["photo"].to_list() == ["cat"]
    assert failures["kind"].to_list() == ["bad_image"]
    shutil.copy(builtin_photographs()[0].path, folder / "cat.jpg")
    build(folder, out, "--severity", "1", *EFFECTS)
    assert not (out / "failures.csv").exists()
    assert read_image_pairs(out / "pairs.csv").height == 6


def test_no_readable_photograph_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "captions.csv").write_text("file,caption\na.png,nothing\n")
    with pytest.raises(BadInput, match=r"not one photograph could be read.*failures\.csv"):
        run("build", tmp_path, "--out", tmp_path / "out")


def test_stems_that_collide_keep_their_endings(tmp_path: Path) -> None:
    for name in ("a.png", "a.bmp"):
        Image.new("RGB", (8, 8), (9, 99, 199)).save(tmp_path / name)
    (tmp_path / "captions.csv").write_text("file,caption\na.png,one\na.bmp,two\n")
    build(tmp_path, tmp_path / "out", "--effects", "film-grain", "--severity", 1)
    pairs = read_image_pairs(tmp_path / "out" / "pairs.csv")
    assert set(pairs["cluster"]) == {"a.png", "a.bmp"}


@pytest.mark.parametrize(
    ("captions", "message"),
    [
        (
            "file,caption\ncat.jpg,a cat\n",
            r"fig\.jpg: has no caption\. Add a row for 'more/fig\.jpg'",
        ),
        (
            "file,caption\ncat.jpg,a cat\ndog.jpg,a dog\n",
            r"row 2, field 'file': 'dog\.jpg' is not a",
        ),
        (
            "file,caption\ncat.jpg,a cat\ncat.jpg,a dog\n",
            r"row 2, field 'file': repeats 'cat\.jpg'",
        ),
        ("file,caption\ncat.jpg,\n", r"row 1, field 'caption'"),
        ("file,text\ncat.jpg,a cat\n", r"captions\.csv.*'caption'"),
        ("file,caption\n../secret.png,a\n", r"'\.\./secret\.png' is not a photograph"),
    ],
)
def test_wrong_captions_name_file_row_and_remedy(
    folder: Path, tmp_path: Path, captions: str, message: str
) -> None:
    (folder / "captions.csv").write_text(captions)
    with pytest.raises(BadInput, match=message):
        run("build", folder, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_wrong_folders(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a folder"):
        run("build", tmp_path / "gone", "--out", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="holds no photographs"):
        run("build", tmp_path / "empty", "--out", tmp_path / "out")
    (folder / "captions.csv").unlink()
    with pytest.raises(BadInput, match="no such table of captions"):
        run("build", folder, "--out", tmp_path / "out")
    (folder / "captions.csv").write_text("file,caption\nmore/fig.jpg,fig\ncat.jpg,cat\n")
    with pytest.raises(UnknownName, match="film-grain"):
        run("build", folder, "--out", tmp_path / "out", "--effects", "film-grian")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed):
        run("build", folder, "--out", tmp_path / "file", "--effects", "film-grain")


def test_captions_from_another_table(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "texts.parquet"
    rows = {"file": ["cat.jpg", "more/fig.jpg"], "caption": ["Katze & <b>Hund</b>", "いちじく"]}
    pl.DataFrame(rows).write_parquet(table)
    build(folder, tmp_path / "out", "--captions", table, "--effects", "film-grain", "--severity", 1)
    pairs = read_image_pairs(tmp_path / "out" / "pairs.csv")
    assert set(pairs["prompt_original"]) == {"Katze & <b>Hund</b>.", "いちじく."}


def test_sheet_of_dimensions(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    load_image(builtin_photographs()[0].path).resize((60, 40)).save(photo)
    out = tmp_path / "sheets" / "sheet.png"
    run("sheet", "--out", out, "--photo", photo, "--dimension", "main object")
    short = load_image(out)
    run(
        "sheet",
        "--out",
        out,
        "--photo",
        photo,
        "--dimension",
        "main object",
        "--dimension",
        "clarity",
    )
    assert load_image(out).height > 3 * short.height
    first = out.read_bytes()
    run(
        "sheet",
        "--out",
        out,
        "--photo",
        photo,
        "--dimension",
        "main object",
        "--dimension",
        "clarity",
    )
    assert out.read_bytes() == first


def test_overview_sheet(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    load_image(builtin_photographs()[0].path).resize((60, 40)).save(photo)
    run("sheet", "--out", tmp_path / "all.jpg", "--photo", photo)
    assert load_image(tmp_path / "all.jpg").width > 1000


def test_wrong_sheets(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="clarity"):
        run("sheet", "--out", tmp_path / "a.png", "--dimension", "clarty")
    with pytest.raises(BadInput, match="no effect of emotion"):
        run("sheet", "--out", tmp_path / "a.png", "--dimension", "emotion")
    with pytest.raises(BadInput, match=r"\.png or \.jpg"):
        run("sheet", "--out", tmp_path / "a.gif")
    with pytest.raises(BadInput, match="no such image"):
        run("sheet", "--out", tmp_path / "a.png", "--photo", tmp_path / "gone.png")
