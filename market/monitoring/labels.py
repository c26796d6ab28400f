"""The texts of monitoring: findings as sentences with their figures, and reasons of thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import ngettext

from market.monitoring.activity import MissingItem
from market.monitoring.prices import PriceRow
from market.monitoring.queries import Finding
from market.monitoring.rules import (
    AlertLevel,
    Direction,
    Imbalance,
    ImbalanceKind,
    Limits,
    MarketSide,
    Position,
)
from market.products.quantities import format_quantity
from market.products.units import UNITS, Dimension, base_unit
from market.web.filters import local_name, trimmed
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l

KIND_LABELS = {ImbalanceKind.GLUT: _l("Glut"), ImbalanceKind.SHORTAGE: _l("Shortage")}
LEVEL_LABELS = {AlertLevel.ALERT: _l("Alert"), AlertLevel.NOTICE: _l("Notice")}
DIRECTION_LABELS = {Direction.RISE: _l("Rising"), Direction.FALL: _l("Falling")}
MISSING_LABELS = {
    MissingItem.SUPPLY: _l("No sales posted"),
    MissingItem.DEMAND: _l("No demand posted"),
    MissingItem.ASSISTANT: _l("No assistant"),
    MissingItem.VERIFIED: _l("Nothing verified this fair"),
    MissingItem.DEALS: _l("No deal this fair"),
}
TONNE = UNITS["ton"].factor
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Threshold:
    """A row of the table of thresholds: a field of Limits, what it is, its unit, and why."""

    field: str
    label: Any
    unit: Any
    reason: Any


MARKET = (
    Threshold(
        "offers",
        _l("Offers on the larger side, at least"),
        _l("offers"),
        _l("One or two offers are somebody's own affair, no market."),
    ),
    Threshold(
        "owners",
        _l("People behind them, at least"),
        _l("people"),
        _l("Many offers of one person say nothing of the others."),
    ),
    Threshold(
        "gap_mass",
        _l("Difference by weight, from"),
        _l("kg"),
        _l("A truckload: less than that one buyer takes along."),
    ),
    Threshold(
        "gap_head", _l("Difference of livestock, from"), _l("head"), _l("A truckload of pigs.")
    ),
    Threshold(
        "gap_other",
        _l("Difference of poultry, fry, seedlings and the like, from"),
        "",
        _l("What one household keeps is less."),
    ),
    Threshold(
        "gap_alert",
        _l("An alert from so many times that"),
        _l("times"),
        _l("More than a county can place by a few telephone calls."),
    ),
    Threshold(
        "ratio_notice",
        _l("One side against the other, from"),
        _l("times"),
        _l("Twice as much is usual: sellers post earlier than buyers."),
    ),
    Threshold(
        "ratio_alert",
        _l("The same, for an alert"),
        _l("times"),
        _l("Nine tenths of it find nobody here."),
    ),
    Threshold(
        "posted_notice",
        _l("Half of it posted, from"),
        _l("days ago"),
        _l("A week is what finding the other side takes."),
    ),
    Threshold(
        "posted_alert",
        _l("The same, for an alert"),
        _l("days ago"),
        _l("Two weeks: fresh goods lose their price."),
    ),
    Threshold(
        "quiet",
        _l("No alert with a deal in the last"),
        _l("days"),
        _l("Where it is being traded the market works."),
    ),
    Threshold(
        "nearby",
        _l("Counties around, as far as"),
        _l("km"),
        _l("A truck is there and back in a day. What they lack covers the difference: no alert."),
    ),
)
PRICES = (
    Threshold(
        "prices",
        _l("Prices of this week, at least"),
        _l("prices"),
        _l("With fewer, one price would be the median. Each person counts once a week."),
    ),
    Threshold(
        "prices_before",
        _l("Prices of the four weeks before, at least"),
        _l("prices"),
        _l("What is usual needs more to rest on than what is new."),
    ),
    Threshold(
        "change_notice",
        _l("Change of the median, from"),
        "%",
        _l("Below that grade and place make as much."),
    ),
    Threshold(
        "change_alert",
        _l("The same, for an alert"),
        "%",
        _l("Harvests are sold too early, or buyers go elsewhere."),
    ),
)
ACTIVITY = (
    Threshold(
        "idle_notice",
        _l("Idle, from"),
        _l("days"),
        _l("In a fair every county has something in a week."),
    ),
    Threshold(
        "idle_alert",
        _l("The same, for an alert"),
        _l("days"),
        _l("Two weeks without anything: telephone them."),
    ),
)


def threshold_rows(of: tuple[Threshold, ...], limits: Limits) -> list[tuple[Any, str, Any]]:
    """(what, the value with its unit, why) of each threshold now in force."""
    return [(t.label, f"{trimmed(getattr(limits, t.field))} {t.unit}", t.reason) for t in of]


def format_amount(quantity: Decimal, measure: str, *beside: Decimal) -> str:
    """A quantity in base units as people say it: a weight in kilograms below a tonne, else in
    tonnes; what stands in one sentence with `beside`, in the unit of the largest."""
    unit, largest = base_unit(measure), max(quantity, *beside, Decimal(0))
    if measure == Dimension.MASS and (largest >= TONNE or not largest):
        quantity, unit = quantity / TONNE, "ton"
    places = Decimal(1) if quantity >= 100 else Decimal("0.1") if quantity >= 1 else THOUSANDTH
    return format_quantity(quantity.quantize(places, ROUND_HALF_UP), unit)


def format_side(hand: MarketSide, other: MarketSide, measure: str) -> str:
    """'420 tonnes (20 offers of 18 people)', or 'nothing'; beside the other side."""
    if not hand.offers:
        return _("nothing")
    return _(
        "%(amount)s (%(of)s)",
        amount=format_amount(hand.quantity, measure, other.quantity),
        of=format_offer_count(hand),
    )


def format_offer_count(hand: MarketSide) -> str:
    """'20 offers of 18 people'."""
    return _(
        "%(offers)s of %(people)s",
        offers=ngettext("%(num)s offer", "%(num)s offers", hand.offers),
        people=ngettext("%(num)s person", "%(num)s people", hand.owners),
    )


def format_finding(finding: Finding, limits: Limits) -> str:
    """The finding in one sentence with all its figures."""
    position, one = finding.position, finding.imbalance
    return _(
        "%(place)s, %(product)s: for sale %(sell)s, wanted %(buy)s; %(why)s.",
        place=local_name(finding.place),
        product=local_name(finding.product),
        sell=format_side(position.sell, position.buy, position.measure),
        buy=format_side(position.buy, position.sell, position.measure),
        why=_("; ").join(format_reasons(position, one, limits)),
    )


def format_reasons(position: Position, one: Imbalance, limits: Limits) -> list[str]:
    """The reasons of a position's imbalance and of its level."""
    found = [_("half of it posted %(days)s days ago or earlier", days=one.heavy.days)]
    if one.heavy.deals:
        deals = ngettext("%(num)s deal", "%(num)s deals", one.heavy.deals)
        found.append(_("%(deals)s in the last %(days)s days", deals=deals, days=limits.quiet))
    else:
        found.append(_("no deal in the last %(days)s days", days=limits.quiet))
    around = {"km": limits.nearby, "amount": _beside_sides(one.light.nearby, position)}
    if not one.light.nearby:
        lacking = _("nobody lacks it within %(km)s km", **around)
        spare = _("nobody has any to spare within %(km)s km", **around)
    else:
        lacking = _("within %(km)s km %(amount)s more are wanted than offered", **around)
        spare = _("within %(km)s km %(amount)s more are offered than wanted", **around)
    return [*found, lacking if one.kind is ImbalanceKind.GLUT else spare]


