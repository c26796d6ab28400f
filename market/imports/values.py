"""The values of a row as JSON keeps them, and one row told from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from market.imports.reading.sheets import CellValue

DECIMALS = frozenset(("quantity", "lot", "price", "price_to", "amount"))
DAYS = frozenset(("from_day", "until_day", "day", "consent_day"))


def pack(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something, as JSON."""
    return {name: _packed(value) for name, value in values.items() if value not in (None, "")}


def _packed(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case str():
            return str(value)  # of an enumeration its value
    return value


def unpack(values: Mapping[str, Any]) -> dict[str, Any]:
    """What `pack` was given, but for enumerations, which are texts."""
    return {name: _unpacked(name, value) for name, value in values.items()}


def _unpacked(name: str, value: Any) -> Any:
    if name in DECIMALS:
        return Decimal(value)
    return date.fromisoformat(value) if name in DAYS else value


def cell_text(cell: CellValue) -> str:
    """What a cell shows; a whole number without its point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def row_key(station: str, kind: str, values: Mapping[str, Any], occurrence: int = 0) -> str:
    """One key for all rows that say the same at one station; 32 hex digits.

    Args:
        values: packed.
        occurrence: how many rows of the file text the same before.
    """
    text = json.dumps([station, kind, dict(values), occurrence], sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
