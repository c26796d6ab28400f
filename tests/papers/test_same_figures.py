"""Wherever a fair's figures are shown, they are the same, to the fen."""

from __future__ import annotations

import io
import random
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals.models import LedgerEntry
from market.fairs.models import FairListing
from market.fairs.services import enrol_from_publications
from market.offers.models import Verification
from market.papers.pdf import pdf_of
from market.statements import units
from market.statements.published_table import published_table
from market.tallies.services import recount
from market.web.filters import wan
from market.web.language import in_language
from tests.fairs.factories import publish
from tests.papers.test_official_figures import paper
from tests.papers.test_papers import has_row, words_of
from tests.statements.reporting_fair import CHANGDE, Season, make_season
from tests.tables.conftest import named_rows

Make = Callable[..., Account]
# A county's deals, fen and listings by its name.
Expected = dict[str, tuple[int, int, int]]


@pytest.fixture(params=[1, 2])
def season(request: pytest.FixtureRequest, make_account: Make) -> Season:
    """A fair of Changde with random deals, some taken back, and listings; published whole."""
    season, rng = make_season(make_account), random.Random(request.param)
    counties = [u.code for u in units.units(season.fair).values() if u.is_leaf]
    for _ in range(15):
        fen = rng.choice([1, 99, rng.randint(1, 10**8), 99 * 10**10])
        day = season.fair.starts_on + timedelta(days=rng.randint(0, 3))
        deal = season.deal(rng.choice(counties), fen, day)
        if rng.random() < 0.2:
            season.take_back(deal)
    at = datetime.combine(season.fair.starts_on + timedelta(days=1), time(2), UTC)
    for trader in season.traders.values():
        publish(trader, at, verification=Verification.VERIFIED)
    with transaction():
        enrol_from_publications(season.fair)
        recount(season.fair.id)
    season.bring_in(CHANGDE, counties)
    season.publish()
    return season


def expected(season: Season) -> Expected:
    """What the ledger and the listings themselves say, added up here."""
    deals: dict[str, int] = defaultdict(int)
    fen: dict[str, int] = defaultdict(int)
    listed: dict[str, int] = defaultdict(int)
    for entry in db.session.scalars(select(LedgerEntry).filter_by(fair_id=season.fair.id)):
        deals[entry.region_code] += entry.deals
        fen[entry.region_code] += entry.amount_fen
    for code in db.session.scalars(select(FairListing.region_code).where(FairListing.counts)):
        listed[code] += 1
    return {
        u.name: (deals[u.code], fen[u.code], listed[u.code])
        for u in units.units(season.fair).values()
        if u.is_leaf
    }


def rows_of(page: str) -> dict[str, list[str]]:
    """The cells of each row of a page's tables by its head; the last of that name."""
    found = {}
    for row in re.split(r"<tr\b[^>]*>", page)[1:]:
        row = re.split(r"</(?:tr|table|tbody|tfoot)>|<t(?:body|foot)", row)[0]
        cells = [
            unescape(re.sub(r"<[^>]*>", "", cell)).strip()
            for cell in re.split(r"<t[hd]\b[^>]*>", row)[1:]
        ]
        if cells:
            found[cells[0]] = cells[1:]
    return found


def test_every_place_that_tells_the_figures_tells_the_same(
    season: Season, client: Any, font: None
) -> None:
    every = expected(season)
    whole = tuple(sum(column) for column in zip(*every.values(), strict=True))
    base = f"/fairs/{season.fair.slug}"
    tables = f"{base}/regions/{CHANGDE}/tables/counties"
    exact = {
        "JSON": _json(client.get(f"{base}/figures.json").get_json()),
        "CSV": _csv(client.get(f"{tables}.csv").data),
        "xlsx": _xlsx(client.get(f"{tables}.xlsx").data),
        "published": _published(season),
    }
    for name, found in exact.items():
        # CSV has no sums: machines add up themselves.
        assert found == (every if name == "CSV" else {**every, "": whole}), name
    board, counties, published = (
        rows_of(client.get(base + page).text) for page in ("", "/counties", "/published")
    )
    assert _starts(board["合计"][1:], whole)
    for name, figures in {**every, "合计": whole}.items():
        assert _starts(counties[name][2:], figures), name
        assert _starts(published[name], figures), name
    words = _pdf(season)
    for name, (deals, fen, _listed) in every.items():
        rank = 1 + sum(other[1] > fen for other in every.values()) if fen else "–"
        assert has_row(words, [name, str(rank), wan(fen), f"{deals:,}"]), name
    assert has_row(words, ["合计", wan(whole[1]), f"{whole[0]:,}"])


def _pdf(season: Season) -> list[str]:
    document = paper(season, CHANGDE, "bulletin")
    assert document.printed.provenance.kind == "published"
    with in_language("zh_CN"):
        return words_of(pdf_of(document))


def _json(data: Any) -> Expected:
    rows = {c["name"]: c for p in data["prefectures"] for c in p["counties"]}
    rows[""] = data["total"]
    return {name: (r["deals"], r["amount_fen"], r["listings"]) for name, r in rows.items()}


def _csv(content: bytes) -> Expected:
    rows = named_rows(content.decode("utf-8-sig"))
    return {row[1]: (int(row[4]), int(Decimal(row[3]) * 1_000_000), int(row[6])) for row in rows}


def _xlsx(content: bytes) -> Expected:
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    rows = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[3] is not None]
    found = {}
    for row in rows:  # the last is the total, after the prefecture's subtotal
        found[row[1] or ""] = (row[4], round(Decimal(str(row[3])) * 1_000_000), row[6])
    return found


def _published(season: Season) -> Expected:
    table = published_table(season.fair)
    assert table
    rows = {row.name: row.totals for group in table.groups for row in group.rows}
    rows[""] = table.totals
    return {n: (t.deals, t.amount_fen, t.listings) for n, t in rows.items() if t}


def _starts(cells: list[str], figures: tuple[int, ...]) -> bool:
    """Whether a row of a page begins with value, deals, mass, listings as they are shown."""
    deals, fen, listed = figures
    return [cells[0], cells[1], cells[3]] == [wan(fen), f"{deals:,}", f"{listed:,}"]
