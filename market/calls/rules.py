"""When two prices are near enough for a call. Pure: no database, no Flask."""

from __future__ import annotations

from market.matching.rules import Match

# Above the bid by more than this share of it, a pair stands behind those that may agree.
NEAR_BID = 0.1


def is_near(match: Match) -> bool:
    """Whether the price at the buyer's door is within the bid or little above it, or open."""
    price = match.parts.get("price")
    return price is None or price.landed is None or price.landed.gap <= NEAR_BID
