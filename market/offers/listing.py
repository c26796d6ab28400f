"""The list's page: what was asked, what was found, and how to ask for less or more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from market.extensions import db
from market.filters import local_name, trimmed
from market.offers.filters import LAST_PAGE, Filters, Found
from market.offers.finding import find
from market.offers.forms import OfferFilterForm
from market.offers.labels import SIDES, SORTS
from market.offers.models import Side
from market.offers.queries import Card, cards
from market.products.models import Category, Product
from market.products.queries import resolve_product
from market.products.units import UNITS, convert_price
from market.regions.models import Region

FACET_ROWS = 14


@dataclass
class Listing:
    """Everything the list's template shows.

    Attributes:
        arguments: the query string that asks the same again, without the page.
        choices: (name, href) of the products an ambiguous word of the text may mean.
    """

    form: OfferFilterForm
    filters: Filters
    arguments: dict[str, Any]
    found: Found
    cards: list[Card]
    choices: list[tuple[str, str]]

    @property
    def pages(self) -> int:
        return min(-(-self.found.total // self.filters.per_page), LAST_PAGE)

    def page_url(self, page: int) -> str:
        return self.url(page=page if page > 1 else None)

    def url(self, **changes: Any) -> str:
        """The list's address with `changes` to the arguments; None takes one away."""
        asked = {**self.arguments, **changes}
        return url_for("offers.index", **{k: v for k, v in asked.items() if v is not None})

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(label, address without it) of the filters in force."""
        form = self.form
        labels: dict[str, Callable[[], str]] = {
            "q": lambda: _("“%(words)s”", words=" ".join(self.filters.words)),
            "side": lambda: str(SIDES[Side(form.side.data)]),
            "product": lambda: local_name(form.product.data),
            "region": lambda: local_name(form.region.data),
            "price_min": lambda: _("From %(price)s", price=self._price(form.price_min.data)),
            "price_max": lambda: _("Up to %(price)s", price=self._price(form.price_max.data)),
            "verified": lambda: _("Verified only"),
        }
        asked = self.arguments
        return [(labels[k](), self.url(**{k: None})) for k in labels if k in asked]

    def _price(self, price: Decimal | None) -> str:
        unit = UNITS[self.form.price_unit.data].name
        return _("%(price)s yuan/%(unit)s", price=trimmed(price), unit=unit)

    @property
    def sorts(self) -> list[tuple[Any, str, bool, None]]:
        """Rows for tabs."""
        now = self.filters.sort
        return [
            (word, self.url(sort=name if name != "relevance" else None), name == now, None)
            for name, word in SORTS.items()
        ]

    @property
    def facets(self) -> list[tuple[str, list[tuple[Any, int, str, bool]]]]:
        """(title, rows) of each facet that has any; rows as the component wants them."""
        groups = [
            (_("Side"), self._switch("side", SIDES)),
            (_("Product"), self._named("product", product_names)),
            (_("Place"), self._named("region", region_names)),
            (_("Verification"), self._switch("verified", {"1": _("Verified only")})),
        ]
        return [(title, rows) for title, rows in groups if rows]

    def _switch(self, facet: str, words: Mapping[Any, Any]) -> list[tuple[Any, int, str, bool]]:
        """Rows that put a filter on, and take it away when it is on."""
        now = str(self.arguments.get(facet, ""))
        return [
            (words[value], n, self.url(**{facet: None if value == now else value}), value == now)
            for value, n in self.found.facets.get(facet, [])
        ]

    def _named(
        self, facet: str, names: Callable[[list[str]], Mapping[str, str]]
    ) -> list[tuple[Any, int, str, bool]]:
        rows = self.found.facets.get(facet, [])[:FACET_ROWS]
        words = names([code for code, _n in rows])
        return [
            (words[code], n, self.url(**{facet: code}), False) for code, n in rows if code in words
        ]


def read_listing(arguments: Mapping[str, Any]) -> Listing:
    """Read the query string `arguments`, find, and gather what the page shows."""
    form = OfferFilterForm(arguments)
    chosen = form.chosen()
    filters = _filters(chosen)
    found = find(filters)
    listing = Listing(form, filters, _arguments(chosen), found, [], [])
    if filters.page > 1 and not found.ids and found.total:
        listing.filters = replace(filters, page=listing.pages)
        listing.found = find(listing.filters)
    listing.cards = cards(listing.found.ids)
    listing.choices = _choices(listing)
    return listing


def product_names(codes: list[str]) -> dict[str, str]:
    """Names of categories (2 or 4 digits) and products (7) by code, in the page's language."""
    names: dict[str, str] = {}
    for model in (Category, Product):
        rows = db.session.execute(
            select(model.code, model.name, model.name_en).where(model.code.in_(codes))
        )
        names |= {row.code: local_name(row) for row in rows}
    return names


def region_names(codes: list[str]) -> dict[str, str]:
    """Names of regions by code, in the page's language."""
    rows = db.session.execute(
        select(Region.code, Region.name, Region.name_en).where(Region.code.in_(codes))
    )
    return {row.code: local_name(row) for row in rows}


def _filters(chosen: dict[str, Any]) -> Filters:
    def per_kilogram(name: str) -> Decimal | None:
        price = chosen.get(name)
        unit = chosen.get("price_unit", "jin")
        return convert_price(price, unit, "kg") if price else None

    return Filters(
        words=tuple(chosen.get("q", "").split()),
        side=Side(chosen["side"]) if "side" in chosen else None,
        products=_paths(chosen.get("product")),
        regions=_paths(chosen.get("region")),
        price_min=per_kilogram("price_min"),
        price_max=per_kilogram("price_max"),
        verified=bool(chosen.get("verified")),
        sort=chosen.get("sort", "relevance"),
        page=chosen.get("page", 1),
    )


def _paths(thing: Product | Category | Region | None) -> tuple[str, ...]:
    if isinstance(thing, Category):
        return (f"{thing.parent_code}/{thing.code}" if thing.parent_code else thing.code,)
    return (thing.path,) if thing else ()


def _arguments(chosen: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {n: chosen[n] for n in ("q", "side") if n in chosen}
    asked |= {n: chosen[n].code for n in ("product", "region") if n in chosen}
    prices = {n: f"{chosen[n]:f}" for n in ("price_min", "price_max") if n in chosen}
    if prices:
        asked |= prices | {"price_unit": chosen.get("price_unit", "jin")}
    if chosen.get("verified"):
        asked["verified"] = 1
    if chosen.get("sort", "relevance") != "relevance":
        asked["sort"] = chosen["sort"]
    return asked


def _choices(listing: Listing) -> list[tuple[str, str]]:
    if not listing.filters.words or listing.filters.products:
        return []
    found = resolve_product(" ".join(listing.filters.words))
    if len(found) < 2:
        return []
    return [(local_name(p), listing.url(q=None, product=p.code)) for p in found[:FACET_ROWS]]
