"""The reporting leaves as the demonstration sees them: what grows there and how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from market.demonstration.traded_products import (
    SEEDS,
    ProductMix,
    TradedProduct,
    indications,
    landscape,
    products_for_sale,
)
from market.regions.models import Region
from market.regions.services import read_csv


@dataclass(frozen=True)
class CountyProfile:
    """A reporting leaf; `name`: the short one; `weight`: its part of the trade."""

    code: str
    path: str
    name: str
    full_name: str
    weight: float
    selling: ProductMix


WEIGHTS = {"suburb": 0.6, "lake": 1.4, "mountain": 1.0, "south": 1.0, "hill": 1.1}


def county_profiles(
    leaves: Sequence[Region], goods: Mapping[str, TradedProduct]
) -> list[CountyProfile]:
    """One profile for each leaf, in their order."""
    rows, protected = read_csv(SEEDS / "landscapes.csv"), indications()
    found = []
    for leaf in leaves:
        land = landscape(leaf.code, leaf.kind, rows)
        own = [*protected.get(leaf.code, ()), *protected.get(leaf.parent_code or "", ())]
        product_mix = products_for_sale(goods, land, own)
        # Two counties are never alike: a fifth more or less, by the code alone.
        weight = WEIGHTS[land] * (0.8 + int(leaf.code) * 7919 % 41 / 100)
        found.append(
            CountyProfile(leaf.code, leaf.path, leaf.short_name, leaf.name, weight, product_mix)
        )
    return found


def allot(total: int, weights: Sequence[float], at_least: int = 0) -> list[int]:
    """Whole parts of `total` in proportion to `weights`, none below `at_least`.

    The largest remainders get what rounding leaves; the parts add up to `total` exactly.

    Raises:
        ValueError: there is not enough for everybody.
    """
    free = total - at_least * len(weights)
    if free < 0:
        raise ValueError(f"{total} is less than {at_least} for each of {len(weights)}")
    whole = sum(weights)
    exact = [free * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: free - sum(parts)]:
        parts[i] += 1
    return [at_least + part for part in parts]
