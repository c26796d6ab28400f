"""Asks about the price of an offer that is far from the season's verified ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from market.deals.baselines import Baselines, price_bands
from market.deals.flag_rules import is_outside, product_season
from market.offers.plausibility import price_checks
from market.products.quantities import short_price
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l

# A bargain is nothing to ask about: so many times beside the usual range a price may be.
FAR_TIMES = 2


def ask_about_price(product: str, price: Decimal, unit: str) -> Any:
    """What to ask about a price of so many yuan per `unit`; None where it is usual or nobody
    knows what is."""
    today = home_today()
    bands = price_bands([product], [product_season(today)])
    usual = Baselines(bands, {}, {}).price(product, unit, today)
    if usual is None or not is_outside(price, usual):
        return None
    if usual.low / FAR_TIMES < price < usual.high * FAR_TIMES:
        return None
    return _l(
        "Usually %(range)s at this season, from %(count)s verified prices: is %(price)s right?",
        range=short_price(round(usual.low, 2), round(usual.high, 2), unit),
        count=usual.count,
        price=short_price(price, None, unit),
    )


price_checks.append(ask_about_price)
