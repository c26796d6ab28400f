"""What a search of the list found, as a Table to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, utcnow
from market.offers.cards import title_of
from market.offers.english import plain_phrase
from market.offers.labels import BASES, SIDES, VERIFICATIONS
from market.offers.models import Offer
from market.offers.queries import public
from market.offers.search.finder import find
from market.offers.search.query import SearchQuery
from market.products.models import Product
from market.products.quantities import quoted_unit
from market.products.units import UNITS, convert, convert_price
from market.regions.models import Region
from market.tables.fair_tables import region_name
from market.tables.table import Block, Column, ColumnKind, Table
from market.text.phones import mask_phones
from market.web.filters import format_datetime, local_name, masked_phone, readable_phone
from market.web.language import is_english

MAX_ROWS = 2_000
IDS_AT_ONCE = 500


def found_offers(question: SearchQuery) -> Table:
    """The offers that are found, in the list's order, at most MAX_ROWS.

    Phone numbers are the reader's own alone: those of others are masked, in texts too.
    """
    found = find(replace(question.filters, page=1, per_page=MAX_ROWS))
    lines = [
        question.title,
        _("As of %(time)s", time=format_datetime(utcnow())),
    ]
    if found.total > MAX_ROWS:
        lines.append(_("The first %(most)s of %(total)s.", most=MAX_ROWS, total=found.total))
    rows = [_row(row) for row in _offers(found.ids)]
    title = _("Offers")
    return Table("offers", title, title, lines, _columns(), [Block(rows)])


def _columns() -> Sequence[Column]:
    return (
        Column(_("Offer number"), ColumnKind.COUNT),
        Column(_("Side"), width=8),
        Column(_("Product"), width=14),
        Column(_("Title"), width=28),
        *([Column(_("Title in the trader’s words"), width=28)] if is_english() else []),
        Column(_("Grade"), width=16),
        Column(_("Quantity"), ColumnKind.NUMBER),
        Column(_("Unit"), width=8),
        Column(_("Price from"), ColumnKind.NUMBER),
        Column(_("Price to"), ColumnKind.NUMBER),
        Column(_("Yuan per"), width=8),
        Column(_("The price is"), width=16),
        Column(_("Minimum lot"), ColumnKind.NUMBER),
        Column(_("Place"), width=16, is_region=True),
        Column(_("From when"), ColumnKind.DATE),
        Column(_("Until"), ColumnKind.DATE),
        Column(_("Quotations until"), ColumnKind.DATE),
        Column(_("Verification"), width=10),
        Column(_("Trader"), width=24),
        Column(_("Phone"), width=16),
        Column(_("Posted"), width=18),
        Column(_("Address of the page"), width=32),
    )


def _offers(ids: Sequence[int]) -> Sequence[Any]:
    """Those of the offers that are public now, in this order."""
    by_id: dict[int, Any] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        part = _SHOWN.where(Offer.id.in_(ids[start : start + IDS_AT_ONCE]), public())
        by_id |= {row.id: row for row in db.session.execute(part)}
    return [by_id[id] for id in ids if id in by_id]


def _row(row: Any) -> tuple[Any, ...]:
    is_own = current_user.is_authenticated and row.owner_id == current_user.id
    is_priced = row.price_low is not None
    phone = row.contact_phone or row.phone
    # Who reads English gets kilograms for jin, and the words of the trade in English.
    unit, price_unit = quoted_unit(row.unit), quoted_unit(row.price_unit)
    prices = (
        p and convert_price(p, row.price_unit, price_unit) for p in (row.price_low, row.price_high)
    )
    return (
        *(row.id, str(SIDES[row.side]), local_name(row.Product)),
        *_titles(row),
        plain_phrase(mask_phones(row.grade)),
        *(convert(row.remaining, row.unit, unit), str(UNITS[unit].name), *prices),
        str(UNITS[price_unit].name) if is_priced else "",
        str(BASES[row.price_basis]) if is_priced else "",
        row.min_lot and convert(row.min_lot, row.unit, unit),
        *(region_name(row.Region), row.supply_from, row.supply_to),
        row.quotation_deadline,
        str(VERIFICATIONS[row.verification]),
        mask_phones(row.owner),
        readable_phone(phone) if is_own else masked_phone(phone),
        format_datetime(row.published_at),
        url_for("offers.show", offer_id=row.id, _external=True),
    )


def _titles(row: Any) -> list[str]:
    """The title as the page has it; in English the trader's own after it."""
    own = mask_phones(row.title)
    if not is_english():
        return [own]
    product, region = row.Product, row.Region
    names = product.name, product.name_en, region.short_name, region.name_en
    return [title_of(row.side, row.title, row.product_words, *names, True, mask_phones), own]


_SHOWN = (
    select(
        *(
            Offer.id,
            Offer.side,
            Offer.title,
            Offer.product_words,
            Offer.grade,
            Offer.remaining,
            Offer.unit,
        ),
        *(Offer.price_low, Offer.price_high, Offer.price_unit, Offer.price_basis, Offer.min_lot),
        *(Offer.supply_from, Offer.supply_to, Offer.quotation_deadline, Offer.verification),
        *(Offer.published_at, Offer.owner_id, Offer.contact_phone),
        *(Product, Region, Account.name.label("owner"), Account.phone),
    )
    .join(Product, Product.code == Offer.product_code)
    .join(Region, Region.code == Offer.region_code)
    .join(Account, Account.id == Offer.owner_id)
)
