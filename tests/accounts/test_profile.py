"""One's own account: profile, password, export, erasure; phones revealed."""

from __future__ import annotations

import re

import pytest

from market.accounts.contact import mask_for_visitors
from market.accounts.models import Account, Consent, PhoneReveal
from market.accounts.privacy.exports import erasers, exporters
from market.accounts.services import ERASED_NAME, reveal_phone
from market.accounts.sessions import open_session
from market.database import db, transaction
from market.web.errors import Refused
from market.web.filters import readable_phone
from tests.conftest import PASSWORD


def test_my_page_shows_who_i_am_and_leads_to_what_is_mine(make_account, log_in) -> None:
    html = log_in(make_account(phone="+8613800001234")).get("/me").get_data(as_text=True)
    assert "138 0000 1234" in html
    assert "石门县" in html
    assert 'href="/offers/mine"' in html
    assert 'href="/deals"' in html
    assert 'href="/station"' not in html
    assert 'href="/admin/accounts"' not in html


@pytest.mark.parametrize(
    ("role", "scope", "door"),
    [("assistant", "430726", "/station"), ("administrator", "430000", "/admin/accounts")],
)
def test_my_page_leads_to_the_desk_of_my_role(
    make_account, log_in, role: str, scope: str, door: str
) -> None:
    html = log_in(make_account(role=role, scope=scope)).get("/me").get_data(as_text=True)
    assert f'href="{door}"' in html.split("<main")[1]


def test_the_profile_can_be_edited_and_sets_the_language(make_account, log_in) -> None:
    account = make_account()
    client = log_in(account)
    client.set_cookie("language", "zh_CN")
    sent = {"name": "王五", "trader_type": "broker", "region": "桃源县", "language": "en"}
    assert client.send("/me/edit", sent).status_code == 303
    db.session.expire_all()
    assert (account.name, account.trader_type, account.region_code) == ("王五", "broker", "430725")
    assert '<html lang="en">' in client.get("/me").get_data(as_text=True)


@pytest.mark.parametrize("way", ["link", "form"])
def test_the_account_follows_the_language_chosen_in_the_header(
    make_account, log_in, way: str
) -> None:
    account = make_account()
    client = log_in(account)
    if way == "link":
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        client.get("/language/en?next=/me", headers=elsewhere)
        db.session.expire_all()
        assert account.language == "zh_CN"
        client.get("/language/en?next=/me", headers={"Sec-Fetch-Site": "same-origin"})
    else:
        client.send("/me/edit", {"switch": "en"})
    db.session.expire_all()
    assert account.language == "en"
    client.delete_cookie("language")
    assert '<html lang="en">' in client.get("/me").get_data(as_text=True)


@pytest.mark.postgresql
def test_changing_the_password_ends_other_sessions_and_keeps_this_one(make_account, log_in) -> None:
    account = make_account()
    here, elsewhere = log_in(account), log_in(account)
    sent = {"current": PASSWORD, "password": "a-newer-one-2026", "again": "a-newer-one-2026"}
    assert here.send("/me/password", sent).status_code == 303
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303
    here.send("/logout", page="/me")
    phone = account.phone
    assert here.send("/login", {"phone": phone, "password": PASSWORD}).status_code == 200
    assert here.send("/login", {"phone": phone, "password": sent["password"]}).status_code == 303


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"current": "not-my-password"}, "current"),
        ({"again": "something else"}, "again"),
        ({"password": "12345678", "again": "12345678"}, "password"),
    ],
)
def test_a_password_is_not_changed_by_a_wrong_form(
    make_account, log_in, change: dict[str, str], field: str
) -> None:
    account = make_account()
    before = account.password_hash
    sent = {"current": PASSWORD, "password": "a-newer-one-2026", "again": "a-newer-one-2026"}
    answer = log_in(account).send("/me/password", sent | change)
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    db.session.expire_all()
    assert account.password_hash == before


