"""The demonstrations run from nothing to a page, and a second time do nothing again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from widespectrum.cli.main import main

KINDS = {
    "bonsai": ([], {"bonsai-clip", "bonsai-taste", "sharpness"}, "This is Bonsai"),
    "photographs": (["--photographs"], {"sharpness", "wordmeter"}, "Demonstration"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_quick_demo(
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags, scorers, banner = KINDS[kind]
    out = tmp_path / "run"
    monkeypatch.setattr(
        sys, "argv", ["widespectrum", "demo", "--quick", "--json", "--out", str(out), *flags]
    )
    documents = []
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        documents.append(json.loads(said.out))
        shards = {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
        if len(documents) == 1:
            first = {p: t for p, t in shards.items() if "tables" in p.parts}
    assert documents[0]["tables"] == documents[1]["tables"]
    assert {p: t for p, t in shards.items() if "tables" in p.parts} == first
    rows = {row["scorer"]: row for row in documents[0]["tables"]["scorers"]}
    assert set(rows) == scorers
    assert rows["sharpness"]["listening"] == 0.0
    listener = "bonsai-clip" if kind == "bonsai" else "wordmeter"
    assert rows[listener]["listening_low"] > 0
    assert banner in Path(documents[0]["report"]).read_text(encoding="utf-8")
