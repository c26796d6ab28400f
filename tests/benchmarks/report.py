"""Tables for people, and the same as JSON. Nothing here fails: a figure over is marked so."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Report:
    """Prints each table as soon as it is there and keeps all of them."""

    def __init__(self) -> None:
        self.results: dict[str, Any] = {}

    def table(self, name: str, title: str, rows: Sequence[dict[str, Any]]) -> None:
        """Rows of the same keys. Where one has `target`, `over` says that it isn't held."""
        self.results[name] = list(rows)
        if not rows:
            return
        columns = [key for key in rows[0] if key != "over"]
        lines = [columns, *([_told(row[column]) for column in columns] for row in rows)]
        widths = [max(_width(line[n]) for line in lines) for n in range(len(columns))]
        texts = [isinstance(rows[0][column], str) for column in columns]
        print(f"\n{title}")
        for line, row in zip(lines, [None, *rows], strict=True):
            cells = zip(line, widths, texts, strict=True)
            mark = "  over" if row and row.get("over") else ""
            print("  " + "  ".join(_padded(*cell) for cell in cells) + mark, flush=True)

    def note(self, text: str) -> None:
        """A line that no table has room for."""
        self.results.setdefault("notes", []).append(text)
        print(f"\n{text}", flush=True)

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(self.results, ensure_ascii=False, indent=1), encoding="utf-8")


def held(rows: Sequence[dict[str, Any]], value: str, least: bool = False) -> list[dict[str, Any]]:
    """The rows with `over`: whether `value` is above its target (below it with `least`)."""
    return [{**row, "over": _is_over(row[value], row["target"], least)} for row in rows]


def _is_over(value: float | None, target: float | None, least: bool) -> bool:
    if value is None or target is None:
        return False
    return value < target if least else value > target


def _told(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text
