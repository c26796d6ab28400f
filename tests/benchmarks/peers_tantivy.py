"""tantivy through its Python package, as a good engineer would set it up for these questions.

On a memory-mapped index of its own, one writing thread and merged into one segment, added
newest first, so that the order of the documents is the order of age and equal scores come out
newest first. Numbers are indexed and fast fields; the words, already cut, are indexed with
frequencies and no positions. Facets are one aggregation: of what fits but for the side, by
side, and below it by each facet. Ids are read from a fast field, nothing is stored. Counts of
everything are not asked for: they would be cached by anyone, as the market does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from tests.benchmarks.listings import (
    BAND_NAMES,
    FIRST,
    NUMBERS,
    SIDES,
    Answer,
    Begins,
    Listings,
    Newest,
    Place,
    Saying,
    Wanted,
)

# "tantivy v0.27.0, index_format v7"
NAME = tantivy.__version__.split(",")[0].replace(" v", " ")
HEAP = 512_000_000
MOST_BUCKETS = 1000


class Tantivy:
    """Answers from an index at `folder`."""

    name = NAME
    # Its scores are the index's own: by product and place alone.
    simpler = ("wanted",)

    def __init__(self, folder: Path) -> None:
        self.schema = _schema()
        self.names_schema = _names_schema()
        (folder / "listings").mkdir()
        (folder / "names").mkdir()
        self.index = tantivy.Index(self.schema, path=str(folder / "listings"))
        self.names = tantivy.Index(self.names_schema, path=str(folder / "names"))

    def close(self) -> None:
        del self.index, self.names, self.searcher, self.names_searcher

    def fill(self, listings: Listings) -> None:
        writer = self.index.writer(HEAP, num_threads=1)
        for row, words in zip(listings.rows(), listings.words, strict=True):
            document = tantivy.Document()
            for name, value in zip(NUMBERS, row, strict=True):
                if name != "band":
                    document.add_unsigned(name, value)
            for bit in range(len(BAND_NAMES)):
                if row[NUMBERS.index("band")] >> bit & 1:
                    document.add_unsigned("band", bit)
            document.add_text("words", " ".join(words))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        names = self.names.writer(15_000_000, num_threads=1)
        for typed, place, code in sorted(listings.names, key=lambda n: (n[1], n[2])):
            document = tantivy.Document()
            document.add_text("typed", typed)
            document.add_unsigned("order", place * 10_000_000 + int(code))
            names.add_document(document)
        names.commit()
        names.wait_merging_threads()
        self.index.reload()
        self.names.reload()
        self.searcher, self.names_searcher = self.index.searcher(), self.names.searcher()

    def place(self, asked: Place) -> Answer:
        near = self._are(family=asked.family, county=asked.county)
        return self._answer(near, asked.side, "kind", "", newest=True)

    def newest(self, asked: Newest) -> Answer:
        fits = [] if asked.side is None else self._are(side=asked.side)
        query = Query.boolean_query(fits) if fits else Query.all_query()
        return Answer(self._newest(query, (asked.page - 1) * FIRST))

    def text(self, asked: Saying) -> Answer:
        near = [(Occur.Must, self._term("words", word)) for word in asked.words]
        if asked.prefecture is not None:
            near += self._are(prefecture=asked.prefecture)
        return self._answer(near, asked.side, "category", asked.below, newest=False)

    def wanted(self, asked: Wanted) -> Answer:
        worth = [
            (
                Occur.Should,
                Query.const_score_query(
                    Query.term_set_query(self.schema, "product", list(products)), float(value)
                ),
            )
            for value, products in asked.worth
        ]
        # Who is in the county is in the prefecture too: each level adds what it is worth more.
        values = [value for value, _, _ in asked.near]
        more = [a - b for a, b in zip(values, [*values[1:], 0], strict=True)]
        near = [
            (Occur.Should, Query.const_score_query(self._term(name, which), float(value)))
            for value, (_, name, which) in zip(more, asked.near, strict=True)
        ]
        query = Query.boolean_query(
            [
                *self._are(side=asked.side),
                (Occur.Must, Query.boolean_query(worth)),
                *near,
            ]
        )
        hits = self.searcher.search(query, FIRST, count=False).hits
        return Answer(self._ids([address for _, address in hits]))

    def begins(self, asked: Begins) -> Answer:
        # Several words may name one product: more than are shown are read.
        query = Query.regex_query(self.names_schema, "typed", _quoted(asked.typed) + ".*")
        hits = self.names_searcher.search(
            query, 64, count=False, order_by_field="order", order=tantivy.Order.Asc
        ).hits
        codes = dict.fromkeys(f"{order % 10_000_000:07d}" for order, _ in hits)
        return Answer(list(codes)[:8])

    def _answer(
        self, near: list[Any], side: int | None, product: str, region: str, newest: bool
    ) -> Answer:
        facets = self._facets(Query.boolean_query(near), side, product, region)
        fits = Query.boolean_query([*near, *([] if side is None else self._are(side=side))])
        ids = self._newest(fits) if newest else self._best(fits)
        sides = facets["side"]
        total = sum(sides.values()) if side is None else sides.get(SIDES[side], 0)
        return Answer(ids, total, facets)

    def _facets(
        self, near: Query, side: int | None, product: str, region: str
    ) -> dict[str, dict[str, int]]:
        names = {"verified": "verified", "price": "band", "product": product, "region": region}
        below = {name: _terms(of) for name, of in names.items() if of}
        told = self.searcher.aggregate(near, {"side": {**_terms("side"), "aggs": below}})
        facets: dict[str, dict[str, int]] = {"side": {}, **{name: {} for name in names}}
        for bucket in told["side"]["buckets"]:
            of = int(bucket["key"])
            facets["side"][SIDES[of]] = bucket["doc_count"]
            if side is not None and of != side:
                continue
            for name in below:
                counts = facets[name]
                for inner in bucket[name]["buckets"]:
                    key = int(inner["key"])
                    if key or name == "price":
                        word = BAND_NAMES[key] if name == "price" else str(key)
                        counts[word] = counts.get(word, 0) + inner["doc_count"]
        return facets

    def _best(self, query: Query) -> list[Any]:
        hits = self.searcher.search(query, FIRST, count=False).hits
        return self._ids([address for _, address in hits])

    def _newest(self, query: Query, offset: int = 0) -> list[Any]:
        hits = self.searcher.search(
            query, FIRST, count=False, order_by_field="published", offset=offset
        ).hits
        return self._ids([address for _, address in hits])

    def _ids(self, addresses: list[Any]) -> list[Any]:
        return self.searcher.fast_field_values("id", addresses)

    def _term(self, name: str, value: Any) -> Query:
        return Query.term_query(self.schema, name, value, "freq" if name == "words" else "basic")

    def _are(self, **wanted: int) -> list[Any]:
        return [(Occur.Must, self._term(name, value)) for name, value in wanted.items()]


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in NUMBERS:
        builder.add_unsigned_field(name, indexed=name not in ("id", "band"), fast=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _names_schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("typed", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("order", fast=True)
    return builder.build()


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MOST_BUCKETS}}


def _quoted(text: str) -> str:
    return "".join(c if c.isalnum() else f"\\{c}" for c in text)
