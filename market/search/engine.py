"""Answering a question from the snapshot: postings and columns as arrays, ids as the answer.

The page reads the database for what it shows and checks there what is still public, so
an index that lags never shows a closed offer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
from flask import Flask, current_app

from market.database import utcnow
from market.offers.finding import Filters, Found
from market.offers.models import Side
from market.search import index
from market.search.schema import ANY, SIDES, branch, key, microseconds, scaled
from market.search.view import Paths, Snapshots, View, union
from market.search.words import pairs

# The usual constants of BM25: how soon repeating a word stops helping, and how much a
# long text is discounted.
K1 = 1.2
B = 0.75
# A product or region that bears the word counts as if the title said it, twice; the
# product of exactly this name a little more than those below it.
NAMED = 2.0
EXACT = 0.5
# Somebody looked at it: worth less than any word.
VERIFIED = 0.05
MOST_WORDS = 16
# At most so many of the other side are told for matching.
COUNTERPARTS = 500

# What a path is worth to who asks.
Worth = Callable[[str], float]

_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Ranked:
    """Documents that fit, before the filters of a page, and how well each fits."""

    documents: np.ndarray
    scores: np.ndarray | None


@dataclass(frozen=True)
class Asked:
    """A word of the question.

    Attributes:
        often: how often each document says it, as BM25 wants it; 0 where it doesn't.
        known: about how many documents say it.
        exact: numbers of the products of exactly this name.
    """

    often: np.ndarray
    known: int
    exact: list[int]


def snapshots(app: Flask) -> Snapshots:
    """The app's view of its index."""
    found: Snapshots = app.extensions["search"]
    return found


def find(filters: Filters) -> Found | None:
    """The page asked for; None when the index can't answer, which is logged once."""
    state = snapshots(current_app)
    try:
        with state.newest() as view:
            found = _found(view, filters, microseconds(utcnow()))
    except (index.Broken, OSError) as error:
        _report(state, error)
        return None
    current_app.extensions["search_reported"] = ""
    return found


def counterparts(
    side: Side,
    product_codes: Iterable[str],
    limit: int = COUNTERPARTS,
    promise: tuple[Worth, Worth] | None = None,
) -> list[int] | None:
    """Ids of live offers of `side` with one of exactly these products, the newest first.

    With `promise`, what the product's and the region's path are worth, those of most worth
    come first and the newest among them. None when the index can't answer.
    """
    state = snapshots(current_app)
    try:
        with state.newest() as view:
            codes = set(product_codes)
            wanted = _exact(view, codes)
            live, _ = view.live(microseconds(utcnow()))
            found = union(view.postings("key", key(side, code, ANY))[0] for code in codes)
            found = found[live[found]]
            found = found[np.isin(view.column("product")[found], wanted)]
            rank = -view.column("published")[found]
            if promise:
                of_product, of_region = promise
                rank = -_worth(of_product, view.products, view.column("product")[found])
                rank -= _worth(of_region, view.regions, view.column("region")[found])
            order = _first(limit, found, rank, view)
            return view.column("id")[order].tolist()
    except (index.Broken, OSError) as error:
        _report(state, error)
        return None


def _worth(of: Worth, paths: Paths, numbers: np.ndarray) -> np.ndarray:
    """What the path of each number is worth, each path asked for once."""
    different, places = np.unique(numbers, return_inverse=True)
    return np.array([of(paths.texts[number]) for number in different], np.float64)[places]


def scored(filters: Filters) -> list[tuple[int, float]] | None:
    """(id, score) of the page's offers, for who wants to know why they stand so."""
    found = find(filters)
    if found is None:
        return None
    with snapshots(current_app).newest() as view:
        ranked = _asked(view, filters, microseconds(utcnow()))
        if ranked.scores is None:
            return [(id, 0.0) for id in found.ids]
        ids = view.column("id")[ranked.documents].tolist()
        score = dict(zip(ids, ranked.scores.tolist(), strict=True))
        return [(id, score.get(id, 0.0)) for id in found.ids]


def _report(state: Snapshots, error: Exception) -> None:
    """Say once what is wrong, and tell the worker."""
    folder = index.current(state.root)
    if isinstance(error, index.Broken) and folder is not None:
        index.mark_damaged(folder)
    if current_app.extensions.get("search_reported") != str(error):
        current_app.extensions["search_reported"] = str(error)
        current_app.logger.warning("search answers from the database: %s", error)


def _found(view: View, filters: Filters, now: int) -> Found:
    ranked = _asked(view, filters, now)
    documents = ranked.documents
    of_side = _of_side(view, documents, filters.side)
    verified = view.column("verified")[documents] == 1 if documents.size else of_side
    fits = of_side & verified if filters.verified else of_side
    whole = bool(fits.all())
    chosen = documents if whole else documents[fits]
    scores = ranked.scores if ranked.scores is None or whole else ranked.scores[fits]
    return Found(
        ids=_page(view, filters, chosen, scores),
        total=len(chosen),
        facets={
            "side": _sides(view, documents[verified] if filters.verified else documents),
            "product": _next(view, "product", filters.product_path, chosen),
            "region": [
                (code.ljust(6, "0"), n)
                for code, n in _next(view, "region", filters.region_path, chosen)
            ],
            "verified": _yes(int((of_side & verified).sum())),
        },
    )


