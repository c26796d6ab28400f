"""A post as understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from market.offers.models import Side


@dataclass(frozen=True)
class Mark:
    """Where in a post a field of a ParsedPost was read: text[start:end].

    `field`: side, product, excluded, quantity, price, basis, region, period or phone; `joining`
    for what only joins goods, `other` for what is said of another good of the same post, `rest`
    for what no field takes.
    """

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class ParsedPost:
    """A post as understood.

    Attributes:
        products: codes of the goods, in their order; of an ambiguous name all it may mean.
        excluded: codes of what is not wanted.
        quantity, unit: of the first good; None where unsaid, unit "" where it has no code.
        price_low, price_high: yuan per `price_unit`; None for an open end.
        basis: "ex_farm", "delivered" or "".
        region: code of where the goods are that are sold, or go that are bought.
        supply_from, supply_to: local days, both included.
        phone: E.164, or as written where it has no area code.
        words: what no field takes, in the person's own words and order.
        name: the good as the person calls it.
        rest: what no mark holds, as marks of the field `rest`.
        marks: where each field was read, in the order of the text.
        unsure: names of fields to be asked, as in the output of `flask search understand`.
    """

    text: str
    side: Side | None = None
    products: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit: str = ""
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    price_unit: str = ""
    basis: str = ""
    region: str | None = None
    supply_from: date | None = None
    supply_to: date | None = None
    phone: str = ""
    words: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    name: str = ""
    rest: tuple[Mark, ...] = ()
    marks: tuple[Mark, ...] = ()
