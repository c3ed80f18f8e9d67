import json
import os
import shutil
from pathlib import Path

import pytest
from scorer_toys import noise
from typer.testing import CliRunner

from widespectrum.cli.main import app
from widespectrum.errors import BadInput, UnknownName

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_good_scorer_exits_with_0():
    result = run("check", "brightness")
    assert result.exit_code == 0
    assert "brightness keeps its contract, and is prompt-blind." in result.stdout


# The example divides by the number of neighbours, of which a single pixel has none; NumPy warns.
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered")
def test_the_three_line_example_is_told_what_it_leaves_out():
    result = run("check", f"{EXAMPLES / 'sharpness.py'}:sharpness", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["prompt_aware"] is False
    failed = [check["name"] for check in report["results"] if not check["passed"]]
    assert failed == ["odd images", "prompt"]
    shown = run("check", f"{EXAMPLES / 'sharpness.py'}:sharpness")
    assert shown.exit_code == 1
    assert "sharpness:sharpness fails: odd images, prompt." in shown.stdout


def test_the_honest_example_passes():
    shown = run("check", f"{EXAMPLES / 'honest_sharpness.py'}:sharpness")
    assert shown.exit_code == 0
    assert "honest-sharpness keeps its contract, and is prompt-blind." in shown.stdout


def test_an_unknown_name_is_bad_input():
    with pytest.raises(UnknownName, match="Did you mean wordmeter"):
        run("check", "wordmetre")


def test_a_scorer_is_checked_with_pairs_of_ones_own(tmp_path):
    for seed in range(4):
        noise(seed).save(tmp_path / f"{seed}.png")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(
        "id,prompt_original,prompt_anti,image_original,image_anti\n"
        "a,a zebra,a striped horse,0.png,1.png\nb,a cat,a cat in the dark,2.png,3.png\n",
        encoding="utf-8",
    )
    scorer = tmp_path / "mine.py"
    scorer.write_text(
        "def zebra(images, prompts):\n"
        "    return [i.width + ('zebra' in p) for i, p in zip(images, prompts)]\n",
        encoding="utf-8",
    )
    assert run("check", f"{scorer}:zebra").exit_code == 1
    assert run("check", f"{scorer}:zebra", "--pairs", pairs).exit_code == 0


HOSTILE = "[red]\x1b[31m evil[/red] \u202e [bold"


@pytest.fixture
def hostile(tmp_path):
    path = tmp_path / "hostile.toml"
    path.write_text(
        "[hostile]\nkind = 'scorer'\nclass = 'widespectrum.scorers.pocket:Brightness'\n"
        f"facts = {{ prompt_aware = false, unit = {json.dumps(HOSTILE)} }}\n"
        f"title = {json.dumps(HOSTILE)}\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("arguments", [("list",), ("show", "hostile")])
def test_hostile_text_is_shown_and_not_obeyed(hostile, arguments):
    shown = run("models", *arguments, "--catalog", hostile).stdout
    assert "[red]" in shown
    assert "[bold" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_hostile_names_are_shown_and_not_obeyed(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from widespectrum.scorers import as_scorer\n"
        f"f = as_scorer(lambda images, prompts: [1.0] * len(images), name={HOSTILE!r})\n",
        encoding="utf-8",
    )
    shown = run("check", f"{path}:f").stdout
    assert "[red]" in shown
    assert "\x1b" not in shown


def test_models_are_listed_with_kind_and_origin():
    rows = json.loads(run("models", "list", "--json").stdout)
    assert {"sharpness", "colourfulness", "brightness", "wordmeter", "table"} <= {
        row["name"] for row in rows
    }
    assert {"kind": "scorer", "from": "catalog"}.items() <= rows[0].items()
    assert run("models", "list", "--kind", "scorer").exit_code == 0
    with pytest.raises(BadInput, match="Kinds: scorer"):
        run("models", "list", "--kind", "poet")


def test_a_model_is_shown_with_all_its_facts():
    facts = json.loads(run("models", "show", "wordmeter", "--json").stdout)
    assert facts["prompt_aware"] is True
    assert facts["range"] == [-2.0, 1.0]
    assert facts["licence"] == "Apache-2.0"
    assert "token_limit" in facts
    assert "prompt_aware" in run("models", "show", "wordmeter").stdout


def test_a_catalog_from_the_environment(hostile, monkeypatch):
    monkeypatch.setenv("WIDESPECTRUM_CATALOG", os.pathsep.join([str(hostile)]))
    assert run("check", "hostile").exit_code == 0


def test_an_example_works_from_any_folder(tmp_path, monkeypatch):
    shutil.copy(EXAMPLES / "honest_sharpness.py", tmp_path / "mine.py")
    monkeypatch.chdir(tmp_path)
    assert run("check", "mine.py:sharpness").exit_code == 0
