"""Quartiles of many groups of prices at once, and what lies too far out to be a price. Pure.

Prices are whole numbers of 10^-4 yuan per base unit, so that nothing is rounded on the way.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from market.deals.flag_rules import MIN_FIGURES, Quartiles


def quartiles_by_group(groups: np.ndarray, prices: np.ndarray) -> dict[int, Quartiles]:
    """The quartiles (nearest rank, as market.deals.baselines has them) of each group that has
    MIN_FIGURES prices at least."""
    groups, prices, starts, counts = _sorted_groups(groups, prices)
    enough = counts >= MIN_FIGURES
    starts, counts = starts[enough], counts[enough]
    places = (starts + (p * counts + 99) // 100 - 1 for p in (25, 50, 75))
    columns = [groups[starts].tolist(), *(prices[at].tolist() for at in places), counts.tolist()]
    return {
        group: Quartiles(Decimal(low), Decimal(median), Decimal(high), count)
        for group, low, median, high, count in zip(*columns, strict=True)
    }


def medians_by_source(
    groups: np.ndarray, sources: np.ndarray, prices: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(groups, prices): one price for each source (the account that stated it) in each group, the
    median (nearest rank) of its own. Sources are whole numbers of less than 31 bits, perhaps
    negative."""
    keys, prices, starts, counts = _sorted_groups((groups << 32) + sources, prices)
    medians = prices[starts + (counts + 1) // 2 - 1]
    return (keys[starts] + (1 << 31)) >> 32, medians


def _sorted_groups(groups: np.ndarray, prices: np.ndarray) -> tuple[np.ndarray, ...]:
    """Groups and prices in order, where each group starts, and how many prices it has."""
    order = np.lexsort((prices, groups))
    groups, prices = groups[order], prices[order]
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else groups
    return groups, prices, starts, np.diff(np.r_[starts, len(groups)])


def within_fences(goods: np.ndarray, sources: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """Which prices are no outliers among those of their good: inside Tukey's fences on ratios
    (Quartiles.fences), which each source draws with its median alone. Where there are too few to
    know, all."""
    size = int(goods.max()) + 1 if len(goods) else 0
    lowest, highest = np.zeros(size), np.full(size, np.inf)
    for good, quartiles in quartiles_by_group(*medians_by_source(goods, sources, prices)).items():
        lowest[good], highest[good] = map(float, quartiles.fences)
    return (lowest[goods] <= prices) & (prices <= highest[goods])


def latest_of_each(keys: np.ndarray) -> np.ndarray:
    """The place of the last of each key, in any order."""
    _, first = np.unique(keys[::-1], return_index=True)
    return len(keys) - 1 - first
