"""What holds for every offer, in pure functions: no database, no Flask."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from market.accounts.models import TraderType
from market.offers.models import TRANSITIONS, OfferStatus, Side
from market.products.units import UNITS, Dimension, convert
from market.text.days import local_day, local_midnight
from market.web.errors import InvalidTransition

DEFAULT_DAYS = 30
MAX_DAYS = 180
WARNING_DAYS = 3
MAX_PHOTOS = 6
# A million tonnes: more than any county grows of one thing.
MAX_QUANTITY_KG = Decimal(1_000_000_000)
MAX_COUNT = Decimal(1_000_000_000)
THOUSANDTH = Decimal("0.001")
TEN_THOUSANDTH = Decimal("0.0001")


def check_transition(status: OfferStatus, to: OfferStatus) -> None:
    """Raise InvalidTransition unless TRANSITIONS lets an offer go from `status` to `to`."""
    if to not in TRANSITIONS[status]:
        raise InvalidTransition()


def usual_side(trader: TraderType) -> Side | None:
    """The side of the offers that a trader looks for who says none: who buys looks for supply."""
    return Side.SELL if trader in (TraderType.COMPANY, TraderType.BUYER) else None


def default_title(side: str, product: str, place: str, english: bool = False) -> str:
    """A title for an offer posted without one: 石门翠冠梨; 石门求购翠冠梨.

    Args:
        product: its name, or the word that was typed for it.
    """
    product = product.removeprefix(place) or product
    if english:
        return f"Wanted in {place}: {product}" if side == Side.BUY else f"{product} from {place}"
    return f"{place}求购{product}" if side == Side.BUY else f"{place}{product}"


def price_per_base(
    side: Side, low: Decimal | None, high: Decimal | None, unit: str
) -> Decimal | None:
    """The price to sort and filter by, in yuan per base unit, to 4 places.

    A seller's lowest and a buyer's highest: what the other side may hope for.
    """
    price = low if side is Side.SELL else high
    if price is None:
        return None
    return (price / UNITS[unit].factor).quantize(TEN_THOUSANDTH, ROUND_HALF_UP)


def is_absurd(quantity: Decimal, unit: str) -> bool:
    """Whether the quantity is impossible: a typing error in the number or the unit."""
    if UNITS[unit].dimension is Dimension.MASS:
        return quantity * UNITS[unit].factor > MAX_QUANTITY_KG
    return quantity > MAX_COUNT


def convert_rounded_up(quantity: Decimal, source: str, target: str) -> Decimal:
    """`quantity` of `source` units in `target` units, rounded up to a thousandth.

    Up, so that many small deals never take more than there is.

    Raises:
        ValueError: the units are of different dimensions.
    """
    return convert(quantity, source, target).quantize(THOUSANDTH, ROUND_UP)


def remaining_after_edit(
    quantity: Decimal, remaining: Decimal, unit: str, new_quantity: Decimal, new_unit: str
) -> Decimal:
    """What remains of `new_quantity` less what deals have reserved; may be negative.

    Raises:
        ValueError: something was reserved, and the units are of different dimensions.
    """
    reserved = quantity - remaining
    return new_quantity - convert_rounded_up(reserved, unit, new_unit) if reserved else new_quantity


def valid_until(now: datetime, days: int, zone: tzinfo) -> datetime:
    """The local midnight, in UTC, that ends the `days`-th day after today.

    Raises:
        ValueError: not 1 to 180 days.
    """
    if not 1 <= days <= MAX_DAYS:
        raise ValueError(days)
    return local_midnight(local_day(now, zone) + timedelta(days=days + 1), zone)


def days_valid(since: datetime, until: datetime, zone: tzinfo) -> int:
    """The whole days that lead from `since` to `until` (of `valid_until`); at least 1."""
    days = (local_day(until, zone) - local_day(since, zone)).days - 1
    return min(max(days, 1), MAX_DAYS)


def published_today(published_at: datetime | None, now: datetime, zone: tzinfo) -> bool:
    """Whether it was published or renewed on the local day of `now`: once a day is enough."""
    return published_at is not None and local_day(published_at, zone) == local_day(now, zone)


def expires_soon(until: datetime, now: datetime) -> bool:
    """Whether its owner should be warned: three days or less are left."""
    return now < until <= now + timedelta(days=WARNING_DAYS)


def is_past(deadline: date | None, today: date) -> bool:
    """Whether the last day for quotations is over; a purchase without one takes them on."""
    return deadline is not None and deadline < today


def still_due(deadline: date | None, today: date) -> date | None:
    """The deadline; None once it is past."""
    return None if is_past(deadline, today) else deadline


def next_season(
    start: date | None, end: date | None, today: date
) -> tuple[date | None, date | None]:
    """A past supply period moved on by whole years until it lies ahead."""
    last = end or start
    if last is None or last >= today:
        return start, end
    years = today.year - last.year
    if _years_on(last, years) < today:
        years += 1
    return (
        _years_on(start, years) if start else None,
        _years_on(end, years) if end else None,
    )


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
