"""What a text asks of price, quantity and time, in numbers: the limits, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from market.text.amounts import UNKNOWN_UNIT, Price, Quantity, find_amounts
from market.text.periods import TextPeriod, find_periods

Place = TypeVar("Place", TextPeriod, Quantity)
Amount = TypeVar("Amount", Price, Quantity)
# A price given without a limit means this much around it.
AROUND = Decimal("0.1")
# 不要超过3元, 3元以上的不要: what is not wanted lies on the other side of the limit.
_DENIES_BEFORE = re.compile(
    r"(?:不要|不收|不买|不能|不可以?|不想要?|不考虑|不接受|别|勿|拒收|谢绝|\b(?:not|don'?t want))"
    r"\s*(?:再|要|的是?)?$"
)
_DENIES_AFTER = re.compile(
    r"的?\s*(?:都|就|也|一律|一概)?(?:不要|不收|不买|不卖|不考虑|不接受|不谈|勿[扰问]|免谈|除外|别来"
    r"|绕[道行])(?=[\s,，.。;；!！?？()（）了]|$)"
)


@dataclass
class SearchLimits:
    """What is asked for in numbers; each the first that is said and can be compared.

    Attributes:
        places: of everything that is a number with its unit, whether it limits or not, as
            (start, end, what it limits: price, quantity, period or nothing).
    """

    price: Price | None = None
    quantity: Quantity | None = None
    period: TextPeriod | None = None
    places: list[tuple[int, int, str]] = field(default_factory=list)

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing that was found overlaps."""
        return not any(a < end and start < b for a, b, _ in self.places)


def find_limits(text: str, today: date | None) -> SearchLimits:
    """The limits of a folded text; of days only where it is known which day it is."""
    found = SearchLimits()
    prices, quantities = find_amounts(text)
    for price in prices:
        # Yuan for a basket of no known size say nothing of yuan for a jin.
        known = price.unit != UNKNOWN_UNIT and found.price is None
        asked, start, end = _unless_denied(text, price)
        limits = known and asked is not None
        found.price = _around(asked) if known and asked else found.price
        found.places.append((start, end, "price" if limits else ""))
    for period in _free(found, find_periods(text, today) if today else ()):
        found.places.append((period.start, period.end, "" if found.period else "period"))
        found.period = found.period or period
    for quantity in _free(found, quantities):
        wanted, start, end = _unless_denied(text, quantity)
        limits = (
            found.quantity is None
            and wanted is not None
            and wanted.low is not None
            and wanted.role == "amount"
            and wanted.unit != UNKNOWN_UNIT
        )
        found.quantity = wanted if limits else found.quantity
        found.places.append((start, end, "quantity" if limits else ""))
    return found


def _free(found: SearchLimits, those: Iterable[Place]) -> Iterable[Place]:
    return (one for one in those if found.is_free(one.start, one.end))


def _unless_denied(text: str, amount: Amount) -> tuple[Amount | None, int, int]:
    """What is wanted, and its place with the words that deny: from 3元以上的不要 what is up to 3
    yuan; nothing of one amount that isn't wanted."""
    start, end = amount.start, amount.end
    before, after = _DENIES_BEFORE.search(text, 0, start), _DENIES_AFTER.match(text, end)
    if before is None and after is None:
        return amount, start, end
    start, end = before.start() if before else start, after.end() if after else end
    open_ended = amount.low is None or amount.high is None
    return replace(amount, low=amount.high, high=amount.low) if open_ended else None, start, end


def _around(price: Price) -> Price:
    """The price with what lies around it, where one alone is told."""
    if price.low is None or price.low != price.high:
        return price
    return replace(price, low=price.low * (1 - AROUND), high=price.low * (1 + AROUND))
