"""``widespectrum prompts``: what it writes, what it says, and how it fails."""

import json
import os
import subprocess
import sys

import pytest

from widespectrum.cli.main import main
from widespectrum.tables import read_prompt_pairs

MINE = """\
key = "pixel art"
title = "Pixel art"
low = "Large square pixels everywhere."
neutral = "Some pixels."
high = "No pixel is visible."
antonyms = ["smooth"]

[[effects]]
key = "huge-squares"
name = "huge squares"
phrases = ["huge flat squares instead of every shape"]
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["widespectrum", "prompts", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return run


def test_the_same_seed_gives_the_same_bytes_in_fresh_processes(tmp_path):
    written = []
    for hash_seed in ("1", "2"):
        for suffix in ("csv", "parquet"):
            out = tmp_path / f"{hash_seed}.{suffix}"
            command = ["-m", "widespectrum.cli.main", "prompts", "build", "--seed", "5", "--out"]
            subprocess.run(
                [sys.executable, *command, str(out)],
                env=os.environ | {"PYTHONHASHSEED": hash_seed},
                check=True,
                capture_output=True,
            )
            written.append(out.read_bytes())
    assert written[0] == written[2]
    assert written[1] == written[3]


def test_a_build_says_what_it_made(run, tmp_path):
    code, out, err = run("build", "--count", 20, "--show", 1)
    assert (code, out) == (0, "")
    frame = read_prompt_pairs(tmp_path / "pairs.csv")
    assert frame.height == 20
    assert "20 prompt pairs are in pairs.csv" in err
    assert frame["prompt_anti"][0] in err
    assert frame["prompt_neutral"][0] in err
    assert frame["prompt_anti"][1] not in err
    assert "words, anti:" in err
    assert "clarity 5" in err or "clarity 6" in err


def test_json_summary(run, tmp_path):
    code, out, _ = run(
        *("build", "--count", 22, "--dimensions-per-prompt", 1, "--no-neutral", "--json"),
        *("--out", "deep/er.jsonl"),
    )
    summary = json.loads(out)
    assert code == 0
    assert summary["count"] == 22
    assert summary["failed"] == 0
    assert summary["words"].keys() == {"original", "anti"}
    assert set(summary["dimensions"].values()) == {2}
    assert (tmp_path / "deep" / "er.jsonl").is_file()


def test_a_dimension_of_ones_own(run, tmp_path):
    (tmp_path / "mine.toml").write_text(MINE)
    code, _, _ = run(
        *("build", "--dimensions", "mine.toml", "--only", "pixel art", "--only", "clarity"),
        *("--count", 4, "--dimensions-per-prompt", 2),
    )
    assert code == 0
    frame = read_prompt_pairs(tmp_path / "pairs.csv")
    assert all("huge flat squares" in text.lower() for text in frame["prompt_anti"])
    assert {key for keys in frame["dimensions"] for key in keys} == {"pixel art", "clarity"}


def test_plain_draws_with_conflicts_differ_from_the_balanced_design(run, tmp_path):
    run("build", "--count", 60, "--out", "balanced.csv")
    run("build", "--count", 60, "--plain", "--allow-conflicts", "--out", "plain.csv")
    balanced = read_prompt_pairs(tmp_path / "balanced.csv")
    plain = read_prompt_pairs(tmp_path / "plain.csv")
    assert balanced["prompt_original"].to_list() == plain["prompt_original"].to_list()
    assert balanced["dimensions"].to_list() != plain["dimensions"].to_list()


def test_captions_of_ones_own_and_failures(run, tmp_path):
    (tmp_path / "mine.txt").write_text("A dog runs.\n" + "word " * 69 + "\nA cat sits.\n")
    code, _, err = run("build", "--captions", "mine.txt", "--count", 3)
    assert code == 3
    assert "1 prompts could not be written; they are in pairs.failures.csv" in err
    assert "caption-00002" in err
    assert read_prompt_pairs(tmp_path / "pairs.csv").height == 2
    assert "69 words" in (tmp_path / "pairs.failures.csv").read_text()
    # A build without failures takes the old list of failures away.
    assert run("build", "--count", 3)[0] == 0
    assert not (tmp_path / "pairs.failures.csv").exists()


def test_nothing_but_failures(run, tmp_path):
    (tmp_path / "mine.txt").write_text("word " * 69)
    code, out, err = run("build", "--captions", "mine.txt", "--count", 1, "--json")
    assert code == 3
    assert json.loads(out)["pairs"] is None
    assert "pairs.csv was not written" in err
    assert not (tmp_path / "pairs.csv").exists()


def test_hostile_captions_pass_through_as_text(run, tmp_path):
    hostile = '"><img src=x onerror=alert(1)> {effects} \u202e =1+1, [bold]</script>'
    (tmp_path / "mine.jsonl").write_text(json.dumps({"caption": hostile}))
    code, _, err = run("build", "--captions", "mine.jsonl", "--count", 2, "--show", 2)
    assert code == 0
    assert hostile in err
    frame = read_prompt_pairs(tmp_path / "pairs.csv")
    assert all(hostile in text for text in frame["prompt_anti"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--captions", "none.csv"], "none.csv: does not exist"),
        (["--dimensions-per-prompt", "two"], "Give a number or a range such as 2-4"),
        (["--dimensions-per-prompt", "4-2"], "the smaller one first"),
        (["--dimensions-per-prompt", "2-12"], "only 11"),
        (["--only", "clarty"], "Did you mean 'clarity'"),
        (["--out", "pairs.docx"], "not a table format"),
        (["--dimensions", "none.toml"], "none.toml"),
        (["--captions", "pairs.csv", "--out", "./pairs.csv"], "Give another --out"),
    ],
)
def test_bad_input_has_a_remedy_and_exit_code_2(run, arguments, message):
    code, out, err = run("build", *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_dimensions_are_listed(run):
    code, out, _ = run("dimensions")
    assert code == 0
    assert "clarity" in out
    assert "motion-blur" in out
    assert "symmetry (off unless asked for)" in out


def test_dimensions_as_json(run):
    code, out, _ = run("dimensions", "--only", "emotion", "--json")
    [emotion] = json.loads(out)
    assert code == 0
    assert emotion["key"] == "emotion"
    assert all(effect["phrases"] for effect in emotion["effects"])


def test_help_loads_nothing_heavy():
    code = (
        "import sys, widespectrum.cli.main; "
        "sys.exit(any(m in sys.modules for m in "
        "('polars', 'numpy', 'torch', 'pydantic', 'widespectrum.prompts')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
