"""The list's page: what was asked, what was found, and how to ask for less or more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from math import isnan
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import url_for
from flask_babel import gettext as _

from market.offers.card_cache import cached_cards
from market.offers.labels import SIDES, SORTS
from market.offers.models import Side
from market.offers.queries import Card, newest_publication
from market.offers.search.filters import LAST_PAGE, Filters, Found
from market.offers.search.finder import MIN_RESULTS, find
from market.offers.search.query import (
    FIELDS,
    PRICES,
    SearchQuery,
    arguments_of,
    format_range,
    parse_query,
)
from market.offers.search.understanding import AmbiguousWord, PieceKind
from market.products.queries import named_products
from market.regions.lexicon import Place
from market.regions.models import Region
from market.regions.queries import region_lexicon
from market.regions.rules import great_circle_km
from market.web.filters import local_name
from market.web.pagination import Pagination

FACET_ROWS = 14
# Choices of an ambiguous word, and nearest things to nothing.
CHOICES = 8
NEAREST = 4
# Of a product's code; a category's is shorter.
PRODUCT_DIGITS = 7
# In which order parts of a query are dropped to find the nearest offers: least meant first.
DROP_ORDER = (
    *("negated", "words", "verified", "period", "quantity", "price", "side", "region", "product"),
)
NUMBER_FIELDS = tuple(name for fields in FIELDS.values() for name in fields)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FacetRow = tuple[Any, int | None, str, bool]


@dataclass
class ResultsPage:
    """Everything the list's template shows.

    Attributes:
        as_of: milliseconds since 1970 that the links to the other pages carry, so that
            what is published meanwhile moves nothing from one page to the next.
        kilometres: how far off each card's offer is, by id, where that is known.
    """

    question: SearchQuery
    filters: Filters
    found: Found
    as_of: int | None = None
    cards: list[Card] = field(default_factory=list)
    kilometres: dict[int, float] = field(default_factory=dict)

    @property
    def pagination(self) -> Pagination:
        page, per_page = self.filters.page, self.filters.per_page
        return Pagination(page, per_page, min(self.found.total, LAST_PAGE * per_page))

    def page_url(self, page: int) -> str:
        return self.url(page=page if page > 1 else None, as_of=self.as_of)

    def url(self, **changes: Any) -> str:
        """The list's address with `changes` to the arguments; None takes one away."""
        return self._url({**self.question.arguments, **changes})

    @cached_property
    def _address(self) -> str:
        return url_for("offers.index")

    def _url(self, arguments: Mapping[str, Any]) -> str:
        asked = "&".join(_pair(k, v) for k, v in arguments.items() if v is not None)
        return f"{self._address}?{asked}" if asked else self._address

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(label, address without it) of all that is in force."""
        return [(part.label, self._url(arguments_of(part.rest))) for part in self.question.parts]

    @property
    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(ambiguous word, (name, address that settles it) of what it may mean)."""
        if "product" in self.question.chosen:
            return []
        return [(c.text, self._settling(c)) for c in self.question.understood.choices]

    def _settling(self, choice: AmbiguousWord) -> list[tuple[str, str]]:
        asked = self.question.arguments
        for piece in self.question.understood.pieces:
            if piece.kind is PieceKind.CHOICE and piece.text == choice.text:
                asked = arguments_of(self.question.without(piece))
        names = self.question.products
        return [
            (local_name(names[code]), self._url({**asked, "product": code}))
            for code in choice.codes[:CHOICES]
        ]

    @cached_property
    def widened(self) -> str:
        """What the list covers when the place asked for had too little; else empty."""
        place = self.question.region
        if not self.found.widened or place is None:
            return ""
        prefecture, province = _above(place)
        covers = {
            "prefecture": lambda: _("all of %(place)s", place=prefecture),
            "neighbours": lambda: _("the neighbouring counties"),
            "province": lambda: _("all of %(place)s", place=province),
            "country": lambda: _("the whole country"),
        }[self.found.widened]()
        if self.found.inside:
            text = _("%(place)s itself has only %(count)s. The list goes on with %(area)s.")
        else:
            text = _("%(place)s itself has none. The list goes on with %(area)s.")
        return text % {"place": _n(place), "count": self.found.inside, "area": covers}

    @property
    def farther(self) -> str:
        """The address that looks around the place too, where the list keeps to it and has
        little; else empty."""
        little = self.filters.area == "place" and self.found.total < MIN_RESULTS
        return self.url(area=None) if little else ""

    @property
    def unread(self) -> str:
        """The text, where nothing of it can be looked for; else empty."""
        text = self.question.understood
        return "" if text.pieces else text.text.strip()

    @property
    def refused(self) -> bool:
        """Whether something typed under "narrow down" can't be read."""
        errors = self.question.form.errors
        return any(name in errors for name in ("product", "region", *NUMBER_FIELDS))

    @property
    def sorts(self) -> list[tuple[Any, str, bool, None]]:
        """Rows for tabs; by distance only where there is a place to measure from."""
        now = self.filters.sort
        return [
            (word, self.url(sort=name if name != "relevance" else None), name == now, None)
            for name, word in SORTS.items()
            if name != "distance" or self.filters.near
        ]

    @property
    def facets(self) -> list[tuple[str, list[FacetRow]]]:
        """(title, rows) of each facet that offers a choice; rows as the component wants them."""
        question = self.question
        product = [part.label for part in question.parts if part.name == "product"]
        verified = "1" if self.filters.verified else None
        groups = [
            (_("Side"), self._switch("side", SIDES, self.filters.side)),
            (_("Product"), self._branch("product", product, _product_names)),
            (_("Place"), self._branch("region", [_n(question.region)], _region_names)),
            (_("Price"), self._bands()),
            (_("Verification"), self._switch("verified", {"1": _("Verified only")}, verified)),
        ]
        return [(title, rows) for title, rows in groups if self._is_a_choice(rows)]

    def _is_a_choice(self, rows: Sequence[FacetRow]) -> bool:
        """Whether there is anything to choose: one row that takes all there is narrows nothing."""
        if len(rows) != 1:
            return bool(rows)
        _label, count, _href, active = rows[0]
        return active or count is None or count < self.found.total

    def _lifted(self, name: str) -> str:
        return self._url(arguments_of(self.question.lifted(name)))

    def _narrowed(self, facet: str, **filters: Any) -> str:
        """The address that narrows the list by `filters` and looks exactly as far around the
        place as this list does, so that it finds as many as its facet counts.

        A price or place takes the place of the one that the text says.
        """
        asked = self.question.arguments
        if facet in ("price", "region") and self.question.says(facet):
            asked = arguments_of(self.question.lifted(facet))
        area = "place" if facet == "region" else self.found.widened or "place"
        placed = facet == "region" or self.filters.regions
        return self._url({**asked, **filters, "area": area if placed else None})

    def _switch(self, facet: str, words: Mapping[Any, Any], now: Any) -> list[FacetRow]:
        """Rows that put a filter on, and take it away when it is on."""
        return [
            (
                words[value],
                n,
                self._lifted(facet) if value == now else self._narrowed(facet, **{facet: value}),
                value == now,
            )
            for value, n in self.found.facets.get(facet, [])
        ]

    def _branch(
        self, facet: str, now: list[str], names: Callable[[list[str]], Mapping[str, str]]
    ) -> list[FacetRow]:
        """What is chosen, to take it away, and the steps below it."""
        chosen = self.filters.products if facet == "product" else self.filters.regions
        rows: list[FacetRow] = (
            [(" / ".join(now), None, self._lifted(facet), True)] if chosen else []
        )
        counts = self.found.facets.get(facet, [])[:FACET_ROWS]
        words = names([code for code, _count in counts])
        return rows + [
            (words[code], n, self._narrowed(facet, **{facet: code}), False)
            for code, n in counts
            if code in words
        ]

    def _bands(self) -> list[FacetRow]:
        rows = [self._band(n, *band.split("-")) for band, n in self.found.facets.get("price", [])]
        labels = [part.label for part in self.question.parts if part.name == "price"]
        if not labels or any(active for *_row, active in rows):
            return rows
        return [(" / ".join(labels), None, self._lifted("price"), True), *rows]

    def _band(self, count: int, low: str, high: str) -> FacetRow:
        """A band of prices in yuan per jin, open where an end is empty."""
        # Nothing costs less than nothing: the lowest band is open below.
        ends = [Decimal(end) if end not in ("", "0") else None for end in (low, high)]
        chosen = [self.question.chosen.get(name) for name in (*PRICES, "price_unit")]
        active = chosen == [*ends, "jin"]
        asked = {"price_min": ends[0], "price_max": ends[1], "price_unit": "jin"}
        href = self._lifted("price") if active else self._narrowed("price", **asked)
        return format_range(ends[0], ends[1], "jin"), count, href, active

    @cached_property
    def nearest(self) -> list[tuple[str, int, str]]:
        """(what it is, how many, address) of searches close to this one that find something.

        The same search without one part, least promising first; where none of those finds
        anything, the same with one part alone.
        """
        parts = sorted(self.question.parts, key=lambda p: DROP_ORDER.index(p.name))
        without = [(_("Without %(part)s", part=p.label), p.rest) for p in parts]
        found = [row for row in map(self._counted, without) if row[1]]
        if not found and len(parts) > 2:
            alone = [(_("Only %(part)s", part=p.label), self._alone(p.name)) for p in parts[::-1]]
            found = [row for row in map(self._counted, alone) if row[1]]
        return found[:NEAREST]

    def _alone(self, name: str) -> dict[str, Any]:
        """The filters without all that doesn't narrow `name`."""
        query = self.question
        for other in DROP_ORDER:
            if other != name:
                query = query.instead(query.lifted(other))
        return query.chosen

    def _counted(self, row: tuple[str, dict[str, Any]]) -> tuple[str, int, str]:
        label, chosen = row
        filters = replace(self.question.instead(chosen).filters, page=1, per_page=1)
        return label, find(filters).total, self._url(arguments_of(chosen))

    @property
    def postings(self) -> list[tuple[str, str]]:
        """(label, address) of posting what was looked for in vain, filled in."""
        chosen, named = self.question.chosen.get("product"), self.question.understood.products
        code = named[0] if len(named) == 1 else None
        if chosen and len(chosen.code) == PRODUCT_DIGITS:
            code = chosen.code
        place = self.question.region
        region = place.code if place and place.is_leaf else None
        sides = [self.filters.side.other] if self.filters.side else [Side.BUY, Side.SELL]
        words = {Side.BUY: _("Post that you want it"), Side.SELL: _("Post that you sell it")}
        filled: dict[str, Any] = {"product": code, "region": region}
        return [(words[s], url_for("offers.new", side=s.value, **filled)) for s in sides]


