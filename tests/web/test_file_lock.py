"""The lock between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from market.web.file_lock import Locked, file_lock

HOLD = """
import sys, time
from pathlib import Path
from market.web.file_lock import file_lock
with file_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_process_holds_it_and_another_gets_it_once_that_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "made" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Locked), file_lock(file):
            pytest.fail("two hold it")
        other.kill()
        with file_lock(file, wait_seconds=30):
            pass
