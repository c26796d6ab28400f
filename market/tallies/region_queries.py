"""Reading one region of a fair: its products and its deals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import URL, Row, Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from market.accounts.models import Account, TraderType
from market.database import db, read
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.deals.queries import party_columns
from market.deals.unregistered_models import Evidence, UnregisteredParty
from market.fairs.models import Fair
from market.products.models import Category, Product
from market.regions.models import Region
from market.tallies.models import FairProduct
from market.tallies.queries import StoredCount, stored_count
from market.tallies.trees import Node
from market.web.page_cache import depends_on
from market.web.pagination import Pagination

DEALS_PER_PAGE = 20
PERSON_TYPES = (TraderType.FARMER, TraderType.BROKER, TraderType.BUYER)


@dataclass(frozen=True)
class ProductRow:
    """A product's listings, deals and value in a region of a fair; `category` has 2 digits."""

    code: str
    name: str
    name_en: str
    category: str
    sell: int
    buy: int
    deals: int
    amount_fen: int
    mass_kg: Decimal

    @property
    def listings(self) -> int:
        return self.sell + self.buy


@dataclass(frozen=True)
class CategoryRow:
    """A category with its products listed or dealt in, and their sums."""

    code: str
    name: str
    name_en: str
    products: Sequence[ProductRow]
    sell: int = 0
    buy: int = 0
    deals: int = 0
    amount_fen: int = 0
    mass_kg: Decimal = Decimal(0)


@dataclass(frozen=True)
class DealRow:
    """A verified deal for the public: who, with the name masked, what, how much, when.

    Attributes:
        evidence: what the side without an account agreed with; None: both have one.
    """

    id: int
    day: date
    product: Any
    product_code: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount_fen: int
    seller: str
    seller_region: Any
    buyer: str
    buyer_region: Any
    home_region_code: str
    evidence: Evidence | None = None


@dataclass(frozen=True)
class LocalName:
    name: str
    name_en: str
    code: str = ""


@dataclass(frozen=True)
class DealSelection:
    """Which deals of a region to tell: of a product or category (2 digits), of a local day.

    Attributes:
        side: `sold` or `bought` for the deals whose seller or buyer is of the region;
            empty for those counted in it.
    """

    product: str = ""
    day: date | None = None
    side: str = ""


@dataclass(frozen=True)
class DealPage:
    """A page of the chosen deals, and what all of them together come to."""

    rows: Sequence[DealRow]
    pagination: Pagination
    deals: int
    amount_fen: int


def region_products(
    fair: Fair, region: Region | Node, count: StoredCount | None = None
) -> Sequence[ProductRow]:
    """Every product listed or dealt in inside `region`, the most valuable first.

    As of the fair's last count; cached until the next.

    Args:
        count: the fair's count where the caller has read it already.
    """
    count = count or stored_count(fair)
    return _cached_products(db.engine.url, fair.id, region.code, count.at)


@lru_cache(maxsize=256)
def _cached_products(
    database: URL, fair_id: int, code: str, at: datetime | None
) -> Sequence[ProductRow]:
    found = [
        ProductRow(
            *(code, name, name_en, category[:2]),
            *(int(sell), int(buy), int(deals), int(fen)),
            mass_kg=Decimal(mass),
        )
        for code, name, name_en, category, mass, sell, buy, deals, fen in read(
            _PRODUCTS, fair=fair_id, region=code
        )
    ]
    found = [row for row in found if row.listings or row.deals or row.amount_fen]
    return sorted(found, key=lambda r: (-r.amount_fen, -r.listings, r.code))


def group_by_category(products: Iterable[ProductRow]) -> Sequence[CategoryRow]:
    """The products under their categories, each with its sums, the most valuable first."""
    groups: dict[str, list[ProductRow]] = {}
    for row in products:
        groups.setdefault(row.category, []).append(row)
    names = {row.code: row for row in read(_CATEGORIES, codes=list(groups))}
    found = [
        CategoryRow(
            code,
            names[code].name,
            names[code].name_en,
            rows,
            **{n: sum(getattr(r, n) for r in rows) for n in ("sell", "buy", "deals")},
            amount_fen=sum(r.amount_fen for r in rows),
            mass_kg=sum((r.mass_kg for r in rows), Decimal(0)),
        )
        for code, rows in groups.items()
    ]
    return sorted(found, key=lambda c: (-c.amount_fen, c.code))