def results_page(arguments: Mapping[str, Any], home: Region | None = None) -> ResultsPage:
    """Read the query string `arguments`, find, and gather what the page shows.

    Args:
        home: where the person is who asks.
    """
    question = parse_query(arguments, home)
    listing = ResultsPage(question, question.filters, find(question.filters))
    if listing.filters.page > 1 and not listing.found.ids and listing.found.total:
        listing.filters = replace(listing.filters, page=listing.pagination.pages)
        listing.found = find(listing.filters)
    if listing.pagination.pages > 1:
        listing.as_of = _milliseconds(listing.filters.as_of or listing.found.newest)
    listing.cards = cached_cards(listing.found.ids)
    if question.near:
        listing.kilometres = _kilometres(question.near, listing.cards)
    return listing


def _kilometres(near: Place | Region, found: list[Card]) -> dict[int, float]:
    """How far from `near` each is, by id, where that is known."""
    here = near.latitude, near.longitude
    if None in here:
        return {}
    there = np.array([(card.latitude, card.longitude) for card in found], float).reshape(-1, 2)
    away = great_circle_km(*here, *there.T).tolist()
    return {card.id: km for card, km in zip(found, away, strict=True) if not isnan(km)}


def _region_names(codes: list[str]) -> dict[str, str]:
    places = region_lexicon().places
    return {code: local_name(places[code]) for code in codes if code in places}


def _product_names(codes: list[str]) -> dict[str, str]:
    return {code: local_name(product) for code, product in named_products(codes).items()}


def _n(region: Place | None) -> str:
    return local_name(region) if region else ""


def _above(region: Place) -> tuple[str, str]:
    """The names of its prefecture (itself, when it is none's) and of its province."""
    lexicon = region_lexicon()
    parent = lexicon.above(region)
    if parent is None:
        return _n(region), _n(region)
    province = lexicon.above(parent)
    return (_n(region), _n(parent)) if province is None else (_n(parent), _n(province))


@lru_cache(maxsize=4096, typed=True)
def _pair(name: str, value: Any) -> str:
    """One argument of a query string: a page says the same ones in each of its links."""
    return urlencode({name: value}, safe="!$'()*,/:;?@")


def _milliseconds(at: datetime | None) -> int | None:
    """As of when the first page was: asked for, or the newest offer now.

    Not the present: the page would be another at each request and have another ETag.
    """
    at = at or newest_publication()
    # Rounded up, so that the newest itself is in.
    return -((EPOCH - at) // timedelta(milliseconds=1)) if at else None
