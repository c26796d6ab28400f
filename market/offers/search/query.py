"""A search of the list: the text as parsed and the filters chosen, as one query.

A filter chosen explicitly wins over the text. Where one lies inside the other the narrower
counts, so that a word and a facet below it narrow together. What the text says and a filter
overrides is not shown as in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from market.database import utcnow
from market.offers.labels import SIDES
from market.offers.models import Side
from market.offers.search.filter_form import OfferFilterForm
from market.offers.search.filters import BOTH_SIDES, Filters
from market.offers.search.limit_labels import format_period, format_quantity, format_range
from market.offers.search.parsed_text import ParsedText, PieceKind, TextPiece
from market.offers.search.understanding import parse_text
from market.products.queries import NamedProduct, named_products, product_lexicon
from market.products.units import in_base, measure, per_base
from market.regions.lexicon import Place
from market.regions.models import Region, is_within
from market.regions.queries import region_lexicon
from market.text.characters import fold
from market.web.filters import local_name
from market.web.home_time import home_today

# The pieces of a text that say what a filter says, by the filter's name.
PIECE_KINDS = {
    "side": (PieceKind.SIDE,),
    "product": (PieceKind.PRODUCT, PieceKind.CHOICE),
    "region": (PieceKind.REGION,),
    "price": (PieceKind.PRICE,),
    "quantity": (PieceKind.QUANTITY,),
    "period": (PieceKind.PERIOD,),
    "words": (PieceKind.WORD,),
    "negated": (PieceKind.NEGATED,),
    "number": (PieceKind.NUMBER,),
}
PRICES = ("price_min", "price_max")
PERIOD = ("supply_from", "supply_to")
# The fields of the form that narrow by one thing, where that is not called as its field.
FIELDS = {
    "price": (*PRICES, "price_unit"),
    "quantity": ("quantity_min", "quantity_unit"),
    "period": PERIOD,
}
# More than there is of anything, in the base unit of any measure.
MAX_QUANTITY = Decimal(10) ** 12


@dataclass(frozen=True)
class QueryPart:
    """One thing asked for.

    Attributes:
        name: of KINDS, or `verified`.
        label: what it says, in the page's language.
        rest: the valid filters by name that ask for everything else.
    """

    name: str
    label: str
    rest: dict[str, Any]


@dataclass(frozen=True)
class SearchQuery:
    """A question to the list.

    Attributes:
        chosen: the valid filters of the form by name.
        home: where the person is who asks, if that is known.
        usual_side: what the person begins on who says no side, if they do.
        understood: the text.
        in_force: the names of KINDS that the text decides, alone or with a filter.
        products: the products and categories that the text names or denies, by code.
        region: the place asked for; None for anywhere.
        near: where distances are measured from: the county or prefecture asked for, else
            where the person is; None where nothing is known.
    """

    form: OfferFilterForm
    chosen: dict[str, Any]
    home: Region | None
    usual_side: Side | None
    understood: ParsedText
    in_force: frozenset[str]
    products: dict[str, NamedProduct]
    region: Place | None
    near: Place | Region | None
    filters: Filters

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """The query string that asks the same, without the page."""
        return arguments_of(self.chosen)

    @property
    def lasting(self) -> dict[str, Any]:
        """The query string to keep: without order, view and reach; empty when nothing is asked."""
        asked = {n: v for n, v in self.arguments.items() if n not in ("sort", "area", "view")}
        if asked and self.filters.side and self.filters.side == self.usual_side:
            asked.setdefault("side", self.usual_side.value)
        return asked

    @property
    def title(self) -> str:
        """The question in words."""
        return " · ".join(part.label for part in self.parts) or _("All offers")

    @cached_property
    def parts(self) -> list[QueryPart]:
        """What is asked for, in the order of the text, then of the filters."""
        return [*self._text_parts(), *self._filter_parts()]

    def instead(self, chosen: dict[str, Any]) -> SearchQuery:
        """The question that other filters of the same form ask."""
        return _question(self.form, chosen, self.home, self.usual_side)

    def lifted(self, name: str) -> dict[str, Any]:
        """The filters without anything that narrows `name` (of KINDS, or verified)."""
        rest = self.understood
        # From the end, so that the places of the others in the text stay true.
        for piece in sorted(rest.pieces, key=lambda p: -p.start):
            if piece.kind in PIECE_KINDS.get(name, ()):
                rest = replace(rest, text=rest.without(piece))
        return _without({**self.chosen, "q": rest.text}, *FIELDS.get(name, (name,)))

    def says(self, name: str) -> bool:
        """Whether the text itself narrows `name` (of KINDS)."""
        return any(piece.kind in PIECE_KINDS[name] for piece in self.understood.pieces)

    def without(self, piece: TextPiece) -> dict[str, Any]:
        """The filters without this piece of the text."""
        return _without({**self.chosen, "q": self.understood.without(piece)})

    def _text_parts(self) -> Iterator[QueryPart]:
        for name, kinds in PIECE_KINDS.items():
            of_it = [piece for piece in self.understood.pieces if piece.kind in kinds]
            if name in self.in_force:
                # A side is one thing, however often it is said.
                for piece in of_it[:1] if name == "side" else of_it:
                    rest = self.lifted(name) if name == "side" else self.without(piece)
                    yield QueryPart(name, self._label(piece, len(of_it) == 1), rest)

    def _label(self, piece: TextPiece, alone: bool) -> str:
        """What the piece means; as it was typed where several pieces mean it together."""
        text = self.understood
        if piece.kind is PieceKind.SIDE and text.side:
            return str(SIDES[text.side])
        if piece.kind is PieceKind.PRODUCT and alone and len(text.products) == 1:
            return local_name(self.products[text.products[0]])
        if piece.kind is PieceKind.REGION and alone and self.region:
            named = self.region if self.region.code == text.place else None
            return local_name(named) if named else piece.text
        if piece.kind is PieceKind.NEGATED and piece.excluded:
            return _("No %(what)s", what=_(", ").join(map(self._name, piece.excluded)))
        if piece.kind is PieceKind.NEGATED:
            for word in text.excluded_words:
                if word in fold(piece.text):
                    return _("No %(what)s", what=word)
        if piece.kind in (PieceKind.NEGATED, PieceKind.NUMBER):
            return _("“%(words)s” is not looked at", words=piece.text)
        if piece.kind is PieceKind.QUANTITY and text.quantity_min is not None:
            return format_quantity(text.quantity_min, text.quantity_unit)
        if piece.kind is PieceKind.PERIOD:
            return format_period(text.supply_from, text.supply_to)
        if piece.kind is PieceKind.PRICE and alone:
            return format_range(text.price_min, text.price_max, text.price_unit)
        return f"“{piece.text}”" if piece.kind in (PieceKind.WORD, PieceKind.CHOICE) else piece.text

    def _name(self, code: str) -> str:
        """Of a product, category or region."""
        named = self.products.get(code)
        return local_name(named if named else region_lexicon().places[code])

    def _filter_parts(self) -> Iterator[QueryPart]:
        chosen, unit = self.chosen, self.chosen.get("price_unit", "jin")
        labels: dict[str, Callable[[], str]] = {
            "side": lambda: str(SIDES[Side(chosen["side"])]),
            "product": lambda: local_name(chosen["product"]),
            "region": lambda: local_name(chosen["region"]),
            "price": lambda: format_range(chosen.get("price_min"), chosen.get("price_max"), unit),
            "quantity": lambda: format_quantity(
                chosen["quantity_min"], chosen.get("quantity_unit", "jin")
            ),
            "period": lambda: format_period(chosen.get("supply_from"), chosen.get("supply_to")),
            "verified": lambda: _("Verified only"),
        }
        for name, label in labels.items():
            keys = FIELDS.get(name, (name,))
            values = [chosen.get(key) for key in keys if not key.endswith("_unit")]
            is_in_text = name == "side" and name in self.in_force
            if not is_in_text and any(value and value != BOTH_SIDES for value in values):
                yield QueryPart(name, label(), _without(chosen, *keys))


def parse_query(
    arguments: Mapping[str, Any], home: Region | None = None, usual_side: Side | None = None
) -> SearchQuery:
    """The question of a query string; what can't be read of it is left out.

    Args:
        home: where the person is who asks, to measure from when no place is asked for.
        usual_side: what they begin on when they say no side.
    """
    form = OfferFilterForm(MultiDict(arguments))
    return _question(form, form.chosen(), home, usual_side)


def _question(
    form: OfferFilterForm, chosen: dict[str, Any], home: Region | None, usual_side: Side | None
) -> SearchQuery:
    parsed = parse_text(chosen.get("q", ""), product_lexicon(), region_lexicon(), home_today())
    in_force = {"words", "negated", "number"}
    side = _side(chosen, parsed, in_force, usual_side)
    region = _region(chosen, parsed, in_force)
    named = named_products(parsed.named)
    excluded = named_products(parsed.excluded)
    paths = _products(chosen, [thing.path for thing in named.values()], in_force)
    places = region_lexicon().places
    low, high, price_measure = _prices(chosen, parsed, in_force)
    quantity, quantity_measure = _quantity(chosen, parsed, in_force)
    first, last = _period(chosen, parsed, in_force)
    # The middle of a province is nowhere in particular.
    near = region_lexicon().county_of(region) if region and "/" in region.path else home
    sort = chosen.get("sort", "relevance")
    filters = Filters(
        words=parsed.words,
        words_required=not named,
        side=side,
        products=paths,
        # One chosen from the counts finds as many as were counted, which is by product alone.
        by_title="product" not in chosen,
        excluded=_excluded([thing.path for thing in excluded.values()], chosen.get("product")),
        excluded_words=parsed.excluded_words,
        regions=(region.path,) if region else (),
        excluded_regions=_excluded(
            [places[code].path for code in parsed.excluded_regions], chosen.get("region")
        ),
        price_min=low,
        price_max=high,
        price_measure=price_measure,
        quantity_min=quantity,
        quantity_measure=quantity_measure,
        supply_from=first,
        supply_to=last,
        verified=bool(chosen.get("verified")),
        area=chosen.get("area", "") if region else "",
        near=near.code if near else "",
        sort="relevance" if sort == "distance" and not near else sort,
        as_of=_instant(chosen.get("as_of")),
        page=chosen.get("page", 1),
    )
    return SearchQuery(
        form,
        chosen,
        home,
        usual_side,
        parsed,
        frozenset(in_force),
        named | excluded,
        region,
        near,
        filters,
    )


def _side(
    chosen: dict[str, Any], parsed: ParsedText, in_force: set[str], usual: Side | None
) -> Side | None:
    if chosen.get("side") == BOTH_SIDES:
        return None
    picked = Side(chosen["side"]) if "side" in chosen else None
    if parsed.side and picked in (None, parsed.side):
        in_force.add("side")
    return picked or parsed.side or usual


def _region(chosen: dict[str, Any], parsed: ParsedText, in_force: set[str]) -> Place | None:
    picked: Place | None = chosen.get("region")
    named = region_lexicon().open_place(parsed.place) if parsed.place else None
    if named and (picked is None or is_within(named.path, picked.path)):
        in_force.add("region")
        return named
    if named and picked and is_within(picked.path, named.path):
        in_force.add("region")
    return picked


def _products(chosen: dict[str, Any], named: list[str], in_force: set[str]) -> tuple[str, ...]:
    picked = chosen.get("product")
    if picked is None:
        in_force.add("product")
        return tuple(named)
    path = picked.path
    inside = tuple(one for one in named if is_within(one, path))
    if inside or any(is_within(path, one) for one in named):
        in_force.add("product")
    return inside or (path,)


def _excluded(paths: list[str], picked: NamedProduct | Place | None) -> tuple[str, ...]:
    """The paths but for those that would take away what was chosen."""
    return tuple(path for path in paths if picked is None or not is_within(picked.path, path))


def _prices(
    chosen: dict[str, Any], parsed: ParsedText, in_force: set[str]
) -> tuple[Decimal | None, Decimal | None, str]:
    """Yuan per base unit, and of which measure: both ranges where they meet, else the one
    chosen."""
    unit = chosen.get("price_unit", "jin")
    low, high = (per_base(chosen.get(name), unit) for name in PRICES)
    named = [per_base(p, parsed.price_unit) for p in (parsed.price_min, parsed.price_max)]
    picked = low, high, measure(unit)
    if (low, high) != (None, None):
        if named == [None, None] or measure(unit) != measure(parsed.price_unit):
            return picked
        low = max((p for p in (low, named[0]) if p is not None), default=None)
        high = min((p for p in (high, named[1]) if p is not None), default=None)
        if low is not None and high is not None and low > high:
            return picked
    else:
        low, high = named
    in_force.add("price")
    return low, high, measure(parsed.price_unit)


def _quantity(
    chosen: dict[str, Any], parsed: ParsedText, in_force: set[str]
) -> tuple[Decimal | None, str]:
    """How much there must be in the base unit of the measure beside it: what is chosen, else
    what is said."""
    quantity, unit = chosen.get("quantity_min"), chosen.get("quantity_unit", "jin")
    # How much a lorry takes is told by no offer.
    if quantity is None and parsed.quantity_unit != "truck":
        quantity, unit = parsed.quantity_min, parsed.quantity_unit or "jin"
        in_force.add("quantity")
    return quantity and min(in_base(quantity, unit), MAX_QUANTITY), measure(unit)


def _period(
    chosen: dict[str, Any], parsed: ParsedText, in_force: set[str]
) -> tuple[date | None, date | None]:
    """The days in which it is wanted: those chosen, else those said."""
    if any(name in chosen for name in PERIOD):
        return chosen.get("supply_from"), chosen.get("supply_to")
    in_force.add("period")
    return parsed.supply_from, parsed.supply_to


def _instant(milliseconds: int | None) -> datetime | None:
    """Milliseconds since 1970 as an instant, the present for the future; None for none."""
    if milliseconds is None or milliseconds <= 0:
        return None
    now = utcnow()
    if milliseconds >= now.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def arguments_of(chosen: dict[str, Any]) -> dict[str, Any]:
    """The query string of valid filters, always in the same order, without the page."""
    asked: dict[str, Any] = {n: chosen[n] for n in ("q", "side") if n in chosen}
    asked |= {n: chosen[n].code for n in ("product", "region") if n in chosen}
    prices = {n: f"{chosen[n]:f}" for n in PRICES if n in chosen}
    if prices:
        asked |= prices | {"price_unit": chosen.get("price_unit", "jin")}
    if "quantity_min" in chosen:
        asked["quantity_min"] = f"{chosen['quantity_min']:f}"
        asked["quantity_unit"] = chosen.get("quantity_unit", "jin")
    asked |= {n: chosen[n].isoformat() for n in PERIOD if n in chosen}
    if chosen.get("verified"):
        asked["verified"] = 1
    if chosen.get("area"):
        asked["area"] = chosen["area"]
    if chosen.get("sort", "relevance") != "relevance":
        asked["sort"] = chosen["sort"]
    if chosen.get("view"):
        asked["view"] = chosen["view"]
    return asked


def _without(chosen: dict[str, Any], *names: str) -> dict[str, Any]:
    """The filters but these, an empty text, and how far to look, which was right for them; that
    it is no farther than the place itself stays as long as the place does."""
    stays = chosen.get("area") == "place" and "region" in chosen and "region" not in names
    gone = {*names} if stays else {*names, "area"}
    return {k: v for k, v in chosen.items() if k not in gone and (k != "q" or v)}
