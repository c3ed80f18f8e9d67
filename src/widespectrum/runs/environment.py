"""Where a run was made: versions and machine, never environment variables."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = (
    "widespectrum",
    "numpy",
    "pillow",
    "polars",
    "scipy",
    "scikit-learn",
    "statsmodels",
    "torch",
    "transformers",
    "diffusers",
)
"""Packages whose version can change a result; those not installed are left out."""


def describe_environment() -> dict[str, Any]:
    """Python, package versions, platform, CPU count and threads, as JSON values.

    Nothing names the person or the machine: no host name, no path, no environment variable.
    """
    import polars as pl

    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    threads = {"polars": pl.thread_pool_size()}
    # Asked only if somebody loaded it: a run with nothing left to do loads no model library.
    if torch := sys.modules.get("torch"):
        threads["torch"] = torch.get_num_threads()
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu_count": os.cpu_count(),
        "threads": threads,
        "packages": packages,
    }
