"""Counting what fits a question, by what one would narrow it by next.

Side, verification and price are counted together: each offer is in one of few cells
(`market.search.view.CELLS`), and how many are in each cell says all of these facets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from market.offers.models import Side
from market.offers.search.filters import PRICE_BANDS, Filters
from market.search.schema import MEASURES, SIDES, scaled
from market.search.tables import PathTable, Steps
from market.search.view import CELLS, STEPS, View

_SIDES = [side.value for side in SIDES]
_BANDS = [f"{low}-{high or ''}" for low, high in PRICE_BANDS]
# What doesn't fit the question's price is in as many cells of its own, after those of the rest.
_CELLS = math.prod(CELLS)


def _sums(side: Side | None, verified: bool) -> np.ndarray:
    """How much an offer of each cell (row) adds to the total, each side, the verified and each
    band (columns)."""
    unfit, of, checked, step = np.indices((2, *CELLS)).reshape(4, -1)
    priced, trusted = unfit == 0, checked == 1
    of_side = of == SIDES[side] if side else unfit >= 0
    of_trust = trusted if verified else unfit >= 0
    sides = [priced & of_trust & (of == n) for n in SIDES.values()]
    # From border to border, both borders included.
    bands = [of_side & of_trust & (n <= step) & (step <= n + 2) for n in range(1, STEPS, 2)]
    added = [priced & of_side & of_trust, *sides, priced & of_side & trusted, *bands]
    return np.stack(added, axis=1).astype(np.intp)


# By the side and the verification asked for.
_SUMS = {(side, only): _sums(side, only) for side in (None, *Side) for only in (False, True)}
_FITS = {asked: sums[:, 0] > 0 for asked, sums in _SUMS.items()}


@dataclass(frozen=True)
class Counts:
    """How many fit, in all and by what one may narrow by; see `Found.facets`.

    Attributes:
        cells: how many are in each, of any side, verification and price.
        products, regions: of what fits, by the step below what was chosen, see `_steps`.
    """

    cells: np.ndarray
    products: np.ndarray
    regions: np.ndarray

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            self.cells - other.cells, self.products - other.products, self.regions - other.regions
        )

    def totals(self, view: View, filters: Filters) -> tuple[int, dict[str, list[tuple[str, int]]]]:
        """The total and the facets, as `Found` has them."""
        sums = self.cells.dot(_SUMS[filters.side, filters.verified])
        total, sell, buy, verified, *bands = sums.tolist()
        return total, {
            "side": [(side, n) for side, n in zip(_SIDES, (sell, buy), strict=True) if n],
            "product": _facet(view.products, filters.products, self.products),
            "region": _facet(view.regions, filters.regions, self.regions),
            "price": [(band, n) for band, n in zip(_BANDS, bands, strict=True) if n],
            "verified": [("1", verified)] if verified else [],
        }


def narrowed(view: View, documents: np.ndarray, filters: Filters) -> tuple[np.ndarray, np.ndarray]:
    """(those of the documents that fit the question's side, verification and price; the cells
    of all the documents)"""
    cells = view.column("cell")[documents]
    priced = filters.price_min is not None or filters.price_max is not None
    if priced:
        price = view.column("price")[documents]
        fits = (price >= 0) & (
            view.column("price_measure")[documents] == MEASURES[filters.price_measure]
        )
        if filters.price_min is not None:
            fits &= price >= _whole(filters.price_min, ROUND_CEILING)
        if filters.price_max is not None:
            fits &= price <= _whole(filters.price_max, ROUND_FLOOR)
        cells += ~fits * np.uint8(_CELLS)
    if priced or filters.side or filters.verified:
        # Of many documents these take a fraction of what indexing does.
        documents = documents.compress(_FITS[filters.side, filters.verified].take(cells))
    return documents, cells


def count(view: View, documents: np.ndarray, cells: np.ndarray, filters: Filters) -> Counts:
    """Count what `narrowed` found by everything a question can be narrowed by."""
    return Counts(
        cells=np.bincount(cells, minlength=2 * _CELLS),
        products=_below(view, "product", documents, filters.products),
        regions=_below(view, "region", documents, filters.regions),
    )


def _below(view: View, kind: str, documents: np.ndarray, chosen: Sequence[str]) -> np.ndarray:
    """How many of the documents are in each of the steps."""
    steps = _steps(view.table(kind), chosen)
    return steps.sums(view.column(kind)[documents]) if steps.codes else steps.ends


def _steps(table: PathTable, chosen: Sequence[str]) -> Steps:
    """One step below the one path chosen, or each of several."""
    if len(chosen) < 2:
        return table.below(chosen[0] if chosen else "")
    return Steps.of((table.code_of(path.rpartition("/")[2]), table.branch(path)) for path in chosen)


def _facet(table: PathTable, chosen: Sequence[str], counts: np.ndarray) -> list[tuple[str, int]]:
    if not len(counts):
        return []
    codes = _steps(table, chosen).codes
    rows = [(code, n) for code, n in zip(codes, counts.tolist(), strict=True) if n]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _whole(price: Decimal, rounding: str) -> int:
    limit = np.iinfo(np.int64).max
    return max(-1, min(int(scaled(price).to_integral_value(rounding)), int(limit)))
