from typer import Typer
from typer.testing import CliRunner

from widespectrum.cli.report import report
from widespectrum.runs import Run
from widespectrum.studies.findings import Findings, save_findings

app = Typer(pretty_exceptions_enable=False)
app.command()(report)


def test_prints_the_path_of_the_page_and_nothing_else(tmp_path):
    run = Run.create(tmp_path / "run", identity={}, settings={})
    save_findings(Findings("s", "Study", "Why?", ("Because.",)), run.findings)
    result = CliRunner().invoke(app, [str(run.path)])
    assert result.exit_code == 0
    assert result.stdout == f"{run.report / 'index.html'}\n"
    assert "Because." in (run.report / "index.html").read_text(encoding="utf-8")


def test_open_shows_it_in_the_browser(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    run = Run.create(tmp_path / "run", identity={}, settings={})
    save_findings(Findings("s", "Study", "Why?", ("Because.",)), run.findings)
    CliRunner().invoke(app, [str(run.path), "--open"])
    assert shown == [(run.report / "index.html").resolve().as_uri()]
