"""The pages that propose a deal: units, other terms, once more, and with who has no account."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.deals import services
from market.deals.models import Deal, DealStatus
from market.deals.unregistered_models import Evidence
from market.outgoing.models import OutgoingMessage
from market.web.home_time import home_today
from tests.deals.factories import Trade, do, make_trade, propose
from tests.deals.test_unregistered import NAME, PHONE, SAID, confirmed, last_code, record

Maker = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def trade(app: Flask, make_account: Maker) -> Trade:
    return make_trade(make_account)


def picture() -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")
    file.seek(0)
    return file, "paper.png"


def fields(page: str) -> dict[str, str]:
    """What the form of the page would send as it stands."""
    form = page.partition('id="page-form"')[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "file" not in tag and ('type="radio"' not in tag or "checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"', options) or re.search(
            r'value="([^"]*)"', options
        )
        found[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = html.unescape(text).strip()
    return found


def errors(page: str) -> str:
    return " ".join(re.findall(r'class="field-error"[^>]*>(.*?)</p>', page, re.S))


def test_a_price_that_stands_there_is_converted_to_the_unit_chosen_without_a_script(
    trade: Trade, log_in: LogIn
) -> None:
    buyer, url = log_in(trade.buyer), f"/offers/{trade.offer.id}/propose"
    shown = fields(buyer.get(url).text)
    assert (shown["unit_price"], shown["price_unit"]) == ("2.35", "jin")
    chosen = shown | {"unit": "ton", "price_unit": "ton"}
    looked = buyer.post(url, data=chosen)
    assert looked.status_code == 200
    assert "2.35 元/斤就是 4,700 元/吨" in errors(looked.text)
    assert "2,000 斤就是 1 吨" in errors(looked.text)
    converted = fields(looked.text)
    assert (converted["unit_price"], converted["quantity"]) == ("4,700", "1")
    assert buyer.post(url, data=converted).status_code == 303
    deal = db.session.scalars(select(Deal)).one()
    assert (deal.unit, deal.unit_price, deal.amount_fen) == ("ton", 4700, 470_000)


def test_a_number_that_was_typed_is_left_as_it_is_and_an_absurd_one_refused(
    trade: Trade, log_in: LogIn
) -> None:
    buyer, url = log_in(trade.buyer), f"/offers/{trade.offer.id}/propose"
    shown = fields(buyer.get(url).text)
    typed = shown | {"quantity": "0.5", "unit": "ton", "unit_price": "4600", "price_unit": "ton"}
    assert buyer.post(url, data=typed).status_code == 303
    assert db.session.scalars(select(Deal.amount_fen)).one() == 230_000
    absurd = shown | {"quantity": "0.1", "unit": "ton", "unit_price": "2.3", "price_unit": "ton"}
    refused = buyer.post(url, data=absurd)
    assert refused.status_code == 200
    assert "2.3 元/吨" in errors(refused.text)


@pytest.mark.parametrize(
    ("amount", "reason", "passes"),
    [
        ("236", "", True),
        ("240", "", False),
        ("240", "含包装费", True),
        ("400", "包装费", False),
        ("400", "含冷库三个月的费用和送到长沙的运费", True),
        ("235001", "含冷库三个月的费用和送到长沙的运费", False),
    ],
)
def test_a_total_says_why_it_is_not_quantity_times_price(
    trade: Trade, log_in: LogIn, amount: str, reason: str, passes: bool
) -> None:
    buyer, url = log_in(trade.buyer), f"/offers/{trade.offer.id}/propose"
    shown = fields(buyer.get(url).text) | {"quantity": "100"}
    sent = buyer.post(url, data=shown | {"amount": amount, "amount_reason": reason})
    assert (sent.status_code == 303) is passes
    assert bool(errors(sent.text)) is not passes


def test_the_page_says_first_what_is_to_be_done_with_its_sum(trade: Trade, log_in: LogIn) -> None:
    deal = propose(trade, quantity=100)
    page = log_in(trade.seller).get(f"/deals/{deal.id}").text
    body = page.partition("<main")[2]
    assert "请您确认：100 斤 × 2.35 元/斤 = 235 元" in body
    steps = [body.index(f"/deals/{deal.id}/{step}") for step in ("agree", "phone", "change")]
    assert steps == sorted(steps)
    assert body.index("请您确认") < body.index("<dl")
    other = log_in(trade.buyer).get(f"/deals/{deal.id}").text.partition("<main")[2]
    assert f"等{trade.seller.name}确认：100 斤 × 2.35 元/斤 = 235 元" in other
    # What ends it stands below all else, and quietly.
    assert other.index(f"/deals/{deal.id}/cancel") > other.index(f"/deals/{deal.id}/proof")
    assert "button-danger" not in other


def test_a_total_of_its_own_is_said_beside_quantity_and_price(trade: Trade, log_in: LogIn) -> None:
    deal = propose(trade, quantity=100, amount_fen=24_000, amount_reason="含包装费")
    page = log_in(trade.seller).get(f"/deals/{deal.id}").text
    assert "100 斤 × 2.35 元/斤，议定总价 240 元" in page


def test_the_other_side_can_ring_before_it_decides(trade: Trade, log_in: LogIn) -> None:
    deal = propose(trade)
    seller, url = log_in(trade.seller), f"/deals/{deal.id}"
    assert str(trade.buyer.phone) not in seller.get(url).text
    shown = seller.send(f"{url}/phone", page=url)
    assert shown.location.endswith("#phones")
    assert f'href="tel:{trade.buyer.phone}"' in seller.get(url).text
    assert deal.status is DealStatus.PROPOSED


def test_other_terms_are_proposed_from_a_filled_form_and_answered_in_turn(
    trade: Trade, log_in: LogIn
) -> None:
    first = propose(trade, quantity=1000, note="自提")
    seller = log_in(trade.seller)
    page = seller.get(f"/deals/{first.id}/change").text
    shown = fields(page)
    assert (shown["quantity"], shown["unit_price"], shown["note"]) == ("1000", "2.35", "自提")
    assert "对方提的：1,000 斤 × 2.35 元/斤 = 2,350 元" in page
    sent = seller.post(f"/deals/{first.id}/change", data=shown | {"unit_price": "2.5"})
    second = db.session.scalars(select(Deal).where(Deal.follows_id == first.id)).one()
    assert sent.location == f"/deals/{second.id}"
    buyer = log_in(trade.buyer)
    old, new = (buyer.get(f"/deals/{deal.id}").text for deal in (first, second))
    assert f'href="/deals/{second.id}"' in old
    assert "请您确认：1,000 斤 × 2.5 元/斤 = 2,500 元" in new
    assert f'href="/deals/{first.id}"' in new
    assert seller.get(f"/deals/{first.id}/change").status_code == 303


def test_a_declined_deal_is_proposed_again_filled_in(trade: Trade, log_in: LogIn) -> None:
    first = propose(trade, quantity=1000)
    do(services.decline_deal, trade.seller, first, "价低了")
    buyer = log_in(trade.buyer)
    assert f"/deals/{first.id}/again" in buyer.get(f"/deals/{first.id}").text
    shown = fields(buyer.get(f"/deals/{first.id}/again").text)
    assert shown["quantity"] == "1000"
    sent = buyer.post(f"/deals/{first.id}/again", data=shown | {"unit_price": "2.6"})
    assert sent.status_code == 303
    twice = buyer.post(f"/deals/{first.id}/again", data=shown | {"unit_price": "2.7"})
    assert twice.status_code == 200
    assert db.session.scalars(select(Deal.status).order_by(Deal.id)).all() == [
        DealStatus.DECLINED,
        DealStatus.PROPOSED,
    ]
    assert f"/deals/{first.id}/again" not in buyer.get(f"/deals/{first.id}").text


def test_a_deal_is_dated_up_to_thirty_days_back_with_a_reason(trade: Trade, log_in: LogIn) -> None:
    buyer, url = log_in(trade.buyer), f"/offers/{trade.offer.id}/propose"
    shown = fields(buyer.get(url).text) | {"quantity": "100"}
    for back, reason, passes in ((31, "赶集回来才记", False), (30, "", False), (30, "赶集", True)):
        day = (home_today() - timedelta(days=back)).isoformat()
        sent = buyer.post(url, data=shown | {"agreed_on": day, "day_reason": reason})
        assert (sent.status_code == 303) is passes, (back, reason)


def record_fields(client: Any, url: str, **values: Any) -> dict[str, Any]:
    said = {"name": NAME, "phone": "139 0000 7766", "region": "长沙市芙蓉区", "quantity": "100"}
    return fields(client.get(url).text) | said | values


def test_a_deal_is_written_down_on_the_own_offer_and_agreed_with_a_code(
    trade: Trade, log_in: LogIn
) -> None:
    seller, url = log_in(trade.seller), f"/deals/new?offer={trade.offer.id}"
    sent = seller.post(url, data=record_fields(seller, url))
    assert sent.status_code == 303
    page = seller.get(sent.location).text
    assert f"请让{NAME}确认：100 斤 × 2.35 元/斤 = 235 元" in page
    code = last_code()
    assert code not in page
    step = f"{sent.location}/code"
    wrong = seller.send(step, {"code": "12"}, page=sent.location)
    assert "不是最近一条短信里的验证码" in errors(wrong.text)
    spaced = f"{code[:3]} {code[3:]}"
    assert seller.send(step, {"code": spaced}, page=sent.location).status_code == 303
    deal = db.session.scalars(select(Deal)).one()
    assert (deal.status, deal.evidence) == (DealStatus.AGREED, Evidence.CODE)
    assert "对方用验证码确认" in seller.get(sent.location).text
    assert "一方没有账号" in seller.get("/deals?tab=all").text


def test_a_deal_without_an_offer_is_written_down_with_its_paper(
    trade: Trade, log_in: LogIn
) -> None:
    buyer, url = log_in(trade.buyer), "/deals/new"
    said = {"side": "buy", "product": "蜜桃", "unit_price": "3", "region": "石门县"}
    page = buyer.post(url, data=record_fields(buyer, url, **said, proof=picture()))
    assert page.status_code == 303
    deal = db.session.scalars(select(Deal)).one()
    assert (deal.status, deal.evidence) == (DealStatus.AGREED, Evidence.PAPER)
    assert (deal.seller_id, deal.buyer_id) == (None, trade.buyer.id)
    assert deal.amount_fen == 30_000
    assert db.session.scalars(select(OutgoingMessage)).all() == []


def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_lost(
    trade: Trade, log_in: LogIn
) -> None:
    seller, url = log_in(trade.seller), f"/deals/new?offer={trade.offer.id}"
    for field, value in (
        ("name", ""),
        ("name", "周老板13900007766"),
        ("phone", ""),
        ("phone", "139OOOO1234"),
        ("phone", str(trade.seller.phone)),
        ("region", ""),
        ("region", "没有这个县"),
        ("quantity", "x"),
    ):
        page = seller.post(url, data=record_fields(seller, url, note="自提", **{field: value}))
        assert page.status_code == 200, field
        assert f'id="{field}-error"' in page.text, (field, value)
        kept = fields(page.text)
        assert kept["note"] == "自提"
        assert kept[field] == value
    assert db.session.scalars(select(Deal)).all() == []


def test_only_the_owner_writes_a_deal_down_on_an_offer(trade: Trade, log_in: LogIn) -> None:
    buyer = log_in(trade.buyer)
    assert buyer.get(f"/deals/new?offer={trade.offer.id}").status_code == 403
    assert buyer.get("/deals/new?offer=999999").status_code == 404
    assert buyer.get(f"/deals/new?offer={10**30}").status_code in (200, 404)


def test_the_county_rings_and_writes_down_what_was_said_before_it_verifies(
    trade: Trade, log_in: LogIn
) -> None:
    deal = confirmed(trade)
    desk, url = log_in(trade.official), f"/desk/deals/{deal.id}"
    page = desk.get(url).text
    assert "先回电" in page
    assert PHONE not in page
    refused = desk.send(f"{url}/verify", {"looked": "合同和过磅单都看过"}, page=url)
    assert "先给对方回电" in refused.text
    assert desk.send(f"{url}/number", page=url).status_code == 303
    assert f'href="tel:{PHONE}"' in desk.get(url).text
    empty = desk.send(
        f"{url}/call", {"side": "buy", "outcome": "confirmed", "answer": ""}, page=url
    )
    assert "还差一项：通话内容" in empty.text
    token = desk.send(
        f"{url}/call", {"side": "buy", "outcome": "confirmed", "answer": "属实"}, page=url
    )
    assert 'id="answer-error"' in token.text
    kept = desk.send(
        f"{url}/call", {"side": "buy", "outcome": "confirmed", "answer": SAID}, page=url
    )
    assert kept.status_code == 303
    assert SAID in desk.get(url).text
    assert desk.send(f"{url}/verify", {"looked": "合同和过磅单都看过"}, page=url).status_code == 303
    db.session.refresh(deal)
    assert deal.status is DealStatus.VERIFIED


def test_deals_with_one_account_are_marked_in_the_queue_and_not_verified_in_bulk_unrung(
    trade: Trade, log_in: LogIn
) -> None:
    deal = confirmed(trade)
    desk = log_in(trade.official)
    queue = desk.get("/desk/deals").text
    assert "一方没有账号" in queue
    bulk = desk.get(f"/desk/deals/confirm?act=verify&id={deal.id}")
    assert "先给对方回电" in bulk.text


def test_the_county_erases_them_when_they_ask(trade: Trade, log_in: LogIn) -> None:
    deal = record(trade)
    desk, url = log_in(trade.official), f"/desk/deals/{deal.id}"
    assert desk.send(f"{url}/erase-party", page=url).status_code == 303
    page = desk.get(url).text
    assert NAME not in page
    assert "已按要求删除" in page
    seller = log_in(trade.seller).get(f"/deals/{deal.id}").text
    assert NAME not in seller
    assert PHONE[3:] not in seller
