"""The libraries at work without remarks that nobody can act upon."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """No remarks on long prompts and on what will be renamed one day, no bars per network.

    What was cut of a prompt is in the record of its picture; what is wrong with files is an error
    of ours (`widespectrum.generators.diffusers.loading`).
    """
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    remarks = [(each, each.get_verbosity()) for each in (diffusers_logging, transformers_logging)]
    bars = transformers_logging.is_progress_bar_enabled()
    for logging, _ in remarks:
        logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            for kind in (DeprecationWarning, FutureWarning):
                warnings.simplefilter("ignore", kind)
            yield
    finally:
        for logging, before in remarks:
            logging.set_verbosity(before)
        if bars:
            transformers_logging.enable_progress_bar()
