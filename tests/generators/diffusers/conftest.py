from __future__ import annotations

import sys
from pathlib import Path

# Tests share builders of tiny pipelines that stand beside them.
sys.path.insert(0, str(Path(__file__).parent))
