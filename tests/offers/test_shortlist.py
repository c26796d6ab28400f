"""The shortlist: keeping offers, finding them again, and what leaves with an account."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.database import db, transaction
from market.offers import shortlist
from market.offers.models import ShortlistEntry, Side
from market.offers.services import close_offer
from market.web.errors import Refused
from tests.conftest import Client
from tests.html import squeezed
from tests.offers.factories import make_offer
from tests.offers.test_views import text

pytestmark = [pytest.mark.usefixtures("app")]
Make = Callable[..., Account]


@pytest.fixture
def buyer(make_account: Make) -> Account:
    return make_account("采购小周")


@pytest.mark.postgresql
def test_an_offer_is_kept_once_and_taken_off_again(buyer: Account, make_account: Make) -> None:
    offer = make_offer(make_account())
    with transaction():
        shortlist.add_to_shortlist(buyer, offer)
        shortlist.add_to_shortlist(buyer, offer)
    assert shortlist.count_shortlisted(buyer) == 1
    assert export_account(buyer)["shortlist"][0]["offer"] == offer.id
    with transaction():
        shortlist.remove_from_shortlist(buyer, offer.id)
    assert shortlist.count_shortlisted(buyer) == 0


def test_a_full_list_says_so(
    buyer: Account, make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortlist, "MAX_SHORTLIST", 1)
    seller = make_account()
    first, second = make_offer(seller), make_offer(seller)
    with transaction():
        shortlist.add_to_shortlist(buyer, first)
    with pytest.raises(Refused), transaction():
        shortlist.add_to_shortlist(buyer, second)


def test_the_star_needs_no_script_and_comes_back_to_its_page(
    buyer: Account, make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    offer = make_offer(make_account())
    browser = log_in(buyer)
    page = f"/offers/{offer.id}"
    answer = browser.send(f"{page}/star", {}, page=page)
    assert answer.status_code == 303
    assert answer.location == f"{page}#star-{offer.id}"
    listed = text(browser.get("/shortlist"))
    assert offer.title in listed
    assert f'name="id" value="{offer.id}" form="compare"' in squeezed(listed)
    browser.send(f"{page}/unstar", {}, page=page)
    assert offer.title not in text(browser.get("/shortlist"))


def test_every_card_of_who_is_logged_in_has_a_star(
    buyer: Account, make_account: Make, log_in: Callable[[Account], Client], client: Client
) -> None:
    seller = make_account()
    offer, wanted = make_offer(seller), make_offer(make_account(), side=Side.BUY)
    star = f'id="star-{offer.id}"'
    pages = ("/", "/offers", f"/traders/{seller.id}", f"/offers/{wanted.id}/matches")
    browser = log_in(buyer)
    for page in pages:
        shown = text(browser.get(page))
        assert star in shown, page
        assert shown.count('<form id="stars"') == 1, page
        assert star not in text(client.get(page)), page


def test_what_left_the_market_stays_on_the_list_without_its_words(
    buyer: Account, make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    seller = make_account()
    offer = make_offer(seller, title="王婆卖瓜只此一家")
    with transaction():
        shortlist.add_to_shortlist(buyer, offer)
        close_offer(seller, offer)
    page = text(log_in(buyer).get("/shortlist"))
    assert "已下架" in page
    assert "王婆卖瓜" not in page
    assert re.search(rf'action="/offers/{offer.id}/unstar"', page)


def test_a_visitor_is_asked_to_log_in(client: Client, make_account: Make) -> None:
    offer = make_offer(make_account())
    assert client.get("/shortlist").status_code == 303
    answer = client.send(f"/offers/{offer.id}/star", {}, page="/login")
    assert answer.location.startswith("/login")
    assert db.session.query(ShortlistEntry).count() == 0


@pytest.mark.postgresql
def test_an_erased_account_leaves_no_list(buyer: Account, make_account: Make) -> None:
    with transaction():
        shortlist.add_to_shortlist(buyer, make_offer(make_account()))
        erase_account(buyer)
    assert db.session.query(ShortlistEntry).count() == 0
