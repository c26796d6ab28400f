"""SQLite with FTS5, as a good engineer would set it up for these questions.

The bundled SQLite (pysqlite3) on a file of its own, WAL, memory-mapped, 256 MiB of page
cache, one connection, statements kept prepared. One narrow table of numbers with a covering
index for each kind of question, so that no row is looked up but for free text; ANALYZEd.
Free text in a contentless FTS5 table of the words already cut, without positions
(`detail=none`), merged into one (`optimize`); order by its own BM25. Facets come from one
GROUP BY over what fits but for the side. Matching reads a table kept in the order it is asked
in (WITHOUT ROWID) and works out the whole score in one statement (`scoring`). Counts of
everything are not asked for: they would be cached by anyone, as the market does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pysqlite3

from tests.benchmarks import scoring
from tests.benchmarks.listings import (
    FIRST,
    NUMBERS,
    Answer,
    Listings,
    Saying,
    Wanted,
    gathered,
)
from tests.benchmarks.sql_peer import SIDES, SqlPeer

NAME = f"SQLite {pysqlite3.sqlite_version}, FTS5"
_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-262144",
    "PRAGMA mmap_size=4294967296",
    "PRAGMA temp_store=MEMORY",
)


def _matched() -> Iterator[tuple[str, str]]:
    return ((name, "REAL" if of is float else "INTEGER") for name, of in scoring.COLUMNS.items())


_TABLES = (
    f"CREATE TABLE listings ({', '.join(f'{n} INTEGER' for n in NUMBERS)}, PRIMARY KEY (id))",
    "CREATE VIRTUAL TABLE said USING fts5"
    "(words, content='', detail=none, tokenize=\"unicode61 separators '|'\")",
    "CREATE TABLE names (typed TEXT, place INTEGER, code TEXT)",
    f"CREATE TABLE matched ({', '.join(map(' '.join, _matched()))},"
    " PRIMARY KEY (side, product, id)) WITHOUT ROWID",
    "CREATE TABLE kin (sold, wanted, worth REAL, PRIMARY KEY (sold, wanted)) WITHOUT ROWID",
    "CREATE TABLE near (sale, purchase, km REAL, border REAL, PRIMARY KEY (sale, purchase))"
    " WITHOUT ROWID",
)
_INDEXES = (
    "CREATE INDEX by_place ON listings"
    " (family, county, side, published DESC, id DESC, verified, band, kind)",
    "CREATE INDEX by_age ON listings (published DESC, id DESC)",
    "CREATE INDEX by_side ON listings (side, published DESC, id DESC)",
    "CREATE INDEX by_wanted ON kin (wanted, sold, worth)",
    "CREATE INDEX by_purchase ON near (purchase, sale, km, border)",
    "CREATE INDEX by_facts ON listings"
    " (id, side, prefecture, verified, band, category, province, county)",
    "CREATE INDEX by_name ON names (typed, place, code)",
    "INSERT INTO said(said) VALUES ('optimize')",
    "ANALYZE",
)


class SQLite(SqlPeer):
    """Answers from a database at `folder`."""

    name = NAME
    simpler = ()
    mark = "?"

    def __init__(self, folder: Path) -> None:
        self.db = pysqlite3.connect(
            str(folder / "peer.sqlite3"), isolation_level=None, cached_statements=512
        )
        self._all(*_SETTINGS)

    def close(self) -> None:
        self.db.close()

    def fill(self, listings: Listings) -> None:
        self._all(*_TABLES, "BEGIN")
        marks = ", ".join("?" * len(NUMBERS))
        self.db.executemany(f"INSERT INTO listings VALUES ({marks})", listings.rows())
        ids = listings.columns["id"].tolist()
        said = ((id, "|".join(words)) for id, words in zip(ids, listings.words, strict=True))
        self.db.executemany("INSERT INTO said (rowid, words) VALUES (?, ?)", said)
        self.db.executemany("INSERT INTO names VALUES (?, ?, ?)", listings.names)
        facts = [one for one in map(listings.facts, range(len(listings))) if one.quantity > 0]
        marks = ", ".join("?" * len(scoring.COLUMNS))
        rows = (scoring.row(one, listings.now) for one in facts)
        self.db.executemany(f"INSERT INTO matched VALUES ({marks})", rows)
        self.db.executemany("INSERT INTO kin VALUES (?, ?, ?)", scoring.kin(facts))
        self.db.executemany("INSERT INTO near VALUES (?, ?, ?, ?)", scoring.near(facts))
        self._all("COMMIT", *_INDEXES)

    def text(self, asked: Saying) -> Answer:
        words = " ".join(f'"{word}"' for word in asked.words)
        near = "" if asked.prefecture is None else " AND prefecture = ?"
        given = () if asked.prefecture is None else (asked.prefecture,)
        facets = gathered(
            self._rows(
                f"SELECT side, verified, band, category, {asked.below}, count(*)"
                " FROM said CROSS JOIN listings ON id = said.rowid"
                f" WHERE said MATCH ?{near} GROUP BY 1, 2, 3, 4, 5",
                *(words, *given),
            ),
            asked.side,
        )
        if asked.side is None:
            query = "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rank LIMIT ?"
        else:
            query = (
                "SELECT id FROM said CROSS JOIN listings ON id = said.rowid"
                f" WHERE said MATCH ?{near} AND side = ? ORDER BY bm25(said) LIMIT ?"
            )
            given = (*given, asked.side)
        sides = facets["side"]
        total = sum(sides.values()) if asked.side is None else sides.get(SIDES[asked.side], 0)
        return Answer(self._ids(query, words, *given, FIRST), total, facets)

    def wanted(self, asked: Wanted) -> Answer:
        query = scoring.statement(
            asked.own, ":{}".format, "min", "max", "CAST({} * 1e12 + 0.5 AS INTEGER)"
        )
        given = {**scoring.given(asked.own, asked.now), "limit": FIRST}
        return Answer([id for (id,) in self.db.execute(query, given)])

    def _all(self, *statements: str) -> None:
        for statement in statements:
            self.db.execute(statement)
