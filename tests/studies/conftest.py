"""The tests of studies share small score tables whose answers are known (`known_scorers`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
