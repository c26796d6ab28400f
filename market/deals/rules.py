"""The rules of a deal: pure functions, no database, no Flask."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import lazy_gettext as _l

from market.deals.models import DEAL_TRANSITIONS, DealStatus
from market.errors import Invalid, InvalidTransition
from market.regions.models import is_within

# How far an amount may be from quantity x unit price before the form asks why; and how
# near two amounts are for one deal entered twice.
AMOUNT_TOLERANCE = Decimal("0.01")
# 10,000 million yuan, ten times a whole provincial fair: only a slip of the finger is more.
# What is merely very large is flagged for the official instead (flag_rules).
AMOUNT_AT_MOST_FEN = 1_000_000_000_000


def amount_fen(quantity: Decimal, unit_price: Decimal) -> int:
    """`quantity` at `unit_price` yuan each, in fen, half a fen rounded up; exact before that."""
    return int((quantity * unit_price * 100).to_integral_value(ROUND_HALF_UP))


def amount_differs(amount: int, quantity: Decimal, unit_price: Decimal) -> bool:
    """Whether `amount` (fen) is more than 1% away from quantity x unit price."""
    computed = quantity * unit_price * 100
    return abs(amount - computed) > computed * AMOUNT_TOLERANCE


def home_region(seller_path: str, buyer_path: str, region_path: str) -> str:
    """The path of the one leaf a deal is counted in.

    The seller's when it lies inside the fair's region (for a daily deal: the home region),
    else the buyer's. So counties add up with nothing left over (domain: Home county).

    Raises:
        Invalid: neither side is inside.
    """
    for path in (seller_path, buyer_path):
        if is_within(path, region_path):
            return path
    raise Invalid(_l("Neither side is in the region whose deals are counted here."))


@dataclass(frozen=True)
class OpenFair:
    """A fair open on the day, as far as placing a deal needs it."""

    id: int
    region_path: str
    themes: Collection[str]


def admits(themes: Collection[str], product_path: str) -> bool:
    """Whether a fair of these theme prefixes is about the product; no theme: everything."""
    return not themes or not set(themes).isdisjoint(product_path.split("/"))


def place(
    seller_path: str,
    buyer_path: str,
    product_path: str,
    fairs: Iterable[OpenFair],
    home_path: str,
) -> tuple[int | None, str]:
    """Which fair (None: daily) and which leaf region path a deal belongs to.

    A fair that covers the seller's county goes before one that only covers the buyer's,
    then the fair of the smallest region, then the older one.

    Raises:
        Invalid: no fair takes it and neither side is in the home region.
    """
    fitting = [
        (not is_within(seller_path, fair.region_path), -len(fair.region_path), fair.id, fair)
        for fair in fairs
        if admits(fair.themes, product_path)
        and (is_within(seller_path, fair.region_path) or is_within(buyer_path, fair.region_path))
    ]
    if not fitting:
        return None, home_region(seller_path, buyer_path, home_path)
    fair = min(fitting)[-1]
    return fair.id, home_region(seller_path, buyer_path, fair.region_path)


def check_transition(now: DealStatus, then: DealStatus) -> None:
    """Raise InvalidTransition when a deal can't go from `now` to `then`."""
    if then not in DEAL_TRANSITIONS[now]:
        raise InvalidTransition()
