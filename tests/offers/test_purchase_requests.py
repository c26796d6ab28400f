"""What a purchase asks of who quotes for it: until when, in what parts, with which certificates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.database import db, transaction
from market.offers.certificates import CODE_SETS, join_codes, split_codes
from market.offers.models import Offer
from market.offers.services import close_offer, copy_offer, renew_offer
from market.web import home_time
from market.web.errors import Invalid
from tests.conftest import Client
from tests.html import squeezed
from tests.offers.factories import make_offer
from tests.offers.test_views import PEARS, text

Make = Callable[..., Account]
TODAY = date(2098, 7, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_time, "utcnow", lambda: datetime(2098, 7, 1, 4, tzinfo=UTC))


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account(name="采购王", phone="+8613800001234")


@pytest.fixture
def browser(owner: Account, log_in: Callable[[Account], Client]) -> Client:
    return log_in(owner)


def newest() -> Offer:
    return db.session.scalars(select(Offer).order_by(Offer.id.desc())).first()  # type: ignore[return-value]


def test_a_purchase_says_until_when_and_for_what_it_takes_quotations(browser: Client) -> None:
    asked = {"quotation_deadline": "2098-07-20", "parts_allowed": "no"}
    certificates = ["commitment", "green"]
    answer = browser.send("/offers/new?side=buy", {**PEARS, **asked, "certificates": certificates})
    assert answer.status_code == 303
    made = newest()
    assert made.quotation_deadline == date(2098, 7, 20)
    assert (made.parts_allowed, made.certificates) == (False, "green,commitment")
    page = squeezed(text(browser.get(f"/offers/{made.id}")))
    for fact in ("报价截止", "要一家供齐", "绿色食品、承诺达标合格证"):
        assert fact in page


def test_a_sale_is_not_asked_for_it(browser: Client) -> None:
    page = text(browser.get("/offers/new?side=sell"))
    assert "quotation_deadline" not in page
    assert "certificates" not in page
    assert "quotation_deadline" in text(browser.get("/offers/new?side=buy"))


@pytest.mark.parametrize(
    ("day", "why"), [("2098-06-30", "这一天已经过了"), ("2099-07-01", "180 天")]
)
def test_a_deadline_is_neither_past_nor_years_away(browser: Client, day: str, why: str) -> None:
    answer = browser.send("/offers/new?side=buy", {**PEARS, "quotation_deadline": day})
    assert answer.status_code == 200
    found = re.search(r'id="quotation_deadline-error">(.*?)</p>', text(answer), re.S)
    assert found
    assert why in found[1]


def test_a_deadline_that_has_passed_stays_while_the_rest_is_changed(
    browser: Client, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = make_offer(owner, "buy", quotation_deadline=TODAY)
    after = datetime(2098, 7, 5, 4, tzinfo=UTC)
    monkeypatch.setattr(home_time, "utcnow", lambda: after)
    changed = {**PEARS, "quotation_deadline": "2098-07-01", "grade": "特级", "action": "save"}
    assert browser.send(f"/offers/{request.id}/edit", changed).status_code == 303
    db.session.expire_all()
    assert (request.grade, request.quotation_deadline) == ("特级", TODAY)


@pytest.mark.postgresql
def test_a_request_stays_up_until_its_deadline_is_over(owner: Account) -> None:
    deadline = date(2099, 1, 1)
    request = make_offer(owner, "buy", quotation_deadline=deadline, days=3)
    last = request.valid_until - timedelta(seconds=1)
    assert last.astimezone(home_time.home_zone()).date() == deadline


@pytest.mark.parametrize(
    ("days_on", "told", "not_told"),
    [(0, "报价截止", "报价已截止"), (1, "报价截止", "报价已截止"), (-1, "报价已截止", "报价截止")],
)
def test_a_card_says_until_when_to_quote_or_that_it_is_too_late(
    browser: Client, owner: Account, days_on: int, told: str, not_told: str
) -> None:
    make_offer(owner, "buy", quotation_deadline=home_time.home_today() + timedelta(days=days_on))
    page = text(browser.get("/offers"))
    assert told in page
    assert not_told not in page


@pytest.mark.postgresql
def test_renewing_or_copying_a_request_leaves_its_past_deadline_behind(owner: Account) -> None:
    request = make_offer(owner, "buy", quotation_deadline=TODAY - timedelta(days=1))
    assert copy_offer(owner, request).quotation_deadline is None
    with transaction():
        close_offer(owner, request)
        renew_offer(owner, request)
    assert request.quotation_deadline is None
    ahead = make_offer(owner, "buy", quotation_deadline=TODAY)
    assert copy_offer(owner, ahead).quotation_deadline == TODAY


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "values",
    [
        {"quotation_deadline": TODAY},
        {"parts_allowed": False},
        {"certificates": "organic"},
    ],
)
def test_neither_the_market_nor_the_database_lets_a_sale_have_it(
    owner: Account, values: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        make_offer(owner, "sell", **values)
    sale = make_offer(owner, "sell")
    with pytest.raises(IntegrityError):
        db.session.execute(update(Offer).where(Offer.id == sale.id).values(**values))


def test_every_set_of_certificates_is_stored_and_read_again() -> None:
    assert [join_codes(split_codes(codes)) for codes in CODE_SETS] == list(CODE_SETS)
    assert join_codes(["organic", "nonsense", "green"]) == "green,organic"
