"""What is measured, and beside what.

The instance is named before anything imports the settings, which read it once.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = Path(os.environ.setdefault("MARKET_INSTANCE", str(ROOT / "instance" / "bench")))
