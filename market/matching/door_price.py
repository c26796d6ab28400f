"""What one price comes to at the buyer's door 到货价, or at the seller's farm 产地价.

Pure but for the rates of `freight`. An estimate: see `seeds/README.md` about the rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from market.matching.freight import haulage, kg_per_base
from market.offers.models import PriceBasis


@dataclass(frozen=True, slots=True)
class DoorPrice:
    """A price with the freight between farm and door, in yuan per base unit of the measure.

    Attributes:
        freight: about; None where the way or the weight is unknown.
    """

    price: Decimal
    basis: PriceBasis
    freight: Decimal | None

    @property
    def at_door(self) -> Decimal | None:
        """What the buyer pays in all; None where that can't be said."""
        if self.basis is PriceBasis.DELIVERED:
            return self.price
        return None if self.freight is None else self.price + self.freight

    @property
    def at_farm(self) -> Decimal | None:
        """What is left to the seller; None where that can't be said."""
        if self.basis is PriceBasis.EX_FARM:
            return self.price
        return None if self.freight is None else self.price - self.freight


def freight_for(
    product_path: str, storage_class: str, measure: str, km: float | None
) -> Decimal | None:
    """Yuan per base unit of `measure` over so many great-circle kilometres, to four places; None
    where the way or the weight is unknown."""
    kg = kg_per_base(product_path, measure)
    if kg is None or km is None:
        return None
    return round(Decimal(kg * haulage(product_path, storage_class).yuan_per_kg(km)), 4)
