"""The worker is killed over and over while offers are posted and edited: the index follows."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from market.database import transaction
from market.extensions import db
from market.offers.filters import Filters
from market.offers.models import Offer, OfferChange
from market.offers.queries import public
from market.offers.services import edit_offer, withdraw_offer
from market.products.models import Product
from market.search import engine
from market.search.schema import SIDES, scaled
from market.search.services import status
from tests.offers.factories import make_offer, offer_values

ROOT = Path(__file__).resolve().parents[2]
KILLS = 30
PATIENCE = 30.0
# `flask worker` many times over: what Python loads for it is loaded once, and each line
# read makes one that starts from there.
STARTER = """
import os, signal, sys
import wsgi, market.worker, market.cli, market.search.services, market.tallies.services
from flask.cli import cli
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin:
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        cli.main(["--app", "wsgi", "worker"])
    print(child, flush=True)
"""


def until(holds):
    """Wait for something that the other process does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def lives(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def start(app, tmp_path):
    """Start a worker of the test's instance; its process number."""
    starter = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", STARTER],
        cwd=ROOT,
        env={
            **os.environ,
            "MARKET_ENV": "development",
            "MARKET_INSTANCE": str(tmp_path),
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started = []

    def one():
        starter.stdin.write("\n")
        starter.stdin.flush()
        started.append(int(starter.stdout.readline()))
        return started[-1]

    yield one
    for process in started[-1:]:
        if lives(process):
            os.kill(process, signal.SIGKILL)
    starter.communicate()


def post_and_edit(rng, owner, products, offers):
    """One of the things that people do to offers, committed."""
    if not offers or rng.random() < 0.5:
        offers.append(make_offer(owner, rng.choice(["sell", "buy"]), rng.choice(products)))
        return
    offer = rng.choice(offers)
    with transaction():
        if rng.random() < 0.2:
            offers.remove(offer)
            withdraw_offer(owner, offer)
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
    with engine.snapshots(app).newest() as view:
        _, live = view.live(time.time_ns() // 1000)
        names = ("id", "side", "product", "price")
        rows = zip(*(view.column(name)[live].tolist() for name in names), strict=True)
        return {
            id: (side, view.products.codes[product], price) for id, side, product, price in rows
        }


def test_a_worker_killed_thirty_times_while_writing_ends_equal_to_the_database(
    app, make_account, fill, start
):
    fill(400)
    owner, offers, rng = make_account(), [], random.Random(30)
    products = list(db.session.scalars(select(Product.code).where(Product.path.like("03/%"))))
    for kill in range(KILLS):
        process = start()
        # Every third dies in starting, opening or building; the others after they have found
        # or made an index that answers.
        if kill % 3:
            until(lambda: engine.find(Filters()) is not None)
        killing = threading.Timer(rng.uniform(0.05, 0.5), os.kill, (process, signal.SIGKILL))
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
