"""The match desk: which pairs are worth a call, what came of the calls, and who may see it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from market.accounts.blocks import block
from market.accounts.models import Account, PhoneReveal
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.calls import services
from market.calls.models import CallDeal, MatchCall, MatchCallOutcome, RefusalReason
from market.calls.pair_list import Whose, find_pairs
from market.calls.services import CallResult
from market.calls.station_work import pairs_to_ring_again
from market.database import db, transaction
from market.deals.models import Deal, DealStatus
from market.offers.services import close_offer
from market.web.errors import InvalidTransition, Refused
from market.web.home_time import home_today
from tests.calls.factories import (
    CHANGSHA,
    CUIGUAN,
    SHIMEN,
    TAOYUAN,
    Station,
    find_matches,
    make_farmer,
    make_station,
)
from tests.offers.factories import make_offer
from tests.sql import statements

Make = Callable[..., Account]


@pytest.fixture
def station(make_account: Make) -> Station:
    return make_station(make_account)


def ring(
    station: Station, outcome: MatchCallOutcome, by: Account | None = None, **more: Any
) -> int:
    with transaction():
        caller = by or station.assistant
        result = CallResult(outcome, **more)
        return services.record_call(caller, station.pair, result, uuid.uuid4().hex).id


def listed(caller: Account, whose: Whose = Whose.FARMERS, quiet: int = 0) -> list[tuple[int, int]]:
    with current_app.test_request_context():
        rows, _pagination = find_pairs(caller, whose, quiet, 1, 50)
    return [(row.sale.id, row.purchase.id) for row in rows]


def ids(station: Station) -> tuple[int, int]:
    return station.pair.sale.id, station.pair.purchase.id


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """It is some days later, for the desk alone."""
    day = home_today() + timedelta(days=days)
    for module in ("pair_list", "services"):
        monkeypatch.setattr(f"market.calls.{module}.home_today", lambda: day)


@pytest.mark.postgresql
def test_a_match_of_a_farmer_stands_in_the_list_of_their_assistant_with_its_reasons(
    station: Station,
) -> None:
    with current_app.test_request_context():
        rows, pagination = find_pairs(station.assistant, Whose.FARMERS, 1, 1, 20)
    assert pagination.total == 1
    assert [(row.seller, row.buyer) for row in rows] == [("田大伯", "王老板")]
    assert rows[0].match.total > 0.77
    assert {"product", "region", "price", "quantity"} <= rows[0].match.parts.keys()


def test_the_county_of_either_side_sees_the_pair_and_a_third_does_not(
    station: Station, make_account: Make
) -> None:
    for place in (SHIMEN, CHANGSHA):
        official = make_account(role="county_official", scope=place)
        assert listed(official, Whose.REGION) == [ids(station)]
    for role in ("assistant", "county_official"):
        stranger = make_account(role=role, scope=TAOYUAN)
        assert listed(stranger, Whose.REGION) == listed(stranger) == []


def test_a_pair_with_both_sides_in_the_county_is_listed_once(
    make_account: Make, station: Station
) -> None:
    near = make_offer(make_account(name="近邻"), "buy", CUIGUAN, SHIMEN)
    find_matches()
    found = listed(station.assistant, Whose.REGION)
    assert sorted(found) == sorted([ids(station), (station.pair.sale.id, near.id)])


def test_the_best_pair_stands_first(make_account: Make, station: Station) -> None:
    near = make_offer(make_account(name="近邻"), "buy", CUIGUAN, SHIMEN)
    find_matches()
    assert listed(station.assistant) == [(station.pair.sale.id, near.id), ids(station)]


def test_a_pair_whose_ask_is_far_above_the_bid_stands_behind_those_that_may_agree(
    log_in: Any, make_account: Make, station: Station
) -> None:
    bid = {"price_low": Decimal("2.05"), "price_high": Decimal("2.05")}
    near = make_offer(make_account(name="近邻"), "buy", CUIGUAN, SHIMEN, **bid)
    find_matches()
    with transaction():
        station.pair.purchase.quantity = station.pair.purchase.remaining = Decimal(9_000_000)
    with current_app.test_request_context():
        rows, _pagination = find_pairs(station.assistant, Whose.FARMERS, 0, 1, 20)
    assert [row.purchase.id for row in rows] == [station.pair.purchase.id, near.id]
    assert rows[1].match.total > rows[0].match.total, "it is near, and fits in all else"
    page = log_in(station.assistant).get("/station/matches").get_data(as_text=True)
    assert page.count("卖价高出买价") == 1
    may_agree, dear = (
        log_in(station.assistant).get(f"/station/matches/{row.sale.id}/{row.purchase.id}").text
        for row in rows
    )
    assert ("为什么值得打" in may_agree, "值不值得打" in may_agree) == (True, False)
    assert ("为什么值得打" in dear, "值不值得打" in dear) == (False, True)


def test_what_nobody_was_noticed_of_is_listed_from_the_index(
    make_account: Make, station: Station
) -> None:
    with transaction():
        db.session.execute(text("DELETE FROM match_notices"))
    assert listed(station.assistant) == [ids(station)]
    official = make_account(role="county_official", scope=SHIMEN)
    assert listed(official, Whose.REGION) == [ids(station)]


def test_closed_blocked_or_dealt_pairs_are_not_worth_a_call(
    station: Station, make_account: Make
) -> None:
    buyer, sale = station.buyer, station.pair.sale
    other = make_farmer(make_account, station.assistant, "田二伯")
    closed = make_offer(other, "sell", CUIGUAN, SHIMEN)
    find_matches()
    assert len(listed(station.assistant)) == 2
    with transaction():
        close_offer(other, closed, "")
    assert listed(station.assistant) == [ids(station)]
    with transaction():
        block(buyer, buyer, station.assistant)
    assert listed(station.assistant) == []
    with transaction():
        db.session.execute(text("DELETE FROM blocks"))
        propose(station)
    assert listed(station.assistant) == []
    assert sale.is_public


def test_nobody_rings_about_two_farmers_of_their_own(station: Station, make_account: Make) -> None:
    second = make_farmer(make_account, station.assistant, "田二伯")
    purchase = make_offer(second, "buy", CUIGUAN, SHIMEN)
    find_matches()
    assert listed(station.assistant, Whose.REGION) == [ids(station)]
    official = make_account(role="county_official", scope=SHIMEN)
    assert (station.pair.sale.id, purchase.id) in listed(official, Whose.REGION)


@pytest.mark.postgresql
def test_who_did_not_answer_comes_back_tomorrow_and_who_said_later_on_that_day(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(station, MatchCallOutcome.NO_ANSWER)
    assert listed(station.assistant) == []
    later(monkeypatch, 1)
    assert listed(station.assistant) == [ids(station)]
    ring(station, MatchCallOutcome.LATER, back_on=home_today() + timedelta(days=6))
    assert listed(station.assistant) == []
    later(monkeypatch, 5)
    assert listed(station.assistant) == []
    later(monkeypatch, 6)
    assert listed(station.assistant) == [ids(station)]


def test_a_refused_pair_leaves_the_list_for_good(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(station, MatchCallOutcome.REFUSED, reason=RefusalReason.PRICE)
    later(monkeypatch, 29)
    assert listed(station.assistant) == []


def test_whom_somebody_rang_today_has_peace_until_tomorrow(
    station: Station, make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_farmer(make_account, station.assistant, "田二伯")
    second = make_offer(other, "sell", CUIGUAN, SHIMEN)
    find_matches()
    ring(station, MatchCallOutcome.REFUSED, reason=RefusalReason.PRICE)
    assert listed(station.assistant, quiet=1) == []
    assert listed(station.assistant, quiet=0) == [(second.id, station.pair.purchase.id)]
    later(monkeypatch, 1)
    assert listed(station.assistant, quiet=1) == [(second.id, station.pair.purchase.id)]
    assert listed(station.assistant, quiet=3) == []


@pytest.mark.parametrize(
    ("result", "field"),
    [
        (CallResult(MatchCallOutcome.LATER), "back_on"),
        (CallResult(MatchCallOutcome.REFUSED), "reason"),
        (CallResult(MatchCallOutcome.REFUSED, reason=RefusalReason.OTHER), "note"),
        (CallResult(MatchCallOutcome.AGREED, note="长" * 201), "note"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    station: Station, result: CallResult, field: str
) -> None:
    from market.web.errors import Invalid

    with pytest.raises(Invalid) as refused, transaction():
        services.record_call(station.assistant, station.pair, result, uuid.uuid4().hex)
    assert refused.value.field == field


@pytest.mark.parametrize("days", [0, -1, 181])
def test_nobody_is_rung_again_in_the_past_or_in_half_a_year(station: Station, days: int) -> None:
    from market.web.errors import Invalid

    with pytest.raises(Invalid):
        ring(station, MatchCallOutcome.LATER, back_on=home_today() + timedelta(days=days))


@pytest.mark.postgresql
def test_a_call_stays_as_it_was_written(station: Station) -> None:
    ring(station, MatchCallOutcome.AGREED)
    for statement in ("UPDATE match_calls SET outcome = 'refused'", "DELETE FROM match_calls"):
        with pytest.raises(DBAPIError), transaction():
            db.session.execute(text(statement))


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "values",
    [
        {"outcome": MatchCallOutcome.NO_ANSWER},
        {"outcome": MatchCallOutcome.AGREED, "back_on": home_today},
        {"outcome": MatchCallOutcome.REFUSED},
        {"outcome": MatchCallOutcome.REFUSED, "reason": RefusalReason.OTHER},
        {"outcome": MatchCallOutcome.AGREED, "reason": RefusalReason.PRICE},
    ],
)
def test_the_database_refuses_a_call_that_contradicts_itself(
    station: Station, values: dict[str, Any]
) -> None:
    values = {name: value() if callable(value) else value for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(
            MatchCall(
                sale_id=station.pair.sale.id,
                purchase_id=station.pair.purchase.id,
                by_id=station.assistant.id,
                region_code=SHIMEN,
                called_on=home_today(),
                key=uuid.uuid4().hex,
                **values,
            )
        )


def test_the_last_entry_is_taken_back_by_who_wrote_it(station: Station, make_account: Make) -> None:
    first = ring(station, MatchCallOutcome.NO_ANSWER)
    last = ring(station, MatchCallOutcome.REFUSED, reason=RefusalReason.PRICE)
    colleague = make_account(role="assistant", scope=SHIMEN)
    with pytest.raises(Refused), transaction():
        services.withdraw_call(colleague, db.session.get_one(MatchCall, last))
    with pytest.raises(InvalidTransition), transaction():
        services.withdraw_call(station.assistant, db.session.get_one(MatchCall, first))
    for call_id in (last, first):
        with transaction():
            services.withdraw_call(station.assistant, db.session.get_one(MatchCall, call_id))
    assert listed(station.assistant) == [ids(station)]
    with pytest.raises(InvalidTransition), transaction():
        services.withdraw_call(station.assistant, db.session.get_one(MatchCall, last))


def propose(station: Station) -> Deal:
    from tests.deals.factories import terms

    sale, purchase = station.pair.sale, station.pair.purchase
    from market.deals.services import propose_deal

    return propose_deal(
        station.assistant, purchase, station.farmer, terms(), uuid.uuid4().hex, own_offer=sale
    )


def test_a_deal_of_the_two_offers_is_known_to_come_of_the_call(station: Station) -> None:
    call_id = ring(station, MatchCallOutcome.AGREED)
    with transaction():
        deal = propose(station)
    assert db.session.get_one(CallDeal, deal.id).call_id == call_id


def test_a_deal_proposed_before_the_call_was_written_down_is_found(station: Station) -> None:
    with transaction():
        deal = propose(station)
    call_id = ring(station, MatchCallOutcome.AGREED)
    assert db.session.get_one(CallDeal, deal.id).call_id == call_id


def test_an_agreed_call_leads_to_the_form_with_both_offers(log_in: Any, station: Station) -> None:
    browser = log_in(station.assistant)
    answer = browser.send(f"{station.address}/calls", {"outcome": "agreed"}, page=station.address)
    sale, purchase = ids(station)
    assert answer.location == f"/offers/{purchase}/propose?my_offer={sale}"
    page = browser.get(answer.location).get_data(as_text=True)
    assert f'<option selected value="{sale}">' in page
    assert f'<option selected value="{station.farmer.id}">' in page


def test_where_neither_side_is_a_farmer_it_says_who_writes_the_deal_down(
    log_in: Any, station: Station, make_account: Make
) -> None:
    browser = log_in(make_account(role="county_official", scope=SHIMEN))
    answer = browser.send(f"{station.address}/calls", {"outcome": "agreed"}, station.address)
    assert answer.location.endswith(f"{station.address}#deal")
    page = browser.get(station.address).get_data(as_text=True)
    assert "请王老板到田大伯的信息页发起成交" in page
    assert "等您核实" in page
    for offer in (station.pair.sale, station.pair.purchase):
        assert page.count(f'href="/offers/{offer.id}"') == 2


def test_a_deal_by_phone_is_filled_in_and_known_to_come_of_the_call(
    log_in: Any, station: Station
) -> None:
    browser = log_in(station.assistant)
    browser.send(f"{station.address}/phones", page=station.address)
    browser.send(f"{station.address}/calls", {"outcome": "agreed"}, page=station.address)
    sale, purchase = ids(station)
    form = f"/deals/new?offer={sale}&answers={purchase}"
    page = browser.get(form).get_data(as_text=True)
    number = str(station.buyer.phone).removeprefix("+86")
    assert 'value="王老板"' in page
    assert number in page.replace(" ", "")
    sent = {
        **{"name": "王老板", "phone": number, "region": "长沙县", "quantity": "1000"},
        **{"unit": "jin", "unit_price": "2.4", "price_unit": "jin"},
    }
    answer = browser.send(form, sent)
    assert answer.status_code == 303
    deal = db.session.scalars(select(Deal)).one()
    assert db.session.get(CallDeal, deal.id) is not None


def test_both_numbers_are_shown_once_asked_for_and_the_look_is_recorded(
    log_in: Any, station: Station
) -> None:
    browser = log_in(station.assistant)
    number = str(station.buyer.phone)
    assert f"tel:{number}" not in browser.get(station.address).get_data(as_text=True)
    browser.send(f"{station.address}/phones", page=station.address)
    page = browser.get(station.address).get_data(as_text=True)
    assert f'href="tel:{number}"' in page
    assert f'href="tel:{station.farmer.phone}"' in page
    seen = db.session.scalars(select(PhoneReveal)).all()
    assert [(r.viewer_id, r.account_id, r.page) for r in seen] == [
        (station.assistant.id, station.buyer.id, f"offers/{station.pair.purchase.id}")
    ]


def test_a_form_sent_twice_is_one_call(log_in: Any, station: Station) -> None:
    browser = log_in(station.assistant)
    key = uuid.uuid4().hex
    for _ in range(2):
        sent = {"outcome": "refused", "reason": "price", "note": "差三毛", "key": key}
        answer = browser.send(f"{station.address}/calls", sent, page=station.address)
        assert answer.status_code == 303
    assert [c.note for c in db.session.scalars(select(MatchCall))] == ["差三毛"]


def test_a_refused_form_keeps_what_was_typed(log_in: Any, station: Station) -> None:
    sent = {"outcome": "later", "note": "等下雨过后"}
    answer = log_in(station.assistant).send(f"{station.address}/calls", sent, station.address)
    page = answer.get_data(as_text=True)
    assert 'id="back_on-error"' in page
    none = log_in(station.assistant).send(f"{station.address}/calls", {}, station.address)
    assert "还差一项：结果怎么样。" in none.get_data(as_text=True)
    assert "等下雨过后" in page


def test_an_assistant_of_another_county_can_do_none_of_it(
    log_in: Any, station: Station, make_account: Make
) -> None:
    call_id = ring(station, MatchCallOutcome.NO_ANSWER)
    for role in ("assistant", "county_official"):
        stranger = make_account(role=role, scope=TAOYUAN)
        browser = log_in(stranger)
        assert browser.get(station.address).status_code == 403
        for step in ("phones", "calls"):
            answer = browser.send(f"{station.address}/{step}", {"outcome": "agreed"}, page="/me")
            assert answer.status_code == 403
        answer = browser.send(f"/station/calls/{call_id}/withdraw", page="/me")
        assert answer.status_code == 403
    assert db.session.scalars(select(MatchCall.id)).all() == [call_id]


def test_the_traders_themselves_never_read_the_log(log_in: Any, station: Station) -> None:
    assert log_in(station.buyer).get(station.address).status_code == 403


def test_the_prefecture_reads_a_pair_and_its_calls_but_rings_nobody(
    log_in: Any, station: Station, make_account: Make
) -> None:
    ring(station, MatchCallOutcome.NO_ANSWER)
    browser = log_in(make_account(role="prefecture_official", scope="430700"))
    page = browser.get(station.address).get_data(as_text=True)
    assert "站长" in page
    assert 'name="outcome"' not in page
    assert browser.send(f"{station.address}/phones", page="/me").status_code == 403


def test_two_offers_that_are_no_match_have_no_page(
    log_in: Any, station: Station, make_account: Make
) -> None:
    rice = make_offer(make_account(), "buy", "0101001", SHIMEN)
    browser = log_in(station.assistant)
    sale, purchase = ids(station)
    for pair in (f"{sale}/{rice.id}", f"{purchase}/{sale}", f"{sale}/{sale}", f"{sale}/9999"):
        assert browser.get(f"/station/matches/{pair}").status_code == 404


def test_the_farmers_page_shows_their_calls(log_in: Any, station: Station) -> None:
    ring(station, MatchCallOutcome.REFUSED, reason=RefusalReason.PRICE, note="差三毛")
    page = log_in(station.assistant).get(f"/station/farmers/{station.farmer.id}")
    assert "差三毛" in page.get_data(as_text=True)


def test_the_words_of_a_call_leave_with_the_person(station: Station) -> None:
    ring(station, MatchCallOutcome.REFUSED, reason=RefusalReason.OTHER, note="王老板说 价太高")
    exported = export_account(station.buyer)["match_calls"]
    assert [(call["as"], call["note"]) for call in exported] == [("called", "王老板说 价太高")]
    with transaction():
        erase_account(station.buyer)
    assert db.session.scalars(select(MatchCall.note)).all() == ["***说 价太高"]


def test_a_page_of_many_pairs_asks_as_few_statements_as_one_of_one(
    log_in: Any, station: Station, make_account: Make
) -> None:
    browser = log_in(station.assistant)
    browser.get("/station/matches")
    with statements() as of_one:
        browser.get("/station/matches")
    for _ in range(6):
        make_offer(make_account(), "buy", CUIGUAN, SHIMEN)
    find_matches()
    with statements() as of_many:
        page = browser.get("/station/matches").get_data(as_text=True)
    assert page.count(">查看并打电话<") == 7
    assert len(of_many) <= len(of_one)


def test_a_deal_that_came_to_nothing_is_not_counted(station: Station) -> None:
    from market.calls import figures
    from market.calls.figures import CallScope, Conversion

    today = home_today()
    scope = CallScope.of(station.assistant, today, today)
    ring(station, MatchCallOutcome.AGREED)
    with transaction():
        deal = propose(station)
    assert figures.whole(scope) == Conversion(1, 1, 1, 1, 0)
    with transaction():
        db.session.execute(
            update(Deal).where(Deal.id == deal.id).values(status=DealStatus.CANCELLED)
        )
    assert figures.whole(scope) == Conversion(1, 1, 1, 0, 0)


def test_a_pair_whose_day_has_come_stands_in_the_work_list_of_the_station(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    farmers = [station.farmer.id]

    def work() -> list[str]:
        with current_app.test_request_context():
            return [item.url for item in pairs_to_ring_again(farmers)]

    ring(station, MatchCallOutcome.NO_ANSWER)
    assert work() == []
    tomorrow = home_today() + timedelta(days=1)
    monkeypatch.setattr("market.calls.station_work.home_today", lambda: tomorrow)
    assert work() == [station.address]
    monkeypatch.undo()
    ring(station, MatchCallOutcome.REFUSED, reason=RefusalReason.PRICE)
    monkeypatch.setattr("market.calls.station_work.home_today", lambda: tomorrow)
    assert work() == []


@pytest.mark.parametrize(
    ("quantity", "unit", "asked"), [("0.3", "ton", "0.3"), ("900", "ton", "1")]
)
def test_the_form_of_an_agreed_call_asks_for_no_more_than_both_have(
    log_in: Any, make_account: Make, quantity: str, unit: str, asked: str
) -> None:
    station = make_station(make_account, quantity=Decimal(quantity), unit=unit)
    browser = log_in(station.assistant)
    sale, purchase = ids(station)
    page = browser.get(f"/offers/{purchase}/propose?my_offer={sale}").get_data(as_text=True)
    field = re.search(r'<input[^>]*name="quantity"[^>]*>', page)
    assert field
    assert f'value="{asked}"' in field[0]
    assert f'<option selected value="{unit}">' in page


def test_the_address_of_a_refused_call_opens_its_pair(log_in: Any, station: Station) -> None:
    answer = log_in(station.assistant).get(f"{station.address}/calls")
    assert (answer.status_code, answer.location) == (302, station.address)


def test_a_no_without_a_reason_is_said_in_its_own_words(log_in: Any, station: Station) -> None:
    browser = log_in(station.assistant)
    page = browser.get(station.address, headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert "不成的原因" in page
    assert "没发成" not in page