def _asked(view: View, filters: Filters, now: int) -> Ranked:
    """What fits but for side and verification, whose counts are told as if unfiltered."""
    live, all_live = view.live(now)
    if filters.product_path or filters.region_path:
        place = branch(filters.product_path), branch(filters.region_path)
        sides = [view.postings("key", key(side, *place))[0] for side in Side]
        documents = np.concatenate(sides)
        documents = documents[live[documents]]
    else:
        documents = all_live
    if filters.price_min is not None or filters.price_max is not None:
        documents = _priced(view, documents, filters.price_min, filters.price_max)
    words = view.words.cut_question(filters.text)[:MOST_WORDS] if filters.text.strip() else []
    if filters.text.strip():
        return _matching(view, documents, words)
    return Ranked(documents, None)


def _of_side(view: View, documents: np.ndarray, side: Side | None) -> np.ndarray:
    if side is None:
        return np.ones(len(documents), bool)
    return view.column("side")[documents] == SIDES[side]


def _priced(
    view: View, documents: np.ndarray, low: Decimal | None, high: Decimal | None
) -> np.ndarray:
    """Those with a price per kilogram between the limits."""
    price = view.column("price")[documents]
    fits = (price >= 0) & (view.column("by_mass")[documents] == 1)
    if low is not None:
        fits &= price >= _whole(low, ROUND_CEILING)
    if high is not None:
        fits &= price <= _whole(high, ROUND_FLOOR)
    return documents[fits]


def _whole(price: Decimal, rounding: str) -> int:
    limit = np.iinfo(np.int64).max
    return max(-1, min(int(scaled(price).to_integral_value(rounding)), int(limit)))


def _matching(view: View, documents: np.ndarray, words: list[str]) -> Ranked:
    """Those that have all the words; or, when none has them all, any of them."""
    asked = sorted((_word(view, word) for word in words), key=lambda word: word.known)
    fits = documents if asked else _NONE
    for word in asked:
        fits = fits[word.often[fits] > 0]
    if not len(fits) and len(asked) > 1:
        fits = documents[sum(word.often[documents] for word in asked) > 0]
    length = view.column("length")[fits] / np.float32(view.average_length())
    scores = VERIFIED * view.column("verified")[fits].astype(np.float32)
    for word in asked:
        often = word.often[fits]
        if word.exact:
            often[np.isin(view.column("product")[fits], word.exact)] += EXACT
        rarity = math.log(1 + (view.size - word.known + 0.5) / (word.known + 0.5))
        scores += rarity * often * (K1 + 1) / (often + K1 * (1 - B + B * length))
    return Ranked(fits, scores)


def _word(view: View, word: str) -> Asked:
    documents, weights = _said(view, word)
    branches = view.words.names.get(word, frozenset())
    named = union(view.postings("key", term)[0] for b in branches for term in _terms(b))
    often = np.zeros(view.size, np.float32)
    often[documents] = weights
    often[named] += NAMED
    return Asked(
        often=often,
        known=max(len(documents), len(named)),
        exact=_exact(view, (b[1:] for b in branches if b[0] == "p")),
    )


def _said(view: View, word: str) -> tuple[np.ndarray, np.ndarray]:
    """Postings of a word of the texts; of a word nobody knows, where all its pairs stand."""
    documents, weights = view.postings("txt", word)
    parts = pairs(word)
    if len(documents) or not parts:
        return documents, weights
    lists = [view.postings("txt", pair)[0] for pair in parts]
    documents = lists[0]
    for other in lists[1:]:
        documents = np.intersect1d(documents, other, assume_unique=True)
    return documents, np.ones(len(documents), np.float32)


def _exact(view: View, codes: Iterable[str]) -> list[int]:
    """The numbers of these very products, of those that occur."""
    found = (view.products.ending(code) for code in codes)
    return [number for number in found if number is not None]


def _terms(named: str) -> list[str]:
    kind, step = named[0], named[1:]
    place = (step, ANY) if kind == "p" else (ANY, step)
    return [key(side, *place) for side in Side]


def _page(
    view: View, filters: Filters, documents: np.ndarray, scores: np.ndarray | None
) -> list[int]:
    start = (filters.page - 1) * filters.per_page
    end = start + filters.per_page
    if start >= len(documents):
        return []
    if filters.sort == "price":
        rank = view.column("cheapness")[documents]
    elif filters.sort == "relevance" and scores is not None:
        rank = -scores
    else:
        rank = -view.column("published")[documents]
    return view.column("id")[_first(end, documents, rank, view)[start:]].tolist()


def _first(count: int, documents: np.ndarray, rank: np.ndarray, view: View) -> np.ndarray:
    """The `count` documents of lowest rank in order; among equals the newest first."""
    if len(documents) > 2 * count:
        fits = rank <= np.partition(rank, count - 1)[count - 1]
        documents, rank = documents[fits], rank[fits]
    newest = view.column("published")[documents]
    order = np.lexsort((-view.column("id")[documents], -newest, rank))
    return documents[order[:count]]


def _sides(view: View, documents: np.ndarray) -> list[tuple[str, int]]:
    counts = np.bincount(view.column("side")[documents], minlength=len(SIDES))
    return [(side.value, int(counts[n])) for side, n in SIDES.items() if counts[n]]


def _next(view: View, kind: str, above: str, documents: np.ndarray) -> list[tuple[str, int]]:
    """Counts by the step below `above`, most first."""
    paths = view.products if kind == "product" else view.regions
    steps, places = paths.below(above)
    by_path = np.bincount(view.column(kind)[documents], minlength=len(places))
    counts = np.bincount(places, weights=by_path, minlength=len(steps) + 1)
    counted = [(step, int(n)) for step, n in zip(steps, counts, strict=False) if n]
    return sorted(counted, key=lambda row: (-row[1], row[0]))


def _yes(count: int) -> list[tuple[str, int]]:
    return [("1", count)] if count else []
