"""The rules of a deal: pure functions, no database, no Flask."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from market.deals.models import DEAL_TRANSITIONS, DealStatus
from market.regions.models import is_within
from market.web.errors import Invalid, InvalidTransition
from market.web.language import lazy_gettext as _l

# How far an amount may be from quantity x unit price before the form asks why; and how
# near two amounts are for one deal entered twice.
AMOUNT_TOLERANCE = Decimal("0.01")
# From what gap on a reason is asked, and from what factor on it must be a mistake: jin and
# tonne are 2,000 times apart.
FAR_APART = Decimal("0.5")
ABSURD_TIMES = 1000

MAX_DAYS_BACK = 30
# What has waited longer to be verified is late.
LATE_AFTER = timedelta(days=3)
# 10,000 million yuan, ten times a whole provincial fair: more is a typing error. An amount
# that is merely very large is flagged for the official instead (flag_rules).
MAX_AMOUNT_FEN = 1_000_000_000_000


def amount_fen(quantity: Decimal, unit_price: Decimal) -> int:
    """`quantity` at `unit_price` yuan each, in fen, half a fen rounded up; exact before that."""
    return int((quantity * unit_price * 100).to_integral_value(ROUND_HALF_UP))


class Gap(enum.IntEnum):
    """How far apart two figures are that should agree."""

    NONE = 0
    SOME = 1
    FAR = 2
    ABSURD = 3


def amount_gap(amount: int, quantity: Decimal, unit_price: Decimal) -> Gap:
    """How far `amount` (fen) is from quantity x unit price; a fen of rounding is no gap.

    More than 1% is some, more than 50% far, more than a thousand times absurd.
    """
    computed = quantity * unit_price * 100
    if abs(amount - computed) <= max(computed * AMOUNT_TOLERANCE, Decimal(1)):
        return Gap.NONE
    return max(_gap(Decimal(amount), computed, computed), Gap.SOME)


def price_gap(price: Decimal, low: Decimal, high: Decimal) -> Gap:
    """How far a price is outside an offer's; bargaining by up to 50% is no gap."""
    return _gap(price, low, high)


def _gap(figure: Decimal, low: Decimal, high: Decimal) -> Gap:
    if figure > high * ABSURD_TIMES or figure * ABSURD_TIMES < low:
        return Gap.ABSURD
    far = figure > high * (1 + FAR_APART) or figure < low * (1 - FAR_APART)
    return Gap.FAR if far else Gap.NONE


def day_problem(day: date, entered_on: date, today: date) -> str | None:
    """Why a deal entered on a day can't be dated `day`: 'future', 'too_old', or None."""
    if day > today:
        return "future"
    return "too_old" if day < entered_on - timedelta(days=MAX_DAYS_BACK) else None


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
    """A fair open on the day, as choose_fair needs it."""

    id: int
    region_path: str
    themes: Collection[str]


def admits(themes: Collection[str], product_path: str) -> bool:
    """Whether a fair of these theme prefixes is about the product; no theme: everything."""
    return not themes or not set(themes).isdisjoint(product_path.split("/"))


def narrowness(themes: Collection[str], product_path: str) -> int:
    """How narrow a theme is about the product: the depth of the deepest of its prefixes on the
    product's path, 0 for a fair of everything."""
    steps = product_path.split("/")
    return max((steps.index(theme) + 1 for theme in themes if theme in steps), default=0)


def choose_fair(
    seller_path: str,
    buyer_path: str,
    product_path: str,
    fairs: Iterable[OpenFair],
    home_path: str,
) -> tuple[int | None, str]:
    """Which fair (None: daily) and which leaf region path a deal belongs to.

    Of several the most specific: a fair that covers the seller's county goes before one
    that only covers the buyer's, then the fair of the smallest region, then the one whose
    theme comes nearest to the product, then the older one.

    Raises:
        Invalid: no fair takes it and neither side is in the home region.
    """
    fitting = [
        fair
        for fair in fairs
        if admits(fair.themes, product_path)
        and (is_within(seller_path, fair.region_path) or is_within(buyer_path, fair.region_path))
    ]
    if not fitting:
        return None, home_region(seller_path, buyer_path, home_path)

    def order(fair: OpenFair) -> tuple[bool, int, int, int]:
        return (
            not is_within(seller_path, fair.region_path),
            -len(fair.region_path),
            -narrowness(fair.themes, product_path),
            fair.id,
        )

    fair = min(fitting, key=order)
    return fair.id, home_region(seller_path, buyer_path, fair.region_path)


def check_transition(now: DealStatus, then: DealStatus) -> None:
    """Raise InvalidTransition when a deal can't go from `now` to `then`."""
    if then not in DEAL_TRANSITIONS[now]:
        raise InvalidTransition()
