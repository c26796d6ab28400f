"""The pages of deals, as each kind of person meets them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import event, func, select

from market.accounts.models import Account, PhoneReveal
from market.database import db, transaction
from market.deals.models import Deal, DealProof, DealStatus
from market.deals.verification import return_deal
from market.offers import decoding
from market.offers.models import OfferPhoto
from market.web.home_time import home_today
from tests.deals.factories import Trade, agree, make_trade, propose, verify
from tests.offers.factories import make_offer
from tests.sql import statements

Maker = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def picture(colour: str = "red") -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "PNG")
    file.seek(0)
    return file, "slip.png"


def form(trade: Trade, **values: Any) -> dict[str, Any]:
    said = {"quantity": "100", "unit": "jin", "unit_price": "2.35", "price_unit": "jin"}
    said |= {"own_offer": "0"}
    return {**said, "party": trade.buyer.id, "key": "a" * 32, **values}


def form_page(trade: Trade) -> str:
    return f"/offers/{trade.offer.id}/propose"


@pytest.mark.postgresql
def test_a_deal_goes_from_proposal_to_the_ledger_on_its_pages(trade: Trade, log_in: LogIn) -> None:
    sent = log_in(trade.buyer).send(form_page(trade), form(trade))
    assert sent.status_code == 303
    url = sent.location
    seller = log_in(trade.seller)
    assert "235.00" in seller.get("/deals").text
    assert seller.send(f"{url}/agree", page=url).status_code == 303
    official = log_in(trade.official)
    assert official.send(f"{url}/verify", page=url).status_code == 303
    assert db.session.scalars(select(Deal.status)).one() is DealStatus.VERIFIED
    assert 'class="badge badge-good">' in seller.get(url).text


def test_a_proposal_sent_twice_leads_to_the_same_deal(trade: Trade, log_in: LogIn) -> None:
    buyer = log_in(trade.buyer)
    first, second = (buyer.send(form_page(trade), form(trade)) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": "2000.5"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-5"}, "quantity"),
        ({"quantity": "很多"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"unit": "box"}, "unit"),
        ({"unit_price": "0"}, "unit_price"),
        ({"unit_price": "1e9"}, "unit_price"),
        ({"amount": "100"}, "amount_reason"),
        ({"amount": "0"}, "amount"),
    ],
)
def test_a_refused_proposal_says_so_at_its_field_and_keeps_what_was_typed(
    trade: Trade, log_in: LogIn, values: dict[str, str], field: str
) -> None:
    answer = log_in(trade.buyer).send(form_page(trade), form(trade, note="货到付款", **values))
    assert answer.status_code == 200
    assert f'id="{field}-error"' in answer.text
    assert "货到付款" in answer.text
    assert field == "unit" or all(typed in answer.text for typed in values.values())
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 0


def test_a_deal_with_oneself_is_refused_on_the_form(trade: Trade, log_in: LogIn) -> None:
    answer = log_in(trade.seller).send(form_page(trade), form(trade, party=trade.seller.id))
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text


def test_proposing_for_somebody_else_is_no_choice(trade: Trade, log_in: LogIn) -> None:
    answer = log_in(trade.official).send(form_page(trade), form(trade))
    assert answer.status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 0


def test_coming_from_a_match_chooses_my_own_offer(trade: Trade, log_in: LogIn) -> None:
    wanted = make_offer(trade.buyer, side="buy", region="430111")
    page = log_in(trade.buyer).get(f"{form_page(trade)}?my_offer={wanted.id}").text
    assert f'<option selected value="{wanted.id}">' in page


def test_a_picture_that_is_none_is_refused_and_nothing_is_stored(
    trade: Trade, log_in: LogIn
) -> None:
    broken = (io.BytesIO(b"<script>alert(1)</script>"), "slip.png")
    answer = log_in(trade.buyer).send(form_page(trade), form(trade, proof=broken))
    assert 'id="proof-error"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 0


def test_a_proof_stays_with_a_refused_proposal_and_goes_with_the_next(
    trade: Trade, log_in: LogIn, app: Flask
) -> None:
    browser = log_in(trade.buyer)
    page = browser.send(form_page(trade), form(trade, proof=picture(), quantity="")).text
    (sha,) = re.findall(r'name="proof" value="([0-9a-f]{64})"', page)
    assert not (Path(app.config["MEDIA"]) / "proofs").exists()
    with browser.get(f"/media/pending/{sha}-thumb.webp") as answer:
        assert answer.status_code == 200
    assert app.test_client().get(f"/media/pending/{sha}-thumb.webp").status_code == 404
    browser.send(form_page(trade), form(trade, proof=sha))
    (deal,) = db.session.scalars(select(Deal))
    assert [proof.sha256 for proof in deal.proofs] == [sha]
    with browser.get(f"/deals/{deal.id}/proofs/{sha}") as answer:
        assert answer.status_code == 200


def test_a_picture_is_decoded_before_the_database_is_locked(
    trade: Trade, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[str] = []
    decoded: list[list[str]] = []

    def decode(content: bytes) -> Any:
        decoded.append(list(began))
        return decoding.decode(content)

    @event.listens_for(db.engine, "before_cursor_execute")
    def hear(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("BEGIN IMMEDIATE", "UPDATE", "INSERT")):
            began.append(statement)

    monkeypatch.setattr("market.offers.photos.decode", decode)
    browser, deal = log_in(trade.buyer), agree(trade)
    url = f"/deals/{deal.id}"
    browser.get(url)  # its notices are marked as read once
    began.clear()
    browser.send(f"{url}/proof", {"proof": picture()}, page=url)
    assert decoded == [[]]
    assert began
    began.clear()
    browser.send(form_page(trade), form(trade, proof=picture()))
    assert decoded == [[], []]
    event.remove(db.engine, "before_cursor_execute", hear)


def test_proof_is_kept_once_and_seen_only_by_those_concerned(
    trade: Trade, log_in: LogIn, make_account: Maker
) -> None:
    deal = agree(trade)
    url = f"/deals/{deal.id}"
    for _ in range(2):
        answer = log_in(trade.seller).send(f"{url}/proof", {"proof": picture()}, page=url)
        assert answer.status_code == 303
    sha256 = db.session.scalars(select(DealProof.sha256)).one()
    province = make_account("湖南", role="province_official", scope="430000")
    neighbour = make_account("桃源", role="county_official", region="430725")
    for account, status in (
        (trade.seller, 200),
        (trade.buyer, 200),
        (trade.official, 200),
        (province, 200),
        (neighbour, 403),
        (make_account("路人"), 403),
    ):
        with log_in(account).get(f"{url}/proofs/{sha256}") as answer:
            assert answer.status_code == status
    assert log_in(trade.buyer).get(f"{url}/proofs/{'0' * 64}").status_code == 404
    other = agree(trade)
    assert log_in(trade.buyer).get(f"/deals/{other.id}/proofs/{sha256}").status_code == 404


def test_a_step_refused_by_a_rule_says_why_on_the_deals_page(trade: Trade, log_in: LogIn) -> None:
    deal = propose(trade)
    url = f"/deals/{deal.id}"
    buyer = log_in(trade.buyer)
    buyer.set_cookie("language", "en")
    assert buyer.send(f"{url}/agree", page=url).status_code == 303
    assert "The other side answers a proposal" in buyer.get(url).text
    assert db.session.get_one(Deal, deal.id).status is DealStatus.PROPOSED


def test_both_sides_of_a_proposal_ring_one_another_on_asking_and_it_is_recorded(
    trade: Trade, log_in: LogIn
) -> None:
    url = f"/deals/{propose(trade).id}"
    assert "/phone" not in log_in(trade.official).get(url).text
    for viewer, other in ((trade.seller, trade.buyer), (trade.buyer, trade.seller)):
        client = log_in(viewer)
        assert other.phone not in client.get(url).text
        assert client.send(f"{url}/phone", page=url).location.endswith("#phones")
        assert f"tel:{other.phone}" in client.get(url).text
    seen = db.session.execute(select(PhoneReveal.viewer_id, PhoneReveal.account_id)).all()
    both = {(trade.seller.id, trade.buyer.id), (trade.buyer.id, trade.seller.id)}
    assert (len(seen), set(map(tuple, seen))) == (2, both)


def test_who_looks_at_proposers_numbers_keeps_to_the_quota(
    app: Flask, trade: Trade, log_in: LogIn
) -> None:
    app.config["QUOTAS"] = {**app.config["QUOTAS"], "reveals": (0, 0)}
    url = f"/deals/{propose(trade).id}"
    assert log_in(trade.seller).send(f"{url}/phone", page=url).status_code == 429
    assert trade.buyer.phone not in log_in(trade.seller).get(url).text


def test_a_declined_proposal_shows_no_number(trade: Trade, log_in: LogIn) -> None:
    url = f"/deals/{propose(trade).id}"
    seller = log_in(trade.seller)
    seller.send(f"{url}/decline", {"reason": "不卖了"}, url)
    seller.send(f"{url}/phone", page=url)
    assert db.session.scalar(select(func.count()).select_from(PhoneReveal)) == 0


PARTY_STEPS = ("agree", "decline", "cancel", "dispute", "settle", "mend", "proof", "phone")


def test_every_role_meets_the_right_door(trade: Trade, log_in: LogIn, make_account: Maker) -> None:
    deal_id = verify(trade).id
    station = make_account("信息站", role="assistant")
    people = {
        "seller": trade.seller,
        "buyer": trade.buyer,
        "county": trade.official,
        "neighbour": make_account("桃源", role="county_official", region="430725"),
        "prefecture": make_account("常德", role="prefecture_official", scope="430700"),
        "province": make_account("湖南", role="province_official", scope="430000"),
        "administrator": make_account("管理", role="administrator", scope="430000"),
        "station": station,
        "stranger": make_account("路人"),
    }
    readers = {"seller", "buyer", "county", "prefecture", "province"}
    for name, account in people.items():
        client = log_in(account)
        allowed = client.get(f"/deals/{deal_id}").status_code == 200
        assert allowed is (name in readers), name
        for step in (*PARTY_STEPS, "verify", "return"):
            answer = client.send(f"/deals/{deal_id}/{step}", page="/deals").status_code
            mine = name == "county" if step in ("verify", "return") else name in ("seller", "buyer")
            assert answer == (303 if mine else 403), (name, step)


def test_a_visitor_is_sent_to_log_in(client: Any, trade: Trade) -> None:
    deal = propose(trade)
    for url in ("/deals", f"/deals/{deal.id}", form_page(trade)):
        answer = client.get(url)
        assert (answer.status_code, "/login" in answer.location) == (303, True)


def test_an_assistant_acts_for_the_farmer_they_represent(
    trade: Trade, log_in: LogIn, make_account: Maker
) -> None:
    deal_id = propose(trade).id
    station = make_account("信息站", role="assistant")
    with transaction():
        trade.seller.password_hash = None
        trade.seller.represented_by_id = station.id
    client = log_in(station)
    assert f"/deals/{deal_id}" in client.get("/deals").text
    client.send(f"/deals/{deal_id}/agree", page=f"/deals/{deal_id}")
    assert db.session.scalars(select(Deal.agreed_by_id)).one() == station.id


def test_an_offer_that_is_no_longer_public_shows_no_form_to_others(
    trade: Trade, log_in: LogIn
) -> None:
    draft = make_offer(trade.seller, draft=True)
    assert log_in(trade.buyer).get(f"/offers/{draft.id}/propose").status_code == 403


def test_a_nonsense_address_is_a_404_or_the_first_page(trade: Trade, log_in: LogIn) -> None:
    client = log_in(trade.buyer)
    assert client.get("/deals/999999").status_code == 404
    assert client.get("/deals?tab=nonsense&page=-3").status_code == 200


def test_the_list_shows_the_photo_of_the_offer_or_the_drawing_of_its_product(
    trade: Trade, log_in: LogIn
) -> None:
    propose(trade)
    client = log_in(trade.seller)
    assert 'class="drawing"' in client.get("/deals?tab=all").get_data(as_text=True)
    photo = OfferPhoto(offer_id=trade.offer.id, position=0, sha256="a" * 64, width=9, height=9)
    with transaction():
        db.session.add(photo)
    page = client.get("/deals?tab=all").get_data(as_text=True)
    assert f"/media/{'a' * 64}-thumb.webp" in page
    assert 'class="drawing"' not in page


def test_the_list_takes_as_many_queries_for_many_deals_as_for_one(
    trade: Trade, log_in: LogIn
) -> None:
    propose(trade)
    client = log_in(trade.seller)
    counts = []
    for _ in range(2):
        db.session.rollback()
        db.session.expunge_all()
        with statements() as sent:
            assert client.get("/deals?tab=all").status_code == 200
        counts.append(len(sent))
        for _ in range(5):
            trade.buyer, trade.offer = db.session.merge(trade.buyer), db.session.merge(trade.offer)
            propose(trade)
    assert counts[0] == counts[1] <= 5


def test_returning_from_a_page_seen_before_takes_no_verification_back(
    trade: Trade, log_in: LogIn
) -> None:
    deal = verify(trade)
    url, official = f"/deals/{deal.id}", log_in(trade.official)
    official.send(f"{url}/return", {"reason": "缺磅单", "seen": "agreed"}, page=url)
    db.session.rollback()
    assert db.session.get_one(Deal, deal.id).status is DealStatus.VERIFIED
    official.send(f"{url}/return", {"reason": "缺磅单", "seen": "verified"}, page=url)
    db.session.rollback()
    assert db.session.get_one(Deal, deal.id).status is DealStatus.RETURNED


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "fen"),
    [("0.005", "2", "", 1), ("1", "2", "0.01", 1), ("2000", "2", "3,900,000", 390_000_000)],
)
def test_a_fen_and_a_thousand_times_the_price_can_be_proposed_with_a_reason(
    trade: Trade, log_in: LogIn, quantity: str, price: str, amount: str, fen: int
) -> None:
    why = "整批带冷库和三辆冷藏车一起转让"
    said = form(trade, quantity=quantity, unit_price=price, amount=amount, amount_reason=why)
    answer = log_in(trade.buyer).send(form_page(trade), said)
    assert answer.status_code == 303
    assert db.session.scalars(select(Deal.amount_fen)).one() == fen
    assert log_in(trade.seller).get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "9900000000", "amount_reason": "整批带冷库和三辆冷藏车一起转让"}, "amount"),
        ({"amount": "400", "amount_reason": "test"}, "amount_reason"),
        ({"amount": "100", "amount_reason": "同意"}, "amount_reason"),
        ({"quantity": "1", "unit": "ton", "price_unit": "ton"}, "unit_price"),
        ({"unit_price": "0.5"}, "amount_reason"),
        ({"price_unit": ""}, "price_unit"),
        ({"price_unit": "box"}, "price_unit"),
        ({"agreed_on": "2020-01-01", "day_reason": "补录"}, "agreed_on"),
        ({"agreed_on": "2999-01-01", "day_reason": "补录"}, "agreed_on"),
    ],
)
def test_figures_that_do_not_belong_together_are_asked_about_at_their_field(
    trade: Trade, log_in: LogIn, values: dict[str, str], field: str
) -> None:
    answer = log_in(trade.buyer).send(form_page(trade), form(trade, note="货到付款", **values))
    assert answer.status_code == 200
    assert f'id="{field}-error"' in answer.text
    assert "货到付款" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 0


def test_a_typed_unit_of_the_quantity_takes_that_of_a_new_price_along(
    trade: Trade, log_in: LogIn
) -> None:
    buyer = log_in(trade.buyer)
    for price, per in (("9000", "ton"), ("2.35", "jin")):
        values = form(trade, quantity="1吨", unit_price=price)
        page = buyer.send(form_page(trade), values).text
        assert '<option selected value="ton">' in page.split('name="unit"')[1].split("</select>")[0]
        prices = page.split('name="price_unit"')[1].split("</select>")[0]
        assert f'<option selected value="{per}">' in prices


def test_fifty_tonnes_at_a_price_per_jin_come_to_two_hundred_and_twenty_thousand(
    make_account: Maker, log_in: LogIn
) -> None:
    price = {"price_low": Decimal("2.2"), "price_high": Decimal("2.2"), "price_unit": "jin"}
    trade = make_trade(make_account, quantity=Decimal(50), unit="ton", **price)
    page = log_in(trade.buyer).get(form_page(trade)).text
    assert '<option selected value="jin">' in page.split('name="price_unit"')[1]
    said = form(trade, quantity="50", unit="ton", unit_price="2.2", price_unit="jin")
    log_in(trade.buyer).send(form_page(trade), said)
    deal = db.session.scalars(select(Deal)).one()
    assert (deal.amount_fen, deal.unit_price) == (22_000_000, Decimal(4400))


def test_a_price_that_nobody_has_named_gets_no_unit_by_itself(
    make_account: Maker, log_in: LogIn
) -> None:
    trade = make_trade(make_account, price_low=None, price_high=None)
    page = log_in(trade.buyer).get(form_page(trade)).text
    assert '<option selected value="">' in page.split('name="price_unit"')[1]


def test_a_proposal_that_waits_is_shown_on_every_page_of_who_is_asked(
    trade: Trade, log_in: LogIn, client: Any
) -> None:
    propose(trade)
    for account, waits in ((trade.seller, True), (trade.buyer, False)):
        person = log_in(account)
        person.set_cookie("language", "en")
        assert ("1 deal waits for your answer" in person.get("/").text) is waits
        assert ("1 deal waits for your answer" in person.get("/me").text) is waits
        assert ("waiting for you" in person.get("/fairs").text) is waits
    assert "waiting for you" not in client.get("/").text


def test_a_page_that_shows_a_number_is_kept_by_no_browser(trade: Trade, log_in: LogIn) -> None:
    buyer, url = log_in(trade.buyer), f"/deals/{agree(trade).id}"
    answer = buyer.send(f"{url}/phone", page=url)
    assert answer.location.endswith("#phones")
    shown = buyer.get(url)
    assert f"tel:{trade.seller.phone}" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    buyer.send(f"{url}/phone", page=url)
    assert db.session.scalar(select(func.count()).select_from(PhoneReveal)) == 1


def mended(**values: Any) -> dict[str, Any]:
    said = {"quantity": "100", "unit": "jin", "unit_price": "2.35", "price_unit": "jin"}
    return {**said, "agreed_on": home_today().isoformat(), **values}


def test_a_returned_deal_is_mended_on_its_page_and_the_other_side_is_asked(
    trade: Trade, log_in: LogIn
) -> None:
    deal = agree(trade)
    with transaction():
        return_deal(trade.official, deal, "数量与磅单不符")
    url = f"/deals/{deal.id}"
    seller, buyer = log_in(trade.seller), log_in(trade.buyer)
    wrong = seller.send(f"{url}/mend", mended(quantity="3000", note="磅单见图"))
    assert 'id="quantity-error"' in wrong.text
    assert "磅单见图" in wrong.text
    assert seller.send(f"{url}/mend", mended(quantity="120")).status_code == 303
    assert "282.00" in buyer.get(url).text
    assert seller.send(f"{url}/revision/agree", page=url).status_code == 303
    assert db.session.get_one(Deal, deal.id).amount_fen == 23_500, "nobody agrees with themselves"
    buyer.send(f"{url}/revision/agree", page=url)
    db.session.rollback()
    again = db.session.get_one(Deal, deal.id)
    assert (again.status, again.amount_fen) == (DealStatus.AGREED, 28_200)
    assert "235.00" in log_in(trade.official).get(f"/desk/deals/{deal.id}").text, "its history"
