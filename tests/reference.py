"""Copies of the reference data, to be broken."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import config


def copy_with_change(
    folder: Path, name: str, change: Callable[[list[dict[str, str]]], object]
) -> Path:
    """Copy the reference data into `folder`, the rows of its file `name` changed."""
    shutil.copytree(config.REFERENCE, folder)
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder
