"""The evidence rate is one figure: of the ledger, at the desk, in files and as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals import ledger
from market.deals.models import Deal, DealProof, DealStatus, LedgerEntry
from market.fairs.models import Fair
from market.tables.fair_tables import TABLES, TableSource
from market.tallies.evidence import EvidenceCounts, county_evidence
from market.tallies.services import recount
from tests.sql import statements
from tests.tables.test_tables import in_csv, in_excel

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
ALL = 2**31 - 1
CODES = ("430726", "430725", "430671", "430102", "431103")


@pytest.fixture
def looked_at(fair: Fair, county: Account) -> Fair:
    """Every second deal has two proofs, every third was called back, one was taken back."""
    deals = db.session.scalars(select(Deal).order_by(Deal.id)).all()
    with transaction():
        for deal in deals[::2]:
            for n in (1, 2):
                proof = DealProof(sha256=f"{deal.id:060x}{n:04x}", width=1, height=1)
                proof.uploaded_by_id = county.id
                deal.proofs.append(proof)
        for deal in deals[::3]:
            deal.called_back_by_id, deal.called_back_at = county.id, utcnow()
        ledger.append_entry(deals[0], county)
        deals[0].status = DealStatus.RETURNED
    with transaction():
        recount(fair.id)
    return fair


def whole(found: dict[str, EvidenceCounts]) -> EvidenceCounts:
    return EvidenceCounts.of(found.values())


@pytest.mark.postgresql
def test_a_deal_counts_once_however_many_proofs_it_has_and_not_once_taken_back(
    looked_at: Fair,
) -> None:
    found = whole(county_evidence(looked_at, CODES, ALL))
    numbers = range(1, 12)  # the first of twelve was taken back
    assert found.deals == len(numbers)
    assert found.with_proof == sum(n % 2 == 0 for n in numbers)
    assert found.called_back == sum(n % 3 == 0 for n in numbers)
    assert found.neither == sum(n % 2 != 0 and n % 3 != 0 for n in numbers)
    before = db.session.scalar(select(func.max(LedgerEntry.id)))
    assert before is not None
    assert whole(county_evidence(looked_at, CODES, before - 1)).deals == 12


def test_the_table_the_page_the_files_and_the_json_say_the_same(
    app: Any, looked_at: Fair, log_in: LogIn, province: Account
) -> None:
    client = log_in(province)
    client.set_cookie("language", "en")
    found = county_evidence(looked_at, CODES, ALL)
    of = TableSource.now(looked_at, "430000")
    in_json = client.get("/fairs/2026-autumn/figures.json").json
    counties = [c for p in in_json["prefectures"] for c in p["counties"]]
    assert {c["code"]: c["evidence"]["with_proof"] for c in counties if c["deals"]} == {
        code: counts.with_proof for code, counts in found.items()
    }
    with app.test_request_context(headers={"Cookie": "language=en"}):
        table = TABLES["evidence"](of)
        total = table.total
        assert total is not None
        by_code = {row[1].code: row for block in table.blocks for row in block.rows}
        for code, counts in found.items():
            assert (by_code[code][2], by_code[code][3]) == (counts.deals, counts.with_proof)
            assert by_code[code][5] == counts.called_back
        rows = in_csv("evidence", of)
        assert sum(int(row[3]) for row in rows) == whole(found).with_proof == total[3]
        assert in_excel("evidence", of)[-1][3] == total[3]
        assert in_excel("evidence", of)[-1][4] == pytest.approx(float(total[4]))
    page = client.get("/desk/evidence", follow_redirects=True).text
    assert f"{total[4] * 100:.1f}%" in page
    assert f"{total[3]} of {total[2]} deals" in page
    assert "a picture of the contract" in page


def test_an_official_sees_the_counties_of_their_own_regions(
    looked_at: Fair, log_in: LogIn, county: Account, make_account: Make
) -> None:
    page = log_in(county).get("/desk/evidence/2026-autumn").text
    assert re.findall(r'class="stack-title">\s*(\S+?)<', page) == ["石门县"]
    prefecture = make_account("常德市", role="prefecture_official", scope="430700")
    page = log_in(prefecture).get("/desk/evidence/2026-autumn").text
    assert {"石门县", "桃源县"} <= set(re.findall(r'class="stack-title">\s*(\S+?)<', page))
    assert "芙蓉区" not in page


def test_without_a_running_fair_the_page_says_so(log_in: LogIn, county: Account) -> None:
    page = log_in(county).get("/desk/evidence")
    assert page.status_code == 200
    assert "佐证" in page.text


def test_the_whole_provinces_evidence_takes_a_fixed_number_of_statements(
    looked_at: Fair, log_in: LogIn, province: Account
) -> None:
    client = log_in(province)
    client.get("/desk/evidence/2026-autumn")
    with statements() as found:
        client.get("/desk/evidence/2026-autumn")
    assert len(found) <= 14
