"""Labels of a match and its parts, in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel.speaklater import LazyString

from market.matching.rules import Match, MatchPart, PartFinding
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
    PartFinding.PRICES_MEET: _l("prices meet"),
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
    if part.finding is PartFinding.PRICE_GAP:
        return _l("asked %(percent)s%% above the bid", percent=f"{n:,}")
    if part.finding is PartFinding.COVERS_PART:
        return _l("covers %(percent)s%% of the quantity", percent=n)
    if part.finding is PartFinding.PERIODS_APART:
        return _l("supply periods %(days)s days apart", days=n)
    if part.finding is PartFinding.POSTED:
        return _l("both posted within a day") if not n else _l("posted %(days)s days ago", days=n)
    return FINDING_LABELS[part.finding]


def part_formatter() -> Callable[[MatchPart], str]:
    """`format_part` as text, each result formatted once: most come many times on a page."""
    texts: dict[tuple[PartFinding, int | None], str] = {}

    def format_once(part: MatchPart) -> str:
        found = part.finding, part.amount
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
