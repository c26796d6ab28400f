"""A sheet in words: the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import current_app, request
from flask_babel import ngettext

from market.offers.english import plain_phrase
from market.prices.labels import format_number, unit_name
from market.products.quantities import short_price
from market.regions.queries import region_lexicon
from market.sheets.content import NEW_DAYS, SheetContent, SheetOffer, SheetPrice, before_of
from market.sheets.layout import PAGES, lay_out
from market.sheets.models import PaperSize, StationCard
from market.sheets.places import SheetPlace
from market.sheets.weeks import SheetWeek
from market.web.filters import local_name, readable_phone, short_day
from market.web.home_time import home_today
from market.web.language import gettext as _
from market.web.language import is_english
from market.web.page_meta import site_root

UP, DOWN = "↑", "↓"
# Chinese characters of a name in a row, and of one that stands behind its place.
MAX_NAME_LENGTH, MAX_SHORT_LENGTH = 9, 6


def sheet_address(site: str, place: SheetPlace, week: SheetWeek) -> str:
    """The whole address of a sheet's page, as its QR code has it; outside requests too.

    Args:
        site: where the site stands (site_start()).
    """
    rules = current_app.url_map.bind("")
    return site + rules.build("sheets.show", {**place.address, "week": str(week)})


def site_start() -> str:
    """What addresses of this site begin with, for sheets that are asked for now."""
    return site_root() + request.script_root


def format_title(place: SheetPlace) -> str:
    """What the sheet is called."""
    return _("%(place)s: market sheet", place=place.short_name)


def format_week(week: SheetWeek) -> str:
    """Week 48 of 2026, Nov 23 – Nov 29."""
    return _(
        "Week %(number)s of %(year)s, %(first)s – %(last)s",
        number=week.number,
        year=week.year,
        first=_bare_day(week.first),
        last=_bare_day(week.last),
    )


def _bare_day(day: date) -> str:
    return f"{day:%b} {day.day}" if is_english() else f"{day.month}月{day.day}日"


def format_goods(offer: SheetOffer) -> str:
    """The goods with their grade."""
    card = offer.card
    grade = plain_phrase(card.grade)
    return f"{card.goods} {grade}".strip() if len(card.goods) + len(grade) <= 10 else card.goods


def shorten(name: str, most: int = MAX_NAME_LENGTH) -> str:
    """A name as far as a row of paper has room for it: so many Chinese characters."""
    room = most * (2 if name.isascii() else 1)
    return name if len(name) <= room else f"{name[: room - 1]}…"


def format_where(offer: SheetOffer, place: SheetPlace) -> str:
    """Where an offer is, as seen from the place of the sheet: its village or township, or the
    county and how far away that is."""
    if offer.km is not None:
        county = region_lexicon().places[offer.region_code]
        return _("%(place)s, %(km)s km", place=local_name(county), km=offer.km)
    township = region_lexicon().townships.get(offer.township_code)
    if township is None or place.township is None or township.code != place.township.code:
        # A village's name says something only to those who are near.
        return local_name(township) if township else _("in this county")
    if offer.village and offer.village == place.village:
        return _("in this village")
    return offer.village or _("in this township")


def by_distance(offers: Sequence[SheetOffer], place: SheetPlace) -> list[SheetOffer]:
    """Those that are shown, the nearest first."""

    def distance(offer: SheetOffer) -> tuple[int, bool, bool]:
        is_elsewhere = offer.township_code != place.township_code
        return offer.km or 0, is_elsewhere, is_elsewhere or offer.village != place.village

    return sorted(offers, key=distance)


def format_offer_price(offer: SheetOffer) -> str:
    card = offer.card
    return short_price(card.price_low, card.price_high, card.price_unit)


def format_more(count: int, shown: int) -> str:
    """What a list leaves out; "" where that is nothing."""
    more = count - shown
    if more <= 0:
        return ""
    return ngettext("and %(num)s more on the site", "and %(num)s more on the site", more)


def format_cost(row: SheetPrice) -> str:
    """2.35 元/斤; CNY 4.70/kg."""
    assert row.price.asked is not None
    number = format_number(row.price.asked.median, row.measure)
    return _("CNY %(price)s/%(unit)s", price=number, unit=unit_name(row.measure))


def format_before(row: SheetPrice) -> str:
    """What it was a week before, in words: 上周 2.30; "" where that is unknown."""
    before = before_of(row.price)
    if before is None:
        return ""
    return _("was %(price)s", price=format_number(before, row.measure))


def format_move(row: SheetPrice) -> str:
    """Which way it went in the week, and by how much: ↑涨0.05; "" where that is unknown."""
    before = before_of(row.price)
    if before is None or row.price.asked is None:
        return ""
    # As they are printed, so that the difference is that of the two.
    now, was = (
        Decimal(format_number(price, row.measure).replace(",", ""))
        for price in (row.price.asked.median, before)
    )
    if now == was:
        return _("as last week")
    by = f"{abs(now - was):,f}"
    return UP + _("up %(by)s", by=by) if now > was else DOWN + _("down %(by)s", by=by)


def format_basis(row: SheetPrice, content: SheetContent) -> str:
    """Of where the price is, and of how many offers: 本县8条."""
    code, number = row.price.place.code, row.price.asked.count if row.price.asked else 0
    if code == content.place.county.code:
        return _("county: %(number)s", number=number)
    if code == current_app.config["HOME_REGION"]:
        return _("province: %(number)s", number=number)
    if row.price.place.name.endswith("州"):
        return _("prefecture: %(number)s", number=number)
    return _("city: %(number)s", number=number)


def format_prices_note(content: SheetContent) -> str:
    """Of which day the prices are, and what stands beside them."""
    if not content.prices:
        return ""
    day = _bare_day(content.prices_day or content.week.first)
    return _("middle price asked on %(day)s, against a week before; of how many offers", day=day)


def format_fair_days(content: SheetContent) -> str:
    """When the fair is."""
    fair = content.fair
    if fair is None:
        return ""
    first, last = short_day(fair.starts_on), short_day(fair.ends_on)
    if fair.starts_on > home_today():
        return _("from %(first)s to %(last)s", first=first, last=last)
    return _("running, until %(last)s", last=last)


def format_station(station: StationCard | None, place: SheetPlace) -> dict[str, str]:
    """The station of a sheet: name, phone, assistant; where none is known what to do instead."""
    if station is None:
        name = _("Information station of %(place)s", place=place.office.short_name)
        return {"name": name, "phone": "", "assistant": ""}
    return {
        "name": station.station,
        "phone": readable_phone(station.phone),
        "assistant": _("Assistant: %(name)s", name=station.assistant.name),
    }


def sheet_data(content: SheetContent, site: str, paper: PaperSize) -> dict[str, Any]:
    """A sheet as the template of paper reads it."""
    layout = lay_out(
        *(paper, len(content.wanted), len(content.for_sale), len(content.prices)),
        fair=content.fair is not None,
    )
    place = content.place
    wanted = by_distance(content.wanted[: layout.wanted], place)
    for_sale = by_distance(content.for_sale[: layout.for_sale], place)
    # The larger paper and the taller rows have room for both.
    is_wide = layout.is_tall or paper is not PaperSize.A4
    station = format_station(content.station, place)
    return {
        "title": format_title(place),
        "week": format_week(content.week),
        "row": layout.row,
        "tall": layout.is_tall,
        "lines": layout.lines,
        "wanted": [_row(offer, place, is_wide, is_wide) for offer in wanted],
        "wanted_note": _note(wanted, format_more(content.wanted_count, len(wanted))),
        "for_sale": [_row(offer, place, is_wide, True) for offer in for_sale],
        "for_sale_note": _note(for_sale, format_more(content.for_sale_count, len(for_sale))),
        "prices": [
            [
                shorten(local_name(row.product)),
                format_cost(row),
                format_move(row),
                format_basis(row, content),
            ]
            for row in content.prices
        ],
        "prices_note": format_prices_note(content),
        "fair": [local_name(content.fair), format_fair_days(content)] if content.fair else [],
        "station": station,
        "issued": _(
            "Issued by %(name)s on %(day)s", name=station["name"], day=_bare_day(home_today())
        ),
        "address": sheet_address(site, place, content.week),
    }


def _row(offer: SheetOffer, place: SheetPlace, is_wide: bool, is_named: bool) -> dict[str, Any]:
    """
    Args:
        is_wide: whether who it is has room of their own.
        is_named: whether it is said who.
    """
    where, who = format_where(offer, place), ""
    if is_named and is_wide:
        who = shorten(offer.who)
    elif is_named:
        where = f"{where} {shorten(offer.who, MAX_SHORT_LENGTH)}"
    return {
        "is_new": offer.is_new,
        "goods": format_goods(offer),
        "amount": offer.card.amount,
        "price": format_offer_price(offer),
        "where": where,
        "who": who,
        "number": _("No. %(number)s", number=offer.card.id),
    }


def _note(offers: Sequence[SheetOffer], more: str) -> str:
    """What stands beside the head of a list: what its marks mean, and what it leaves out."""
    new = _("%(new)s: of the last %(days)s days", new=_("NEW"), days=NEW_DAYS)
    marks = [new] if any(offer.is_new for offer in offers) else []
    return " · ".join([*marks, *filter(None, [more])])


def stack_data(sheets: Sequence[dict[str, Any]], paper: PaperSize, copies: int) -> dict[str, Any]:
    """Several sheets as one file, with the words that are the same on all."""
    width, height = PAGES[paper]
    return {
        "lang": "en" if is_english() else "zh",
        "width": width,
        "height": height,
        "wide": paper is not PaperSize.A4,
        "copies": copies,
        "sheets": sheets,
        "addresses": [sheet["address"] for sheet in sheets],
        "words": {
            "site": _("Harvest Market"),
            "new": _("NEW"),
            "wanted": _("Wanted near by"),
            "wanted_none": _("Nobody near by asks for anything just now."),
            "for_sale": _("For sale around here"),
            "for_sale_none": _("Nobody around here sells anything just now."),
            "prices": _("Prices"),
            "fair": _("Fair"),
            "write": _("Something to sell or buy? Write it here"),
            "call": _("Say the number to the assistant, who rings for you."),
            "ask": _("Ask the assistant of your village."),
            "scan": _("Scan: all of it, as it is now"),
            "buy": _("BUY"),
            "sell": _("SELL"),
        },
    }
