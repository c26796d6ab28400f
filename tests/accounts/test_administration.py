"""The administrator's screens, the command line, and what production refuses."""

from __future__ import annotations

import secrets

import pytest
from flask import Flask

import config
from market import create_app
from market.accounts.models import Account, Grant, PhoneReveal, Role
from market.database import db, transaction
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
    assert client.send(f"{page}/disable", page=page).status_code == 403
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
    assert mine.send(f"{page}/disable", page=page).status_code == 303
    assert theirs.get("/me").status_code == 303
    assert mine.send(f"{page}/enable", page=page).status_code == 303
    db.session.expire_all()
    assert log_in(account).get("/me").status_code == 200


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
