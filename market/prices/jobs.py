"""The job that counts prices: of the worker, each minute, and of `flask prices count`."""

from __future__ import annotations

from market.database import transaction
from market.prices.services import counted_days, save_day


def count_prices(seconds: float) -> int:
    """Count today's prices and, for so many seconds, past days that are missing; of how many days.

    Each day in a transaction of its own, which only writes: others wait for moments.
    """
    days = 0
    for day, counted in counted_days(seconds):
        with transaction():
            save_day(day, counted)
        days += 1
    return days
