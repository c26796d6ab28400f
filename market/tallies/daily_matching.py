"""Daily matching 日常对接: what the ledger counts outside fairs, by county, month and product.

A deal is of the month it was agreed in, as it is of the day in a fair. Figures are sums of the
ledger's entries without a fair; nothing of them is stored.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from babel.dates import format_skeleton
from flask import abort
from sqlalchemy import BigInteger, Select, extract, func, select, type_coerce
from sqlalchemy.orm import aliased

from market.database import Quantity, db
from market.deals.models import Channel, Deal, DealStatus, LedgerEntry
from market.products.models import Product
from market.products.units import in_base, measure
from market.regions.models import Region, is_within, within
from market.regions.queries import home_region
from market.tallies.counting import mass_of
from market.tallies.figures import BY_NAME
from market.tallies.quantities import UNWEIGHED, Quantities, together
from market.tallies.queries import ledger_entry
from market.tallies.region_queries import product_or_category
from market.web.language import catalog

# Code, name and name in English.
Names = tuple[str, str, str]
Key = TypeVar("Key")
# What is counted of deals outside fairs: listings are of a fair only.
DAILY_FIGURES = tuple(BY_NAME[name] for name in ("amount_fen", "deals", "mass_kg"))


@dataclass(frozen=True)
class DailySelection:
    """Which deals: agreed in a year, a month (1 to 12) of it, counted inside a region, of a product
    or of a category (2 digits)."""

    year: int | None = None
    month: int | None = None
    region: str = ""
    product: str = ""

    def address(self, **other: Any) -> dict[str, Any]:
        """The parameters of its address, with others in their place; empty ones are left out."""
        asked: dict[str, Any] = {"year": self.year, "month": self.month if self.year else None}
        asked |= {"region": self.region, "product": self.product, **other}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class DailyFigures:
    """Deals, their value and what was dealt in: kilograms, and other measures beside them."""

    deals: int = 0
    amount_fen: int = 0
    mass_kg: Decimal = Decimal(0)
    quantities: Quantities = field(default_factory=dict)

    @classmethod
    def sum_of(cls, several: Iterable[DailyFigures]) -> DailyFigures:
        several = list(several)
        return cls(
            sum(one.deals for one in several),
            sum(one.amount_fen for one in several),
            sum((one.mass_kg for one in several), Decimal(0)),
            together(one.quantities for one in several),
        )


@dataclass(frozen=True)
class DailyRow:
    """What is counted of a region as it is now, or of a product; of a prefecture with the rows of
    its counties."""

    code: str
    name: str
    name_en: str
    figures: DailyFigures
    counties: Sequence[DailyRow] = ()


@dataclass(frozen=True)
class DailyMonth:
    year: int
    month: int
    figures: DailyFigures


@dataclass(frozen=True)
class DailyCount:
    """The chosen deals: in all, and by prefecture and county, month and product.

    Attributes:
        chosen: with the year that was meant where none was named.
        years: in which deals were agreed, the latest first.
        region, product: what is chosen, with its names; None without.
        ledger: the last entry and its hash.
    """

    chosen: DailySelection
    years: Sequence[int]
    region: Any
    product: Any
    ledger: tuple[int, str]
    total: DailyFigures
    prefectures: Sequence[DailyRow]
    months: Sequence[DailyMonth]
    products: Sequence[DailyRow]


def daily_count(chosen: DailySelection) -> DailyCount:
    """What the ledger counts of the chosen deals; 404 for a region or product there is not.

    Without a year that of the latest deal is meant.
    """
    years = [int(year) for year in db.session.scalars(_YEARS)]
    if chosen.year is None and years:
        chosen = replace(chosen, year=years[0])
    region, product = chosen_region(chosen), chosen_product(chosen)
    last = db.session.scalar(select(func.max(LedgerEntry.id))) or 0
    cells = [_Cell.of(row) for row in db.session.execute(chosen_only(_CELLS, chosen, region))]
    cells = [cell for cell in cells if cell.figures.deals]
    return DailyCount(
        chosen,
        years,
        region,
        product,
        ledger_entry(last),
        DailyFigures.sum_of(cell.figures for cell in cells),
        _by_prefecture(cells),
        _by_month(cells),
        _by_product(cells),
    )


def chosen_region(chosen: DailySelection) -> Region | None:
    """The region that is chosen; 404 where the home region has none of that code."""
    if not chosen.region:
        return None
    region = db.session.get(Region, chosen.region)
    return region if region and is_within(region.path, home_region().path) else abort(404)


def chosen_product(chosen: DailySelection) -> Any:
    """The product or category that is chosen; 404 where there is none."""
    return (product_or_category(chosen.product) or abort(404)) if chosen.product else None


def format_month(year: int, month: int) -> str:
    """2026年3月; March 2026."""
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=catalog().locale))


def chosen_only(
    query: Select[*tuple[Any, ...]],
    chosen: DailySelection,
    region: Region | None,
    home: Any = LedgerEntry.region_code,
) -> Select[*tuple[Any, ...]]:
    """The query of the chosen deals alone; `home`: the column of where they are counted."""
    if chosen.year:
        query = query.where(Deal.agreed_on.between(*_days(chosen.year, chosen.month)))
    if region is not None:
        inside = select(Region.code).where(within(Region.path, region.path))
        query = query.where(home.in_(inside))
    if chosen.product:
        query = query.where(Deal.product_code.startswith(chosen.product, autoescape=True))
    return query


def _days(year: int, month: int | None) -> tuple[date, date]:
    """The first and the last day of a year, or of a month of it."""
    last = month or 12
    return date(year, month or 1, 1), date(year, last, monthrange(year, last)[1])


@dataclass(frozen=True)
class _Cell:
    """What is counted of one county, month, product and unit."""

    county: Names
    prefecture: Names
    month: tuple[int, int]
    product: Names
    figures: DailyFigures

    @classmethod
    def of(cls, row: Any) -> _Cell:
        quantity, code = row.quantity, row.unit
        others = {measure(code): in_base(quantity, code)} if code in UNWEIGHED else {}
        county = (row.code, row.name, row.name_en)
        return cls(
            county,
            (row.parent_code, row.parent_name, row.parent_name_en) if row.parent_code else county,
            (int(row.year), int(row.month)),
            (row.product_code, row.product_name, row.product_name_en),
            DailyFigures(int(row.deals), int(row.amount_fen), mass_of(quantity, code), others),
        )


def _summed(cells: Iterable[_Cell], key: Callable[[_Cell], Key]) -> dict[Key, DailyFigures]:
    found: dict[Key, list[DailyFigures]] = defaultdict(list)
    for cell in cells:
        found[key(cell)].append(cell.figures)
    return {one: DailyFigures.sum_of(several) for one, several in found.items()}


def _by_prefecture(cells: Sequence[_Cell]) -> list[DailyRow]:
    counties: dict[Names, list[DailyRow]] = defaultdict(list)
    for key, figures in _summed(cells, lambda cell: (cell.prefecture, cell.county)).items():
        counties[key[0]].append(DailyRow(*key[1], figures))
    sums = _summed(cells, lambda cell: cell.prefecture)
    return _ranked(DailyRow(*key, of, _ranked(counties[key])) for key, of in sums.items())


def _by_month(cells: Sequence[_Cell]) -> list[DailyMonth]:
    sums = _summed(cells, lambda cell: cell.month)
    return [DailyMonth(*month, figures) for month, figures in sorted(sums.items())]


def _by_product(cells: Sequence[_Cell]) -> list[DailyRow]:
    sums = _summed(cells, lambda cell: cell.product)
    return _ranked(DailyRow(*key, figures) for key, figures in sums.items())


def _ranked(rows: Iterable[DailyRow]) -> list[DailyRow]:
    """The rows with the largest value first."""
    return sorted(rows, key=lambda row: (-row.figures.amount_fen, row.code))


VERIFIED_DAILY = (Deal.channel == Channel.DAILY, Deal.status == DealStatus.VERIFIED)
_OUTSIDE_FAIRS = (LedgerEntry.fair_id.is_(None), LedgerEntry.channel == Channel.DAILY)
_Parent = aliased(Region)
_YEAR, _MONTH = extract("year", Deal.agreed_on), extract("month", Deal.agreed_on)
_YEARS = select(_YEAR).where(*VERIFIED_DAILY).distinct().order_by(_YEAR.desc())
_NAMES = (
    *(Region.code, Region.name, Region.name_en),
    *(_Parent.code.label("parent_code"), _Parent.name.label("parent_name")),
    _Parent.name_en.label("parent_name_en"),
    Product.code.label("product_code"),
    *(Product.name.label("product_name"), Product.name_en.label("product_name_en")),
)
_CELLS = (
    select(
        *_NAMES,
        *(_YEAR.label("year"), _MONTH.label("month"), Deal.unit),
        func.sum(LedgerEntry.deals).label("deals"),
        func.sum(LedgerEntry.amount_fen).label("amount_fen"),
        type_coerce(
            func.sum(LedgerEntry.deals * type_coerce(Deal.quantity, BigInteger)), Quantity
        ).label("quantity"),
    )
    .select_from(LedgerEntry)
    .join(Deal, Deal.id == LedgerEntry.deal_id)
    .join(Product, Product.code == LedgerEntry.product_code)
    .join(Region, Region.code == LedgerEntry.region_code)
    .outerjoin(_Parent, _Parent.code == Region.parent_code)
    .where(*_OUTSIDE_FAIRS)
    .group_by(*_NAMES, _YEAR, _MONTH, Deal.unit)
)
