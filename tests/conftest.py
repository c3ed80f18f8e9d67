"""What every test has in common: nothing is kept in the home of whoever runs the tests."""

from __future__ import annotations

import os

os.environ["WIDESPECTRUM_ENCODINGS"] = "off"
