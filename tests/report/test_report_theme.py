import pytest

from widespectrum.report.theme import DARK, LIGHT, SERIES, css_variables


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_role_has_both_sides_and_a_light_colour_of_its_own():
    assert LIGHT.keys() == DARK.keys()
    assert len(set(LIGHT.values())) == len(LIGHT)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("ink", "panel"),
        ("soft", "paper"),
        ("soft", "panel"),
        ("accent", "paper"),
        ("accent", "wash"),
        ("paper", "accent"),
    ],
)
def test_text_can_be_read(palette, text, ground):
    """WCAG 2.2, success criterion 1.4.3 (AA)."""
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("role", [*SERIES, "faint"])
def test_marks_can_be_seen(palette, role):
    """WCAG 2.2, success criterion 1.4.11."""
    assert contrast(palette[role], palette["paper"]) >= 3


def test_dark_colours_are_for_dark_screens_only():
    style = css_variables()
    before, after = style.split("@media screen and (prefers-color-scheme:dark)")
    assert LIGHT["paper"] in before
    assert DARK["paper"] in after
    assert DARK["paper"] not in before
