"""The administrator's screens, the command line, and what production refuses."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

import config
from market import create_app
from market.accounts.login_history import LOGINS_RETAINED
from market.accounts.login_models import AccountLogin
from market.accounts.models import Account, Grant, PhoneReveal, Role
from market.database import db, transaction, utcnow
from market.search import snapshots
from market.search.services import drain
from market.web.home_time import home_today
from tests.conftest import PASSWORD
from tests.offers.factories import make_offer
from tests.sql import statements


@pytest.fixture
def administrator(make_account) -> Account:
    return make_account(name="管理员", role="administrator", scope="430000")


PAGES = [
    ("GET", "/me", "member"),
    ("GET", "/me/edit", "member"),
    ("GET", "/me/password", "member"),
    ("GET", "/me/export.json", "member"),
    ("GET", "/me/erase", "member"),
    ("GET", "/admin/accounts", "administrator"),
    ("GET", "/admin/accounts/new", "administrator"),
    ("GET", "/admin/accounts/1", "administrator"),
    ("GET", "/station", "assistant"),
    ("GET", "/station/farmers/new", "assistant"),
]
SCOPES = {"prefecture_official": "430700", "province_official": "430000", "administrator": "430000"}


@pytest.mark.parametrize(("method", "url", "needed"), PAGES)
@pytest.mark.parametrize("role", [None, "visitor", *(r.value for r in Role)])
def test_each_page_opens_for_its_role_alone(
    app: Flask, make_account, log_in, method: str, url: str, needed: str, role: str | None
) -> None:
    make_account()
    if role == "visitor":
        assert app.test_client().open(url, method=method).status_code == 303
        return
    client = log_in(make_account(role=role, scope=SCOPES.get(role or "")))
    expected = 200 if needed in ("member", role) else 403
    assert client.open(url, method=method).status_code == expected


def test_only_an_administrator_changes_roles(app: Flask, make_account, log_in) -> None:
    target = make_account()
    client = log_in(make_account(role="province_official", scope="430000"))
    for url in ("grants", "disable", "enable", "phone"):
        answer = client.send(f"/admin/accounts/{target.id}/{url}", page="/me")
        assert answer.status_code == 403, url


@pytest.mark.postgresql
def test_accounts_are_found_by_name_and_phone(make_account, log_in, administrator) -> None:
    make_account(name="石门柑橘社", phone="+8613800004321")
    make_account(name="桃源茶厂", phone="+8613800006543")
    client = log_in(administrator)
    for words in ("柑橘", "13800004321", "4321"):
        html = client.get("/admin/accounts", query_string={"q": words}).get_data(as_text=True)
        assert "石门柑橘社" in html, words
        assert "桃源茶厂" not in html, words
        assert "138****4321" in html
        assert "13800004321" not in html.split("<tbody")[1].split("</tbody>")[0]
    assert "<tbody" not in client.get("/admin/accounts?q=%25").get_data(as_text=True)


def test_the_list_of_accounts_takes_the_same_number_of_queries_for_any_length(
    make_account, log_in, administrator
) -> None:
    client = log_in(administrator)

    def queries() -> int:
        db.session.remove()
        with statements(only="") as sent:
            assert client.get("/admin/accounts").status_code == 200
        return len(sent)

    queries()
    few = queries()
    for _ in range(60):
        make_account(role="assistant")
    assert queries() == few
    page = client.get("/admin/accounts").get_data(as_text=True)
    assert page.count('class="stack-title"') == 50
    assert "page=2" in page


@pytest.mark.postgresql
def test_a_role_is_given_and_taken_back(make_account, log_in, administrator) -> None:
    account = make_account()
    client, page = log_in(administrator), f"/admin/accounts/{account.id}"
    sent = {"role": "county_official", "region": "石门县"}
    assert client.send(f"{page}/grants", sent, page).status_code == 303
    db.session.expire_all()
    assert account.has_role("county_official", within="43/4307/430726")
    assert account.grants[0].granted_by_id == administrator.id
    again = client.send(f"{page}/grants", sent, page)
    assert 'id="role-error"' in again.get_data(as_text=True)
    revoke = f"/admin/grants/{account.grants[0].id}/revoke"
    assert client.send(revoke, page=page).status_code == 303
    db.session.expire_all()
    assert account.grants == []
    assert client.send(revoke, page=page).status_code == 404


def test_a_reporting_zone_has_officials_too(make_account, log_in, administrator) -> None:
    account = make_account()
    client, page = log_in(administrator), f"/admin/accounts/{account.id}"
    client.send(f"{page}/grants", {"role": "county_official", "region": "430671"}, page)
    db.session.expire_all()
    assert account.grants[0].region_code == "430671"


@pytest.mark.parametrize(
    ("role", "region"),
    [("province_official", "石门县"), ("prefecture_official", "石门县"), ("assistant", "常德市")],
)
def test_a_role_at_the_wrong_level_is_refused(
    make_account, log_in, administrator, role: str, region: str
) -> None:
    account = make_account()
    page = f"/admin/accounts/{account.id}"
    answer = log_in(administrator).send(f"{page}/grants", {"role": role, "region": region}, page)
    assert 'id="region-error"' in answer.get_data(as_text=True)
    assert db.session.scalar(db.select(Grant.id).where(Grant.account_id == account.id)) is None


def test_nobody_grants_themselves_nor_closes_themselves(log_in, administrator) -> None:
    client, page = log_in(administrator), f"/admin/accounts/{administrator.id}"
    sent = {"role": "province_official", "region": "湖南省"}
    answer = client.send(f"{page}/grants", sent, page)
    assert answer.status_code == 200
    assert client.send(f"{page}/disable", {"reason": "离任"}, page).status_code == 403
    own = administrator.grants[0].id
    assert client.send(f"/admin/grants/{own}/revoke", page=page).status_code == 403
    db.session.expire_all()
    assert [g.role for g in administrator.grants] == ["administrator"]
    assert administrator.is_active


def test_one_who_cannot_log_in_holds_no_role(make_account, log_in, administrator) -> None:
    farmer = make_account()
    with transaction():
        farmer.password_hash = None
    page = f"/admin/accounts/{farmer.id}"
    client = log_in(administrator)
    client.send(f"{page}/grants", {"role": "assistant", "region": "石门县"}, page)
    db.session.expire_all()
    assert farmer.grants == []


def test_closing_an_account_ends_its_sessions_until_it_is_opened(
    make_account, log_in, administrator
) -> None:
    account = make_account()
    theirs, mine, page = log_in(account), log_in(administrator), f"/admin/accounts/{account.id}"
    assert 'id="reason-error"' in mine.send(f"{page}/disable", page=page).text
    assert theirs.get("/me").status_code == 200
    reason = {"reason": "冒用合作社名义"}
    assert mine.send(f"{page}/disable", reason, page).status_code == 303
    assert theirs.get("/me").status_code == 303
    assert "冒用合作社名义" in mine.get(page).text
    again = mine.send(f"{page}/disable", {"reason": "另有原因"}, page)
    assert again.status_code == 409
    for told in ("早已关闭", "冒用合作社名义", "另有原因"):
        assert told in again.text
    typed = {"phone": account.phone, "password": PASSWORD}
    assert "冒用合作社名义" in theirs.send("/login", typed).text
    typed["password"] = "wrong-2026"
    assert "冒用合作社名义" not in theirs.send("/login", typed).text
    for told in ("账号已恢复", "这个账号本来就开着"):
        assert mine.send(f"{page}/enable", page=page).status_code == 303
        assert told in mine.get(page).text
    db.session.expire_all()
    assert account.disabled_reason == ""
    assert log_in(account).get("/me").status_code == 200


@pytest.mark.postgresql
def test_what_a_closed_account_offers_leaves_the_site_at_once(
    make_account, log_in, client, administrator, monkeypatch
) -> None:
    monkeypatch.setattr(snapshots, "PAUSE", 0.0)
    owner, buyer = make_account(name="桃源梨农"), make_account(name="收梨的")
    offer = make_offer(owner, title="头茬好梨", grade="一级")
    wanted = make_offer(buyer, side="buy", title="收好梨")
    drain()
    by_day = f"/sitemaps/offers-{home_today()}-1.xml"
    places = ["/offers?q=梨", f"/offers/{wanted.id}/matches", by_day, "/"]
    shown = "头茬好梨", f"/offers/{offer.id}<"

    def seen() -> list[bool]:
        return [any(text in client.get(place).text for text in shown) for place in places]

    assert all(seen())
    assert client.get(f"/offers/{offer.id}").status_code == 200
    mine, page = log_in(administrator), f"/admin/accounts/{owner.id}"
    assert mine.send(f"{page}/disable", {"reason": "冒用"}, page).status_code == 303
    drain()
    assert not any(seen())
    assert "头茬好梨" not in client.get(f"/offers/{offer.id}").text
    mine.send(f"{page}/enable", page=page)
    drain()
    assert all(seen())


def test_an_administrator_makes_an_account_that_logs_in_with_a_one_time_password(
    app: Flask, log_in, administrator
) -> None:
    client, page = log_in(administrator), "/admin/accounts/new"
    sent = {
        "name": "王秀英",
        "phone": "13800002222",
        "role": "assistant",
        "region": "石门县",
        "township": "皂市镇",
        "office": "皂市镇信息站",
    }
    answer = client.send(page, sent)
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    digits = re.search(r'one-time">(\d{5}) (\d{5})<', shown)
    assert digits is not None
    account = db.session.scalars(db.select(Account).order_by(Account.id.desc())).first()
    assert (account.name, account.office) == ("王秀英", "皂市镇信息站")
    assert [(g.role, g.region_code) for g in account.grants] == [("assistant", "430726")]
    assert account.grants[0].township_code is not None
    with time_machine.travel(utcnow() + timedelta(minutes=6), tick=False):
        assert 'one-time">' not in client.get(answer.location).text
    theirs = app.test_client()
    entered = theirs.send("/login", {"phone": "13800002222", "password": "".join(digits.groups())})
    assert entered.status_code == 303
    assert theirs.get("/me").location.endswith("/me/new-password")
    assert 'id="phone-error"' in client.send(page, sent).text
    assert db.session.scalar(db.select(db.func.count(Account.id))) == 2


def test_accounts_are_narrowed_by_role_region_and_state(
    make_account, log_in, administrator
) -> None:
    make_account(name="石门科员", role="county_official", office="石门县商务局")
    make_account(name="桃源科员", role="county_official", region="430725")
    make_account(name="石门信息员", role="assistant")
    make_account(name="常德科员", role="prefecture_official", scope="430700")
    closed = make_account(name="石门农户")
    with transaction():
        closed.disabled_at, closed.disabled_reason = utcnow(), "冒用"
    client = log_in(administrator)
    everybody = {"石门科员", "桃源科员", "石门信息员", "常德科员", "石门农户", "管理员"}
    for query, expected in {
        "role=county_official": {"石门科员", "桃源科员"},
        "role=county_official&region=430726": {"石门科员"},
        "role=any&region=石门县": {"石门科员", "石门信息员"},
        "region=430725": {"桃源科员"},
        "state=disabled": {"石门农户"},
        "state=active&role=any": everybody - {"石门农户"},
        "q=商务局": {"石门科员"},
        "role=nonsense&state=nonsense": everybody,
    }.items():
        html = client.get(f"/admin/accounts?{query}").text.split("<tbody")[1]
        assert {name for name in everybody if f">{name}</a>" in html} == expected, query


def test_people_of_one_office_are_named_on_each_others_pages(
    make_account, log_in, administrator
) -> None:
    first = make_account(name="李主任", role="county_official")
    second = make_account(name="赵科员", role="county_official", office="石门县商务局市场股")
    make_account(name="桃源科员", role="county_official", region="430725")
    client, page = log_in(administrator), f"/admin/accounts/{first.id}"
    assert client.send(f"{page}/office", {"office": "石门县商务局"}, page).status_code == 303
    html = client.get(page).text
    assert f'href="/admin/accounts/{second.id}">赵科员' in html
    assert "石门县商务局市场股" in html
    assert "桃源科员" not in html
    assert 'value="石门县商务局"' in html
    wrong = client.send(f"{page}/office", {"office": "找李13800001111"}, page)
    assert 'id="office-error"' in wrong.text


def test_log_ins_are_listed_with_a_masked_network_and_go_after_half_a_year(
    app: Flask, make_account, log_in, administrator
) -> None:
    account = make_account()
    typed = {"phone": account.phone, "password": PASSWORD}
    long_ago = utcnow() - LOGINS_RETAINED - timedelta(days=1)
    with transaction():
        db.session.add(
            AccountLogin(
                account_id=account.id, at=long_ago, network="", agent="", method="phone_code"
            )
        )
    theirs = app.test_client()
    theirs.environ_base |= {"REMOTE_ADDR": "113.240.7.9", "HTTP_USER_AGENT": "Chrome on Windows"}
    assert theirs.send("/login", {**typed, "password": "wrong-2026"}).status_code == 200
    assert theirs.send("/login", typed).status_code == 303
    logins = db.session.scalars(db.select(AccountLogin)).all()
    assert [(each.method, each.network) for each in logins] == [("password", "113.240.7.9")]
    html = log_in(administrator).get(f"/admin/accounts/{account.id}").text
    assert "113.240.*.*" in html
    assert "113.240.7.9" not in html
    assert "Chrome · Windows" in html


def test_an_administrator_sees_a_phone_only_on_record(make_account, log_in, administrator) -> None:
    account = make_account(phone="+8613800004321")
    client, page = log_in(administrator), f"/admin/accounts/{account.id}"
    assert "138 0000 4321" not in client.get(page).get_data(as_text=True)
    assert "138 0000 4321" in client.send(f"{page}/phone", page=page).get_data(as_text=True)
    assert db.session.scalar(db.select(PhoneReveal.account_id)) == account.id


def test_an_unknown_account_is_not_found(log_in, administrator) -> None:
    assert log_in(administrator).get("/admin/accounts/999").status_code == 404


def run(app: Flask, phone: str, password: str = "market-opens-2026"):
    return app.test_cli_runner().invoke(
        args=["accounts", "create-administrator"],
        input=f"管理员\n{phone}\n{password}\n{password}\n",
    )


@pytest.mark.postgresql
def test_the_first_administrator_is_made_on_the_command_line(app: Flask) -> None:
    assert run(app, "13800001111").exit_code == 0
    account = db.session.scalar(db.select(Account))
    assert account.is_administrator
    assert account.phone == "+8613800001111"
    assert run(app, "13800001111").exit_code == 1


@pytest.mark.parametrize(
    ("phone", "password"), [("123", "market-opens-2026"), ("13800001111", "12345678")]
)
def test_the_command_line_refuses_what_the_form_refuses(
    app: Flask, phone: str, password: str
) -> None:
    assert run(app, phone, password).exit_code == 1
    assert db.session.scalar(db.select(Account.id)) is None


def production(app: Flask) -> Flask:
    class Strict(config.Production):
        SECRET_KEY = secrets.token_hex(16)

    names = ("INSTANCE", "MEDIA", "LIMITS_DATABASE", "SQLALCHEMY_DATABASE_URI")
    return create_app(Strict, **{n: app.config[n] for n in names})


def test_production_refuses_to_start_with_demonstration_accounts(app: Flask, make_account) -> None:
    make_account()
    assert production(app).config["SESSION_COOKIE_SECURE"]
    make_account(is_demonstration=True)
    with pytest.raises(config.ConfigurationError, match="demonstration"):
        production(app)


def test_production_starts_before_there_is_a_database(tmp_path) -> None:
    empty = Flask("empty")
    empty.config.update(
        INSTANCE=tmp_path,
        MEDIA=tmp_path / "media",
        LIMITS_DATABASE=tmp_path / "limits.sqlite3",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/none.sqlite3",
    )
    assert production(empty).config["REMEMBER_COOKIE_SECURE"]
