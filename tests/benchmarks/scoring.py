"""The whole score of matching, all seven parts of it: one by one by `matching.rules`, which
is the truth, and as one SQL expression over a narrow table for the peers that speak SQL.

What SQL would work out again for each row and question is worked out when the tables are
filled, as a good engineer would have it kept: what each pair of products and each pair of
places is worth, and each offer's supply period as it stands today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from market.matching import rules
from market.matching.freight import haulage, kg_per_base
from market.matching.landed_price import AT_BID, BEYOND_HAGGLING, MAX_PRICE_GAP
from market.matching.rules import WEIGHTS, OfferFacts, PartFinding

# Of an offer; `starts` and `ends` are days, empty where it names none. `loading` and `per_km` are
# yuan per base unit of its price, empty where that has no weight.
COLUMNS = {
    **dict.fromkeys(("side", "product", "id", "owner", "region"), int),
    **dict.fromkeys(("verified", "finished", "measure", "price_measure"), int),
    **dict.fromkeys(("quantity", "min_lot", "price_low", "price_high"), float),
    **dict.fromkeys(("starts", "ends", "published"), int),
    **dict.fromkeys(("delivered", "perishable"), int),
    **dict.fromkeys(("halfway", "loading", "per_km"), float),
}
SIDES = ("sell", "buy")
# Nearer totals are a tie, which the newest number decides.
PLACES = 12
_MICROSECONDS_A_DAY = 86_400e6


def facts_of(row: Any, finished: dict[int, int], places: dict[str, Any]) -> OfferFacts:
    """What the rules read of a row of `market.search.services.columns()`.

    Args:
        finished: verified deals by account, those of none left out.
        places: regions by code, with their centroids.
    """
    from market.matching.queries import read_facts

    place, deals = places[row.region_code], finished.get(row.owner_id, 0)
    return read_facts(row, row, row.region_path, place, deals)


def best(own: OfferFacts, others: Iterator[OfferFacts], now: datetime, limit: int) -> list[int]:
    """Ids of the best counterparts, the best first, counted one by one."""
    found = [
        (-round(match.total, PLACES), -one.id)
        for one in others
        if one.quantity > 0 and (match := rules.score(own, one, now))
    ]
    return [-id for _, id in sorted(found)[:limit]]


def row(one: OfferFacts, now: datetime) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    dated = one.supply_from is not None or one.supply_to is not None
    starts, ends = (day.toordinal() for day in rules.period(one, now.date()))
    return (
        *(SIDES.index(one.side), int(one.product_code), one.id, one.owner_id),
        *(int(one.region_code), int(one.verified), one.finished_deals),
        *(_number(one.measure), _number(one.price_measure), float(one.quantity)),
        *(_float(one.min_lot), _float(one.price_low), _float(one.price_high)),
        *((starts, ends) if dated else (None, None)),
        int(one.published_at.timestamp() * 1_000_000),
        *(int(one.price_basis == rules.DELIVERED), int(one.perishable)),
        *_carried(one),
    )


def _carried(one: OfferFacts) -> tuple[float | None, ...]:
    carried = haulage(one.product_path, one.storage_class)
    kg = kg_per_base(one.product_path, one.price_measure)
    if kg is None:
        return carried.halfway_km, None, None
    return carried.halfway_km, kg * carried.loading, kg * carried.per_km


def kin(facts: list[OfferFacts]) -> Iterator[tuple[int, int, float]]:
    """(sold, wanted, worth) of each pair of products that are related."""
    paths = {one.product_code: one.product_path for one in facts}
    for sold, path in paths.items():
        for wanted, other in paths.items():
            if part := rules.product_part(path, other):
                yield int(sold), int(wanted), part.value


def near(facts: list[OfferFacts]) -> Iterator[tuple[int, int, float | None, float]]:
    """(place of the sale, of the purchase, kilometres, worth of the border they share) of each
    pair of places."""
    places = {one.region_code: one for one in facts}
    for sale, here in places.items():
        for purchase, there in places.items():
            part = rules.region_part(here, there, None)
            border = part.value if part.finding is PartFinding.SAME_COUNTY else 2 * part.value
            yield int(sale), int(purchase), rules.distance_km(here, there), border


def given(own: OfferFacts, now: datetime) -> dict[str, Any]:
    """The parameters of `statement` for this offer."""
    names = dict(zip(COLUMNS, row(own, now), strict=True))
    age = rules.freshness_part(own, own, now).value
    return {
        **names,
        "other": 1 - names["side"],
        "price": names["price_low"] if own.side == "sell" else names["price_high"],
        "days": (names["ends"] - names["starts"] + 1) if names["ends"] is not None else 0,
        "record": rules.trust_part(own, own).value,
        "newness": age,
        "now": int(now.timestamp() * 1_000_000),
    }


def statement(
    own: OfferFacts, parameter: Callable[[str], str], least: str, greatest: str, rounded: str
) -> str:
    """The ids of the best counterparts of an offer, the best first.

    Args:
        parameter: how the database writes one of `given`.
        least, greatest: what it calls the least and the greatest of two values.
        rounded: how it rounds `{}` to PLACES.
    """
    p = parameter
    selling = own.side == "sell"
    ends = ("sold", "wanted", "sale", "purchase")
    mine, theirs, here, there = ends if selling else (*ends[1::-1], *ends[:1:-1])
    asked, bid = (p("price"), "l.price_high") if selling else ("l.price_low", p("price"))
    sale, purchase, lot = (
        (p("quantity"), "l.quantity", p("min_lot"))
        if selling
        else ("l.quantity", p("quantity"), "l.min_lot")
    )
    shared = f"({least}(l.ends, {p('ends')}) - {greatest}(l.starts, {p('starts')}) + 1)"
    some, apart = rules.TOUCHING, f"{rules.TOUCHING} * {greatest}(0.0, 1 - (1 - {shared}) / 30.0)"
    meeting = f"{some} + {1 - some} * {shared} / {least}(l.ends - l.starts + 1, {p('days')})"
    covered = (
        f"(7 * {least}(1.0, {sale} / {purchase}) + 3 * {least}(1.0, {purchase} / {sale})) / 10"
    )
    too_much = f"{lot} > {purchase}" if not selling or own.min_lot is not None else ""
    of_sale = p if selling else "l.{}".format
    freight = f"COALESCE({of_sale('loading')} + {of_sale('per_km')} * near.km, 0.0)"
    carried = f"(l.delivered - {p('delivered')})"
    carried = carried if selling else f"({p('delivered')} - l.delivered)"
    parts = {
        "quantity": (
            f"l.measure = {p('measure')}",
            f"CASE WHEN {too_much} THEN 0 ELSE {covered} END" if too_much else covered,
        )
    }
    if (own.price_low if selling else own.price_high) is not None:
        parts["price"] = (
            f"{bid if selling else asked} IS NOT NULL AND l.price_measure = {p('price_measure')}",
            _price_worth(f"{greatest}(-1.0, ({asked} + {freight} * {carried}) / {bid} - 1)"),
        )
    if own.supply_from is not None or own.supply_to is not None:
        parts["time"] = (
            "l.starts IS NOT NULL",
            f"CASE WHEN {shared} < 1 THEN {apart} ELSE {least}(1.0, {meeting}) END",
        )
    nearness = (
        f"CASE WHEN near.km IS NULL THEN 0.0 ELSE 1 / (1 + near.km / {of_sale('halfway')}) END"
    )
    lifted = f"{greatest}({nearness}, ({nearness} + near.border) / 2)"
    place = f"CASE WHEN near.border = 1 THEN 1.0 ELSE {lifted} END"
    record = f"0.6 * l.verified + 0.4 * {least}(l.finished, 5) / 5.0"
    age = f"{greatest}(0.0, ({p('now')} - l.published) / {_MICROSECONDS_A_DAY})"
    value = [
        f"{WEIGHTS['product']} * kin.worth + {WEIGHTS['region']} * ({place})",
        f"{WEIGHTS['trust'] / 2} * ({p('record')} + {record})",
        f"{WEIGHTS['freshness'] / 2} * ({p('newness')} + 1 / (1 + {age} / {rules.AGEING_DAYS}))",
        *(f"CASE WHEN {told} THEN {WEIGHTS[n]} * {v} ELSE 0 END" for n, (told, v) in parts.items()),
    ]
    weight = [
        str(sum(WEIGHTS[name] for name in ("product", "region", "trust", "freshness"))),
        *(f"CASE WHEN {told} THEN {WEIGHTS[n]} ELSE 0 END" for n, (told, _) in parts.items()),
    ]
    total = f"{least}(1.0, ({' + '.join(value)}) / ({' + '.join(weight)}))"
    if "time" in parts:
        spoiled = f"{of_sale('perishable')} = 1 AND l.starts IS NOT NULL AND {shared} < 1"
        total = f"{total} * CASE WHEN {spoiled} THEN {rules.SPOILED} ELSE 1.0 END"
    return (
        "SELECT l.id FROM kin CROSS JOIN matched l CROSS JOIN near"
        f" WHERE kin.{mine} = {p('product')} AND l.side = {p('other')}"
        f" AND l.product = kin.{theirs} AND near.{here} = {p('region')}"
        f" AND near.{there} = l.region AND l.owner <> {p('owner')}"
        f" ORDER BY {rounded.format(total)} DESC, l.id DESC LIMIT {p('limit')}"
    )


def _price_worth(gap: str) -> str:
    steepness = (AT_BID - BEYOND_HAGGLING) / MAX_PRICE_GAP
    return (
        f"CASE WHEN {gap} <= 0 THEN {AT_BID} - {1 - AT_BID} * {gap}"
        f" WHEN {gap} <= {MAX_PRICE_GAP} THEN {AT_BID} - {steepness} * {gap}"
        f" ELSE {BEYOND_HAGGLING * MAX_PRICE_GAP} / {gap} END"
    )


def _number(measure: str) -> int:
    from market.search.schema import MEASURES

    return MEASURES[measure]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
