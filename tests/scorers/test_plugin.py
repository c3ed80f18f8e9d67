"""A real package with an entry point, seen by a fresh process."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[2] / "examples" / "plugin"


@pytest.fixture
def installed(tmp_path):
    """What installing examples/plugin leaves on the path, without an installer or a network."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = tmp_path / "night_owl-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
        encoding="utf-8",
    )
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PLUGIN / "src")]),
    }


def run(environment, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "widespectrum.cli.main", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_plugin_has_a_name_and_passes_the_check(installed):
    done = run(installed, "check", 'night-owl@words="night dark blocky,"', "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["scorer"] == 'night-owl@words="night dark blocky,"'
    assert report["prompt_aware"]


def test_a_plugin_is_listed_and_shown_with_its_package(installed):
    listed = json.loads(run(installed, "models", "list", "--kind", "scorer", "--json").stdout)
    assert {"name": "night-owl", "from": "night-owl 0.1.0"}.items() <= next(
        row.items() for row in listed if row["name"] == "night-owl"
    )
    shown = json.loads(run(installed, "models", "show", "night-owl", "--json").stdout)
    assert shown["object"] == "night_owl:make"
    assert shown["unit"] == "share of full light"


def test_a_plugin_refuses_settings_that_it_does_not_take(installed):
    done = run(installed, "check", "night-owl@depth=3")
    assert done.returncode == 2
    assert "depth" in done.stderr
