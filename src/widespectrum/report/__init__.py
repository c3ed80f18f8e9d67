"""The report: findings become pages that open from disk, need no network and trust no text.

`report_run` writes the report of a run folder, `write_report` that of any findings. Colours, fonts
and the defaults of figures are in `widespectrum.report.theme`.
"""

from widespectrum.report.write import report_run, write_report

__all__ = ["report_run", "write_report"]
