"""Answering a question from the snapshot: postings and columns as arrays, ids as the answer.

The page reads the database for what it shows and checks there what is still public, so
an index that lags never shows a closed offer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import TypeVar

import numpy as np
from flask import Flask, current_app

from market.database import utcnow
from market.offers.models import Side
from market.offers.search.filters import Filters, Found
from market.products.words import PRODUCT_DIGITS
from market.regions.models import county_path, is_township
from market.search import index
from market.search.counts import Counts, count, narrowed
from market.search.ranking import Scores, ordered, saying, score
from market.search.schema import EPOCH, MEASURES, NO_DAY, SIDES, days, microseconds
from market.search.snapshots import Snapshots
from market.search.view import View
from market.web.page_cache import depends_on, never_cache

Answer = TypeVar("Answer")
MAX_WORDS = 16
_NONE = np.zeros(0, np.intp)


def snapshots(app: Flask) -> Snapshots:
    """The app's view of its index."""
    found: Snapshots = app.extensions["search"]
    return found


def find(filters: Filters) -> Found | None:
    """The page asked for; None when the index can't answer, which is logged once."""
    return ask_index(lambda view: answer(view, filters, microseconds(utcnow())))


def scored(filters: Filters) -> list[tuple[int, dict[str, float]]] | None:
    """(id, the named parts of its score) of the page's offers; None when the index can't
    answer. What is ordered by its age alone has no parts."""

    def score_parts(view: View) -> list[tuple[int, dict[str, float]]]:
        now = microseconds(utcnow())
        found = answer(view, filters, now)
        words = _cut(view, filters.words)
        documents = _chosen(view, filters, words, now)
        scores = _scores(view, documents, words, filters)
        parts = scores.parts if scores else {}
        place = {id: n for n, id in enumerate(view.column("id")[documents].tolist())}
        return [
            (id, {name: float(part[place[id]]) for name, part in parts.items()}) for id in found.ids
        ]

    return ask_index(score_parts)


def newly_offered(since: datetime) -> dict[str, dict[Side, int]]:
    """By product: live offers of each side published from `since` on; empty without an index."""

    def counted(view: View) -> dict[str, dict[Side, int]]:
        newest = view.newest(microseconds(utcnow()))
        recent = newest[: _later(view, newest, microseconds(since) - 1)]
        product, side = view.column("product")[recent], view.column("side")[recent]
        size = len(view.products)
        of = {s: np.bincount(product[side == n], minlength=size) for s, n in SIDES.items()}
        different = np.flatnonzero(sum(of.values())).tolist()
        return {view.products.codes[n]: {s: int(of[s][n]) for s in SIDES} for n in different}

    return ask_index(counted) or {}


def ask_index(question: Callable[[View], Answer]) -> Answer | None:
    """What the newest view answers; None when there is none, which is logged once."""
    extensions = current_app.extensions
    state: Snapshots = extensions["search"]
    try:
        view = state.newest()
        depends_on(index_version, view.version(microseconds(utcnow())))
        answer = question(view)
    except (index.Broken, OSError) as error:
        never_cache()
        _report(state, error)
        return None
    extensions["search_reported"] = ""
    return answer


def index_version() -> Hashable:
    """What stays the same for as long as every answer of the index does; another each time
    when there is none."""
    try:
        return snapshots(current_app).newest().version(microseconds(utcnow()))
    except (index.Broken, OSError):
        return object()


def _report(state: Snapshots, error: Exception) -> None:
    """Say once what is wrong, and tell the worker."""
    folder = index.current(state.root)
    if isinstance(error, index.Broken) and folder is not None:
        index.mark_damaged(folder)
    if current_app.extensions.get("search_reported") != str(error):
        current_app.extensions["search_reported"] = str(error)
        current_app.logger.warning("search answers from the database: %s", error)


