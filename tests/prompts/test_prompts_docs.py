"""What docs/prompts.md says of checks and tasks is so."""

import re
from pathlib import Path

import pytest

from widespectrum.prompts.lexicon import shipped_lexicon
from widespectrum.writers import load_task

TEXT = (Path(__file__).parents[2] / "docs" / "prompts.md").read_text("utf-8")


def test_the_task_that_is_shown_is_one(tmp_path):
    (shown,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    file = tmp_path / "alt.toml"
    file.write_text(shown)
    task = load_task(str(file))
    assert (task.column, task.checks.most_words, task.checks.keeps) == ("alt", 12, "caption")


def test_the_table_of_the_lexicon_is_what_is_measured(pool):
    rows = re.findall(r"^\| ([a-z ]+) \| (\d+) \| (\d+)% \| (\d+)% \|$", TEXT, re.MULTILINE)
    lexicon = shipped_lexicon()
    measured = []
    for dimension in pool:
        phrases = [phrase for effect in dimension.effects for phrase in effect.phrases]
        key = dimension.key
        signs = sum(any(s.dimension == key for s in lexicon.signs(phrase)) for phrase in phrases)
        hints = sum(bool(lexicon.told(phrase, [key], words_only=True)) for phrase in phrases)
        shares = (f"{100 * count / len(phrases):.0f}" for count in (signs, hints))
        measured.append((key, str(len(phrases)), *shares))
    assert rows == measured


@pytest.mark.parametrize("task", ["negative", "emotion", "caption", "clean", "critique"])
def test_every_text_has_its_row(task):
    assert f"| `{task}` |" in TEXT
