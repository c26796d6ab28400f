"""The worker is killed over and over while offers are posted and edited: the index follows."""

from __future__ import annotations

import random
import threading
import time
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from market.database import db, transaction
from market.offers.models import Offer, OfferChange
from market.offers.queries import public
from market.offers.search.filters import Filters
from market.offers.services import close_offer, edit_offer
from market.products.models import Product
from market.search import engine
from market.search.schema import SIDES, scaled
from market.search.services import status
from tests.killing import Starter, kill, lives, until
from tests.offers.factories import make_offer, offer_values

pytestmark = pytest.mark.endurance
KILLS = 30


@pytest.fixture
def start(app):
    """Start a worker of the test's instance; its process number."""
    starter = Starter(app)
    yield starter.worker
    starter.end()


def post_and_edit(rng, owner, products, offers):
    """One of the things that people do to offers, committed."""
    if not offers or rng.random() < 0.5:
        offers.append(make_offer(owner, rng.choice(["sell", "buy"]), rng.choice(products)))
        return
    offer = rng.choice(offers)
    with transaction():
        if rng.random() < 0.2:
            offers.remove(offer)
            close_offer(owner, offer)
        else:
            price = Decimal(rng.randint(10, 90)) / 10
            values = {"title": f"价格{price}", "price_low": price, "price_high": price}
            product = rng.choice(products)
            edit_offer(owner, offer, offer_values(offer.side, product, **values))


def lag():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OfferChange))


def in_the_database():
    """(side, product, price as the index has it) by offer."""
    columns = (Offer.id, Offer.side, Offer.product_code, Offer.price_per_base)
    return {
        id: (SIDES[side], product, -1 if price is None else int(scaled(price)))
        for id, side, product, price in db.session.execute(select(*columns).where(public()))
    }


def in_the_index(app):
    view = engine.snapshots(app).newest()
    _, live = view.live(time.time_ns() // 1000)
    names = ("id", "side", "product", "price")
    rows = zip(*(view.column(name)[live].tolist() for name in names), strict=True)
    return {id: (side, view.products.codes[product], price) for id, side, product, price in rows}


def test_a_worker_killed_thirty_times_while_writing_ends_equal_to_the_database(
    app, make_account, fill, start
):
    fill(400)
    owner, offers, rng = make_account(), [], random.Random(30)
    products = list(db.session.scalars(select(Product.code).where(Product.path.like("03/%"))))
    for number in range(KILLS):
        process = start()
        # Every third dies in starting, opening or building; the others after they have found
        # or made an index that answers.
        if number % 3:
            until(lambda: engine.find(Filters()) is not None)
        killing = threading.Timer(rng.uniform(0.05, 0.5), kill, (process,))
        killing.start()
        while lives(process):
            post_and_edit(rng, owner, products, offers)
        killing.join()
    start()
    until(lambda: engine.find(Filters()) is not None)
    until(lambda: lag() == 0)
    found = status()
    assert (found.missing, found.surplus, found.lag) == ([], [], 0)
    assert in_the_index(app) == in_the_database()
