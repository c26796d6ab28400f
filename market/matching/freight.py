"""What it costs to carry a product, and how far away it is worth half: by storage class and
product, from `seeds/reference`.

Pure but for reading those files once. The rates are orders of magnitude for a full lorry; see
`seeds/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import config
from market.products.units import Dimension
from market.regions.services import read_csv

# Kilometres of road per kilometre as the crow flies: between Chinese cities mostly 1.2 to 1.3.
ROAD_FACTOR = 1.25


@dataclass(frozen=True, slots=True)
class Haulage:
    """How a product travels.

    Attributes:
        loading: yuan per kilogram, whatever the way.
        per_km: yuan per kilogram and great-circle kilometre.
        halfway_km: an offer so far away is worth half as much to the other side, by place.
    """

    loading: float
    per_km: float
    halfway_km: float

    def yuan_per_kg(self, km: float) -> float:
        return self.loading + self.per_km * km


@cache
def haulage(product_path: str, storage_class: str) -> Haulage:
    """How a product (its path or family path) travels, the nearest in its path deciding.

    Raises:
        KeyError: no such storage class.
    """
    usual = _usual()[storage_class]
    for code in reversed(product_path.split("/")):
        halfway_km = _distances().get((code, storage_class))
        if halfway_km is not None:
            return Haulage(usual.loading, usual.per_km, halfway_km)
    return usual


@cache
def kg_per_base(product_path: str, measure: str) -> float | None:
    """The weight of one base unit of `measure`; None where a count or an area has none."""
    if measure in _DENSITIES:
        return _DENSITIES[measure]
    for code in reversed(product_path.split("/")):
        weight = _weights().get((code, measure))
        if weight is not None:
            return weight
    return None


# A litre of milk, oil or vinegar is a kilogram but for a tenth.
_DENSITIES: Mapping[str, float] = {Dimension.MASS: 1.0, Dimension.VOLUME: 1.0}


@cache
def _usual() -> dict[str, Haulage]:
    return {
        row["storage_class"]: Haulage(
            loading=float(row["loading_yuan_per_tonne"]) / 1000,
            per_km=float(row["yuan_per_km"]) / float(row["payload_tonnes"]) / 1000 * ROAD_FACTOR,
            halfway_km=float(row["halfway_km"]),
        )
        for row in read_csv(config.REFERENCE / "freight.csv")
    }


@cache
def _distances() -> dict[tuple[str, str], float]:
    rows = read_csv(config.REFERENCE / "carrying_distances.csv")
    return {(row["code"], row["storage_class"]): float(row["halfway_km"]) for row in rows}


@cache
def _weights() -> dict[tuple[str, str], float]:
    rows = read_csv(config.REFERENCE / "animal_weights.csv")
    return {(row["code"], row["unit"]): float(row["kg"]) for row in rows}