def product_or_category(code: str) -> Row[Any] | None:
    """Code and names of a product, or of a category by its 2 digits; None for no such."""
    return read(_CATEGORIES if len(code) == 2 else _PRODUCT, codes=[code]).first()


def region_deals(
    fair: Fair, region: Region | Node, page: int = 1, chosen: DealSelection | None = None
) -> DealPage:
    """The chosen verified deals of `region`, the latest first, with masked names."""
    count = stored_count(fair)
    codes = [row.code for row in count.inside(count.tree.get(region.code))]
    given = _parameters(fair, codes, chosen or DealSelection())
    deals, fen = db.session.execute(_where(_NUMBER, chosen), given).one()
    pagination = Pagination(page, DEALS_PER_PAGE, deals)
    order = (Deal.agreed_on.desc(), Deal.id.desc())
    ids = _where(_IDS, chosen).order_by(*order)
    asked = db.session.scalars(pagination.limit(ids), given).all()
    return DealPage(_rows(fair, asked), pagination, deals, int(fen or 0))


def _rows(fair: Fair, ids: Sequence[int]) -> list[DealRow]:
    """The verified deals of these ids, in their order."""
    depends_on(partial(_party_versions, tuple(ids)))
    found = {row.id: public_row(row) for row in read(_THESE, fair=fair.id, ids=ids)}
    return [found[id_] for id_ in ids if id_ in found]


def _party_versions(ids: tuple[int, ...]) -> Sequence[Any]:
    """Stays the same for as long as the names of the parties to these deals do."""
    return read(_PARTY_VERSIONS, ids=ids).all()


def _parameters(fair: Fair, codes: Sequence[str], chosen: DealSelection) -> dict[str, Any]:
    return {"fair": fair.id, "codes": codes, "product": chosen.product, "day": chosen.day}


def _where(query: Any, chosen: DealSelection | None) -> Select[Any]:
    chosen = chosen or DealSelection()
    place = {"sold": Deal.seller_region_code, "bought": Deal.buyer_region_code}
    column = place.get(chosen.side, Deal.home_region_code)
    query = query.where(column.in_(bindparam("codes", expanding=True)))
    if chosen.product:
        query = query.where(Deal.product_code.startswith(bindparam("product"), autoescape=False))
    if chosen.day:
        query = query.where(Deal.agreed_on == bindparam("day"))
    return query


def count_reversed(fair: Fair, region: Region | Node) -> dict[date, int]:
    """How many deals of each day agreed were counted in `region` once and are not now."""
    count = stored_count(fair)
    codes = [row.code for row in count.inside(count.tree.get(region.code))]
    return dict(read(_REVERSED, fair=fair.id, codes=codes).all())


def latest_deals(fair: Fair, number: int) -> Sequence[DealRow]:
    """The deals of the fair verified last that still are, with masked names."""
    # Some may have been reversed since, or verified again.
    entries = read(_LATEST, fair=fair.id, number=number * 4).scalars()
    return _rows(fair, list(dict.fromkeys(entries)))[:number]


@dataclass(frozen=True)
class DealEntry:
    """What the ledger says of a deal: number, +1 or -1, when, and the hash that seals it."""

    id: int
    deals: int
    at: datetime
    hash: str


@dataclass(frozen=True)
class PublicDeal:
    """A verified deal of a fair and the entries that count it."""

    row: DealRow
    entries: Sequence[DealEntry] = field(default_factory=list)


def public_deal(fair: Fair, deal_id: int) -> PublicDeal | None:
    """The verified deal of the fair for the public; None where there is none."""
    rows = _rows(fair, [deal_id])
    return PublicDeal(rows[0], deal_entries(deal_id)) if rows else None


def deal_entries(deal_id: int) -> list[DealEntry]:
    """The ledger's entries of a deal, in their order."""
    return [DealEntry(*entry) for entry in read(_ENTRIES, deal=deal_id)]


def public_row(row: Row[Any]) -> DealRow:
    """A row of select_public_deals() for the public."""
    return DealRow(
        id=row.id,
        day=row.agreed_on,
        product=LocalName(row.name, row.name_en),
        product_code=row.product_code,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=row.unit_price,
        amount_fen=row.amount_fen,
        seller=masked_name(row.seller, row.seller_type),
        seller_region=LocalName(row.from_name, row.from_name_en, row.from_code),
        buyer=masked_name(row.buyer, row.buyer_type),
        buyer_region=LocalName(row.to_name, row.to_name_en, row.to_code),
        home_region_code=row.home_region_code,
        evidence=row.evidence,
    )


