"""What the peers that speak SQL ask alike."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.listings import FIRST, Answer, Begins, Newest, Place, gathered

SIDES = ("sell", "buy")


class SqlPeer:
    """Answers from a database with the tables `listings` and `names`.

    Attributes:
        db: the connection.
        mark: what stands for a parameter.
    """

    db: Any
    mark: str

    def place(self, asked: Place) -> Answer:
        mark, where = self.mark, (asked.family, asked.county)
        facets = gathered(
            self._rows(
                "SELECT side, verified, band, kind, count(*) FROM listings"
                f" WHERE family = {mark} AND county = {mark} GROUP BY 1, 2, 3, 4",
                *where,
            ),
            asked.side,
        )
        ids = self._ids(
            f"SELECT id FROM listings WHERE family = {mark} AND county = {mark} AND side = {mark}"
            f" ORDER BY published DESC, id DESC LIMIT {mark}",
            *(*where, asked.side, FIRST),
        )
        return Answer(ids, facets["side"].get(SIDES[asked.side], 0), facets)

    def newest(self, asked: Newest) -> Answer:
        mark = self.mark
        where = "" if asked.side is None else f"WHERE side = {mark}"
        given = () if asked.side is None else (asked.side,)
        return Answer(
            self._ids(
                f"SELECT id FROM listings {where}"
                f" ORDER BY published DESC, id DESC LIMIT {mark} OFFSET {mark}",
                *(*given, FIRST, (asked.page - 1) * FIRST),
            )
        )

    def begins(self, asked: Begins) -> Answer:
        return Answer(
            self._ids(
                f"SELECT code FROM names WHERE typed >= {self.mark} AND typed < {self.mark}"
                " GROUP BY code ORDER BY min(place), code LIMIT 8",
                *(asked.typed, asked.typed + "\U0010ffff"),
            )
        )

    def _ids(self, query: str, *given: Any) -> list[Any]:
        return [row[0] for row in self._rows(query, *given)]

    def _rows(self, query: str, *given: Any) -> list[Any]:
        return self.db.execute(query, given).fetchall()
