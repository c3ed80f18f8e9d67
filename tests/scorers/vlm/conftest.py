"""What is behind an endpoint is tested against a real server (`misbehaving`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "endpoints"))

from endpoint_fixtures import bare_environment, server, session, terms

__all__ = ["bare_environment", "server", "session", "terms"]
