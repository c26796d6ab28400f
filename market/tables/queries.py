"""What the long tables are read from: a fair's deals and listings, and the names in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from market.accounts.models import Account
from market.database import db, read
from market.deals.models import Deal, LedgerEntry
from market.deals.queries import party_columns
from market.deals.unregistered_models import UnregisteredParty
from market.fairs.models import Fair, FairListing
from market.offers.models import Offer
from market.products.models import Category, Product
from market.regions.models import Region
from market.tallies.evidence import counted_until

# Of a long table, how many rows are fetched at a time.
ROWS_PER_FETCH = 2000


def deals(fair: Fair, codes: Sequence[str], entry: int) -> Iterator[Row[Any]]:
    """Every deal that the ledger counts in the leaf regions up to its `entry`, by number."""
    return _long(_DEALS, fair=fair.id, codes=codes, entry=entry)


def listings(fair: Fair, codes: Sequence[str]) -> Iterator[Row[Any]]:
    """Every listing of the fair that counts in the leaf regions, by its number."""
    return _long(_LISTINGS, fair=fair.id, codes=codes)


def places() -> dict[str, Row[Any]]:
    """Every region by its code: name, name_en and those of its parent."""
    return {row.code: row for row in read(_PLACES)}


def goods() -> dict[str, Row[Any]]:
    """Every product by its code: name, name_en, and those of its categories."""
    return {row.code: row for row in read(_GOODS)}


def begin_snapshot() -> None:
    """Begin a reading transaction in which every statement sees the database as it is now."""
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":  # SQLite's always are such
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _long(statement: Select[*tuple[Any, ...]], **asked: Any) -> Iterator[Row[Any]]:
    connection = db.session.connection()
    found = connection.execute(statement, asked, execution_options={"yield_per": ROWS_PER_FETCH})
    for rows in found.partitions():
        yield from rows


def _deals() -> Select[*tuple[Any, ...]]:
    seller, buyer = aliased(Account, flat=True), aliased(Account, flat=True)
    return (
        select(
            *(Deal.id, Deal.agreed_on, LedgerEntry.product_code, Deal.quantity, Deal.unit),
            *(Deal.unit_price, LedgerEntry.amount_fen, LedgerEntry.region_code),
            *(LedgerEntry.seller_region_code, LedgerEntry.buyer_region_code),
            *party_columns(seller, "seller"),
            *party_columns(buyer, "buyer"),
            *(Deal.seller_id, Deal.buyer_id, Deal.evidence),
        )
        .select_from(LedgerEntry)
        .join(Deal, Deal.id == LedgerEntry.deal_id)
        .outerjoin(seller, seller.id == Deal.seller_id)
        .outerjoin(buyer, buyer.id == Deal.buyer_id)
        .outerjoin(UnregisteredParty, UnregisteredParty.id == Deal.unregistered_id)
        .where(*counted_until())
        .order_by(LedgerEntry.deal_id)
    )


def _listings() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(FairListing.offer_id, FairListing.listed_at, FairListing.side),
            *(FairListing.product_code, FairListing.region_code, FairListing.verified),
            *(Offer.quantity, Offer.unit, Offer.price_low, Offer.price_high, Offer.price_unit),
            *(Account.name.label("owner"), Account.trader_type),
        )
        .join(Offer, Offer.id == FairListing.offer_id)
        .join(Account, Account.id == FairListing.owner_id)
        .where(
            FairListing.fair_id == bindparam("fair"),
            FairListing.counts,
            FairListing.region_code.in_(bindparam("codes", expanding=True)),
        )
        .order_by(FairListing.offer_id)
    )


def _places() -> Select[*tuple[Any, ...]]:
    parent = aliased(Region)
    return select(
        *(Region.code, Region.name, Region.name_en, Region.parent_code),
        *(parent.name.label("parent_name"), parent.name_en.label("parent_name_en")),
    ).outerjoin(parent, parent.code == Region.parent_code)


def _goods() -> Select[*tuple[Any, ...]]:
    top = aliased(Category)
    return (
        select(
            *(Product.code, Product.name, Product.name_en),
            *(Category.code.label("inner"), Category.name.label("inner_name")),
            *(Category.name_en.label("inner_name_en"), func.coalesce(top.code, "").label("top")),
            *(top.name.label("top_name"), top.name_en.label("top_name_en")),
        )
        .join(Category, Category.code == Product.category_code)
        .outerjoin(top, top.code == Category.parent_code)
        .order_by(Product.code)
    )


# Made once: putting these together takes longer than running them.
_DEALS = _deals()
_LISTINGS = _listings()
_PLACES = _places()
_GOODS = _goods()
