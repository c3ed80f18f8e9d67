"""Every figure is valid Vega-Lite, holds its data, and survives hostile names."""

import math

import polars as pl
import pytest
import vl_convert
from known_scorers import BLIND, OBEDIENT, OVERRULING, levelled, random_scores, scores_of

from widespectrum.studies import reward_bias
from widespectrum.studies.reward_bias.plane import CLOUD, MOST_CLOUDS

HOSTILE = ('"><img src=x onerror=alert(1)>', "</script>", "a.b['c']\\", "\u202eevil\u202c")


def everything(names=("one", "two"), pairs=24):
    return random_scores(
        pairs,
        len(names),
        dimensions=[["clarity"], [names[0], "emotion"]] * (pairs // 2),
        generator=[names[0], names[-1] + "!"] * (pairs // 2),
        effects=[[names[0]]] * pairs,
        severity=[0.25, 0.5, 0.75, 1.0] * (pairs // 4),
        cluster=[f"photo {number // 4}" for number in range(pairs)],
    ).with_columns(scorer_names(names, pairs))


def scorer_names(names, pairs):
    return pl.Series("scorer", [name for name in names for _ in range(pairs)])


def figures_of(scores):
    return {figure.name: figure for figure in reward_bias.analyse(scores, draws=100).figures}


def drawn(figure):
    return vl_convert.vegalite_to_svg(dict(figure.spec), allowed_base_urls=[])


def test_all_of_them_compile():
    figures = figures_of(everything())
    assert list(figures) == [
        "plane",
        "ranking",
        "controls",
        "forest_dimension",
        "forest_generator",
        "severity",
    ]
    for figure in figures.values():
        assert drawn(figure).startswith("<svg")
        assert figure.title
        assert figure.caption
        assert figure.alt


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_data(name):
    for figure in figures_of(everything((name, "plain"))).values():
        svg = drawn(figure)
        assert "<img" not in svg
        assert "<script" not in svg.lower()
        assert any(leaf == name for _, leaf in leaves(figure.spec))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_never_become_fields_or_expressions(name):
    for figure in figures_of(everything((name, "plain"))).values():
        for path, text in texts(figure.spec):
            if name in text:
                assert {"values", "domain", "sort"} & set(path), path


def test_the_plane_holds_every_scorer_where_it_was_measured():
    scores = scores_of({"good": levelled(OBEDIENT, 9), "vain": levelled(OVERRULING, 9)})
    findings = reward_bias.analyse(scores, draws=100)
    (plane,) = (figure for figure in findings.figures if figure.name == "plane")
    points = rows_of(plane, "hero")
    rows = findings.table("scorers").frame
    assert [point["scorer"] for point in points] == ["good", "vain"]
    for point, row in zip(points, rows.iter_rows(named=True), strict=True):
        assert (point["taste"], point["listening"]) == (row["taste"], row["listening"])
    x = plane.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert all(x[0] < point["taste"] < x[1] for point in points)
    assert "good: taste 0.00" in plane.alt


def test_what_was_published_lies_hollow_beside_the_scorers():
    plane = figures_of(everything())["plane"]
    points = {row["scorer"]: row for row in rows_of(plane, "published")}
    assert set(points) == {"HPSv2.1, published", "ImageReward, published"}
    # From the rounded means, by the definitions: half of (36.4 -+ 12.6) over 31.6.
    assert points["HPSv2.1, published"]["taste"] == pytest.approx(0.377, abs=0.001)
    assert points["HPSv2.1, published"]["listening"] == pytest.approx(0.775, abs=0.001)
    assert "HPSv2.1, published: taste 0.38" in plane.alt
    assert "public, 300 pairs of SD3.5-Large." in plane.caption


def test_the_ranking_has_the_papers_rows_beside_ours_on_one_row_where_they_are_one_model():
    scores = scores_of({"hpsv3@dtype=float16": levelled(OBEDIENT, 9), "mine": [BLIND] * 9})
    ranking = figures_of(scores)["ranking"]
    measured, published = rows_of(ranking, "hero"), rows_of(ranking, "published")
    assert {row["row"] for row in measured} == {"hpsv3@dtype=float16", "mine"}
    accuracy = {row["row"]: row["accuracy"] for row in published}
    assert len(accuracy) == 9
    assert accuracy["hpsv3@dtype=float16"] == 0.381
    assert accuracy["CLIP-L"] == 0.913
    order = ranking.spec["layer"][-1]["encoding"]["y"]["sort"]
    assert order[0] == "hpsv3@dtype=float16"  # by what was measured here: all of it obeyed
    assert order[1:4] == ["BLIP-L", "CLIP-L", "GPT-5-Chat"]
    assert "CLIP-L (published): 91%" in ranking.alt


def test_the_cloud_is_a_bounded_sample_of_the_pairs():
    assert len(cloud_of(random_scores(CLOUD + 50, 2))) == 2 * CLOUD
    assert len(cloud_of(random_scores(10, MOST_CLOUDS))) == 10 * MOST_CLOUDS
    assert cloud_of(random_scores(10, MOST_CLOUDS + 1)) == []
    assert len(cloud_of(random_scores(10, 1, choice=[1] * 4 + [0] * 3 + [-1] * 3))) == 4


def cloud_of(scores):
    return rows_of(figures_of(scores)["plane"], "cloud")


def rows_of(plane, style):
    (layer,) = (part for part in plane.spec["layer"] if part["mark"].get("style") == style)
    return layer["data"]["values"]


def test_a_scorer_without_a_unit_has_no_place_in_the_plane():
    scores = scores_of({"unit": levelled(OBEDIENT, 5), "none": [BLIND] * 5})
    layers = figures_of(scores)["plane"].spec["layer"]
    for layer in layers:
        assert "none" not in {row.get("scorer") for row in layer.get("data", {}).get("values", [])}
    assert "plane" not in figures_of(scores_of({"none": [BLIND] * 5}))


def test_without_intervals_no_interval_is_drawn():
    scores = everything().with_columns(cluster=pl.lit("one photograph"))
    for figure in figures_of(scores).values():
        svg = drawn(figure)
        assert "NaN" not in svg
        assert interval_rows(figure.spec) == []


def interval_rows(spec):
    found = []
    for layer in spec.get("layer", spec.get("spec", {}).get("layer", [])):
        if isinstance(layer["mark"], dict) and layer["mark"].get("style") == "interval":
            found += layer["data"]["values"]
    return found


def test_numbers_in_figures_are_finite():
    for figure in figures_of(everything()).values():
        for _, number in leaves(figure.spec):
            if isinstance(number, float):
                assert math.isfinite(number)


def leaves(node, path=()):
    if isinstance(node, dict):
        for key, item in node.items():
            yield (*path, key), key
            yield from leaves(item, (*path, key))
    elif isinstance(node, list | tuple):
        for item in node:
            yield from leaves(item, path)
    else:
        yield path, node


def texts(node):
    return ((path, leaf) for path, leaf in leaves(node) if isinstance(leaf, str))
