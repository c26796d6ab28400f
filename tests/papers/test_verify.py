"""Whoever holds a paper can see whether its figures are current, were changed, or never were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import Deal, DealStatus
from market.fairs.models import Fair
from market.fairs.services import enrol_from_publications
from market.papers.models import Document
from market.papers.services import new_code
from market.papers.verification import Verdict, check
from market.tallies.services import recount
from tests.fairs.factories import count_deal, publish
from tests.html import squeezed

Ask = Callable[..., Document]
Make = Callable[..., Account]


@pytest.fixture
def english(client: Any) -> Any:
    client.set_cookie("language", "en")
    return client


@pytest.mark.postgresql
def test_figures_are_current_until_something_is_counted(
    ask: Ask, fair: Fair, make_account: Make
) -> None:
    document = ask()
    assert check(document.code).verdict is Verdict.CURRENT
    seller, buyer = make_account(region="430726"), make_account(region="430102")
    count_deal(fair, seller, buyer, 500_00)
    with transaction():
        recount(fair.id)
    found = check(document.code)
    assert found.verdict is Verdict.CHANGED
    changes = {(m.code, m.figure): (m.now or 0) - (m.then or 0) for m in found.changed}
    assert changes["430000", "amount_fen"] == changes["430726", "amount_fen"] == 500_00
    assert changes["430726", "deals"] == 1


@pytest.mark.postgresql
def test_a_deal_taken_back_and_a_new_listing_change_figures_too(
    ask: Ask, fair: Fair, make_account: Make
) -> None:
    document = ask()
    publish(make_account(region="430726"))
    with transaction():
        enrol_from_publications(fair)
        recount(fair.id)
    assert check(document.code).verdict is Verdict.CHANGED
    newer = ask()
    deal = db.session.scalars(select(Deal).limit(1)).one()
    with transaction():
        ledger.append_entry(deal, make_account())
        deal.status = DealStatus.RETURNED
        recount(fair.id)
    assert check(newer.code).verdict is Verdict.CHANGED


def test_what_happens_elsewhere_leaves_a_countys_figures_current(
    ask: Ask, fair: Fair, make_account: Make
) -> None:
    document = ask("statement", "430225")
    count_deal(fair, make_account(region="430725"), make_account(region="430102"))
    with transaction():
        recount(fair.id)
    assert check(document.code).verdict is Verdict.CURRENT


def test_an_altered_code_or_hash_never_was(ask: Ask) -> None:
    document = ask()
    assert check(new_code()).verdict is Verdict.NEVER
    last = "3" if document.code[-1] == "2" else "2"
    assert check(document.code[:-1] + last).verdict is Verdict.NEVER
    for right in (document.ledger_hash, document.figures_sha256[:8], document.figures_sha256):
        assert check(document.code, right).verdict is Verdict.CURRENT
    assert check(document.code, "0123456789").verdict is Verdict.NEVER


def test_figures_altered_behind_the_programs_back_never_were(ask: Ask) -> None:
    document = ask()
    figures = document.figures["figures"]
    figures = {**figures, "totals": {**figures["totals"], "deals": 10**6}}
    altered = {**document.figures, "figures": figures}
    db.session.execute(update(Document).values(figures=altered))
    db.session.commit()
    assert check(document.code).verdict is Verdict.NEVER


def test_the_page_shows_what_was_printed_beside_what_is(
    ask: Ask, fair: Fair, english: Any, make_account: Make
) -> None:
    document = ask()
    page = english.get(f"/verify/{document.code}")
    assert (page.status_code, "still current" in page.text) == (200, True)
    before = document.printed.figures.totals.deals
    count_deal(fair, make_account(region="430726"), make_account(region="430102"), 500_00)
    with transaction():
        recount(fair.id)
    page = squeezed(english.get(f"/verify/{document.code}").text)
    assert "changed since" in page
    cells = "".join(f'<td class="num">{c}</td>' for c in (before, before + 1, "changed"))
    assert f'<th scope="row">Deals</th>{cells}' in page
    assert "Shimen County" in page


@pytest.mark.parametrize("code", ["AAAAAAAAAA", "<script>", "' OR 1=1 --", "%00", "编号"])
def test_an_unknown_code_is_told_so(ask: Ask, english: Any, code: str) -> None:
    ask()
    answer = english.get(f"/verify/{code}")
    assert (answer.status_code, "never were" in answer.text) == (404, True)
    assert "<script>" not in answer.text.replace('<script type="module"', "")


def test_a_code_is_read_as_people_type_it(ask: Ask, english: Any) -> None:
    document = ask()
    code = document.code
    typed = f" {code[:5].lower()}-{code[5:]} "
    given = {"code": typed, "hash": document.ledger_hash[:10].upper()}
    answer = english.get("/verify", query_string=given, follow_redirects=True)
    assert "still current" in answer.text
    answer = english.get("/verify", query_string={**given, "hash": "short"})
    assert "field-error" in answer.text


def test_a_code_is_taken_from_a_chinese_keyboard_and_out_of_an_address(
    ask: Ask, english: Any
) -> None:
    code = ask().code
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    address = f"http://localhost/verify/{code}?hash="
    by_form = f"https://market.example/verify?code={code.lower()}"
    for typed in (wide, f"{wide[:5]}　{wide[5:]}", f" {address} ", by_form, f"\u200b{code}"):
        answer = english.get("/verify", query_string={"code": typed}, follow_redirects=True)
        assert "still current" in answer.text, typed


def test_codes_are_not_tried_by_the_thousand(ask: Ask, english: Any) -> None:
    answers = {english.get(f"/verify/{new_code()}").status_code for _ in range(121)}
    assert answers == {404, 429}
