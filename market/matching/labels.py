"""Labels of a match and its parts, in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from flask_babel.speaklater import LazyString

from market.matching.landed_price import LandedPrice
from market.matching.rules import Match, MatchPart, PartFinding
from market.products.quantities import quoted_unit
from market.products.units import UNITS
from market.web.filters import trimmed
from market.web.language import lazy_gettext as _l

PART_NAMES = {
    "product": _l("Product"),
    "region": _l("Place"),
    "price": _l("Price"),
    "quantity": _l("Quantity"),
    "time": _l("Supply period"),
    "trust": _l("Trust"),
    "freshness": _l("Freshness"),
}

FINDING_LABELS = {
    PartFinding.SAME_PRODUCT: _l("same product"),
    PartFinding.NARROWER: _l("a kind of what is wanted"),
    PartFinding.WIDER: _l("the kind is not named"),
    PartFinding.SIBLING: _l("another kind of the same family"),
    PartFinding.SAME_COUNTY: _l("same county"),
    PartFinding.SAME_PREFECTURE: _l("same prefecture"),
    PartFinding.SAME_PROVINCE: _l("same province"),
    PartFinding.FAR: _l("another province"),
    PartFinding.COVERS_ALL: _l("covers the whole quantity"),
    PartFinding.LOT_TOO_LARGE: _l("the minimum lot is more than is wanted"),
    PartFinding.PERIODS_MEET: _l("supply periods overlap"),
    PartFinding.BOTH_VERIFIED: _l("both verified"),
    PartFinding.SELLER_VERIFIED: _l("seller's offer verified"),
    PartFinding.BUYER_VERIFIED: _l("buyer's offer verified"),
    PartFinding.UNVERIFIED: _l("not verified yet"),
}


def format_part(part: MatchPart) -> LazyString:
    """What the comparison of one part found, as a lazy string."""
    n = part.amount
    if part.finding is PartFinding.APART:
        return _l("%(km)s km apart", km=f"{n:,}")
    if part.finding is PartFinding.SAME_PREFECTURE and n:
        return _l("same prefecture, %(km)s km apart", km=n)
    if part.finding is PartFinding.SAME_PROVINCE and n:
        return _l("same province, %(km)s km apart", km=f"{n:,}")
    if part.landed:
        landed = format_landed(part.landed)
        above = part.finding is PartFinding.PRICE_GAP
        return _l("%(sum)s: %(percent)s%% above", sum=landed, percent=f"{n:,}") if above else landed
    if part.finding is PartFinding.SPOILS_BEFORE:
        return _l("%(days)s days outside the supply period: it does not keep", days=n)
    if part.finding is PartFinding.COVERS_PART:
        return _l("covers %(percent)s%% of the quantity", percent=n)
    if part.finding is PartFinding.PERIODS_APART:
        return _l("supply periods %(days)s days apart", days=n)
    if part.finding is PartFinding.POSTED:
        return _l("both posted within a day") if not n else _l("posted %(days)s days ago", days=n)
    return FINDING_LABELS[part.finding]


def format_landed(price: LandedPrice) -> LazyString:
    """The sum of a price, in yuan per the buyer's unit: the offer's price, the freight, and what
    that makes against the bid. What is estimated is rounded before it is added up."""
    unit = UNITS[quoted_unit(price.unit)]
    asked, bid = (_rounded(yuan * unit.factor, 4) for yuan in (price.asked, price.bid))
    values = {"asked": trimmed(asked), "bid": trimmed(bid), "unit": unit.name}
    if price.sale_delivered == price.bid_delivered:
        if price.sale_delivered:
            return _l("%(asked)s at the door, bid CNY %(bid)s/%(unit)s", **values)
        return _l("%(asked)s at the farm, bid there CNY %(bid)s/%(unit)s", **values)
    if price.freight is None:
        if price.bid_delivered:
            return _l(
                "%(asked)s at the farm, bid at the door CNY %(bid)s/%(unit)s, freight unknown",
                **values,
            )
        return _l(
            "%(asked)s at the door, bid at the farm CNY %(bid)s/%(unit)s, freight unknown",
            **values,
        )
    freight = _rounded(Decimal(price.freight) * unit.factor)
    values["freight"] = trimmed(freight)
    if price.bid_delivered:
        return _l(
            "farm %(asked)s + freight about %(freight)s = about %(landed)s at the door,"
            " bid CNY %(bid)s/%(unit)s",
            landed=trimmed(asked + freight),
            **values,
        )
    return _l(
        "%(asked)s at the door, bid at the farm %(bid)s + freight about %(freight)s ="
        " about CNY %(landed)s/%(unit)s",
        landed=trimmed(bid + freight),
        **values,
    )


def _rounded(yuan: Decimal, places: int | None = None) -> Decimal:
    """An estimate to the fen below 10 yuan, to the jiao below 1,000 and to the yuan above."""
    if places is None:
        places = 2 if yuan < 10 else 1 if yuan < 1000 else 0
    return round(yuan, places)


def part_formatter() -> Callable[[MatchPart], str]:
    """`format_part` as text, each result formatted once: most come many times on a page."""
    texts: dict[tuple[PartFinding, int | None, LandedPrice | None], str] = {}

    def format_once(part: MatchPart) -> str:
        found = part.finding, part.amount, part.landed
        if found not in texts:
            texts[found] = str(format_part(part))
        return texts[found]

    return format_once


def match_reasons(match: Match, texts: Mapping[str, str]) -> list[str]:
    """The reasons for the score of a match, the part of the largest weight first.

    Drawbacks are included: nobody should have to open an offer to learn that it is dearer.
    The age, which a card shows, and "not verified yet" are left out.

    Args:
        texts: of each part, by its name.
    """
    return [
        texts[name]
        for name, part in match.parts.items()
        if name != "freshness" and part.finding is not PartFinding.UNVERIFIED
    ]
