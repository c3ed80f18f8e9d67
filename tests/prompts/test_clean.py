"""Clean captions: the style goes, the content stays."""

import pytest

from widespectrum.prompts import (
    TemplateWriter,
    build_pairs,
    builtin_captions,
    missing_words,
    without_style,
)
from widespectrum.prompts.lexicon import shipped_lexicon


@pytest.mark.parametrize(
    ("described", "clean"),
    [
        (
            "A blurry photo of a bus at night, with heavy grain and light leaks, tilted frame.",
            "A bus at night.",
        ),
        (
            "A grainy, washed-out photograph of children playing in a yard. The colors are faded. "
            "A dog looks on.",
            "Children playing in a yard. A dog looks on.",
        ),
        ("Stunning cinematic shot of a bride, harsh flash on her face", "A bride."),
        ("A man with a hat feeds a horse.", "A man with a hat feeds a horse."),
        ("Blurred, noisy and dark.", ""),
    ],
)
def test_by_example(described, clean):
    assert without_style(described, shipped_lexicon()) == clean


def test_a_template_prompt_gives_its_caption_back(pool):
    """Known truth: the effects were put there by the template, and the caption is known."""
    lexicon = shipped_lexicon()
    pairs = build_pairs(builtin_captions(), TemplateWriter(), pool, 300)
    for row in pairs.iter_rows(named=True):
        clean = without_style(row["prompt_anti"], lexicon)
        assert missing_words(row["prompt_original"], clean) == ()
        assert missing_words(clean, row["prompt_original"]) == ()
        assert lexicon.unasked(clean, ()) == ()
