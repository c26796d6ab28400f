"""What an offer costs at the buyer's door 到货价, and what that is worth against the bid.

Pure: no database, no Flask.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# A price at the bid is worth this; the rest is earned by how far below it stays.
AT_BID = 0.9
# Asking this share above the bid is beyond haggling, and worth no more than this.
MAX_PRICE_GAP = 0.4
BEYOND_HAGGLING = 0.05


@dataclass(frozen=True, slots=True)
class LandedPrice:
    """What a buyer pays at the door 到货价 and would pay, in yuan per base unit of the measure.

    Attributes:
        freight: to the door, about; None where the way or the weight is unknown, which then
            counts as nothing.
        sale_delivered, bid_delivered: whether the price contains the freight.
        unit: what the buyer's price was said per, a code.
    """

    asked: Decimal
    bid: Decimal
    freight: float | None
    sale_delivered: bool
    bid_delivered: bool
    unit: str

    @property
    def cost(self) -> float:
        """At the door."""
        return float(self.asked) + (0.0 if self.sale_delivered else self.freight or 0.0)

    @property
    def limit(self) -> float:
        """What the bid comes to at the door."""
        return float(self.bid) + (0.0 if self.bid_delivered else self.freight or 0.0)

    @property
    def gap(self) -> float:
        """How far the cost is above the bid as a share of the bid; negative below it."""
        freight = (self.freight or 0.0) * (self.bid_delivered - self.sale_delivered)
        return max(-1.0, (float(self.asked) + freight) / float(self.bid) - 1)


def price_worth(gap: float) -> float:
    """By how far a price is above the bid, as a share of it: from 1, for nothing, ever less."""
    if gap <= 0:
        return AT_BID - (1 - AT_BID) * gap
    if gap <= MAX_PRICE_GAP:
        return AT_BID - (AT_BID - BEYOND_HAGGLING) * gap / MAX_PRICE_GAP
    return BEYOND_HAGGLING * MAX_PRICE_GAP / gap
