"""How well offers say the words of a question, and which come first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from market.offers.search.filters import Filters
from market.products.words import PRODUCT_DIGITS
from market.regions.rules import great_circle_km
from market.search.view import View

# The usual constants of BM25: how soon repeating a word stops helping, and how much a
# long text is discounted.
K1 = 1.2
B = 0.75
# Offers of the very product asked for come before those of its varieties, and these before
# what else is below it in the tree (仔猪 of 生猪); a word of the title weighs more where words were
# asked as well.
EXACT = 0.5
VARIETY = 0.25
# Somebody looked at it: worth less than any word.
VERIFIED = 0.05


@dataclass(frozen=True)
class Scores:
    """The score of each document, and the named parts that it is the sum of."""

    parts: dict[str, np.ndarray]

    @property
    def total(self) -> np.ndarray:
        total, *others = self.parts.values()
        for part in others:
            total = total + part
        return total


def saying(view: View, words: list[str], fitting: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The documents that say all the words; or, when none does, any of them. `fitting` leaves
    of documents those that fit the rest of the question."""
    if not words:
        return np.zeros(0, np.intp)
    by_word = sorted((view.term_counts(word)[0] for word in words), key=len)
    heard = np.zeros(view.size, np.uint8)
    for documents in by_word:
        heard[documents] += 1
    rarest = by_word[0]
    everything = fitting(rarest[heard[rarest] == len(by_word)])
    return everything if len(everything) else fitting(np.flatnonzero(heard))


def score(view: View, documents: np.ndarray, words: list[str], filters: Filters) -> Scores:
    """By the words (BM25), and by the product asked for where one is."""
    parts: dict[str, np.ndarray] = {}
    if filters.products:
        worth = _product_worth(view, filters.products)
        parts["product"] = worth[view.column("product")[documents]]
    if words:
        discount = view.column("longness")[documents] * np.float32(K1 * B)
        discount += np.float32(K1 * (1 - B))
        parts["words"] = np.zeros(len(documents), np.float32)
        often = np.zeros(view.size, np.uint8)
        for word in words:
            holders, times = view.term_counts(word)
            often[holders] = times
            here = often[documents].astype(np.float32)
            often[holders] = 0
            rarity = math.log(1 + (view.size - len(holders) + 0.5) / (len(holders) + 0.5))
            parts["words"] += np.float32(rarity * (K1 + 1)) * here / (here + discount)
        verified = view.column("verified")[documents]
        parts["verified"] = verified * np.float32(VERIFIED)
    return Scores(parts)


def _product_worth(view: View, asked: Iterable[str]) -> np.ndarray:
    """By the number of the product; of what is below a category all is worth the same."""
    products = view.products
    worth = np.zeros(len(products), np.float32)
    for path in asked:
        code = path.rpartition("/")[2]
        low, high = products.branch(path) if len(code) == PRODUCT_DIGITS else (0, 0)
        for number in range(low, high):
            if code in products.families[number].split("/"):
                worth[number] = max(worth[number], EXACT if number == low else VARIETY)
    return worth


def ordered(
    view: View, filters: Filters, documents: np.ndarray, scores: np.ndarray | None
) -> np.ndarray:
    """The first documents of the question's order, as many as its page reaches to."""
    end = filters.offset + filters.per_page
    if not filters.first:
        return _first(end, documents, _rank(view, filters, documents, scores), view)
    inside = view.inside(documents, filters.first)
    found = []
    for mask in (inside, ~inside):
        part, theirs = documents[mask], None if scores is None else scores[mask]
        rank = _rank(view, filters, part, theirs)
        if mask is not inside and filters.is_near_first and filters.sort == "relevance":
            # What lies around is the less of use the farther it is; among equals it fits best.
            far = distances(view, filters.near)[view.column("region")[part]]
            rank = far if rank is None else np.unique(far, return_inverse=True)[1] + _fraction(rank)
        found.append(_first(end, part, rank, view))
    return np.concatenate(found)[:end]


def _fraction(rank: np.ndarray) -> np.ndarray:
    """The ranks in their order, from 0 and below 1."""
    _, places = np.unique(rank, return_inverse=True)
    return places / max(1, len(rank))


def _rank(
    view: View, filters: Filters, documents: np.ndarray, scores: np.ndarray | None
) -> np.ndarray | None:
    """What is least comes first; None when age alone decides."""
    if filters.sort == "price":
        return view.column("cheapness")[documents]
    if filters.sort == "distance" and filters.near:
        return distances(view, filters.near)[view.column("region")[documents]]
    if filters.sort == "relevance" and scores is not None:
        return -scores
    return None


def distances(view: View, code: str) -> np.ndarray:
    """Kilometres from a region (code) to each by number; where unknown, farther than all."""
    regions = view.regions
    here = regions.number(code)
    km = great_circle_km(
        *(regions.latitude[here], regions.longitude[here]), regions.latitude, regions.longitude
    )
    return np.nan_to_num(km, nan=np.inf)


def _first(count: int, documents: np.ndarray, rank: np.ndarray | None, view: View) -> np.ndarray:
    """The `count` documents of lowest rank in order; among equals the newest first."""
    age = view.column("age")
    if len(documents) > 2 * count:
        least = age[documents] if rank is None else rank
        fits = least <= np.partition(least, count - 1)[count - 1]
        documents, rank = documents[fits], None if rank is None else rank[fits]
    ages = age[documents]
    order = ages.argsort() if rank is None else np.lexsort((ages, rank))
    return documents[order[:count]]
