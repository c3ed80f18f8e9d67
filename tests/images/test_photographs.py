"""The shipped photographs: few, small, captioned, free."""

from __future__ import annotations

from widespectrum.images import builtin_photographs, load_image

FREE = {"CC0-1.0", "Public domain", "CC-BY-2.0", "CC-BY-4.0"}


def test_enough_small_colour_photographs() -> None:
    photographs = builtin_photographs()
    assert len(photographs) >= 12
    assert len({photograph.id for photograph in photographs}) == len(photographs)
    assert sum(photograph.path.stat().st_size for photograph in photographs) < 1_200_000
    for photograph in photographs:
        image = load_image(photograph.path)
        assert 300 <= max(image.size) <= 512
        red, green, blue = image.resize((1, 1)).getpixel((0, 0))
        spread = [max(pixel) - min(pixel) for pixel in image.resize((16, 16)).get_flattened_data()]
        assert max(spread) > 40, photograph.id
        assert 10 < (red + green + blue) / 3 < 245


def test_captions_are_plain() -> None:
    for photograph in builtin_photographs():
        words = photograph.caption.split()
        assert 6 <= len(words) <= 14, photograph.caption
        assert words[0] in {"a", "an", "the", "two", "half", "dandelion"}
        assert not photograph.caption.endswith(".")


def test_licences_are_free_and_attributed() -> None:
    folder = builtin_photographs()[0].path.parent
    attribution = (folder / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for photograph in builtin_photographs():
        assert photograph.licence in FREE
        assert photograph.author
        assert photograph.source
        assert photograph.path.name in attribution
        assert photograph.author in attribution
    shipped = {path.name for path in folder.glob("*.jpg")}
    assert shipped == {photograph.path.name for photograph in builtin_photographs()}
