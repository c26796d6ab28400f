"""Pages of offers given again from memory: only while all they show is still so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.offers import public_questions
from market.offers.models import Offer
from market.offers.services import close_offer, edit_offer
from market.offers.values import values_of
from market.search import index, snapshots
from market.search.services import drain, rebuild
from market.web import page_cache
from tests.conftest import make_app
from tests.offers.factories import make_offer
from tests.offers.test_views import text

Make = Callable[..., Account]


@dataclass
class Site:
    """The market as a web process serves it, with its page cache; `made` are the pages it made."""

    app: Flask
    made: list[str]

    def get(self, path: str, **arguments: object) -> str:
        return text(self.app.test_client(use_cookies=False).get(path, **arguments))


@pytest.fixture
def site(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(snapshots, "PAUSE", 0.0)
    names = ("SQLALCHEMY_DATABASE_URI", "SEARCH_INDEX", "MEDIA")
    shared = {name: app.config[name] for name in names}
    site = make_app(tmp_path / "site", **shared)
    made: list[str] = []
    site.before_request(lambda: made.append(request.full_path))
    return Site(site, made)


@pytest.fixture
def sale(make_account: Make) -> Offer:
    """A sale with a purchase that matches it, both in the index."""
    sale = make_offer(make_account(), title="头茬好梨")
    make_offer(make_account(), side="buy", title="收好梨")
    rebuild()
    return sale


def test_a_page_is_made_once_while_nothing_it_shows_changes(site: Site, sale: Offer) -> None:
    for path in ("/offers", "/offers?q=好梨", f"/offers/{sale.id}", f"/offers/{sale.id}/matches"):
        assert site.get(path) == site.get(path)
    assert len(site.made) == 4


def test_a_new_offer_is_on_the_cached_list_and_among_the_cached_matches_at_once(
    site: Site, sale: Offer, make_account: Make
) -> None:
    pages = ("/offers?side=buy", f"/offers/{sale.id}")
    for path in pages:
        site.get(path)
    make_offer(make_account(), side="buy", title="急收好梨")
    drain()
    for path in pages:
        assert "急收好梨" in site.get(path)


@pytest.mark.parametrize("path", ["/offers", "/offers?q=好梨&side=buy", "/offers/{id}"])
def test_an_offer_closed_before_the_index_knows_is_on_no_cached_page(
    site: Site, sale: Offer, path: str
) -> None:
    path = path.format(id=sale.id)
    assert "收好梨" in site.get(path)
    wanted = db.session.scalars(select(Offer).where(Offer.title == "收好梨")).one()
    with transaction():
        close_offer(wanted.owner, wanted)
    assert "收好梨" not in site.get(path)


def test_the_page_of_an_offer_that_was_changed_or_closed_is_made_anew(
    site: Site, sale: Offer
) -> None:
    path = f"/offers/{sale.id}"
    site.get(path)
    with transaction():
        edit_offer(sale.owner, sale, replace(values_of(sale), title="二茬便宜梨"))
    assert "二茬便宜梨" in site.get(path)
    with transaction():
        close_offer(sale.owner, sale)
    assert site.app.test_client(use_cookies=False).get(path).status_code == 410


def test_without_an_index_every_page_is_made_anew(site: Site, sale: Offer, app: Flask) -> None:
    folder = index.current(app.config["SEARCH_INDEX"])
    assert folder is not None
    site.get("/offers")
    index.mark_damaged(folder)
    for _ in range(3):
        site.get("/offers")
    assert len(site.made) == 4


def test_a_page_grows_no_older_than_its_words_allow(
    site: Site, sale: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now[0])
    site.get("/offers")
    now[0] += page_cache.MAX_AGE_SECONDS - 1
    site.get("/offers")
    assert len(site.made) == 1
    now[0] += 1
    site.get("/offers")
    assert len(site.made) == 2


def test_a_public_question_and_its_answer_are_on_the_cached_page_at_once(
    site: Site, make_account: Make
) -> None:
    buyer = make_account()
    request = make_offer(buyer, side="buy")
    rebuild()
    path = f"/offers/{request.id}"
    assert site.get(path) == site.get(path)
    assert len(site.made) == 1
    with transaction():
        question = public_questions.ask(make_account(), request, "要什么果径？", "k" * 32)
    assert "要什么果径？" in site.get(path)
    with transaction():
        public_questions.answer(buyer, question, "六十五以上")
    assert "六十五以上" in site.get(path)
    with transaction():
        public_questions.withdraw(db.session.get_one(Account, question.asker_id), question)
    assert "要什么果径？" not in site.get(path)


def test_what_a_seller_posts_next_is_beside_their_cached_offer_at_once(
    site: Site, sale: Offer
) -> None:
    path = f"/offers/{sale.id}"
    assert site.get(path) == site.get(path)
    make_offer(sale.owner, title="同一家的二茬梨")
    drain()
    assert "同一家的二茬梨" in site.get(path)