def _beside_sides(quantity: Decimal, position: Position) -> str:
    sides = position.sell.quantity, position.buy.quantity
    return format_amount(quantity, position.measure, *sides)


def format_ratio(ratio: Decimal | None) -> str:
    """'14 times', '3.5 times'; a dash where the other side has nothing."""
    if ratio is None:
        return "–"
    places = Decimal(1) if ratio >= 10 else Decimal("0.1")
    return trimmed(ratio.quantize(places, ROUND_HALF_UP))


def format_price(value: Decimal | None, measure: str, unit: str | None = None) -> str:
    """A price in yuan per base unit as text: per `unit`, else per jin (a mass) or base unit."""
    if value is None:
        return "–"
    unit = unit or ("jin" if measure == Dimension.MASS else base_unit(measure))
    yuan = (value * UNITS[unit].factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _("CNY %(price)s/%(unit)s", price=f"{yuan:,f}", unit=UNITS[unit].name)


def format_change(change: Decimal | None) -> str:
    """A fraction as +12.4%; a dash for None."""
    if change is None:
        return "–"
    value = (change * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value)}%"


def format_movement(row: PriceRow) -> str:
    """The price change in one sentence with its figures."""
    main = row.main
    if main.change is None or main.before is None:
        return _(
            "Prices: %(now)s this week, %(before)s in the four weeks before; too few to compare.",
            now=main.number,
            before=main.number_before,
        )
    whose = _("Deal prices") if main is row.dealt else _("Asking prices")
    return _(
        "%(whose)s: median %(now)s this week from %(number)s, %(before)s in the four weeks before"
        " from %(numbers)s, %(change)s.",
        whose=whose,
        now=format_price(main.now, row.measure),
        number=main.number,
        before=format_price(main.before, row.measure),
        numbers=main.number_before,
        change=format_change(main.change),
    )
