"""The second factor of officials and administrators: an app's code besides the password."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask

from market.accounts import second_factor
from market.accounts.models import Account
from market.accounts.second_factor_models import RecoveryCode, SecondFactor
from market.audit.models import Act
from market.database import db, transaction, utcnow
from tests.conftest import PASSWORD, Client

PAGE, STEP = "/me/second-factor", "/login/code"
Make = Callable[..., Account]
LogIn = Callable[[Account], Client]


@pytest.fixture(autouse=True)
def no_time_passes() -> Iterator[None]:
    """Codes hold for half a minute: a busy machine must not let one lapse between two lines."""
    with time_machine.travel(utcnow(), tick=False):
        yield


@pytest.fixture
def official(make_account: Make) -> Account:
    return make_account(name="县商务局", role="county_official")


@pytest.fixture
def browser(app: Flask) -> Callable[[], Client]:
    app.test_client_class = Client
    return app.test_client  # type: ignore[return-value]


def secret_on(page: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def code_of(secret: str, steps: int = 0) -> str:
    """The app's code of now, or of so many steps from now."""
    return pyotp.TOTP(secret).at(utcnow(), counter_offset=steps)


def set_up(client: Client) -> tuple[str, list[str]]:
    """The secret of an app set up in a browser, and the recovery codes. Uses the code before."""
    secret = secret_on(client.get(PAGE).text)
    answer = client.send(PAGE, {"code": code_of(secret, -1), "password": PASSWORD})
    codes = re.findall(r'<code class="secret">(\w{4}-\w{4})</code>', answer.text)
    assert len(codes) == 10
    return secret, codes


def enter(client: Client, account: Account) -> Any:
    return client.send("/login", {"phone": account.phone, "password": PASSWORD}).location


def is_in(client: Client) -> bool:
    return client.get("/me").status_code == 200


@pytest.mark.postgresql
def test_logging_in_takes_a_code_once_an_app_is_set_up(official, log_in, browser) -> None:
    mine, elsewhere = log_in(official), log_in(official)
    secret, _codes = set_up(mine)
    assert is_in(mine)
    assert not is_in(elsewhere)
    client = browser()
    assert enter(client, official) == STEP
    assert not is_in(client)
    assert 'id="code-error"' in client.send(STEP, {"code": "000000"}).text
    assert client.send(STEP, {"code": code_of(secret)}).location == "/desk"
    assert is_in(client)


def test_a_code_is_accepted_once(official, log_in, browser) -> None:
    secret, _codes = set_up(log_in(official))
    code = code_of(secret)
    for client, where in ((browser(), "/desk"), (browser(), None)):
        enter(client, official)
        assert client.send(STEP, {"code": code}).location == where
    # Nor one of before it.
    last = db.session.scalar(db.select(SecondFactor.last_step))
    seed = db.session.scalar(db.select(SecondFactor.seed))
    assert second_factor.matching_step(seed, code_of(secret, -1), utcnow(), last) is None


def test_a_code_of_long_ago_or_of_another_app_is_none(app: Flask) -> None:
    seed, now = second_factor.new_seed(), utcnow()
    secret = second_factor.app_secret(seed)
    for steps, right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = pyotp.TOTP(secret).at(now, counter_offset=steps)
        assert (second_factor.matching_step(seed, code, now) is not None) is right, steps
    other = second_factor.new_seed()
    assert second_factor.matching_step(other, pyotp.TOTP(secret).at(now), now) is None


def test_the_database_holds_no_secret_and_the_secret_key_is_part_of_it(app: Flask) -> None:
    seed = second_factor.new_seed()
    before = second_factor.app_secret(seed)
    app.secret_key = "another key of this test"
    assert second_factor.app_secret(seed) != before


def test_the_picture_holds_the_secret_and_stays_when_the_page_is_loaded_again(
    official, log_in
) -> None:
    client = log_in(official)
    page = client.get(PAGE).text
    assert "<svg" in page
    assert "<?xml" not in page
    assert secret_on(client.get(PAGE).text) == secret_on(page)
    assert client.get(PAGE).headers["Cache-Control"] == "private, no-store"


def test_setting_up_needs_the_password_and_a_code_of_the_app(official, log_in) -> None:
    client = log_in(official)
    secret = secret_on(client.get(PAGE).text)
    wrong = client.send(PAGE, {"code": code_of(secret), "password": "not-my-password"})
    assert 'id="password-error"' in wrong.text
    assert 'id="code-error"' in client.send(PAGE, {"code": "123", "password": PASSWORD}).text
    assert db.session.scalar(db.select(SecondFactor.seed)) is None


def test_a_recovery_code_opens_once_in_any_writing(official, log_in, browser) -> None:
    _secret, codes = set_up(log_in(official))
    hashes = db.session.scalars(db.select(RecoveryCode.code_hash)).all()
    assert not any(code.replace("-", "") in str(hashes) for code in codes)
    written = codes[3].upper().replace("-", " ")
    for client, where in ((browser(), "/desk"), (browser(), None)):
        enter(client, official)
        assert client.send(STEP, {"code": written}).location == where
    assert len(db.session.scalars(db.select(RecoveryCode.id)).all()) == 9


