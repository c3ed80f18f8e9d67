"""widespectrum: does an image model obey the person who asked?

The public API is this page. Everything on it is imported on first use, so that importing the
package, and ``widespectrum --help``, cost next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0.dev0"

_HOME = {
    "Choice": "contracts",
    "Chooser": "contracts",
    "Contest": "contracts",
    "Failure": "contracts",
    "Findings": "studies.findings",
    "GenerationRequest": "contracts",
    "Generator": "contracts",
    "Judge": "contracts",
    "Run": "runs",
    "Scorer": "contracts",
    "ScorerFacts": "contracts",
    "WidespectrumError": "errors",
    "analyse": "studies.audits",
    "audit": "studies.audits",
    "load_chooser": "choosers",
    "load_generator": "generators",
    "load_judge": "judges",
    "load_scorer": "scorers",
}

__all__ = [
    "Choice",
    "Chooser",
    "Contest",
    "Failure",
    "Findings",
    "GenerationRequest",
    "Generator",
    "Judge",
    "Run",
    "Scorer",
    "ScorerFacts",
    "WidespectrumError",
    "__version__",
    "analyse",
    "audit",
    "load_chooser",
    "load_generator",
    "load_judge",
    "load_scorer",
]

if TYPE_CHECKING:
    from widespectrum.choosers import load_chooser
    from widespectrum.contracts import (
        Choice,
        Chooser,
        Contest,
        Failure,
        GenerationRequest,
        Generator,
        Judge,
        Scorer,
        ScorerFacts,
    )
    from widespectrum.errors import WidespectrumError
    from widespectrum.generators import load_generator
    from widespectrum.judges import load_judge
    from widespectrum.runs import Run
    from widespectrum.scorers import load_scorer
    from widespectrum.studies.audits import analyse, audit
    from widespectrum.studies.findings import Findings


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"widespectrum.{_HOME[name]}"), name)
    raise AttributeError(f"module 'widespectrum' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