def masked_name(name: str, trader_type: TraderType) -> str:
    """A person as 张*; a firm by its first two and last two characters: 石门**作社."""
    if trader_type in PERSON_TYPES or len(name) <= 4:
        return f"{name[:1]}*"
    return f"{name[:2]}**{name[-2:]}"


def verified_deals() -> Select[*tuple[Any, ...]]:
    """The verified deals of the fair with the parameter `fair`, as public_row() takes them."""
    return select_public_deals(*_VERIFIED)


def select_public_deals(*which: Any) -> Select[*tuple[Any, ...]]:
    """The deals of which that is so, as public_row() takes them."""
    from_region, to_region = aliased(Region), aliased(Region)
    seller, buyer = aliased(Account, flat=True), aliased(Account, flat=True)
    return (
        select(
            *(Deal.id, Deal.agreed_on, Deal.quantity, Deal.unit, Deal.unit_price),
            *(Deal.amount_fen, Deal.product_code, Deal.home_region_code),
            *(Product.name, Product.name_en),
            *party_columns(seller, "seller"),
            *party_columns(buyer, "buyer"),
            Deal.evidence,
            *(from_region.name.label("from_name"), from_region.name_en.label("from_name_en")),
            *(from_region.code.label("from_code"), to_region.code.label("to_code")),
            *(to_region.name.label("to_name"), to_region.name_en.label("to_name_en")),
        )
        .join(Product, Product.code == Deal.product_code)
        .outerjoin(seller, seller.id == Deal.seller_id)
        .outerjoin(buyer, buyer.id == Deal.buyer_id)
        .outerjoin(UnregisteredParty, UnregisteredParty.id == Deal.unregistered_id)
        .join(from_region, from_region.code == Deal.seller_region_code)
        .join(to_region, to_region.code == Deal.buyer_region_code)
        .where(*which)
    )


# Made once: putting these together takes longer than running them.
_VERIFIED = (Deal.fair_id == bindparam("fair"), Deal.status == DealStatus.VERIFIED)
_NUMBER = select(func.count(), func.sum(Deal.amount_fen)).select_from(Deal).where(*_VERIFIED)
_IDS = select(Deal.id).where(*_VERIFIED)
_THESE = verified_deals().where(Deal.id.in_(bindparam("ids", expanding=True)))
_Seller, _Buyer = aliased(Account), aliased(Account)
_PARTY_VERSIONS = (
    select(Deal.id, _Seller.updated_at, _Buyer.updated_at, UnregisteredParty.erased_at)
    .outerjoin(_Seller, _Seller.id == Deal.seller_id)
    .outerjoin(_Buyer, _Buyer.id == Deal.buyer_id)
    .outerjoin(UnregisteredParty, UnregisteredParty.id == Deal.unregistered_id)
    .where(Deal.id.in_(bindparam("ids", expanding=True)))
    .order_by(Deal.id)
)
_LATEST = (
    select(LedgerEntry.deal_id)
    .where(LedgerEntry.fair_id == bindparam("fair"))
    .order_by(LedgerEntry.id.desc())
    .limit(bindparam("number"))
)
_REVERSED = (
    select(Deal.agreed_on, func.count())
    .where(
        Deal.fair_id == bindparam("fair"),
        Deal.status != DealStatus.VERIFIED,
        Deal.home_region_code.in_(bindparam("codes", expanding=True)),
        exists().where(LedgerEntry.deal_id == Deal.id, LedgerEntry.deals < 0),
    )
    .group_by(Deal.agreed_on)
)
_ENTRIES = (
    select(LedgerEntry.id, LedgerEntry.deals, LedgerEntry.at, LedgerEntry.hash)
    .where(LedgerEntry.deal_id == bindparam("deal"))
    .order_by(LedgerEntry.id)
)
_PRODUCTS = (
    select(
        *(Product.code, Product.name, Product.name_en, Product.category_code),
        *(FairProduct.mass_kg, FairProduct.sell_listings, FairProduct.buy_listings),
        *(FairProduct.deals, FairProduct.amount_fen),
    )
    .join(Product, Product.code == FairProduct.product_code)
    .where(FairProduct.fair_id == bindparam("fair"), FairProduct.region_code == bindparam("region"))
)
_PRODUCT = select(Product.code, Product.name, Product.name_en).where(
    Product.code.in_(bindparam("codes", expanding=True))
)
_CATEGORIES = select(Category.code, Category.name, Category.name_en).where(
    Category.code.in_(bindparam("codes", expanding=True))
)
