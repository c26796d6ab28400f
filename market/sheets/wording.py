"""A sheet in words: the same on the page and on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app, request
from flask_babel import ngettext

from market.offers.english import plain_phrase
from market.papers.pictures import qr_picture
from market.prices.labels import format_number, unit_name
from market.products.quantities import short_price
from market.regions.queries import region_lexicon
from market.regions.rules import short_english_name
from market.sheets.content import SheetContent, SheetOffer, SheetPrice, before_of
from market.sheets.layout import lay_out
from market.sheets.models import PaperSize, StationCard
from market.sheets.places import SheetPlace
from market.sheets.weeks import SheetWeek
from market.web.filters import local_name, readable_phone, short_day
from market.web.home_time import home_today
from market.web.language import gettext as _
from market.web.language import is_english
from market.web.page_meta import site_root

# How much larger than A4.
SCALES = {PaperSize.A4: 1.0, PaperSize.A3: 2**0.5, PaperSize.A2: 2.0}
UP, DOWN = "↑", "↓"
# Chinese characters of a name in a row.
MAX_NAME_LENGTH = 9


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


def shorten(name: str) -> str:
    """A name as far as a row of paper has room for it."""
    room = MAX_NAME_LENGTH * (2 if name.isascii() else 1)
    return name if len(name) <= room else f"{name[: room - 1]}…"


def format_where(offer: SheetOffer) -> str:
    """Where a purchase goes to, and how far that is."""
    if offer.km is None:
        return _("in this county")
    # In English the county alone: with its prefecture it takes half a line.
    place = offer.card.place.partition(",")[0] if is_english() else offer.card.place
    return _("%(place)s, %(km)s km", place=place, km=offer.km)


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
    """What it was a week before, and which way it went: 上周 2.30 ↑; "" where that is unknown."""
    before = before_of(row.price)
    if before is None or row.price.asked is None:
        return ""
    was, now = (format_number(price, row.measure) for price in (before, row.price.asked.median))
    if was == now:
        return _("as last week")
    went = UP if row.price.asked.median > before else DOWN
    return _("was %(price)s", price=was) + f" {went}"


def format_good(row: SheetPrice, content: SheetContent) -> str:
    """The good, with the place of its price where that is not that of most."""
    name = shorten(local_name(row.product))
    place = row.price.place
    if place.code == main_place(content):
        return name
    return _("%(good)s (%(place)s)", good=name, place=_place(place.code))


def main_place(content: SheetContent) -> str:
    """The place (code) that most of the prices are of; "" without any."""
    codes = [row.price.place.code for row in content.prices]
    return max(codes, key=lambda code: (codes.count(code), code), default="")


def _place(code: str) -> str:
    place = region_lexicon().places[code]
    return short_english_name(place.name_en) if is_english() else place.short_name


def format_prices_note(content: SheetContent) -> str:
    """Of which place and day the prices are."""
    if not content.prices:
        return ""
    place = region_lexicon().places[main_place(content)]
    return _(
        "asked in %(place)s on %(day)s, the middle price",
        place=local_name(place),
        day=_bare_day(content.prices_day or content.week.first),
    )


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


def sheet_data(content: SheetContent, site: str) -> dict[str, Any]:
    """A sheet as the template of paper reads it."""
    layout = lay_out(
        *(len(content.wanted), len(content.for_sale), len(content.prices)),
        fair=content.fair is not None,
    )
    wanted, for_sale = content.wanted[: layout.wanted], content.for_sale[: layout.for_sale]
    address = sheet_address(site, content.place, content.week)
    return {
        "title": format_title(content.place),
        "week": format_week(content.week),
        "row": layout.row,
        "lines": layout.lines,
        "wanted": [_row(offer, format_where(offer)) for offer in wanted],
        "wanted_more": format_more(content.wanted_count, len(wanted)),
        "for_sale": [_row(offer, shorten(offer.who)) for offer in for_sale],
        "for_sale_more": format_more(content.for_sale_count, len(for_sale)),
        "prices": [
            [format_good(row, content), format_cost(row), format_before(row)]
            for row in content.prices
        ],
        "prices_note": format_prices_note(content),
        "fair": [local_name(content.fair), format_fair_days(content)] if content.fair else [],
        "station": format_station(content.station, content.place),
        "issued": _(
            "Issued by %(name)s on %(day)s",
            name=format_station(content.station, content.place)["name"],
            day=_bare_day(home_today()),
        ),
        "qr": qr_picture(address),
    }


def _row(offer: SheetOffer, where: str) -> list[str]:
    return [
        format_goods(offer),
        offer.card.amount,
        format_offer_price(offer),
        where,
        _("No. %(number)s", number=offer.card.id),
    ]


def stack_data(sheets: list[dict[str, Any]], paper: PaperSize, copies: int) -> dict[str, Any]:
    """Several sheets as one file, with the words that are the same on all."""
    return {
        "lang": "en" if is_english() else "zh",
        "paper": paper.value,
        "scale": SCALES[paper],
        "copies": copies,
        "sheets": sheets,
        "words": {
            "site": _("Harvest Market"),
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