def test_new_recovery_codes_end_the_old_ones(official, log_in, browser) -> None:
    mine = log_in(official)
    secret, old = set_up(mine)
    sent = {"password": PASSWORD, "code": code_of(secret)}
    page = mine.send(f"{PAGE}/recovery-codes", sent, PAGE).text
    new = re.findall(r'<code class="secret">(\w{4}-\w{4})</code>', page)
    assert len(set(new) - set(old)) == 10
    for code, where in ((old[0], None), (new[0], "/desk")):
        client = browser()
        enter(client, official)
        assert client.send(STEP, {"code": code}).location == where


def test_wrong_codes_are_limited(official, log_in, browser) -> None:
    secret, _codes = set_up(log_in(official))
    client = browser()
    enter(client, official)
    seen = [client.send(STEP, {"code": "000000"}).status_code for _ in range(5)]
    assert seen == [200] * 5
    answer = client.send(STEP, {"code": code_of(secret)})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 600


def test_the_step_before_the_code_ends_with_another_password(official, log_in, browser) -> None:
    secret, _codes = set_up(log_in(official))
    client = browser()
    enter(client, official)
    with transaction():
        official.password_hash = second_factor.new_seed()
    assert client.post(STEP, data={"code": code_of(secret)}).status_code == 400  # no token
    assert client.get(STEP).location == "/login"


def test_a_code_without_the_password_opens_nothing(official, log_in, browser) -> None:
    set_up(log_in(official))
    assert browser().get(STEP).location == "/login"


def test_where_it_is_required_nothing_goes_before_it(app: Flask, official, log_in) -> None:
    app.config["SECOND_FACTOR_REQUIRED"] = True
    client = log_in(official)
    for url in ("/me", "/desk", "/deals", "/offers/new?side=sell"):
        assert client.get(url).location == PAGE, url
    assert client.get("/offers").status_code == 200
    set_up(client)
    assert client.get("/desk").status_code == 200


def test_where_it_is_required_traders_and_assistants_need_none(
    app: Flask, make_account, log_in
) -> None:
    app.config["SECOND_FACTOR_REQUIRED"] = True
    for role in (None, "assistant"):
        assert is_in(log_in(make_account(role=role)))


def test_production_requires_it_and_the_demonstration_does_not() -> None:
    import config

    assert config.Production.SECOND_FACTOR_REQUIRED
    assert not config.Development.SECOND_FACTOR_REQUIRED


def test_an_administrator_takes_it_away_and_that_is_recorded(
    make_account, official, log_in, browser
) -> None:
    mine = log_in(official)
    set_up(mine)
    admin = make_account(role="administrator", scope="430000")
    page = f"/admin/accounts/{official.id}"
    assert log_in(admin).send(f"{page}/second-factor/reset", page=page).location == page
    assert not is_in(mine)
    assert db.session.scalar(db.select(SecondFactor.seed)) is None
    assert db.session.scalar(db.select(RecoveryCode.id)) is None
    assert enter(browser(), official) == "/desk"
    acts = db.session.scalars(db.select(Act).where(Act.actor_id == admin.id)).all()
    assert [act.endpoint for act in acts] == ["accounts.reset_second_factor"]


def test_nobody_resets_their_own(make_account, log_in) -> None:
    admin = make_account(role="administrator", scope="430000")
    client = log_in(admin)
    set_up(client)
    client.send(f"/admin/accounts/{admin.id}/second-factor/reset", page="/me")
    assert db.session.scalar(db.select(SecondFactor.seed)) is not None


def test_the_command_takes_it_away(app: Flask, official, log_in, browser) -> None:
    set_up(log_in(official))
    run = app.test_cli_runner().invoke(args=["accounts", "reset-second-factor", official.phone])
    assert run.exit_code == 0, run.output
    assert enter(browser(), official) == "/desk"


def test_another_app_is_set_up_in_place_of_the_first(official, log_in, browser) -> None:
    mine = log_in(official)
    secret, _codes = set_up(mine)
    sent = {"password": PASSWORD, "code": code_of(secret)}
    assert mine.send(f"{PAGE}/remove", sent, PAGE).location == "/me"
    second, _codes = set_up(mine)
    assert second != secret


def test_a_trader_has_none(make_account, log_in) -> None:
    client = log_in(make_account())
    assert PAGE not in client.get("/me").text
    secret = secret_on(client.get(PAGE).text)
    client.send(PAGE, {"code": code_of(secret), "password": PASSWORD})
    assert db.session.scalar(db.select(SecondFactor.seed)) is None


def test_a_code_by_text_message_does_not_pass_over_it(official, log_in, client: Client) -> None:
    from tests.accounts.test_phone_codes import CODE, NEW, ask, sent_to

    set_up(log_in(official))
    ask(client, official.phone)
    (code,) = sent_to(official.phone or "")
    assert client.send(CODE, {**NEW, "code": code}).location == "/login"
    assert not is_in(client)


def test_another_password_leaves_it(official, log_in) -> None:
    mine = log_in(official)
    set_up(mine)
    new = {"current": PASSWORD, "password": "smx-ganju-2026", "again": "smx-ganju-2026"}
    mine.send("/me/password", new)
    from market.accounts.models import AccountSession

    assert db.session.scalars(db.select(AccountSession.second_factor)).all() == [True]
