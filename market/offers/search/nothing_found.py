"""What to offer where nothing is found: another word, what is next to it, less of the search."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from market.offers.models import Side
from market.offers.search.finder import find
from market.offers.search.parsed_text import PieceKind
from market.offers.search.query import SearchQuery, arguments_of
from market.products.queries import named_products, product_lexicon
from market.products.words import PRODUCT_DIGITS
from market.regions.queries import region_lexicon
from market.web.filters import local_name

if TYPE_CHECKING:
    from market.offers.search.results_page import ResultsPage

# Ways on of each kind.
NEAREST = 4
# In which order parts of a query are dropped to find the nearest offers: least meant first.
DROP_ORDER = (
    *("negated", "words", "verified", "period", "quantity", "price", "side", "region", "product"),
)
Row = tuple[str, int, str]


def corrections(page: ResultsPage) -> list[Row]:
    """(name, how many, address) of products that are written much like a word that nobody says,
    with what is written without a space beside it: 胡萝北 ends with a county's name."""
    question, text = page.question, page.question.understood.text
    found = []
    for word in re.finditer(r"\S+", text):
        unknown = (
            piece.kind is PieceKind.WORD and word.start() <= piece.start < word.end()
            for piece in question.understood.pieces
        )
        for name in product_lexicon().similar(word[0]) if any(unknown) else ():
            corrected = f"{text[: word.start()]}{name}{text[word.end() :]}"
            found.append(_counted(page, name, {**question.chosen, "q": corrected}))
    return [row for row in found if row[1]][:NEAREST]


def siblings(page: ResultsPage) -> list[Row]:
    """(name, how many, address) of products beside the one asked for that there are offers of."""
    question = page.question
    paths = [path for path in page.filters.products if "/" in path]
    if len(paths) != 1:
        return []
    parent = paths[0].split("/")[-2]
    lifted = question.lifted("product")
    wider = question.instead({**lifted, "product": named_products([parent])[parent]})
    counts = find(replace(wider.filters, page=1, per_page=1)).facets.get("product", [])
    others = [(code, n) for code, n in counts if code != paths[0].rpartition("/")[2]][:NEAREST]
    names = named_products([code for code, _n in others])
    return [
        (local_name(names[code]), n, page.url_of({**arguments_of(lifted), "product": code}))
        for code, n in others
        if code in names
    ]


def nearest(page: ResultsPage) -> list[Row]:
    """(what it is, how many, address) of searches close to this one that find something.

    The same search without one part, least promising first; where none of those finds
    anything, the same with one part alone.
    """
    parts = sorted(page.question.parts, key=lambda p: DROP_ORDER.index(p.name))
    rows = (_counted(page, _("Without %(part)s", part=p.label), p.rest) for p in parts)
    found = [row for row in rows if row[1]]
    if not found and len(parts) > 2:
        alone = (
            _counted(page, _("Only %(part)s", part=p.label), _alone(page.question, p.name))
            for p in parts[::-1]
        )
        found = [row for row in alone if row[1]]
    return found[:NEAREST]


def _alone(query: SearchQuery, name: str) -> dict[str, Any]:
    """The filters without all that doesn't narrow `name`."""
    asked = {part.name for part in query.parts}
    for other in DROP_ORDER:
        if other != name and other in asked:
            query = query.instead(query.lifted(other))
    return query.chosen


def _counted(page: ResultsPage, label: str, chosen: dict[str, Any]) -> Row:
    filters = replace(page.question.instead(chosen).filters, page=1, per_page=1)
    return label, find(filters).total, page.url_of(arguments_of(chosen))


def postings(page: ResultsPage) -> list[tuple[str, str]]:
    """(label, address) of posting what was looked for in vain, filled in."""
    chosen, named = page.question.chosen.get("product"), page.question.understood.products
    code = named[0] if len(named) == 1 else None
    if chosen and len(chosen.code) == PRODUCT_DIGITS:
        code = chosen.code
    place = page.question.region
    county = region_lexicon().county_of(place) if place else None
    region = county.code if county and county.is_leaf else None
    sides = [page.filters.side.other] if page.filters.side else [Side.BUY, Side.SELL]
    words = {Side.BUY: _("Post that you want it"), Side.SELL: _("Post that you sell it")}
    filled: dict[str, Any] = {"product": code, "region": region}
    return [(words[s], url_for("offers.new", side=s.value, **filled)) for s in sides]
