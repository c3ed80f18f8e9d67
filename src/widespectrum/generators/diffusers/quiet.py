"""The libraries at work without remarks that nobody can act upon."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet() -> Iterator[None]:
    """No remarks on long prompts and on what will be renamed one day, no bars per network.

    What was cut of a prompt is in the record of its picture; what is wrong with files is an error
    of ours (`widespectrum.generators.diffusers.loading`).
    """
    import diffusers.utils.logging
    import transformers.utils.logging

    theirs: Any = transformers.utils.logging  # some of its functions have no types
    both = theirs, diffusers.utils.logging
    remarks = [(logging, logging.get_verbosity()) for logging in both]
    bars = theirs.is_progress_bar_enabled()
    for logging, _ in remarks:
        logging.set_verbosity_error()
    theirs.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            for kind in (DeprecationWarning, FutureWarning):
                warnings.simplefilter("ignore", kind)
            yield
    finally:
        for logging, before in remarks:
            logging.set_verbosity(before)
        if bars:
            theirs.enable_progress_bar()
