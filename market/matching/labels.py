"""A match told in words, in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from market.matching.rules import Match, Part, Why
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

PLAIN = {
    Why.SAME_PRODUCT: _l("same product"),
    Why.NARROWER: _l("a kind of what is wanted"),
    Why.WIDER: _l("the kind is not named"),
    Why.SIBLING: _l("another kind of the same family"),
    Why.SAME_COUNTY: _l("same county"),
    Why.SAME_PREFECTURE: _l("same prefecture"),
    Why.SAME_PROVINCE: _l("same province"),
    Why.FAR: _l("another province"),
    Why.PRICES_MEET: _l("prices meet"),
    Why.COVERS_ALL: _l("covers the whole quantity"),
    Why.LOT_TOO_LARGE: _l("the minimum lot is more than is wanted"),
    Why.PERIODS_MEET: _l("supply periods overlap"),
    Why.BOTH_VERIFIED: _l("both verified"),
    Why.SELLER_VERIFIED: _l("seller's offer verified"),
    Why.BUYER_VERIFIED: _l("buyer's offer verified"),
    Why.UNVERIFIED: _l("not verified yet"),
}


def told(part: Part) -> Any:
    """What was found about one part, as a lazy string."""
    n = part.amount
    if part.why is Why.APART:
        return _l("%(km)s km apart", km=f"{n:,}")
    if part.why is Why.SAME_PREFECTURE and n:
        return _l("same prefecture, %(km)s km apart", km=n)
    if part.why is Why.SAME_PROVINCE and n:
        return _l("same province, %(km)s km apart", km=f"{n:,}")
    if part.why is Why.PRICE_GAP:
        return _l("asked %(percent)s%% above the bid", percent=f"{n:,}")
    if part.why is Why.COVERS_PART:
        return _l("covers %(percent)s%% of the quantity", percent=n)
    if part.why is Why.PERIODS_APART:
        return _l("supply periods %(days)s days apart", days=n)
    if part.why is Why.POSTED:
        return _l("both posted within a day") if not n else _l("posted %(days)s days ago", days=n)
    return PLAIN[part.why]


def teller() -> Callable[[Part], str]:
    """`told` as text, each thing found worded once: a page says most of them many times."""
    said: dict[tuple[Why, int | None], str] = {}

    def tell(part: Part) -> str:
        found = part.why, part.amount
        if found not in said:
            said[found] = str(told(part))
        return said[found]

    return tell


def reasons(match: Match, words: Mapping[str, str]) -> list[str]:
    """Why the match stands where it does, the weightiest part first.

    What speaks against it is said too: nobody should have to open an offer to learn that
    it is dearer. Left out are the age, which a card shows, and that nobody verified yet.

    Args:
        words: of each part.
    """
    return [
        words[name]
        for name, part in match.parts.items()
        if name != "freshness" and part.why is not Why.UNVERIFIED
    ]
