"""PostgreSQL, as a good engineer would set it up for these questions.

A cluster of its own in a temporary folder, reached by its socket, one connection, statements
prepared, 512 MiB of shared buffers, 64 MiB to sort, no JIT and no parallel workers (both only
cost on questions this small). One narrow table of numbers with a covering index for each kind
of question, vacuumed so that these answer alone; free text by a GIN index over a tsvector
of the words already cut, ordered by `ts_rank`. Facets come from one GROUP BY over what fits
but for the side. Counts of everything are not asked for: they would be cached by anyone, as
the market does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg

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

_SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "fsync": "off",
    "autovacuum": "off",
    "random_page_cost": "1.1",
    "listen_addresses": "''",
}
_MATCHED = ", ".join(
    f"{name} {'float8' if of is float else 'bigint'}" for name, of in scoring.COLUMNS.items()
)
_TABLES = (
    f"CREATE TABLE listings ({', '.join(f'{n} bigint' for n in NUMBERS)}, words tsvector)",
    'CREATE TABLE names (typed text COLLATE "C", place int, code text COLLATE "C")',
    f"CREATE TABLE matched ({_MATCHED})",
    "CREATE TABLE kin (sold bigint, wanted bigint, worth float8)",
    "CREATE TABLE near (sale bigint, purchase bigint, km float8, border float8)",
)
_INDEXES = (
    "CREATE INDEX ON listings (family, county, side, published DESC, id DESC)"
    " INCLUDE (verified, band, kind)",
    "CREATE INDEX ON listings (published DESC, id DESC)",
    "CREATE INDEX ON listings (side, published DESC, id DESC)",
    f"CREATE INDEX ON matched (side, product) INCLUDE ({', '.join(list(scoring.COLUMNS)[2:])})",
    "CREATE INDEX ON kin (sold) INCLUDE (wanted, worth)",
    "CREATE INDEX ON kin (wanted) INCLUDE (sold, worth)",
    "CREATE INDEX ON near (sale, purchase) INCLUDE (km, border)",
    "CREATE INDEX ON near (purchase, sale) INCLUDE (km, border)",
    "CREATE INDEX ON listings USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX ON names (typed) INCLUDE (place, code)",
    "VACUUM ANALYZE",
)


class PostgreSQL(SqlPeer):
    """Answers from a cluster that is made at `folder`.

    Raises:
        FileNotFoundError: no PostgreSQL server is installed.
    """

    simpler = ()
    mark = "%s"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda b: int(b.parent.name))
        on_path = shutil.which("initdb")
        if not found and not on_path:
            raise FileNotFoundError("no PostgreSQL server is installed")
        self.programs = found[-1] if found else Path(str(on_path)).parent
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
            folder.parent.chmod(0o755)
        self._run("initdb", "-U", "market", "--auth", "trust", "-E", "UTF8", "--locale", "C.UTF-8")
        options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
        self._run(
            "pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-k {folder} {options}", "start"
        )
        self.db = psycopg.connect(
            host=str(folder), user="market", dbname="postgres", autocommit=True, prepare_threshold=0
        )
        version = self.db.info.server_version
        self.name = f"PostgreSQL {version // 10000}.{version % 10000}"

    def close(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
        self._run("pg_ctl", "-m", "immediate", "stop")

    def fill(self, listings: Listings) -> None:
        for statement in _TABLES:
            self.db.execute(statement)
        with self.db.cursor() as cursor:
            with cursor.copy("COPY listings FROM STDIN") as copy:
                for row, words in zip(listings.rows(), listings.words, strict=True):
                    copy.write_row((*row, _vector(words)))
            with cursor.copy("COPY names FROM STDIN") as copy:
                for name in listings.names:
                    copy.write_row(name)
            facts = [one for one in map(listings.facts, range(len(listings))) if one.quantity > 0]
            for table, rows in (
                ("matched", (scoring.row(one, listings.now) for one in facts)),
                ("kin", scoring.kin(facts)),
                ("near", scoring.near(facts)),
            ):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
        for statement in _INDEXES:
            self.db.execute(statement)

    def text(self, asked: Saying) -> Answer:
        words = " & ".join(f"'{word}'" for word in asked.words)
        near = "" if asked.prefecture is None else " AND prefecture = %s"
        given = () if asked.prefecture is None else (asked.prefecture,)
        facets = gathered(
            self._rows(
                f"SELECT side, verified, band, category, {asked.below}, count(*) FROM listings"
                f" WHERE words @@ %s::tsquery{near} GROUP BY 1, 2, 3, 4, 5",
                *(words, *given),
            ),
            asked.side,
        )
        of_side = "" if asked.side is None else " AND side = %s"
        given = given if asked.side is None else (*given, asked.side)
        ids = self._ids(
            f"SELECT id FROM listings WHERE words @@ %s::tsquery{near}{of_side}"
            " ORDER BY ts_rank(words, %s::tsquery) DESC LIMIT %s",
            *(words, *given, words, FIRST),
        )
        sides = facets["side"]
        total = sum(sides.values())
        if asked.side is not None:
            total = sides.get(SIDES[asked.side], 0)
        return Answer(ids, total, facets)

    def wanted(self, asked: Wanted) -> Answer:
        query = scoring.statement(
            asked.own, "%({})s".format, "least", "greatest", "({} * 1e12)::bigint"
        )
        given = {**scoring.given(asked.own, asked.now), "limit": FIRST}
        return Answer([id for (id,) in self.db.execute(query, given)])

    def _run(self, program: str, *arguments: str) -> None:
        # A server won't run as root.
        runuser = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*runuser, str(self.programs / program), "-D", str(self.folder / "data")]
        subprocess.run(
            [*command, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=self.folder
        )


def _vector(words: list[str]) -> str:
    """A tsvector's text; the place of a word is where it stands among them."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(str(place))
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
