"""What a script is answered that sends a form from the page it stands on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db
from market.offers.models import Offer
from tests.conftest import Client
from tests.offers.test_views import PEARS

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
NEW = "/offers/new?side=sell"
BY_SCRIPT = "HTTP_X_REQUESTED_WITH"


def test_an_accepted_form_is_answered_with_the_address_and_its_page_says_what_was_done(
    make_account: Make, log_in: LogIn
) -> None:
    client = log_in(make_account())
    client.environ_base[BY_SCRIPT] = "fetch"
    answer = client.send(NEW, PEARS)
    assert (answer.status_code, answer.data) == (204, b"")
    page = client.get(answer.location).get_data(as_text=True)
    assert "notice-success" in page
    assert 'data-sent="/offers/new?side=sell"' in page
    assert db.session.scalar(select(func.count()).select_from(Offer)) == 1


def test_a_refused_form_is_answered_without_its_page(make_account: Make, log_in: LogIn) -> None:
    client = log_in(make_account())
    refused = {**PEARS, "quantity": ""}
    status = client.send(NEW, refused).status_code
    client.environ_base[BY_SCRIPT] = "fetch"
    answer = client.send(NEW, refused)
    assert (answer.status_code, answer.location, answer.data) == (status, None, b"")
