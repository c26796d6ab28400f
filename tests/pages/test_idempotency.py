"""A form sent twice makes one thing; changed before it is sent again, it makes another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from market.accounts.models import Account, Consent
from market.database import db
from market.deals.models import Deal
from market.fairs.models import Fair
from market.messages.models import QuestionText
from market.offers.models import Offer
from market.web.idempotency import bound_key
from tests.conftest import Client
from tests.deals.factories import make_trade
from tests.fairs.test_views import FORM as FAIR
from tests.offers.test_views import PEARS, photo
from tests.stations.test_stations import FARMER

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
KEY = "c" * 32
QUESTION = {"text": "合作社要什么手续？", "region": "430726"}
# The address, what is sent, what is changed, what is made, and who sends it.
FORMS: dict[str, tuple[str, dict[str, Any], dict[str, Any], Any, str | None]] = {
    "an offer": ("/offers/new?side=sell", PEARS, {"quantity": "3000"}, Offer, None),
    "a draft": ("/offers/new?side=sell", PEARS, {"action": "draft"}, Offer, None),
    "a question": ("/questions/new", QUESTION, {"text": "还有一件事"}, QuestionText, None),
    "a farmer": ("/station/farmers/new", FARMER, {"name": "田二伯"}, Consent, "assistant"),
    "a fair": ("/fairs/new", FAIR, {"slug": "2026-other"}, Fair, "province_official"),
}


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def sender(make_account: Make, role: str | None) -> Account:
    return make_account(role=role, scope="430000") if role else make_account()


@pytest.mark.parametrize("name", FORMS)
def test_the_same_is_made_once_and_the_changed_besides(
    make_account: Make, log_in: LogIn, name: str
) -> None:
    url, sent, change, model, role = FORMS[name]
    client, before = log_in(sender(make_account, role)), count(model)
    first = client.send(url, {**sent, "key": KEY})
    again = client.send(url, {**sent, "key": KEY})
    assert (first.status_code, again.location) == (303, first.location)
    assert count(model) == before + 1
    for _ in range(2):
        assert client.send(url, {**sent, **change, "key": KEY}).status_code == 303
    assert count(model) == before + 2


@pytest.mark.parametrize("name", ["an offer", "a question", "a farmer"])
def test_a_key_of_another_account_makes_ones_own(
    make_account: Make, log_in: LogIn, name: str
) -> None:
    url, sent, _change, model, role = FORMS[name]
    made = [
        log_in(sender(make_account, role)).send(url, {**sent, "key": KEY}).location
        for _ in range(2)
    ]
    assert made[0] != made[1]
    assert count(model) == 2


def test_a_key_of_another_account_leads_to_no_deal_of_theirs(
    make_account: Make, log_in: LogIn
) -> None:
    trade, other = make_trade(make_account), make_account()
    url = f"/offers/{trade.offer.id}/propose"
    said = {"quantity": "100", "unit": "jin", "unit_price": "2.35", "price_unit": "jin"}
    said |= {"own_offer": "0", "key": KEY}
    first = log_in(trade.buyer).send(url, {**said, "party": trade.buyer.id})
    second = log_in(other).send(url, {**said, "party": other.id})
    assert first.location != second.location
    client = log_in(other)
    more = client.send(url, {**said, "party": other.id, "quantity": "200"})
    assert client.send(url, {**said, "party": other.id, "quantity": "200"}).location == (
        more.location
    )
    assert count(Deal) == 3


def test_another_photo_is_other_content(make_account: Make, log_in: LogIn) -> None:
    client = log_in(make_account())
    for color in (90, 90, 30):
        fields = {**PEARS, "key": KEY, "photos": photo(color), "action": "draft"}
        assert client.send("/offers/new?side=sell", fields).status_code == 303
    assert count(Offer) == 2


def test_a_stored_key_is_of_one_account_and_one_kind(make_account: Make) -> None:
    one, other = make_account(), make_account()
    keys = {bound_key(who, model, KEY) for who in (one, other) for model in (Offer, Deal)}
    assert len(keys) == 4
    assert bound_key(one, Offer, None) is None
