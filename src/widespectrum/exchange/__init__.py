"""Exchange: data sets come in as runs, and runs go out as data sets. See ``docs/data.md``.

Nothing is scored again on the way in, and nothing that a layout has room for is lost on the way
out. What comes from outside is checked cell by cell before any of it is stored.
"""

from widespectrum.exchange.exporting import Export, export_run
from widespectrum.exchange.hub import push_folder
from widespectrum.exchange.importing import Import, import_data, prepare_import
from widespectrum.exchange.layouts import LAYOUTS

__all__ = [
    "LAYOUTS",
    "Export",
    "Import",
    "export_run",
    "import_data",
    "prepare_import",
    "push_folder",
]
