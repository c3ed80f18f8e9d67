"""The tests of training share toy trainings (`training_toys`), also with child processes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
