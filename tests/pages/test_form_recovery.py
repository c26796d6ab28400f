"""What was typed survives whatever refuses it, and nothing is sent as somebody else."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.exceptions import TooManyRequests

from market import database
from market.accounts.models import Account
from market.accounts.sessions import open_session
from market.database import db, transaction
from market.offers.models import Offer, Verification
from market.web import form_recovery
from tests.conftest import PASSWORD, Client
from tests.offers.factories import make_offer
from tests.offers.test_views import PEARS

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
NEW = "/offers/new?side=sell"
WRITTEN = {**PEARS, "title": "自家的翠冠梨", "description": "昨天刚摘的，个个过秤"}


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account(name="王大伯", phone="+8613800001234")


def token(client: Client, url: str = NEW) -> str:
    html = client.get(url).get_data(as_text=True)
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', html)[-1]


def text(answer: Any) -> str:
    return answer.get_data(as_text=True)


def count_offers() -> int:
    return db.session.scalar(select(func.count()).select_from(Offer)) or 0


def is_filled(answer: Any) -> bool:
    html = text(answer)
    return all(said in html for said in ("自家的翠冠梨", "昨天刚摘的，个个过秤", 'value="2000"'))


def enter(client: Client, phone: str, url: str = "/login") -> Any:
    return client.send(url, {"phone": phone, "password": PASSWORD, "next": _next(url)})


def _next(url: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(url).query).get("next", [""])[0]


def test_a_form_opened_by_one_account_is_not_sent_as_another(
    make_account: Make, owner: Account, client: Client
) -> None:
    make_account(name="李四", phone="+8613900005678")
    enter(client, "13800001234")
    old = token(client)
    client.send("/logout", page="/me")
    enter(client, "13900005678")
    answer = client.post(NEW, data={**WRITTEN, "csrf_token": old})
    assert (answer.status_code, count_offers()) == (400, 0)
    assert is_filled(answer)
    assert "李四" in text(answer)


def test_a_form_is_not_sent_as_whoever_the_session_names_now(
    make_account: Make, owner: Account, log_in: LogIn
) -> None:
    client, other = log_in(owner), make_account(name="李四")
    old = token(client)
    with transaction():
        of_other = open_session(other, None, "tests")
    with client.session_transaction() as session:
        session["_user_id"] = of_other
    answer = client.post(NEW, data={**WRITTEN, "csrf_token": old})
    assert (answer.status_code, count_offers(), is_filled(answer)) == (400, 0, True)


def test_what_comes_back_can_be_sent_at_once(
    app: Flask, owner: Account, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(owner)
    old = token(client)
    with monkeypatch.context() as late:
        late.setitem(app.config, "WTF_CSRF_TIME_LIMIT", -1)
        answer = client.post(NEW, data={**WRITTEN, "csrf_token": old})
    fresh = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', text(answer))[-1]
    assert client.post(NEW, data={**WRITTEN, "csrf_token": fresh}).status_code == 303
    assert count_offers() == 1


def test_what_was_typed_before_the_session_ended_comes_back_after_log_in(
    owner: Account, log_in: LogIn
) -> None:
    client = log_in(owner)
    old = token(client)
    client.delete_cookie("session")
    sent_away = client.post(NEW, data={**WRITTEN, "csrf_token": old})
    assert (sent_away.status_code, count_offers()) == (303, 0)
    why = text(client.get(sent_away.location))
    assert "登录后就能发布" in why
    assert "登录后会回来" in why
    back = enter(client, "13800001234", sent_away.location)
    assert back.location == NEW
    assert is_filled(client.get(back.location))
    assert client.send(NEW, WRITTEN).status_code == 303
    assert not is_filled(client.get(NEW))


def test_photos_that_cannot_be_kept_are_said_to_be_gone(owner: Account, log_in: LogIn) -> None:
    client = log_in(owner)
    old = token(client)
    client.delete_cookie("session")
    picture = (io.BytesIO(b"a picture"), "梨.jpg")
    sent = {**WRITTEN, "csrf_token": old, "photos": picture}
    sent_away = client.post(NEW, data=sent)
    back = enter(client, "13800001234", sent_away.location)
    page = client.get(back.location)
    assert is_filled(page)
    assert "只是照片没能留下，请重新选一遍" in text(page)
    # Who stays on the page is told so too.
    answer = client.post(NEW, data={**sent, "photos": (io.BytesIO(b"a picture"), "梨.jpg")})
    assert answer.status_code == 400
    assert "照片没能留下" in text(answer)


def test_a_page_tells_drafts_of_this_browser_that_the_server_filled_its_form(
    owner: Account, log_in: LogIn
) -> None:
    client = log_in(owner)
    assert "data-filled" not in text(client.get(NEW))
    assert "data-filled" in text(client.send(NEW, {**WRITTEN, "region": ""}))
    assert "data-filled" in text(client.send(NEW, {**WRITTEN, "switch": "en"}))


def test_the_language_is_changed_without_losing_what_is_typed(client: Client) -> None:
    typed = {"name": "王大伯", "phone": "13800001234", "region": "石门县", "password": "x" * 12}
    answer = client.send("/register", {**typed, "switch": "en"})
    page = text(answer)
    assert (answer.status_code, db.session.scalar(select(func.count(Account.id)))) == (200, 0)
    assert 'lang="en"' in page[:200]
    assert all(f'value="{said}"' in page for said in ("王大伯", "13800001234"))
    assert "Shimen County" in page
    assert typed["password"] not in page
    assert 'lang="en"' in text(client.get("/"))[:200]
    back = text(client.send("/register", {**typed, "switch": "zh_CN"}))
    assert 'lang="zh-CN"' in back[:200]
    # What another site sends changes nothing.
    sent = {**typed, "switch": "en", "csrf_token": token(client, "/register")}
    foreign = client.post("/register", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert "language=en" not in str(foreign.headers)


def test_a_text_without_a_page_of_its_own_comes_back_after_log_in(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    client, offer = log_in(owner), make_offer(owner)
    old = token(client, "/me")
    client.delete_cookie("session")
    url = f"/offers/{offer.id}/return"
    sent_away = client.post(url, data={"reason": "数量不对", "csrf_token": old})
    back = enter(client, "13800001234", sent_away.location)
    page = text(client.get(back.location))
    assert "数量不对" in page
    assert f'action="{url}"' in page


def test_what_one_account_typed_is_not_shown_to_who_logs_in_next(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    make_account(name="李四", phone="+8613900005678")
    client = log_in(owner)
    old = token(client)
    client.delete_cookie("session")
    sent_away = client.post(NEW, data={**WRITTEN, "csrf_token": old})
    back = enter(client, "13900005678", sent_away.location)
    assert "自家的翠冠梨" not in text(client.get(back.location))


def test_another_browser_does_not_get_what_is_kept(
    app: Flask, owner: Account, log_in: LogIn
) -> None:
    client = log_in(owner)
    old = token(client)
    client.delete_cookie("session")
    client.post(NEW, data={**WRITTEN, "csrf_token": old})
    assert "自家的翠冠梨" not in text(log_in(owner).get(NEW))


def test_what_is_kept_is_deleted_after_an_hour(
    app: Flask, owner: Account, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(owner)
    old = token(client)
    client.delete_cookie("session")
    client.post(NEW, data={**WRITTEN, "csrf_token": old})
    later = time.time() + form_recovery.MAX_AGE_SECONDS + 1
    monkeypatch.setattr(form_recovery.time, "time", lambda: later)
    form_recovery.purge_pending_forms()
    assert list(form_recovery._folder().iterdir()) == []


def test_what_another_site_sends_is_not_given_back(owner: Account, log_in: LogIn) -> None:
    client = log_in(owner)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post(NEW, data={**WRITTEN, "csrf_token": "x"}, headers=headers)
        assert answer.status_code == 400
        assert "自家的翠冠梨" not in text(answer)


def test_too_large_photos_leave_the_texts(
    app: Flask, owner: Account, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(owner)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100_000)
    photo = (io.BytesIO(b"x" * 300_000), "photo.jpg")
    fields = {**WRITTEN, "csrf_token": token(client), "photos": photo}
    answer = client.post(NEW, data=fields, content_type="multipart/form-data")
    assert (answer.status_code, is_filled(answer)) == (413, True)


@pytest.mark.parametrize(
    ("error", "status"), [(TooManyRequests(retry_after=77), 429), (ZeroDivisionError(), 500)]
)
def test_a_limit_or_a_fault_leaves_the_form_filled(
    app: Flask,
    owner: Account,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("market.offers.services.post_offer", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = log_in(owner).send(NEW, WRITTEN)
    assert (answer.status_code, is_filled(answer)) == (status, True)
    assert answer.headers.get("Retry-After") == ("77" if status == 429 else None)


@pytest.mark.postgresql
def test_a_lock_that_stays_is_a_503_and_leaves_the_form_filled(
    app: Flask, owner: Account, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(owner)
    fields = {**WRITTEN, "csrf_token": token(client)}
    locked, done = threading.Event(), threading.Event()
    monkeypatch.setattr(database, "PATIENCE", 0.05)

    def hold() -> None:
        with app.app_context(), database.transaction():
            if db.engine.dialect.name == "postgresql":
                db.session.connection().exec_driver_sql("LOCK TABLE offers IN EXCLUSIVE MODE")
            locked.set()
            done.wait(20)

    if db.engine.dialect.name == "postgresql":
        # Its patience is a setting of the connection.
        event.listen(db.engine, "checkout", lambda c, *_: c.execute("SET lock_timeout = 50"))
    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(20)
        answer = client.post(NEW, data=fields)
    finally:
        done.set()
        holder.join()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    assert is_filled(answer)
    assert count_offers() == 0


def test_a_refused_step_gives_its_reason_back(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    official = make_account(role="county_official")
    client, offer = log_in(official), make_offer(owner)
    reason = "数量不对" * 60
    answer = client.send(f"/desk/offers/{offer.id}/return", {"reason": reason}, page="/me")
    assert offer.verification is Verification.UNVERIFIED
    assert reason in text(answer)


def test_pages_of_who_is_logged_in_are_not_stored(owner: Account, log_in: LogIn) -> None:
    client, offer = log_in(owner), make_offer(owner)
    shown = ("/", "/me", "/offers", f"/offers/{offer.id}", "/deals", "/me/export.json", "/nowhere")
    for url in shown:
        assert "no-store" in client.get(url).headers["Cache-Control"], url
    refused = client.send(f"/offers/{offer.id}/phone", page="/me")
    assert "no-store" in refused.headers["Cache-Control"]


def test_pages_for_everyone_are_still_asked_for_by_their_validator(
    owner: Account, client: Client, log_in: LogIn
) -> None:
    first = client.get("/offers")
    assert "no-store" not in first.headers["Cache-Control"]
    again = client.get("/offers", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    style = re.search(r'href="(/static/site-[^"]+)"', text(first))
    assert style
    assert "immutable" in log_in(owner).get(style[1]).headers["Cache-Control"]


def test_the_browser_is_told_once_which_form_was_taken(owner: Account, log_in: LogIn) -> None:
    client = log_in(owner)
    assert client.send(NEW, WRITTEN).status_code == 303
    assert f'data-sent="{NEW}"' in text(client.get("/me"))
    assert 'data-sent=""' in text(client.get("/me"))


def test_the_language_link_of_an_answer_leads_to_a_page(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    client, offer = log_in(make_account(role="county_official")), make_offer(owner)
    page = f"/desk/offers/{offer.id}"
    client.get(page)
    answer = client.post(
        f"{page}/return",
        data={"reason": "数量不对" * 60, "csrf_token": token(client)},
        headers={"Referer": f"http://localhost{page}"},
    )
    link = re.search(r'href="(/language/en\?next=[^"]+)"', answer.get_data(as_text=True))
    assert link
    assert client.get(link[1], follow_redirects=True).status_code == 200