def answer(view: View, filters: Filters, now: int) -> Found:
    """What `view` answers at `now` (microseconds since 1970)."""
    if not filters.chooses:
        return _of_all(view, filters, now)
    words = _cut(view, filters.words)
    documents, cells = narrowed(view, _chosen(view, filters, words, now), filters)
    scores = _scores(view, documents, words, filters)
    first = ordered(view, filters, documents, scores.total if scores else None)
    return _found(view, filters, first, count(view, documents, cells, filters), now)


def _of_all(view: View, filters: Filters, now: int) -> Found:
    """Of everything live, counted once for each snapshot and in the order of age."""
    newest, of_side = view.newest(now), view.newest(now, filters.side)
    late = late_of_side = 0
    if filters.as_of:
        instant = microseconds(filters.as_of)
        late, late_of_side = _later(view, newest, instant), _later(view, of_side, instant)
    prices = (filters.price_min, filters.price_max, filters.price_measure)
    asked = (filters.side, filters.verified, *prices)

    def counted(documents: np.ndarray) -> Counts:
        return count(view, *narrowed(view, documents, filters), filters)

    counts = view.of_live(now, asked, lambda: counted(newest))
    if late:
        counts -= counted(newest[:late])
    rest = replace(filters, side=None) if filters.side else filters
    if filters.first or filters.sort in ("price", "distance"):
        first, _ = narrowed(view, of_side[late_of_side:], rest)
        first = ordered(view, filters, first, None)
    else:
        first = _in_turn(view, rest, of_side[late_of_side:])
    return _found(view, filters, first, counts, now)


def _in_turn(view: View, filters: Filters, newest: np.ndarray) -> np.ndarray:
    """The first that fit of documents in order, as many as the page reaches to."""
    end = filters.offset + filters.per_page
    if not filters.verified and filters.price_min is None and filters.price_max is None:
        return newest[:end]
    reach = 2 * end
    while True:
        part = newest[:reach]
        found, _ = narrowed(view, part, filters)
        if len(found) >= end or reach >= len(newest):
            return found[:end]
        reach *= 4


def _later(view: View, newest: np.ndarray, instant: int) -> int:
    """How many of the documents in order of age were published after `instant`."""
    published = view.column("published")
    return bisect_left(newest, -instant, key=lambda document: -int(published[document]))


def _chosen(view: View, filters: Filters, words: list[str], now: int) -> np.ndarray:
    """What fits but for side, verification and price."""
    live, all_live = view.live(now)
    parts = [_of_product(view, path, filters) for path in filters.products]
    of_products = parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts or [_NONE]))
    if filters.must_say:  # of which nothing may be left when they are cut

        def fitting(documents: np.ndarray) -> np.ndarray:
            documents = _left(view, documents[live[documents]], filters)
            if filters.products:
                return documents[np.isin(documents, of_products)]
            return documents[_inside(view, documents, filters.regions)]

        documents = saying(view, words, fitting)
    elif filters.products:
        documents = of_products[live[of_products]]
    elif filters.regions:
        documents = np.concatenate([view.branch("region", path) for path in filters.regions])
        documents = documents if len(filters.regions) == 1 else np.unique(documents)
        documents = documents[live[documents]]
    else:
        documents = all_live
    if not filters.must_say:
        documents = _left(view, documents, filters)
    if filters.as_of is not None:
        published = view.column("published")[documents]
        documents = documents[published <= microseconds(filters.as_of)]
    return documents


def _left(view: View, documents: np.ndarray, filters: Filters) -> np.ndarray:
    """The documents without those of the products and regions that are left out, and what there
    is too little of, or at another time."""
    documents = _supplied(view, documents, filters) if filters.supplies else documents
    everywhere = Filters()
    parts = [_of_product(view, path, everywhere) for path in filters.excluded]
    parts += [view.branch("region", path) for path in filters.excluded_regions]
    for word in filters.excluded_words:
        titles = [view.postings("title", part) for part in view.words.cut_question(word)]
        parts += [reduce(np.intersect1d, titles)] if titles else []
    if not parts:
        return documents
    stays = np.ones(view.size, bool)
    for part in parts:
        stays[part] = False
    return documents[stays[documents]]


