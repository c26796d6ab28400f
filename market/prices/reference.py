"""Reference prices: what wholesale markets quoted in years past, for want of anything nearer.

Statistics of public quotations of 2013 to 2016 (`seeds/reference/price_profile.csv`,
`seeds/README.md`): no price of today, and marked so wherever they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import config
from market.regions.services import read_csv

YEARS = "2013–2016"


@dataclass(frozen=True)
class ReferencePrice:
    """Wholesale prices of a month of the year, in yuan per kg: the usual one, and what nine in
    ten were above and below."""

    low: Decimal
    median: Decimal
    high: Decimal


def reference_price(product_code: str, month: int) -> ReferencePrice | None:
    """Of that month, None where nothing was quoted then."""
    row = _profile().get(product_code)
    if row is None or not row[f"s{month:02d}"]:
        return None
    season = Decimal(row[f"s{month:02d}"])
    low, median, high = (Decimal(row[name]) for name in ("p10", "median_cny_kg", "p90"))
    return ReferencePrice(low * season, median * season, high * season)


@cache
def _profile() -> dict[str, dict[str, str]]:
    rows = read_csv(config.REFERENCE / "price_profile.csv")
    return {row["product_code"]: row for row in rows}
