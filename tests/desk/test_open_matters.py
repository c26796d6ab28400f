"""The list of what to do equals what is open, for each role, whatever happens in which order."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import url_for
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import update

from market.accounts.models import Account, TraderType
from market.database import db, transaction, utcnow
from market.deals import services as deals
from market.deals import verification
from market.deals.models import Deal
from market.messages import services as messages
from market.messages.models import Question
from market.offers import services as offers
from market.offers.models import Offer
from market.regions.models import Region, is_within
from market.statements import services as statements
from market.statements import tasks, withdrawal
from market.statements.models import Statement
from market.statements.rules import Period
from market.stations import services as stations
from market.stations.work import work_for
from market.web.home_time import home_zone
from tests.conftest import create_account
from tests.deals.factories import LOOKED, do, prove, resubmit, terms
from tests.desk.desks import COUNTIES, MATTERS, REASON, DeskMachine, run_machine
from tests.desk.requests import fresh_request
from tests.offers.factories import offer_values
from tests.statements.reporting_fair import CHANGDE, SHIMEN, Season, make_season

# What waited so long is late, for deals and for offers.
LONG_AGO = timedelta(days=4)
# A fair of Changde that ended yesterday: four days, and the final statement that is not late yet.
DAYS = 4


@dataclass
class Note:
    """What somebody who writes everything down knows of a deal or an offer."""

    thing: Any
    county: str
    state: str
    is_large: bool = False
    was_counted: bool = False
    is_late: bool = False

    def moved_to(self, state: str) -> None:
        self.state, self.is_late = state, False


class Desks(DeskMachine):
    """Traders, a station and offices of four levels do what they do; after each step every list
    is compared with notes that know nothing of the database."""

    compared = MATTERS
    dealt, offered, asked = Bundle("dealt"), Bundle("offered"), Bundle("asked")

    def __init__(self, reference: Path, folder: Path) -> None:
        super().__init__(reference, folder)
        self.deals: list[Note] = []
        self.offers: list[Note] = []
        self.questions: dict[int, tuple[str, bool]] = {}
        self.statements: dict[tuple[str, Period], str] = {}

    @initialize()
    def begin(self) -> None:
        """Old accounts (new ones are looked at twice), and an evening on which days are late."""
        self.season: Season = make_season(create_account)
        since = {"created_at": utcnow() - timedelta(days=90)}
        self.buyer = create_account("长沙鲜果", region="430111", **since)
        self.sellers = {code: create_account("农户", region=code, **since) for code in COUNTIES}
        self.assistant = create_account("镇站长", role="assistant", **since)
        with transaction():
            self.farmer = stations.register_farmer(
                *(self.assistant, "田大伯", None, TraderType.FARMER),
                *(db.session.get_one(Region, SHIMEN), "spoken", "村主任在场"),
            )
        self.officials = {code: self.season.official(code) for code in (*COUNTIES, CHANGDE)}
        self.officials["43"] = self.season.province
        self.officials["430900"] = create_account(
            "益阳市商务局", role="prefecture_official", scope="430900"
        )
        self.administrator = create_account("管理员", role="administrator", scope="430000")
        self.sales = {code: self._post(seller, code) for code, seller in self.sellers.items()}
        self.sales["farmer"] = self._post(self.farmer, SHIMEN, self.assistant)
        evening = datetime.combine(self.season.fair.ends_on, time(23), home_zone())
        now = (evening + timedelta(days=1)).astimezone(UTC)
        self.stack.enter_context(patch.object(tasks, "utcnow", lambda: now))
        self.has_begun = True

    def _post(self, owner: Account, county: str, by: Account | None = None) -> Note:
        terms_ = {"quantity": 100_000, "price_low": None, "price_high": None}
        values = offer_values(region=county, delivery=f"第{len(self.offers)}批", **terms_)
        offer = do(offers.post_offer, by or owner, owner, values, uuid.uuid4().hex)
        found = Note(offer, county, "waiting")
        self.offers.append(found)
        return found

    # Deals

    @rule(target=dealt, of=st.sampled_from((*COUNTIES, "farmer")), is_large=st.booleans())
    def propose(self, of: str, is_large: bool) -> Note:
        sale, price = self.sales[of], "11000" if is_large else "2.35"
        step = (self.buyer, sale.thing, self.buyer, terms(unit_price=price), uuid.uuid4().hex)
        found = Note(do(deals.propose_deal, *step), sale.county, "proposed", is_large)
        self.deals.append(found)
        return found

    @rule(known=dealt)
    def agree(self, known: Note) -> None:
        if known.state == "proposed":
            do(deals.agree_deal, self._seller(known), known.thing)
            prove(known.thing)
            known.moved_to("waiting")

    def _seller(self, known: Note) -> Account:
        seller = known.thing.seller
        assert seller is not None
        return self.assistant if seller.id == self.farmer.id else seller

    @rule(known=dealt)
    def verify(self, known: Note) -> None:
        if known.state == "waiting":
            do(verification.verify_deal, self.officials[known.county], known.thing, LOOKED)
            known.moved_to("second" if known.is_large else "verified")
        elif known.state == "second":
            do(verification.verify_deal, self.officials[CHANGDE], known.thing, LOOKED)
            known.moved_to("verified")
        known.was_counted |= known.state == "verified"

    @rule(known=dealt)
    def return_deal(self, known: Note) -> None:
        if known.state in ("waiting", "second", "verified"):
            level = known.county if known.state == "waiting" or not known.is_large else CHANGDE
            do(verification.return_deal, self.officials[level], known.thing, REASON)
            known.moved_to("undone" if known.was_counted else "returned")

    @rule(known=dealt)
    def mend(self, known: Note) -> None:
        if known.state in ("returned", "undone"):
            do(resubmit, self.buyer, known.thing)
            known.moved_to("waiting")

    @rule(known=dealt)
    def dispute_or_settle(self, known: Note) -> None:
        if known.state in ("waiting", "second", "returned", "undone"):
            do(deals.dispute_deal, self.buyer, known.thing, REASON)
            known.moved_to("disputed")
        elif known.state == "disputed":
            do(deals.settle_deal, self.buyer, known.thing)
            known.moved_to("waiting")

    @rule(known=dealt)
    def cancel(self, known: Note) -> None:
        if known.state not in ("verified", "cancelled"):
            do(deals.cancel_deal, self.buyer, known.thing, REASON)
            known.moved_to("cancelled")

    @rule(known=dealt)
    def let_a_deal_wait(self, known: Note) -> None:
        with transaction():
            mine = update(Deal).where(Deal.id == known.thing.id)
            db.session.execute(mine.values(updated_at=utcnow() - LONG_AGO))
        known.is_late = True

    # Offers

    @rule(target=offered, county=st.sampled_from(COUNTIES))
    def post(self, county: str) -> Note:
        return self._post(self.sellers[county], county)

    @rule(known=offered, accepts=st.booleans())
    def decide_offer(self, known: Note, accepts: bool) -> None:
        if known.state == "waiting":
            official = self.officials[known.county]
            if accepts:
                do(offers.verify_offer, official, known.thing)
            else:
                do(offers.return_offer, official, known.thing, REASON)
            known.state = "verified" if accepts else "returned"

    @rule(known=offered)
    def close_offer(self, known: Note) -> None:
        if known.state != "closed":
            do(offers.close_offer, self.sellers[known.county], known.thing)
            known.state = "closed"

    @rule(known=offered)
    def let_an_offer_wait(self, known: Note) -> None:
        with transaction():
            mine = update(Offer).where(Offer.id == known.thing.id)
            db.session.execute(mine.values(published_at=utcnow() - LONG_AGO))
        known.is_late = True

    # Questions

    @rule(target=asked, county=st.sampled_from(COUNTIES))
    def ask(self, county: str) -> Question:
        seller, place = self.sellers[county], db.session.get_one(Region, county)
        question = do(messages.ask_question, seller, seller, "怎么交货？", uuid.uuid4().hex, place)
        self.questions[question.id] = county, True
        return question

    @rule(question=asked)
    def answer_or_ask_again(self, question: Question) -> None:
        county, is_open = self.questions[question.id]
        if is_open:
            official, latest = self.officials[county], question.texts[-1].id
            do(
                messages.answer_question,
                *(official, question, "看过了", uuid.uuid4().hex, latest),
            )
        else:
            do(
                messages.continue_question,
                *(self.sellers[county], question, "还有一句", uuid.uuid4().hex),
            )
        self.questions[question.id] = county, not is_open

    # Statements

    @rule(code=st.sampled_from((*COUNTIES, CHANGDE)), day=st.integers(0, DAYS - 1))
    def submit(self, code: str, day: int) -> None:
        period = self.season.day(day)
        if self.statements.get((code, period)) in (None, "returned"):
            values: dict[str, Any] = {}
            if code == CHANGDE:
                known = {u for u in self._below() if self.statements.get((u, period)) == "accepted"}
                values = {"missing": self._below() - known, "reason": "停电", "explanations": {}}
            self.season.submit(code, period, **values)
            self.statements[code, period] = "submitted"

    def _below(self) -> set[str]:
        found = statements.units.units(self.season.fair).values()
        return {unit.code for unit in found if unit.is_leaf}

    @rule(code=st.sampled_from((*COUNTIES, CHANGDE)), day=st.integers(0, DAYS - 1))
    def accept_or_return(self, code: str, day: int) -> None:
        """What waits is accepted; what was accepted is returned, unless it was gathered."""
        period = self.season.day(day)
        state, above = self.statements.get((code, period)), self.statements.get((CHANGDE, period))
        if state == "submitted":
            self.season.accept(self._statement(code, period))
            self.statements[code, period] = "accepted"
        elif state == "accepted" and (code == CHANGDE or above in (None, "returned")):
            self.season.send_back(self._statement(code, period))
            self.statements[code, period] = "returned"

    @rule(code=st.sampled_from((*COUNTIES, CHANGDE)), day=st.integers(0, DAYS - 1))
    def withdraw(self, code: str, day: int) -> None:
        period = self.season.day(day)
        if self.statements.get((code, period)) == "submitted":
            do(withdrawal.withdraw, self.officials[code], self._statement(code, period))
            self.statements.pop((code, period))

    def _statement(self, code: str, period: Period) -> Statement:
        return db.session.scalars(
            db.select(Statement).filter_by(
                fair_id=self.season.fair.id, region_code=code, day=period.day, kind=period.kind
            )
        ).one()

    # The lists

    @invariant()
    def each_list_is_what_is_open(self) -> None:
        for code, official in self.officials.items():
            assert self.listed(official) == self.open_for(code), official.name
        assert self.listed(self.administrator) == {}, "an administrator decides no trade"
        proposals = [
            known
            for known in self.deals
            if known.state == "proposed" and known.thing.seller_id == self.farmer.id
        ]
        with fresh_request(self.app):
            work = Counter(item.url for item in work_for([self.farmer.id]))
            assert work == Counter(url_for("deals.show", deal_id=d.thing.id) for d in proposals)

    def desks(self) -> Iterable[Account]:
        return self.officials.values()

    def without_desk(self) -> Iterable[Account]:
        return [self.administrator]

    def open_for(self, code: str) -> Counter[Any]:
        """Numbers by name, whether the office itself decides, and whether it is late."""
        found: Counter[Any] = Counter()
        path = db.session.get_one(Region, code).path if code != "43" else "43"
        paths = {county: f"43/4307/{county}" for county in COUNTIES}
        assert all(db.session.get_one(Region, c).path == p for c, p in paths.items())
        for name, county, is_own, late in self._trade(code):
            if is_within(paths[county], path):
                found[name, is_own] += 1
                found[name, is_own, "late"] += late
        for question in self.questions.values():
            if question[1] and is_within(paths[question[0]], path):
                found["questions", question[0] == code] += 1
        periods = [self.season.day(number) for number in range(DAYS)]
        if code in (*COUNTIES, CHANGDE):
            inside = [self.statements.get((code, p)) in ("submitted", "accepted") for p in periods]
            # And the final one.
            found["statements-submit", True] += inside.count(False) + 1
            found["statements-submit", True, "late"] += inside.count(False)
        below = {CHANGDE: self._below(), "43": {CHANGDE}}.get(code, set())
        states = [self.statements.get((unit, p)) for unit in below for p in periods]
        found["statements-review", True] += states.count("submitted")
        found["statements-review", True, "late"] += states.count("submitted")
        found["statements-missing", True] += states.count(None)
        found["statements-missing", True, "late"] += states.count(None)
        return +found

    def _trade(self, code: str) -> Iterator[tuple[str, str, bool, bool]]:
        for deal in self.deals:
            if deal.state not in ("proposed", "verified", "cancelled"):
                decides = {"waiting": deal.county, "second": CHANGDE}.get(deal.state)
                yield f"deals-{deal.state}", deal.county, decides == code, deal.is_late
        for offer in self.offers:
            if offer.state in ("waiting", "returned"):
                is_own = offer.state == "waiting" and offer.county == code
                yield f"offers-{offer.state}", offer.county, is_own, offer.is_late


def test_each_list_of_what_to_do_is_what_is_open(reference_database: Path, tmp_path: Path) -> None:
    run_machine(Desks, reference_database, tmp_path, share=8, steps=25)
