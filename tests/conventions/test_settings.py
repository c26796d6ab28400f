"""Settings as an operator gives them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("given", "meant"),
    [("somewhere/else", ROOT / "somewhere/else"), ("/tmp/far", Path("/tmp/far"))],
)
def test_an_instance_may_be_relative_to_the_checkout(given: str, meant: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    shown = subprocess.run(
        [sys.executable, "-c", "import config; print(config.Base.SQLALCHEMY_DATABASE_URI)"],
        cwd=ROOT,
        env={**environment, "MARKET_INSTANCE": given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == f"sqlite:///{meant}/market.sqlite3"