def _supplied(view: View, documents: np.ndarray, filters: Filters) -> np.ndarray:
    """Those of which there is enough, in the period asked for."""
    fits = np.ones(len(documents), bool)
    if filters.quantity_min is not None:
        fits &= view.column("measure")[documents] == MEASURES[filters.quantity_measure]
        fits &= view.column("quantity")[documents] >= float(filters.quantity_min)
    if filters.supply_to is not None:
        fits &= view.column("supply_from")[documents] <= days(filters.supply_to)
    if filters.supply_from is not None:
        last = view.column("supply_to")[documents]
        fits &= (last >= days(filters.supply_from)) | (last == NO_DAY)
    return documents[fits]


def _scores(view: View, documents: np.ndarray, words: list[str], filters: Filters) -> Scores | None:
    """How well the documents fit, where that is asked."""
    if filters.sort != "relevance" or not (filters.products or words):
        return None
    return score(view, documents, words, filters)


def _cut(view: View, words: Iterable[str]) -> list[str]:
    cut = [part for word in words for part in view.words.cut_question(word)]
    return list(dict.fromkeys(cut))[:MAX_WORDS]


def _of_product(view: View, path: str, filters: Filters) -> np.ndarray:
    """Of it or below it, or, by title, of a family above with a title that names it; in the
    regions asked for.

    They are sorted by region, so that a region's are a slice.
    """

    def placed() -> tuple[np.ndarray, np.ndarray]:
        documents = view.branch("product", path)
        families = [step for step in path.split("/")[:-1] if len(step) == PRODUCT_DIGITS]
        if filters.by_title and families:  # none of which is below what it is the family of
            documents = np.concatenate([documents, _named(view, path, families)])
        region = view.column("region")[documents]
        order = region.argsort(kind="stable")
        return documents[order], region[order]

    documents, region = view.once((path, filters.by_title), placed)
    if not filters.regions:
        return documents
    # numpy would first convert the whole array to the type of what it looks for.
    numbers, parts = region.data, []
    for place in filters.regions:
        low, high = view.regions.branch(county_path(place))
        part = documents[bisect_left(numbers, low) : bisect_left(numbers, high)]
        parts.append(part[view.inside(part, place)] if is_township(place) else part)
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _named(view: View, path: str, families: list[str]) -> np.ndarray:
    """Offers of the families (codes) whose title names what is at `path` or below it."""
    low, high = view.products.branch(path)
    names = {name for code in view.products.codes[low:high] for name in view.products.names[code]}
    numbers = [view.products.number(code) for code in families]

    named = np.concatenate([view.postings("title", name) for name in names])
    return np.unique(named[np.isin(view.column("product")[named], numbers)])


def _inside(view: View, documents: np.ndarray, paths: tuple[str, ...]) -> np.ndarray | slice:
    """Which of the documents are in any of these regions or below; all, where there are none."""
    if not paths:
        return slice(None)
    return np.logical_or.reduce([view.inside(documents, path) for path in paths])


def _found(view: View, filters: Filters, first: np.ndarray, counts: Counts, now: int) -> Found:
    total, facets = counts.totals(view, filters)
    return Found(
        ids=_ids(view, filters, first),
        total=total,
        facets=facets,
        newest=view.of_live(now, "newest publication", lambda: _newest_publication(view, now)),
    )


def _newest_publication(view: View, now: int) -> datetime | None:
    newest = view.newest(now)[:1]
    published = view.column("published")[newest].tolist()
    return EPOCH + timedelta(microseconds=published[0]) if published else None


def _ids(view: View, filters: Filters, first: np.ndarray) -> list[int]:
    return view.column("id")[first[filters.offset : filters.offset + filters.per_page]].tolist()