@pytest.mark.postgresql
def test_my_data_can_be_taken_along(make_account, log_in) -> None:
    assistant = make_account(name="站长", role="assistant")
    other = make_account(name="别人", phone="+8613800005555")
    farmer_id = other.id
    with transaction():
        db.session.add(Consent(farmer_id=farmer_id, assistant_id=assistant.id, how="paper: 在站里"))
        reveal_phone(assistant, other, "offers/1")
    answer = log_in(assistant).get("/me/export.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    data = answer.get_json()
    assert data["account"]["phone"] == assistant.phone
    assert data["grants"][0]["role"] == "assistant"
    assert data["consents"][0] == data["consents"][0] | {"as": "assistant", "how": "paper: 在站里"}
    assert data["phone_reveals"]["seen_by_me"][0]["page"] == "offers/1"
    text = answer.get_data(as_text=True)
    assert "13800005555" not in text
    assert "argon2" not in text


def test_rooms_further_down_add_to_the_export(make_account, log_in, monkeypatch) -> None:
    monkeypatch.setattr(
        "market.accounts.privacy.exports.exporters", [*exporters, ("plums", lambda a: a.id)]
    )
    account = make_account()
    assert log_in(account).get("/me/export.json").get_json()["plums"] == account.id


@pytest.mark.postgresql
def test_an_erased_account_keeps_nothing_that_tells_who_it_was(
    make_account, log_in, monkeypatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(
        "market.accounts.services.erasers", [*erasers, lambda a: ended.append(a.id)]
    )
    account = make_account(name="张三", role="assistant")
    farmer = make_account()
    with transaction():
        farmer.password_hash = None
        farmer.represented_by_id = account.id
        db.session.add(Consent(farmer_id=farmer.id, assistant_id=account.id, how="spoken: 李四"))
    account_id, client = account.id, log_in(account)
    assert client.send("/me/erase", {"password": PASSWORD}).status_code == 303
    assert client.get("/me").status_code == 303
    db.session.expire_all()
    erased = db.session.get_one(Account, account_id)
    assert (erased.name, erased.phone, erased.password_hash) == (ERASED_NAME, None, None)
    assert not erased.is_active
    assert erased.grants == []
    assert ended == [account_id]
    assert farmer.represented_by_id is None
    assert db.session.scalar(db.select(Consent.withdrawn_at)) is not None


def test_erasing_needs_the_password(make_account, log_in) -> None:
    account = make_account(name="张三")
    client = log_in(account)
    answer = client.send("/me/erase", {"password": "not-my-password"})
    assert 'id="password-error"' in answer.get_data(as_text=True)
    db.session.expire_all()
    assert account.name == "张三"


def test_the_only_administrator_is_not_erased(make_account, log_in) -> None:
    account = make_account(role="administrator", scope="430000")
    client = log_in(account)
    assert client.send("/me/erase", {"password": PASSWORD}).status_code == 200
    make_account(role="administrator", scope="430000")
    assert client.send("/me/erase", {"password": PASSWORD}).status_code == 303


@pytest.mark.postgresql
def test_who_saw_a_phone_first_where_is_recorded_once(make_account) -> None:
    viewer, account = make_account(), make_account(phone="+8613800005555")
    for _ in range(2):
        with transaction():
            assert reveal_phone(viewer, account, "offers/7") == "+8613800005555"
    rows = db.session.execute(
        db.select(PhoneReveal.viewer_id, PhoneReveal.account_id, PhoneReveal.page)
    ).all()
    assert rows == [(viewer.id, account.id, "offers/7")]


def test_a_farmer_without_a_phone_is_reached_through_the_assistant(make_account) -> None:
    viewer, assistant, farmer = make_account(), make_account(role="assistant"), make_account()
    with transaction():
        farmer.phone = farmer.password_hash = None
        farmer.represented_by_id = assistant.id
    with transaction():
        assert reveal_phone(viewer, farmer, "offers/7") == assistant.phone
    assert db.session.scalar(db.select(PhoneReveal.account_id)) == assistant.id


def test_a_visitor_sees_no_phone(app, make_account) -> None:
    from flask_login import AnonymousUserMixin

    with pytest.raises(Refused):
        reveal_phone(AnonymousUserMixin(), make_account(), "offers/7")
    with app.test_request_context():
        assert mask_for_visitors("打13800001234") == "打138****1234"


def test_a_member_reads_phones_inside_text(app, make_account) -> None:
    from flask_login import login_user

    with app.test_request_context():
        account = make_account()
        with transaction():
            account.session_token = open_session(account, None, "tests")
        login_user(account)
        assert mask_for_visitors("打13800001234") == "打13800001234"


def test_a_landline_is_read_with_its_leading_zero() -> None:
    assert readable_phone("+867365320000") == "07365320000"


@pytest.mark.parametrize(
    ("role", "own"),
    [
        (None, []),
        ("assistant", ["/station", "/station/matches"]),
        ("county_official", ["/desk"]),
    ],
)
def test_my_page_leads_to_the_pages_of_the_rooms_in_their_order(
    make_account, log_in, role: str | None, own: list[str]
) -> None:
    html = log_in(make_account(role=role)).get("/me").get_data(as_text=True)
    doors = re.findall(r'class="my-door" href="([^"]+)"', html)
    assert doors == [
        "/offers/mine",
        "/shortlist",
        "/searches",
        "/deals",
        "/messages",
        "/notices",
        "/me/notifications",
        "/me/certificates",
        "/me/complaints",
        *own,
    ]
