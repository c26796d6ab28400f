"""The table of journeys: taps, fields typed and seconds of each, and what slow 3G makes of it.

    python -m tests.journeys [slow|usual]

Runs the browser tests marked `journey`, once as the machine is and once with 400 kbit/s, 400 ms and
a quarter of the processor, and prints each page that misses its target. A figure is no test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Seconds until the load event on the slow line: nothing cached, and afterwards.
FIRST, FURTHER = 3.0, 1.5
COLUMNS = ("script", "taps", "fields", "s", "s slow", "first", "further (slowest)")


def run(line: str, folder: Path) -> tuple[dict[tuple[str, bool], dict[str, Any]], int]:
    """What each journey took on that line, and pytest's exit status."""
    found = folder / f"{line}.jsonl"
    found.touch()
    plugins = ("-p", "tests.journeys.tally", "-p", "no:cacheprovider")
    status = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-m", "journey", "tests/journeys"],
        cwd=ROOT,
        env={**os.environ, "JOURNEY_TALLY": str(found), "JOURNEY_LINE": line},
        check=False,
    ).returncode
    tallies = map(json.loads, found.read_text().splitlines())
    return {(tally["name"], tally["script"]): tally for tally in tallies}, status


def slowest(pages: list[tuple[str, float]]) -> tuple[str, float]:
    return max(pages, key=lambda page: page[1], default=("", 0.0))


def main(lines: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        runs = {line: run(line, Path(name)) for line in lines}
    rows = {line: tallies for line, (tallies, _status) in runs.items()}
    usual, slow = rows.get("usual", {}), rows.get("slow", {})
    print(f"Slow 3G, processor at a quarter: first page < {FIRST} s, each further < {FURTHER} s.")
    print(f"{'journey':<44}" + "".join(f"{column:>9}" for column in COLUMNS))
    late: dict[str, list[float]] = {}
    for key in sorted({**usual, **slow}):
        one, other = usual.get(key), slow.get(key)
        known: dict[str, Any] = one or other or {}
        line = f"{key[0]:<44}{'on' if key[1] else 'off':>9}{known['taps']:>9}{known['fields']:>9}"
        line += f"{one['seconds'] if one else '':>9}"
        if other:
            address, took = slowest(other["further"])
            line += f"{other['seconds']:>9}{slowest(other['first'])[1]:>9.2f}"
            line += f"{took:>9.2f} {address}"
            for pages, target in ((other["first"], FIRST), (other["further"], FURTHER)):
                for address, took in pages:
                    if took > target:
                        late.setdefault(address, []).append(took)
        print(line)
    counted = [took for tally in slow.values() for _page, took in tally["further"]]
    if counted:
        print(f"{len(counted)} further pages on the slow line, median {median(counted):.2f} s")
    for address, times in sorted(late.items(), key=lambda row: -max(row[1])):
        print(f"  beyond its target: {address} {', '.join(f'{t:.2f}' for t in times)} s")
    return max(status for _tallies, status in runs.values())


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["usual", "slow"]))
