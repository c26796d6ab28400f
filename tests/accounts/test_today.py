"""今天要办: the list of what waits, its badge and its banner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event

from market.accounts.models import Account
from market.accounts.today import waiting_for
from market.database import db, transaction, utcnow
from market.matching.models import MatchNotice
from market.offers.models import Side
from tests.conftest import Client
from tests.offers.factories import make_offer

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def new_match(owner: Account, other: Account) -> None:
    """A match that the owner has not seen, found two hours ago."""
    mine, theirs = make_offer(owner), make_offer(other, side=Side.BUY)
    found_at = utcnow() - timedelta(hours=2)
    with transaction():
        db.session.add(
            MatchNotice(offer_id=mine.id, counterpart_id=theirs.id, score=900, found_at=found_at)
        )


@pytest.mark.postgresql
def test_what_waits_is_counted_by_kind_with_the_time_since_when(make_account: Make) -> None:
    owner, other = make_account(), make_account()
    new_match(owner, other)
    count, since = waiting_for(owner.id)["matches"]
    assert (count, since is not None) == (1, True)
    assert waiting_for(other.id) == {}
    soon = make_offer(owner)
    with transaction():
        soon.valid_until = utcnow() + timedelta(days=2)
    assert waiting_for(owner.id)["expiring"] == (1, None)


def test_my_page_begins_with_the_list_and_each_line_leads_there(
    make_account: Make, log_in: LogIn
) -> None:
    owner = make_account()
    new_match(owner, make_account())
    page = text(log_in(owner).get("/me"))
    assert page.index("今天要办") < page.index('class="my-door"')
    line = page[page.index('class="today-lines"') :]
    assert 'href="/offers/mine"' in line[: line.index("</ul>")]
    assert "您的信息有 1 条新配对" in line
    assert "2小时前" in line.replace(" ", "")


def badge(page: str) -> str:
    """The number beside the link to one's own page; "" where there is none."""
    link = page[page.index('href="/me"') :]
    found = re.search(r"badge-warn[^>]*>(\d+)", link[: link.index("</a>")])
    return found[1] if found else ""


def test_the_header_has_the_sum_and_the_front_page_a_banner(
    make_account: Make, log_in: LogIn, client: Client
) -> None:
    owner = make_account()
    new_match(owner, make_account())
    browser = log_in(owner)
    # Matches ask for nothing: a line, and no number.
    assert badge(text(browser.get("/fairs"))) == ""
    home = text(browser.get("/"))
    assert "您有新消息" in home[home.index("today-banner") :]
    soon = make_offer(owner)
    with transaction():
        soon.valid_until = utcnow() + timedelta(days=2)
    assert badge(text(browser.get("/fairs"))) == "1"
    assert "今天要办 1 件" in text(browser.get("/"))
    assert "today-banner" not in text(client.get("/"))
    assert "没有要办的事" in text(log_in(make_account()).get("/me"))


def test_header_list_and_banner_ask_the_database_once(make_account: Make, log_in: LogIn) -> None:
    owner = make_account()
    new_match(owner, make_account())
    browser = log_in(owner)
    for address in ("/", "/me", "/fairs"):
        browser.get(address)
        with counted_statements() as seen:
            browser.get(address)
        assert len([each for each in seen if "today" in each or "UNION ALL" in each]) == 1, address
