"""Words of calls."""

from __future__ import annotations

from decimal import Decimal

from market.calls.models import MatchCallOutcome, RefusalReason
from market.calls.rules import is_near
from market.matching.rules import Match
from market.products.quantities import quoted_unit
from market.products.units import UNITS
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l


def format_price_gap(match: Match) -> str:
    """What the seller asks at the buyer's door beyond the bid, per the buyer's unit; empty where
    the two are near or it is not known."""
    price = match.parts["price"].landed if "price" in match.parts else None
    if price is None or is_near(match):
        return ""
    unit = UNITS[quoted_unit(price.unit)]
    above = round(Decimal(price.cost - price.limit) * unit.factor, 2)
    return _("The seller asks CNY %(gap)s/%(unit)s more than is bid", gap=above, unit=unit.name)


OUTCOMES = {
    MatchCallOutcome.AGREED: _l("Both agree"),
    MatchCallOutcome.NO_ANSWER: _l("Nobody answered"),
    MatchCallOutcome.LATER: _l("Not now"),
    MatchCallOutcome.REFUSED: _l("No"),
}
# As the form asks.
OUTCOME_CHOICES = {
    MatchCallOutcome.AGREED: _l("Both agree: write down the deal"),
    MatchCallOutcome.NO_ANSWER: _l("Nobody answered: ring again tomorrow"),
    MatchCallOutcome.LATER: _l("Not now: ring again on a day"),
    MatchCallOutcome.REFUSED: _l("No: they don't trade"),
}
REASONS = {
    RefusalReason.PRICE: _l("The prices are too far apart"),
    RefusalReason.QUALITY: _l("Kind or quality is not what is wanted"),
    RefusalReason.QUANTITY: _l("Too much or too little"),
    RefusalReason.TIME: _l("Not at that time"),
    RefusalReason.DISTANCE: _l("Too far, or no transport"),
    RefusalReason.PAYMENT: _l("They don't agree on the payment"),
    RefusalReason.TRADED_ELSEWHERE: _l("Sold or bought elsewhere already"),
    RefusalReason.WRONG_NUMBER: _l("The number is wrong"),
    RefusalReason.OTHER: _l("Another reason (write it)"),
}
FIGURES = {
    "rung": _l("Pairs rung"),
    "reached": _l("Reached"),
    "agreed": _l("Both agreed"),
    "deals": _l("Deals"),
    "verified": _l("Deals verified"),
}
