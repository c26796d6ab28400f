"""Web and worker are killed over and over while a county verifies deals: the ledger holds."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals.ledger import verify_ledger
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.fairs.models import Fair
from market.tallies.models import FairCount
from market.tallies.queries import totals
from market.web.home_time import home_today
from tests.conftest import PASSWORD
from tests.fairs.factories import make_fair, new_deal
from tests.killing import Starter, kill, until
from tests.ports import free_port

pytestmark = pytest.mark.endurance
KILLS, CLIENTS, DEALS = 200, 4, 4_000
# Whatever a dying server does to a connection.
BROKEN = (OSError, http.client.HTTPException)


class Desk:
    """An official's browser: decides about deals over HTTP, whatever happens to the server."""

    def __init__(self, port: int, phone: str) -> None:
        self.port = port
        self.cookie = ""
        page = self._patiently("GET", "/login")
        form = {"phone": phone, "password": PASSWORD, "csrf_token": self._token(page)}
        self._patiently("POST", "/login", form)
        self.token = self._token(self._patiently("GET", "/deals"))

    def decide(self, deal: int, decision: str) -> bool:
        """Whether the server said that it is done; False when it died over it."""
        form = {"csrf_token": self.token, "reason": "合同和磅单都看过，不是同一笔"}
        while True:
            try:
                status, _ = self._ask("POST", f"/deals/{deal}/{decision}", form)
            except ConnectionRefusedError:
                time.sleep(0.01)
            except BROKEN:
                return False
            else:
                assert status == 303
                return True

    def _patiently(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        while True:
            try:
                status, page = self._ask(method, path, form)
            except BROKEN:
                time.sleep(0.01)
                continue
            assert status in (200, 303), status
            return page

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, urlencode(form or {}), headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            for given in answer.headers.get_all("Set-Cookie", []):
                if given.startswith("session="):
                    self.cookie = given.partition(";")[0]
            return answer.status, page
        finally:
            connection.close()

    @staticmethod
    def _token(page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        return found[1]


class Load:
    """Clients that verify deals, and take some verifications back, until they are stopped.

    Attributes:
        said: what the server acknowledged last, by deal.
        tried: what was asked of it last, acknowledged or not.
    """

    def __init__(self, port: int, phone: str, deals: list[int]) -> None:
        self.said: dict[int, DealStatus] = {}
        self.tried: dict[int, DealStatus] = {}
        self.stop = threading.Event()
        self.threads = [
            threading.Thread(target=self._work, args=(Desk(port, phone), deals[n::CLIENTS]))
            for n in range(CLIENTS)
        ]
        for thread in self.threads:
            thread.start()

    def _work(self, desk: Desk, deals: list[int]) -> None:
        for turn, deal in enumerate(deals):
            if self.stop.is_set():
                return
            # All are alike, so the reason must say why each is verified all the same.
            self._decide(desk, deal, "verify", DealStatus.VERIFIED)
            if turn % 5 == 0:
                self._decide(desk, deal, "return", DealStatus.RETURNED)

    def _decide(self, desk: Desk, deal: int, decision: str, then: DealStatus) -> None:
        self.tried[deal] = then
        if desk.decide(deal, decision):
            self.said[deal] = then

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def starter(app: Flask) -> Iterator[Starter]:
    starter = Starter(app)
    yield starter
    starter.end()


@pytest.fixture
def agreed(app: Flask, make_account: Callable[..., Account]) -> list[int]:
    """Deals of an open fair that both sides have agreed."""
    today = home_today()
    fair = make_fair(starts_on=today - timedelta(days=3), ends_on=today + timedelta(days=3))
    seller, buyer = make_account(), make_account(region="430111")
    agreed = {"status": DealStatus.AGREED, "agreed_on": today}
    with transaction():
        deals = [new_deal(fair, seller, buyer, 1_00 + n, **agreed) for n in range(DEALS)]
        db.session.add_all(deals)
        db.session.flush()
        return [deal.id for deal in deals]


def counted() -> tuple[int, int]:
    """What the ledger counts: deals and fen."""
    db.session.rollback()
    sums = select(func.sum(LedgerEntry.deals), func.sum(LedgerEntry.amount_fen))
    deals, fen = db.session.execute(sums).one()
    return int(deals or 0), int(fen or 0)


def shown() -> tuple[int | None, int | None]:
    """What the fair's board says."""
    db.session.rollback()
    told = totals(db.session.scalars(select(Fair)).one())
    return told.deals, told.amount_fen


def test_no_acknowledged_verification_is_lost_or_counted_twice_through_two_hundred_kills(
    agreed: list[int], starter: Starter, make_account: Callable[..., Account]
) -> None:
    phone = make_account("石门县商务局", "+8613900000001", role="county_official").phone
    port, rng = free_port(), random.Random(200)
    web, worker = starter.web(port), starter.worker()
    load = Load(port, str(phone), agreed)
    for number in range(KILLS):
        done = len(load.said)
        until(lambda done=done: len(load.said) >= done + rng.randint(1, 6))
        if number % 2:
            kill(worker)
            worker = starter.worker()
        else:
            kill(web)
            web = starter.web(port)
    load.end()
    kill(web)
    db.session.rollback()
    deals = dict(db.session.execute(select(Deal.id, Deal.status)).all())
    lost = {id for id, said in load.said.items() if deals[id] not in (said, load.tried[id])}
    assert not lost
    untouched = set(agreed) - set(load.tried)
    assert {deals[id] for id in untouched} == {DealStatus.AGREED}
    verified = sum(status is DealStatus.VERIFIED for status in deals.values())
    assert verified > KILLS
    assert counted()[0] == verified
    until(lambda: shown() == counted() and db.session.scalars(select(FairCount)).one())
    assert verify_ledger() == []
