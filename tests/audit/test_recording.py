"""Every act of an official, assistant or administrator is recorded, once, with what it changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_login import AnonymousUserMixin, login_user
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from market.accounts.models import Account, Consent, Grant, Role
from market.audit import actor, recording
from market.audit.models import Act, ActChange, Change, Source
from market.audit.rules import HIDDEN
from market.database import Base, db, transaction
from market.deals.models import Deal
from market.fairs.models import Fair, FairStatus
from market.offers.models import Offer
from market.regions.models import Region
from market.web.audit_registry import unaudited_tables
from tests.conftest import Client
from tests.deals.factories import Trade, agree, make_trade
from tests.fairs.factories import make_fair
from tests.offers.factories import make_offer
from tests.sql import statements

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]
FIREFOX = {"HTTP_USER_AGENT": "Firefox/140.0 (Wayland)"}


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def acts() -> Sequence[Act]:
    db.session.rollback()
    return db.session.scalars(select(Act).order_by(Act.id)).all()


def changes(act: Act) -> list[tuple[str, str, Any, Any]]:
    rows = db.session.scalars(
        select(ActChange).where(ActChange.act_id == act.id).order_by(ActChange.id)
    )
    return [(row.kind, row.object_id, row.before, row.after) for row in rows]


@pytest.mark.postgresql
def test_verifying_leaves_one_act_with_who_what_before_after_when_and_where(
    trade: Trade, log_in: LogIn
) -> None:
    deal_id, official_id = agree(trade).id, trade.official.id
    client = log_in(trade.official)
    client.environ_base.update(REMOTE_ADDR="203.0.113.7", **FIREFOX)
    client.send(f"/desk/deals/{deal_id}/verify", page="/desk/deals")
    (act,) = acts()
    assert (act.actor_id, act.role, act.role_region_code) == (
        official_id,
        Role.COUNTY_OFFICIAL,
        "430726",
    )
    assert (act.permission, act.endpoint) == ("deal.verify", "desk.verify_deal")
    assert (act.source, act.ip, act.agent) == (
        Source.WEB,
        "203.0.113.7",
        "Firefox/140.0 (Wayland)",
    )
    assert (act.kind, act.object_id, act.changes) == ("deals", str(deal_id), 1)
    ((kind, object_id, before, after),) = changes(act)
    deal = db.session.get_one(Deal, deal_id)
    assert deal.verified_at
    assert (kind, object_id) == ("deals", str(deal_id))
    assert before == {"status": "agreed", "verified_by_id": None, "verified_at": None}
    assert after == {
        "status": "verified",
        "verified_by_id": official_id,
        "verified_at": deal.verified_at.isoformat(timespec="seconds"),
    }


def test_returning_tells_the_reason(trade: Trade, log_in: LogIn) -> None:
    offer_id = trade.offer.id
    client = log_in(trade.official)
    reason = "照片不清，请打13800001234"
    client.send(f"/desk/offers/{offer_id}/return", {"reason": reason}, page="/desk/offers")
    (act,) = acts()
    ((_, _, before, after),) = changes(act)
    assert before.pop("verified_by_id") is before.pop("verified_at") is None
    assert before == {"verification": "unverified", "verification_reason": ""}
    assert after.pop("verified_by_id") == trade.official.id
    assert after.pop("verified_at")
    assert after == {"verification": "returned", "verification_reason": "照片不清，请打138****1234"}


@pytest.mark.postgresql
def test_an_assistants_posting_for_a_farmer_is_one_act_in_that_role(
    make_account: Maker, log_in: LogIn
) -> None:
    station, farmer = make_account("站", role="assistant"), make_account("李婶")
    with transaction():
        farmer.password_hash, farmer.represented_by_id = None, station.id
        db.session.add(Consent(farmer_id=farmer.id, assistant_id=station.id, how="paper: 站里"))
    station_id, farmer_id = station.id, farmer.id
    said = {"product": "0302011", "region": "430726", "quantity": "2000", "unit": "jin"}
    said |= {"title": "石门蜜桔", "price_low": "2.2", "price_unit": "jin", "days": "30"}
    page = f"/offers/new?for={farmer_id}"
    answer = log_in(station).send(page, said)
    assert answer.status_code == 303, answer.text
    (act,) = acts()
    assert (act.actor_id, act.role, act.permission) == (
        station_id,
        Role.ASSISTANT,
        "party.represent",
    )
    ((kind, _, before, after),) = changes(act)
    assert (kind, before) == ("offers", None)
    assert (after["owner_id"], after["posted_by_id"]) == (farmer_id, station_id)
    # Written as a draft, then published: one new object, as it is at the end.
    assert (after["status"], after["quantity"], after["title"]) == (
        "published",
        "2000",
        "石门蜜桔",
    )


@pytest.mark.postgresql
def test_a_role_given_and_taken_back_are_two_acts_at_the_account(
    make_account: Maker, log_in: LogIn
) -> None:
    boss = make_account("管理员", role="administrator", scope="430000")
    account = make_account("新人")
    account_id = account.id
    client, page = log_in(boss), f"/admin/accounts/{account.id}"
    client.send(f"{page}/grants", {"role": "county_official", "region": "430726"}, page=page)
    db.session.rollback()
    grant_id = db.session.scalar(select(Grant.id).where(Grant.account_id == account_id))
    client.send(f"/admin/grants/{grant_id}/revoke", page=page)
    given, taken = acts()
    assert (given.role, given.kind, given.object_id) == (
        Role.ADMINISTRATOR,
        "grants",
        str(grant_id),
    )
    assert changes(given)[0][3]["role"] == "county_official"
    assert changes(taken)[0][2]["role"] == "county_official"
    assert [c[2] is None for c in changes(given)] == [True]
    assert [c[3] is None for c in changes(taken)] == [True]
    rows = db.session.execute(select(ActChange.whole_kind, ActChange.whole_id)).all()
    assert set(rows) == {("accounts", str(account_id))}


def test_editing_a_fair_tells_just_what_changed(make_account: Maker, log_in: LogIn) -> None:
    official = make_account("省厅", role="province_official", scope="430000")
    days = {"starts_on": date(2098, 12, 1), "ends_on": date(2099, 9, 1)}
    fair_id = make_fair(status=FairStatus.ANNOUNCED, year=2099, **days).id
    said = {"name": "2026年秋季对接会", "name_en": "Autumn fair 2026", "slug": "2026-autumn"}
    said |= {"season": "autumn", "year": "2099", "region": "430000", "products": ""}
    said |= {"starts_on": "2098-12-01", "ends_on": "2099-09-30"}
    assert log_in(official).send("/fairs/2026-autumn/edit", said).status_code == 303
    (act,) = acts()
    assert (act.role, act.permission, act.kind) == (
        Role.PROVINCE_OFFICIAL,
        "fair.manage",
        "fairs",
    )
    dates = ({"ends_on": "2099-09-01"}, {"ends_on": "2099-09-30"})
    assert changes(act) == [("fairs", str(fair_id), *dates)]


def test_a_traders_own_act_leaves_none(trade: Trade, log_in: LogIn) -> None:
    log_in(trade.seller).send(f"/offers/{trade.offer.id}/close", page="/offers/mine")
    assert acts() == []


def test_an_officials_own_trade_is_recorded_in_no_role(make_account: Maker, log_in: LogIn) -> None:
    official = make_account("商务局", role="county_official")
    offer = make_offer(official)
    log_in(official).send(f"/offers/{offer.id}/close", page=f"/offers/{offer.id}")
    (act,) = acts()
    assert (act.permission, act.role) == ("offer.manage", None)


@pytest.mark.postgresql
def test_what_is_rolled_back_was_no_act(trade: Trade, log_in: LogIn) -> None:
    deal_id = agree(trade).id
    client = log_in(trade.official)
    for _ in range(2):
        client.send(f"/desk/deals/{deal_id}/verify", page="/desk/offers")
    client.send(f"/desk/deals/{deal_id}/return", {"reason": ""}, page="/desk/offers")
    assert len(acts()) == 1


def in_a_request(app: Flask, account: Account, step: Callable[[], None]) -> None:
    """Run `step` as a request of the account would, in one transaction."""
    with app.test_request_context("/anything", method="POST"):
        login_user(account)
        actor.remember_actor("member")
        with transaction():
            step()


@pytest.fixture
def official(make_account: Maker) -> Account:
    return make_account("省厅", role="province_official", scope="430000")


@pytest.mark.postgresql
def test_a_savepoint_rolled_back_leaves_nothing_and_the_rest_stays(
    app: Flask, official: Account, make_account: Maker
) -> None:
    one, two, three = (make_account(name) for name in ("甲", "乙", "丙"))

    def step() -> None:
        one.language = "en"
        db.session.flush()
        savepoint = db.session.begin_nested()
        two.language = "en"
        db.session.flush()
        savepoint.rollback()
        with db.session.begin_nested():
            three.language = "en"

    ids = [str(one.id), str(three.id)]
    in_a_request(app, official, step)
    (act,) = acts()
    assert [change[1:] for change in changes(act)] == [
        (id, {"language": "zh_CN"}, {"language": "en"}) for id in ids
    ]


@pytest.mark.postgresql
def test_what_was_set_without_being_read_is_recorded_all_the_same(
    app: Flask, official: Account, make_account: Maker
) -> None:
    account = make_account("甲")

    def step() -> None:
        db.session.expire(account)
        account.language = "en"

    in_a_request(app, official, step)
    assert changes(acts()[0])[0][2:] == ({"language": "zh_CN"}, {"language": "en"})


def test_what_comes_back_to_what_it_was_is_no_act(
    app: Flask, official: Account, make_account: Maker
) -> None:
    account = make_account("甲")

    def step() -> None:
        for language in ("en", "zh_CN"):
            account.language = language
            db.session.flush()
        db.session.add(fair := Consent(farmer_id=account.id, assistant_id=account.id, how="x"))
        db.session.flush()
        db.session.delete(fair)

    in_a_request(app, official, step)
    assert acts() == []


@pytest.mark.postgresql
def test_statements_in_bulk_are_recorded_row_by_row(
    app: Flask, official: Account, make_account: Maker
) -> None:
    ids = [make_account(name).id for name in ("甲", "乙", "丙")]

    def step() -> None:
        named = Account.id.in_(ids[:2])
        db.session.execute(update(Account).where(named).values(language="en"))
        db.session.execute(update(Account), [{"id": ids[2], "language": "en"}])
        db.session.execute(
            db.insert(Grant), [{"account_id": ids[0], "role": "assistant", "region_code": "430726"}]
        )
        db.session.execute(delete(Grant).where(Grant.account_id == official.id))

    in_a_request(app, official, step)
    (act,) = acts()
    found = [
        (row.kind, row.object_id, row.change)
        for row in db.session.scalars(select(ActChange).order_by(ActChange.id))
    ]
    assert act.changes == 5
    assert found[:3] == [("accounts", str(id), Change.CHANGED) for id in ids]
    assert [(kind, change) for kind, _, change in found[3:]] == [
        ("grants", Change.CREATED),
        ("grants", Change.DELETED),
    ]


def test_secrets_names_and_phones_are_never_recorded(
    make_account: Maker, log_in: LogIn, app: Flask
) -> None:
    station = make_account("站", role="assistant")
    said = {"name": "李婶婶", "phone": "13900004321", "trader_type": "farmer", "region": "430726"}
    said |= {"way": "paper", "note": "柜子里", "agreed": "y"}
    client = log_in(station)
    assert client.send("/station/farmers/new", said).status_code == 303
    client.send(
        "/me/password",
        {"current": "harvest-2026", "password": "a new one 7", "again": "a new one 7"},
    )
    registered, password = acts()
    ((_, _, _, account), (_, _, _, consent)) = changes(registered)
    assert (account["name"], account["phone"]) == (HIDDEN, HIDDEN)
    assert consent["how"] == "paper: 柜子里"
    ((_, _, before, after),) = changes(password)
    assert before == after == {"password_hash": HIDDEN}


@pytest.mark.postgresql
def test_erasing_an_official_leaves_the_acts_and_none_of_their_words(
    make_account: Maker, log_in: LogIn
) -> None:
    official = make_account("王科长", role="county_official")
    official_id = official.id
    make_offer(official, title="王科长家的蜜桔")
    assert log_in(official).send("/me/erase", {"password": "harvest-2026"}).status_code == 303
    (act,) = acts()
    assert act.actor_id == official_id
    assert "王科长" not in str(changes(act))


def test_hostile_input_is_recorded_as_it_may_be_stored(trade: Trade, log_in: LogIn) -> None:
    client = log_in(trade.official)
    client.environ_base.update(
        HTTP_USER_AGENT="<script>\x00\x1b[31m" + "A" * 5000, REMOTE_ADDR="1" * 300
    )
    reason = "=cmd|' /C calc'!A0 <script>alert(1)</script> \u202e {{7*7}}"
    url = f"/desk/offers/{trade.offer.id}/return"
    assert client.send(url, {"reason": reason}, page="/desk/offers").status_code == 303
    (act,) = acts()
    assert (len(act.agent), len(act.ip)) == (120, 45)
    assert act.agent.isprintable()
    stored = reason.replace("\u202e", "")
    assert changes(act)[0][3]["verification_reason"] == stored


def test_an_act_sent_as_json_is_refused_and_leaves_none(trade: Trade, log_in: LogIn) -> None:
    client = log_in(trade.official)
    answer = client.post(f"/desk/offers/{trade.offer.id}/return", json={"reason": "x"})
    assert answer.status_code == 400
    assert acts() == []


def test_a_command_that_gives_a_role_is_recorded_without_an_actor(app: Flask) -> None:
    line = ["accounts", "create-administrator", "--name", "管理员", "--phone", "13800009999"]
    done = app.test_cli_runner().invoke(args=[*line, "--password", "a new one 7"])
    assert done.exit_code == 0, done.output
    (act,) = acts()
    assert (act.source, act.actor_id, act.endpoint) == (
        Source.COMMAND,
        None,
        "accounts create-administrator",
    )
    assert {change[0] for change in changes(act)} == {"accounts", "grants"}


def test_loading_the_regions_again_records_only_what_moved(app: Flask, official: Account) -> None:
    with transaction():
        db.session.get_one(Region, "430726").name_en = "Somewhere"
    assert app.test_cli_runner().invoke(args=["init"]).exit_code == 0
    (act,) = acts()
    ((kind, object_id, before, _),) = changes(act)
    assert (act.endpoint, kind, object_id) == ("init", "regions", "430726")
    assert before == {"name_en": "Somewhere"}


def test_filling_an_empty_market_is_nobodys_act(app: Flask) -> None:
    with transaction():
        db.session.get_one(Region, "430726").name_en = "Somewhere"
    assert app.test_cli_runner().invoke(args=["init"]).exit_code == 0
    assert acts() == []


REFUSED = (
    "UPDATE acts SET ip = ''",
    "DELETE FROM acts",
    "UPDATE act_changes SET after = NULL",
    "DELETE FROM act_changes",
)
REFUSED_BY = {
    "sqlite": (
        "INSERT OR REPLACE INTO acts SELECT * FROM acts",
        "INSERT OR REPLACE INTO act_changes SELECT * FROM act_changes",
    ),
    "postgresql": ("TRUNCATE acts CASCADE", "TRUNCATE act_changes", "TRUNCATE accounts CASCADE"),
}


@pytest.mark.postgresql
def test_the_database_itself_refuses_changes(trade: Trade, log_in: LogIn) -> None:
    log_in(trade.official).send(f"/desk/offers/{trade.offer.id}/verify", page="/desk/offers")
    for statement in REFUSED + REFUSED_BY[db.engine.dialect.name]:
        with pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(statement))
        assert len(acts()) == 1, statement


def test_a_trader_pays_one_small_statement_at_most(
    trade: Trade, log_in: LogIn, monkeypatch: Any
) -> None:
    """Which asks whether they hold a role; it is not asked of visitors, nor for reading."""
    ids = [trade.offer.id, make_offer(trade.seller).id]
    client, sent = log_in(trade.seller), []
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/offers/mine").text)
    assert token
    for offer_id in ids:
        db.session.expunge_all()
        with statements() as log:
            answer = client.post(f"/offers/{offer_id}/close", data={"csrf_token": token[1]})
            assert answer.status_code == 303
        sent.append(len(log))
        monkeypatch.setattr(recording, "recorded_actor", lambda: None)
        monkeypatch.setattr(actor, "current_user", AnonymousUserMixin())
    assert sent[0] <= sent[1] + 1
    assert acts() == []


def test_what_is_not_recorded_is_there() -> None:
    assert unaudited_tables.keys() <= set(Base.metadata.tables)


def test_every_table_is_recorded_or_said_not_to_be() -> None:
    assert {Fair.__tablename__, Offer.__tablename__, Deal.__tablename__}.isdisjoint(
        unaudited_tables
    )
