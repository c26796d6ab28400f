"""The list's page: what was asked, what was found, and how to ask for less or more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import groupby
from math import isnan
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from market.offers.card_cache import cached_cards
from market.offers.cards import Card
from market.offers.labels import SIDES, SORTS
from market.offers.models import Side
from market.offers.queries import newest_publication
from market.offers.search import nothing_found
from market.offers.search.area_names import area_name
from market.offers.search.filters import BOTH_SIDES, LAST_PAGE, Filters, Found
from market.offers.search.finder import MIN_RESULTS, find
from market.offers.search.limit_labels import format_range
from market.offers.search.parsed_text import AmbiguousWord, PieceKind
from market.offers.search.price_units import other_units
from market.offers.search.query import FIELDS, PRICES, SearchQuery, arguments_of, parse_query
from market.products.models import TextSource
from market.products.queries import named_products
from market.products.unmatched import record_unmatched
from market.regions.lexicon import Place
from market.regions.models import Region
from market.regions.queries import region_lexicon
from market.regions.rules import great_circle_km
from market.web.filters import local_name, trimmed
from market.web.pagination import Pagination

FACET_ROWS = 14
# Choices of an ambiguous word.
CHOICES = 8
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
        return self.url_of({**self.question.arguments, **changes})

    @cached_property
    def _address(self) -> str:
        return url_for("offers.index")

    def url_of(self, arguments: Mapping[str, Any]) -> str:
        """The list's address with just these arguments."""
        asked = "&".join(_pair(k, v) for k, v in arguments.items() if v is not None)
        return f"{self._address}?{asked}" if asked else self._address

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(label, address without it) of all that is in force."""
        return [(part.label, self.url_of(arguments_of(part.rest))) for part in self.question.parts]

    @property
    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(ambiguous word, (name, address that settles it) of what it may mean)."""
        if "product" in self.question.chosen:
            return []
        return [(c.text, self._settling(c)) for c in self.question.understood.choices]

    @cached_property
    def price_units(self) -> list[tuple[str, str]]:
        return other_units(self)

    def _settling(self, choice: AmbiguousWord) -> list[tuple[str, str]]:
        asked = self.question.arguments
        for piece in self.question.understood.pieces:
            if piece.kind is PieceKind.CHOICE and piece.text == choice.text:
                asked = arguments_of(self.question.without(piece))
        names = self.question.products
        return [
            (local_name(names[code]), self.url_of({**asked, "product": code}))
            for code in choice.codes[:CHOICES]
        ]

    @cached_property
    def widened(self) -> str:
        """What the list covers when the place asked for had too little; else empty."""
        place = self.question.region
        if not self.found.widened or place is None:
            return ""
        covers = area_name(self.found.widened, place)
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
    def is_typed(self) -> bool:
        """Whether something stands in the fields under "narrow down"."""
        chosen = self.question.chosen
        typed = (name for name in NUMBER_FIELDS if not name.endswith("_unit"))
        return self.refused or any(name in chosen for name in typed)

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
    def order_rows(self) -> list[FacetRow]:
        """The same as rows of a facet."""
        return [(word, None, href, now) for word, href, now, _count in self.sorts]

    @property
    def facets(self) -> list[tuple[str, list[FacetRow]]]:
        """(title, rows) of each facet that offers a choice; rows as the component wants them."""
        question = self.question
        product = [part.label for part in question.parts if part.name == "product"]
        verified = "1" if self.filters.verified else None
        groups = [
            (_("Product"), self._branch("product", product, _product_names)),
            (_("Place"), self._branch("region", [_n(question.region)], _region_names)),
            (_("Price"), self._bands()),
            (_("Verification"), self._switch("verified", {"1": _("Verified only")}, verified)),
        ]
        return [
            (title, rows)
            for title, rows in groups
            if self._is_a_choice(rows, self.found.total, title == groups[-1][0])
        ]

    @property
    def sides(self) -> list[FacetRow]:
        """The switch between the sides, with how many there are on each; a side that has none
        is there too, so that nobody wonders."""
        counts = dict(self.found.facets.get("side", []))
        both = self.question.lifted("side")
        if self.question.usual_side:
            both = {**both, "side": BOTH_SIDES}
        now = self.filters.side
        rows: list[FacetRow] = [
            (_("All"), sum(counts.values()), self.url_of(arguments_of(both)), now is None)
        ]
        for side, word in SIDES.items():
            href = self._narrowed("side", side=side.value)
            rows.append((word, counts.get(side.value, 0), href, side is now))
        return rows

    @property
    def heading(self) -> str:
        """What was asked for."""
        return self.question.title if self.question.parts else _("Offers")

    @property
    def title(self) -> str:
        """How many there are, in the place and around it apart."""
        total, inside = self.found.total, self.found.inside
        if self.widened and inside:
            return _(
                "%(inside)s in %(place)s, %(around)s around it",
                inside=trimmed(inside),
                place=_n(self.question.region),
                around=trimmed(total - inside),
            )
        return ngettext("%(count)s offer", "%(count)s offers", total, count=trimmed(total))

    @property
    def sections(self) -> list[tuple[str, list[Card]]]:
        """The page's cards in parts that have a title where there are several: what lies in the
        place and around it; by price the sides, whose prices are no one scale."""
        by_price = self.filters.sort == "price" and self.filters.side is None
        if self.widened:
            inside = set(self.found.ids[: max(0, self.found.inside - self.filters.offset)])
            titles = {True: _n(self.question.region), False: _("Around it")}
            return self._parted(lambda card: titles[card.id in inside])
        if by_price:
            titles_of = {
                Side.SELL: _("For sale, the cheapest first"),
                Side.BUY: _("Wanted, the best paying first"),
            }
            return self._parted(lambda card: titles_of[card.side])
        return [("", self.cards)]

    def _parted(self, title: Callable[[Card], str]) -> list[tuple[str, list[Card]]]:
        return [(name, list(cards)) for name, cards in groupby(self.cards, title)]

    @staticmethod
    def _is_a_choice(rows: Sequence[FacetRow], total: int, alone: bool) -> bool:
        """Whether there is anything to choose. One row is something only where it is a switch
        (`alone`) that doesn't take all there is; what is chosen has a chip to take it away."""
        if len(rows) != 1:
            return bool(rows)
        _label, count, _href, active = rows[0]
        return alone and (active or count is None or count < total)

    def _lifted(self, name: str) -> str:
        return self.url_of(arguments_of(self.question.lifted(name)))

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
        return self.url_of({**asked, **filters, "area": area if placed else None})

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
    def corrections(self) -> list[nothing_found.Row]:
        return nothing_found.corrections(self)

    @cached_property
    def siblings(self) -> list[nothing_found.Row]:
        return nothing_found.siblings(self)

    @cached_property
    def nearest(self) -> list[nothing_found.Row]:
        return nothing_found.nearest(self)

    @property
    def postings(self) -> list[tuple[str, str]]:
        return nothing_found.postings(self)


def results_page(
    arguments: Mapping[str, Any], home: Region | None = None, usual_side: Side | None = None
) -> ResultsPage:
    """Read the query string `arguments`, find, and gather what the page shows.

    Args:
        home: where the person is who asks.
        usual_side: what they begin on when they say no side.
    """
    question = parse_query(arguments, home, usual_side)
    if question.understood.words and not question.understood.named:
        record_unmatched(TextSource.SEARCH, question.understood.text)
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
