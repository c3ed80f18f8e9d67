"""`widespectrum --help` answers at once: it imports nothing heavy, and every command has a page."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "polars",
    "altair",
    "scipy",
    "sklearn",
    "statsmodels",
    "numpy",
    "PIL",
    "pydantic",
    "jinja2",
    "vl_convert",
    "transformers",
    "ray",
)

PROGRAM = """
import sys
from typer.testing import CliRunner
import widespectrum
from widespectrum.cli.main import app
result = CliRunner().invoke(app, ["--help"])
assert result.exit_code == 0, result.output
print("\\n".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_help_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.split())
    assert "widespectrum" in imported
    assert imported.isdisjoint(HEAVY)


def test_the_public_names_are_all_there() -> None:
    import widespectrum

    for name in widespectrum.__all__:
        assert getattr(widespectrum, name) is not None
    assert sorted(widespectrum.__all__, key=str.lower) == sorted(
        set(widespectrum.__all__), key=str.lower
    )
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        widespectrum.nonsense  # noqa: B018


def test_the_core_analyses_without_torch(tmp_path) -> None:
    table = tmp_path / "scores.csv"
    rows = [f"{i},s,{i % 3},{i % 2},{i % 5},{i % 4}" for i in range(20)]
    table.write_text("\n".join(["id,scorer,io_po,io_pa,ia_po,ia_pa", *rows]) + "\n")
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "from widespectrum.cli.main import main\n"
        f"sys.argv = ['widespectrum', 'analyse', {str(table)!r}, '--draws', '200',"
        f" '--out', {str(tmp_path / 'out')!r}]\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report" / "index.html").is_file()
