from widespectrum.report.layout import arranged, scaled

LONG = "how far the ranking of the two images follows the prompt"


def test_container_stands_for_the_room_and_keeps_its_height():
    view = {"width": "container", "height": 300}
    assert scaled(view, 0.5, 800) == {"width": 400, "height": 300}
    assert scaled(view, 1, 200) == {"width": 200, "height": 200}
    assert view == {"width": "container", "height": 300}


def test_numbers_shrink_in_both_directions_but_not_into_nothing():
    assert scaled({"width": 600, "height": 600}, 0.5, 0) == {"width": 300, "height": 300}
    assert scaled({"width": 600, "height": 300}, 0.5, 0) == {"width": 300, "height": 200}
    assert scaled({"width": 600, "height": {"step": 12}}, 0.5, 0) == {
        "width": 300,
        "height": {"step": 12},
    }


def test_views_side_by_side_share_the_room():
    spec = {"hconcat": [{"width": "container"}, {"width": "container"}]}
    assert [view["width"] for view in scaled(spec, 1, 800)["hconcat"]] == [400, 400]
    facets = {"columns": 4, "spec": {"width": "container"}}
    assert scaled(facets, 1, 800)["spec"]["width"] == 200


def test_a_phone_has_two_facets_in_a_row():
    assert arranged({"facet": {}, "columns": 5}, narrow=True)["columns"] == 2
    assert arranged({"facet": {}, "columns": 5}, narrow=False)["columns"] == 5
    channel = {"encoding": {"facet": {"field": "a", "columns": 3}}}
    assert arranged(channel, narrow=True)["encoding"]["facet"]["columns"] == 2


def test_wrapped_facets_have_axes_of_their_own_unless_told_otherwise():
    assert arranged({"facet": {}, "columns": 3}, narrow=False)["resolve"] == {
        "axis": {"x": "independent"}
    }
    told = {"facet": {}, "columns": 3, "resolve": {"axis": {"x": "shared"}}}
    assert arranged(told, narrow=True)["resolve"] == told["resolve"]


def test_titles_are_wrapped_where_there_is_little_room_and_data_never():
    spec = {"encoding": {"x": {"title": LONG}}, "data": {"values": [{"title": LONG}]}}
    assert arranged(spec, narrow=False) == spec
    narrow = arranged(spec, narrow=True)
    assert " ".join(narrow["encoding"]["x"]["title"]) == LONG
    assert narrow["data"] == spec["data"]
    facets = {"facet": {}, "spec": {"encoding": {"y": {"title": LONG}}}}
    assert len(arranged(facets, narrow=False)["spec"]["encoding"]["y"]["title"]) == 2
