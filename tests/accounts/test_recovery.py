"""Coming back in: one-time passwords and other phone numbers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from market.accounts.models import Account, OneTimePassword
from market.audit.models import Act, ActChange
from market.database import db, transaction, utcnow
from tests.conftest import PASSWORD, Client

NEW = {"password": "smx-ganju-2026", "again": "smx-ganju-2026"}


@pytest.fixture
def official(make_account) -> Account:
    return make_account(name="县商务局", role="county_official")


@pytest.fixture
def without_messages(app: Flask) -> None:
    """As in production without a gateway."""
    app.config["ENV_NAME"] = "production"


def one_time(client: Client, account: Account) -> str:
    """A one-time password from the desk."""
    page = f"/desk/accounts/{account.id}"
    assert client.send(f"{page}/one-time-password", page=page).location == page
    answer = client.get(page)
    assert answer.headers["Cache-Control"] == "private, no-store"
    shown = shown_password(answer.get_data(as_text=True))
    assert shown
    return shown


def shown_password(page: str) -> str | None:
    found = re.search(r'class="one-time">([\d ]+)<', page)
    return found and found[1]


def enter(client: Client, phone: str, password: str) -> str | None:
    """Where a log-in leads to; None when it is refused."""
    return client.send("/login", {"phone": phone, "password": password}).headers.get("Location")


@pytest.mark.postgresql
def test_the_forgotten_password_is_replaced_at_the_desk(
    client: Client, make_account, log_in, official
) -> None:
    account = make_account()
    elsewhere = log_in(account)
    once = one_time(log_in(official), account)
    assert enter(client, account.phone, once) == "/me/new-password"
    assert elsewhere.get("/me").status_code == 200
    assert client.send("/me/new-password", NEW).location == "/me"
    assert client.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303
    client.send("/logout", page="/me")
    assert enter(client, account.phone, PASSWORD) is None
    assert enter(client, account.phone, once) is None
    assert enter(client, account.phone, NEW["password"]) == "/"


def test_nothing_goes_before_the_new_password(
    client: Client, make_account, log_in, official
) -> None:
    account = make_account()
    enter(client, account.phone, one_time(log_in(official), account))
    for url in ("/", "/me", "/offers", "/deals", "/me/password", "/me/export.json"):
        assert client.get(url).location == "/me/new-password", url
    assert client.send("/me/erase", {"password": PASSWORD}, "/me/new-password").location == (
        "/me/new-password"
    )
    weak = client.send("/me/new-password", {"password": "12345678", "again": "12345678"})
    assert 'id="password-error"' in weak.get_data(as_text=True)
    assert client.send("/logout", page="/me/new-password").status_code == 303
    assert client.get("/").status_code == 200


def test_a_one_time_password_opens_once_and_not_for_long(
    app: Flask, client: Client, make_account, log_in, official
) -> None:
    account = make_account()
    desk = log_in(official)
    once = one_time(desk, account)
    assert enter(client, account.phone, once.replace(" ", "-")) == "/me/new-password"
    other: Client = app.test_client()  # type: ignore[assignment]
    assert enter(other, account.phone, once) is None
    once = one_time(desk, account)
    with transaction():
        db.session.scalars(db.select(OneTimePassword)).one().expires_at = utcnow()
    assert enter(other, account.phone, once) is None


@pytest.mark.parametrize("gap", ["", " ", "-", ".", "\u3000"])
def test_the_one_time_password_cannot_be_kept(
    client: Client, make_account, log_in, official, gap: str
) -> None:
    account = make_account()
    shown = one_time(log_in(official), account)
    assert enter(client, account.phone, shown) == "/me/new-password"
    once = shown.replace(" ", gap)
    for kept in (once, PASSWORD):
        refused = client.send("/me/new-password", {"password": kept, "again": kept})
        assert 'id="password-error"' in refused.get_data(as_text=True), kept
    assert client.send("/me/new-password", NEW).location == "/me"
    new = NEW["password"]
    for kept in (once, new):
        sent = {"current": new, "password": kept, "again": kept}
        refused = client.send("/me/password", sent)
        assert 'id="password-error"' in refused.get_data(as_text=True), kept


def test_loading_the_page_again_shows_the_same_one_time_password_for_a_few_minutes(
    client: Client, make_account, log_in, official
) -> None:
    account, page = make_account(), "/desk/accounts/{}"
    desk = log_in(official)
    once = one_time(desk, account)
    here = page.format(account.id)
    assert shown_password(desk.get(here).get_data(as_text=True)) == once
    # Another browser of theirs, another official and another account's page don't show it.
    elsewhere = [log_in(official), log_in(make_account(role="county_official"))]
    for other in elsewhere:
        assert shown_password(other.get(here).get_data(as_text=True)) is None
    beside = desk.get(page.format(make_account().id)).get_data(as_text=True)
    assert shown_password(beside) is None
    with transaction():
        db.session.scalars(db.select(OneTimePassword)).one().issued_at -= timedelta(minutes=6)
    later = desk.get(here).get_data(as_text=True)
    assert shown_password(later) is None
    assert "不再显示" in later
    assert enter(client, account.phone, once) == "/me/new-password"
    assert shown_password(desk.get(here).get_data(as_text=True)) is None


def test_the_old_password_holds_until_the_new_one_is_chosen(
    client: Client, make_account, log_in, official
) -> None:
    account = make_account()
    one_time(log_in(official), account)
    assert enter(client, account.phone, PASSWORD) == "/"
    assert client.get("/me/new-password").location == "/me/password"


def test_a_new_one_time_password_ends_the_one_before(
    client: Client, make_account, log_in, official
) -> None:
    account = make_account()
    desk = log_in(official)
    first, second = one_time(desk, account), one_time(desk, account)
    assert enter(client, account.phone, first) is None
    assert enter(client, account.phone, second) == "/me/new-password"


@pytest.mark.postgresql
def test_the_record_says_who_set_a_one_time_password_and_never_which(
    make_account, log_in, official
) -> None:
    account = make_account()
    once = one_time(log_in(official), account).replace(" ", "")
    act = db.session.scalars(db.select(Act).where(Act.permission == "account.help")).one()
    assert (act.actor_id, act.endpoint) == (official.id, "accounts.one_time_password")
    change = db.session.scalars(db.select(ActChange).where(ActChange.act_id == act.id)).one()
    assert (change.whole_kind, change.whole_id) == ("accounts", str(account.id))
    assert change.after["password_hash"] == "***"
    assert once not in str(change.after)


HELPERS = [
    ("county_official", "430726", True),
    ("county_official", "430725", False),
    ("prefecture_official", "430700", False),
    ("province_official", "430000", False),
    ("assistant", "430726", False),
    ("administrator", "430000", True),
]


@pytest.mark.parametrize(("role", "scope", "may"), HELPERS)
def test_officials_of_the_county_and_administrators_help(
    make_account, log_in, role: str, scope: str, may: bool
) -> None:
    account = make_account()
    client = log_in(make_account(role=role, scope=scope))
    page = f"/desk/accounts/{account.id}"
    assert client.get(page).status_code == (200 if may else 403)
    for step in ("one-time-password", "phone"):
        answer = client.send(f"{page}/{step}", {"phone": "13800008888"}, "/me")
        assert answer.status_code in ((200, 303) if may else (403,)), step


@pytest.mark.parametrize(
    ("role", "scope", "helped"),
    [
        ("assistant", "430726", True),
        ("county_official", "430726", False),
        ("prefecture_official", "430700", False),
        ("province_official", "430000", False),
        ("administrator", "430000", False),
    ],
)
def test_a_county_official_takes_over_nobody_who_holds_an_office(
    make_account, log_in, official, role: str, scope: str, helped: bool
) -> None:
    account = make_account(role=role, scope=scope)
    client = log_in(official)
    status = client.send(f"/desk/accounts/{account.id}/one-time-password", page="/me").status_code
    assert status == (303 if helped else 403)


def test_nobody_helps_themselves(log_in, official, make_account) -> None:
    for account in (official, make_account(role="administrator", scope="430000")):
        assert log_in(account).get(f"/desk/accounts/{account.id}").status_code == 403


def test_who_cannot_log_in_is_not_helped(make_account, log_in, official) -> None:
    account = make_account()
    with transaction():
        account.password_hash = None
    page = f"/desk/accounts/{account.id}"
    assert log_in(official).send(f"{page}/one-time-password", page="/me").status_code == 403
    assert db.session.scalar(db.select(OneTimePassword.id)) is None


def test_the_desk_finds_accounts_of_its_county_alone(make_account, log_in, official) -> None:
    make_account(name="石门橙农", phone="+8613800004321")
    make_account(name="桃源茶农", phone="+8613800006543", region="430725")
    page = log_in(official).get("/desk/accounts").get_data(as_text=True)
    assert "石门橙农" in page
    assert "138****4321" in page
    assert "13800004321" not in page
    assert "桃源茶农" not in page


def test_the_desk_lists_nobody_whom_the_official_may_not_help(
    make_account, log_in, official
) -> None:
    make_account(name="石门同事", role="county_official")
    make_account(name="石门管理员", role="administrator")
    make_account(name="石门信息员", role="assistant")
    client = log_in(official)
    listed = re.findall(r'href="(/desk/accounts/\d+)">([^<]+)', client.get("/desk/accounts").text)
    assert [name for _page, name in listed] == ["石门信息员"]
    assert {client.get(page).status_code for page, _name in listed} == {200}


@pytest.mark.postgresql
def test_the_command_sets_a_one_time_password_and_is_recorded(
    app: Flask, client: Client, make_account
) -> None:
    account = make_account()
    run = app.test_cli_runner().invoke(args=["accounts", "one-time-password", account.phone])
    assert run.exit_code == 0, run.output
    once = re.findall(r"\d{10}", run.output)[-1]
    act = db.session.scalars(db.select(Act)).one()
    assert act.endpoint == "accounts one-time-password"
    assert enter(client, account.phone, once) == "/me/new-password"


@pytest.mark.parametrize("phone", ["123", "13800008888"])
def test_the_command_refuses_a_number_without_an_account(app: Flask, phone: str) -> None:
    run = app.test_cli_runner().invoke(args=["accounts", "one-time-password", phone])
    assert run.exit_code == 1


@pytest.mark.usefixtures("without_messages")
@pytest.mark.postgresql
def test_an_owner_changes_the_number_by_logging_in_with_it(
    app: Flask, client: Client, make_account, log_in
) -> None:
    account = make_account()
    old = account.phone
    mine = log_in(account)
    sent = {"phone": "139 0000 8888", "password": PASSWORD}
    assert mine.send("/me/phone", sent).location == "/me"
    assert enter(client, "13900008888", "not-my-password") is None
    db.session.expire_all()
    assert account.phone == old
    assert enter(client, "13900008888", PASSWORD) == "/"
    db.session.expire_all()
    assert account.phone == "+8613900008888"
    other: Client = app.test_client()  # type: ignore[assignment]
    assert enter(other, old, PASSWORD) is None


def test_the_old_number_holds_as_long_as_the_new_one_was_not_used(
    client: Client, make_account, log_in
) -> None:
    account = make_account()
    log_in(account).send("/me/phone", {"phone": "13900008888", "password": PASSWORD})
    assert enter(client, account.phone, PASSWORD) == "/"


def test_changing_the_number_needs_the_password(make_account, log_in, client: Client) -> None:
    mine = log_in(make_account())
    answer = mine.send("/me/phone", {"phone": "13900008888", "password": "not-my-password"})
    assert 'id="password-error"' in answer.get_data(as_text=True)
    assert enter(client, "13900008888", PASSWORD) is None


@pytest.mark.usefixtures("without_messages")
def test_changing_the_number_does_not_tell_whether_another_account_has_it(
    make_account, log_in, client: Client
) -> None:
    taken = make_account(password="another-one-42")
    pages = []
    for phone in ("+8613900008888", taken.phone):
        mine = log_in(make_account(name="张三", phone=f"+861370000000{len(pages)}"))
        answer = mine.send("/me/phone", {"phone": phone, "password": PASSWORD})
        me = mine.get("/me").get_data(as_text=True).split("<main")[1]
        me = re.sub(r'name="csrf_token"[^>]*>|137 0000 000\d', "", me)
        readable = f"{phone[3:6]} {phone[6:10]} {phone[10:]}"
        assert readable in me
        pages.append((answer.status_code, answer.location, me.replace(readable, "")))
    assert pages[0] == pages[1]
    assert enter(client, taken.phone, PASSWORD) is None
    assert enter(client, taken.phone, "another-one-42") == "/"


@pytest.mark.postgresql
def test_an_official_changes_a_number_and_the_old_phone_is_logged_out(
    make_account, log_in, client: Client, official
) -> None:
    account, taken = make_account(), make_account()
    old = log_in(account)
    page = f"/desk/accounts/{account.id}"
    desk = log_in(official)
    refused = desk.send(f"{page}/phone", {"phone": taken.phone}, page)
    assert 'id="phone-error"' in refused.get_data(as_text=True)
    assert desk.send(f"{page}/phone", {"phone": "13900008888"}, page).status_code == 303
    assert old.get("/me").status_code == 303
    assert enter(client, "13900008888", PASSWORD) == "/"
    act = db.session.scalars(db.select(Act).where(Act.endpoint == "accounts.change_phone")).one()
    assert act.actor_id == official.id


def test_erasing_takes_what_one_could_come_back_with(
    make_account, log_in, official, client: Client
) -> None:
    account = make_account()
    phone, mine = account.phone, log_in(account)
    once = one_time(log_in(official), account)
    mine.send("/me/phone", {"phone": "13900008888", "password": PASSWORD})
    assert mine.send("/me/erase", {"password": PASSWORD}).status_code == 303
    for number in (phone, "13900008888"):
        for password in (PASSWORD, once):
            assert enter(client, number, password) is None
    assert mine.get("/me").status_code == 303


@pytest.mark.usefixtures("without_messages")
def test_an_old_wish_for_a_number_counts_no_more(make_account, log_in, client: Client) -> None:
    from market.accounts.models import PhoneChange

    log_in(make_account()).send("/me/phone", {"phone": "13900008888", "password": PASSWORD})
    with transaction():
        db.session.scalars(db.select(PhoneChange)).one().requested_at = utcnow() - timedelta(days=8)
    assert enter(client, "13900008888", PASSWORD) is None
