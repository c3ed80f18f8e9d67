from widespectrum.report.provenance import Line, provenance_lines


def test_values_are_written_for_readers():
    facts = {
        "excluded_pairs": 3,
        "draws": 10_000,
        "ratio": -0.25,
        "gated": False,
        "models": {},
        "note": None,
        "weights": "sha256:" + "ab" * 32,
        "created": "2025-11-21T03:00:00+00:00",
    }
    assert provenance_lines(facts) == (
        Line("excluded pairs", "3"),
        Line("draws", "10,000"),
        Line("ratio", "−0.25"),
        Line("gated", "no"),
        Line("models", "—"),
        Line("note", "—"),
        Line("weights", "sha256:" + "ab" * 32, code=True),
        Line("created", "2025-11-21T03:00:00+00:00"),
    )


def test_mappings_and_lists_of_them_nest_and_plain_lists_do_not():
    facts = {"a": {"b": [1, "x", None]}, "runs": [{"python": "3.11"}]}
    assert provenance_lines(facts) == (
        Line("a", lines=(Line("b", "1, x, —"),)),
        Line("runs", lines=(Line("1", lines=(Line("python", "3.11"),)),)),
    )


def test_what_nests_too_deeply_is_json():
    deep: object = "leaf"
    for _ in range(9):
        deep = {"k": deep}
    (line,) = provenance_lines({"k": deep})
    while line.lines:
        (line,) = line.lines
    assert line.value.startswith('{"k": ')
    assert "leaf" in line.value
