"""Quartiles as the database is to find them, worked out in Python."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from market.deals.flag_rules import MIN_FIGURES, Quartiles


def quartiles_of(figures: Sequence[Decimal]) -> Quartiles | None:
    """The quartiles by the nearest rank (figure ceil(p n) of n in order); None of too few."""
    if len(figures) < MIN_FIGURES:
        return None
    ordered, count = sorted(figures), len(figures)
    low, median, high = (ordered[(p * count + 99) // 100 - 1] for p in (25, 50, 75))
    return Quartiles(low, median, high, count)
