"""The tests of scorers share small pictures and scorers that obey arithmetic (`scorer_toys`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
