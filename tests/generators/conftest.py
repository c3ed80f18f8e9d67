from __future__ import annotations

import sys
from pathlib import Path

# Tests of the command use the tiny generator of another test module.
sys.path.insert(0, str(Path(__file__).parent))
