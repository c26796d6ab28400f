"""Counting what fits a question, by what one would narrow it by next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from market.offers.filters import PRICE_BANDS, Filters
from market.search.schema import MASS, SIDES, scaled
from market.search.tables import Steps, Table
from market.search.view import EDGES, View

_SIDES = [side.value for side in SIDES]
_BANDS = [f"{low}-{high or ''}" for low, high in PRICE_BANDS]


@dataclass(frozen=True)
class Counts:
    """How many fit, in all and by what one may narrow by; see `Found.facets`.

    Attributes:
        sides: without the question's side; `verified` and `bands` likewise without what the
            question says of these. `bands` by steps; see `View.column`.
        products, regions: by the step below what was chosen, see `_steps`.
    """

    total: int
    sides: np.ndarray
    verified: int
    bands: np.ndarray
    products: np.ndarray
    regions: np.ndarray

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            self.total - other.total,
            self.sides - other.sides,
            self.verified - other.verified,
            self.bands - other.bands,
            self.products - other.products,
            self.regions - other.regions,
        )

    def facets(self, view: View, filters: Filters) -> dict[str, list[tuple[str, int]]]:
        """As `Found` has them."""
        bands = zip(_BANDS, _bands(self.bands.tolist()), strict=True)
        sides = zip(_SIDES, self.sides.tolist(), strict=True)
        return {
            "side": [(side, n) for side, n in sides if n],
            "product": _told(view.products, filters.products, self.products),
            "region": _told(view.regions, filters.regions, self.regions),
            "price": [(band, n) for band, n in bands if n],
            "verified": [("1", self.verified)] if self.verified else [],
        }


@dataclass(frozen=True)
class Narrowed:
    """Which of the documents fit the question's side, verification and price.

    Each is a mask over the documents, or None where the question doesn't ask.
    """

    side: np.ndarray | None
    verified: np.ndarray | None
    price: np.ndarray | None

    def but(self, without: str = "") -> np.ndarray | None:
        """A mask of what fits all but one of them; None when all do."""
        masks = {"side": self.side, "verified": self.verified, "price": self.price}
        fits: np.ndarray | None = None
        for name, mask in masks.items():
            if name != without and mask is not None:
                fits = mask if fits is None else fits & mask
        return fits


def narrowed(view: View, documents: np.ndarray, filters: Filters) -> Narrowed:
    """What of the documents fits the question's side, verification and price per kilogram."""
    side = verified = price = None
    if filters.side is not None:
        side = view.column("side")[documents] == SIDES[filters.side]
    if filters.verified:
        verified = view.column("verified")[documents] == 1
    if filters.price_min is not None or filters.price_max is not None:
        known = view.column("price")[documents]
        price = (known >= 0) & (view.column("price_measure")[documents] == MASS)
        if filters.price_min is not None:
            price &= known >= _whole(filters.price_min, ROUND_CEILING)
        if filters.price_max is not None:
            price &= known <= _whole(filters.price_max, ROUND_FLOOR)
    return Narrowed(side, verified, price)


def count(view: View, documents: np.ndarray, fits: Narrowed, filters: Filters) -> Counts:
    """Count the documents by everything a question can be narrowed by."""

    def those(without: str = "") -> np.ndarray:
        mask = fits.but(without)
        return documents if mask is None else documents[mask]

    whole = those()
    of_any_side = whole if fits.side is None else those("side")
    checked_or_not = whole if fits.verified is None else those("verified")
    at_any_price = whole if fits.price is None else those("price")
    return Counts(
        total=len(whole),
        sides=np.bincount(view.column("side")[of_any_side], minlength=len(SIDES)),
        verified=int(np.count_nonzero(view.column("verified")[checked_or_not])),
        bands=np.bincount(view.column("band")[at_any_price], minlength=2 * len(EDGES) + 1),
        products=_below(view, "product", whole, filters.products),
        regions=_below(view, "region", whole, filters.regions),
    )


def _bands(steps: list[int]) -> list[int]:
    """Prices from border to border, both borders included."""
    return [sum(steps[n : n + 3]) for n in range(1, len(steps), 2)]


def _steps(table: Table, chosen: Sequence[str]) -> Steps:
    """One step below the one path chosen, or each of several."""
    if len(chosen) < 2:
        return table.below(chosen[0] if chosen else "")
    codes = [table.code_of(path.rpartition("/")[2]) for path in chosen]
    return Steps.of(codes, [table.branch(path) for path in chosen])


def _below(view: View, kind: str, documents: np.ndarray, chosen: Sequence[str]) -> np.ndarray:
    """How many of the documents are in each of the steps."""
    steps = _steps(view.table(kind), chosen)
    if not steps.codes:
        return steps.low
    # Below each number, so that a range is one difference.
    sums = np.bincount(view.column(kind)[documents] + 1, minlength=steps.end + 1).cumsum()
    return sums[steps.high] - sums[steps.low]


def _told(table: Table, chosen: Sequence[str], counts: np.ndarray) -> list[tuple[str, int]]:
    if not len(counts):
        return []
    codes = _steps(table, chosen).codes
    rows = [(code, n) for code, n in zip(codes, counts.tolist(), strict=True) if n]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _whole(price: Decimal, rounding: str) -> int:
    limit = np.iinfo(np.int64).max
    return max(-1, min(int(scaled(price).to_integral_value(rounding)), int(limit)))
