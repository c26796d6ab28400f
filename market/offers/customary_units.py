"""What goods are customarily priced by, where somebody names yuan and no unit."""

from __future__ import annotations

from decimal import Decimal

# Beginnings of codes.
LARGE_ANIMALS = ("0501001", "0501003", "0502001", "0502006", "0502007")
# What is sold by the tonne: grain, oil, feed.
BULK = ("0101", "0102", "0104", "0105", "0904", "1001")
BY_WEIGHT = ("01", "02", "03", "04", "0501", "0502", "06", "07", "09")

# What is sold by the piece or in packages besides by weight, by the beginning of its code.
PIECES = {
    "0105": "bottle",
    "0403": "bottle",
    "0505": "bottle",
    "0501": "head",
    "0502": "head",
    "0503": "bird",
    "0504": "piece",
    "0204": "piece",
    "03": "box",
    "0804": "plant",
}


def usual_units(code: str = "") -> tuple[str, ...]:
    """The units (codes) that a price may be for where none is said, of the product or of any."""
    pieces = PIECES.get(code[:4]) or PIECES.get(code[:2])
    return ("jin", "kg", pieces) if pieces else ("jin", "kg")


def customary_unit(yuan: Decimal, code: str) -> str:
    """The unit (code) that so many yuan for a product can only be for; empty where it is open."""
    if code.startswith(LARGE_ANIMALS) and yuan >= 100:
        return "head"
    if code.startswith(BULK) and yuan >= 500:
        return "ton"
    if code.startswith(BY_WEIGHT) and Decimal("0.05") <= yuan < 100:
        return "jin"
    return ""
