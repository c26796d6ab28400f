"""The list of what to do equals what is open, for each role: what is decided case by case."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from market.accounts.models import Account, Grant, Role
from market.database import db, transaction, utcnow
from market.deals import verification
from market.deals.models import Deal
from market.messages import enquiries, reports
from market.messages.enquiries import Wish
from market.messages.models import EnquiryThread, ReportDecision
from market.offers import public_questions
from market.papers import services as papers
from market.papers.models import Document, DocumentKind
from market.regions.models import Region, is_within
from market.sampling.drawing import draw_day
from market.sampling.models import DealSample, SampleDraw, SampleState
from market.sampling.services import answer_sample, check_sample
from market.statements import corrections, overrides
from market.statements.explanations import Unexplained
from market.statements.models import Statement
from market.statements.rules import Period
from market.traders import certificates, complaints, disputes
from market.traders.certificates import CertificateValues
from market.traders.complaint_models import ComplaintDecision, ComplaintKind
from market.traders.complaints import ComplaintSubject
from market.traders.models import (
    CertificateDecision,
    CertificateKind,
    DisputeDecision,
    TraderDispute,
)
from market.web.errors import Invalid, InvalidTransition
from market.web.home_time import home_today
from tests.conftest import create_account
from tests.deals.factories import do
from tests.desk.desks import CASES, COUNTIES, REASON, Case, DeskMachine, pick, rule_on, run_machine
from tests.offers.factories import make_offer
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, ledger_at, make_season

PROVINCE, OUTSIDE = "430000", "440103"
# What is in no county of the province is decided by the province.
PLACES = (*COUNTIES, PROVINCE)
FOUND = "买方说只收到一半，已核对磅单"
# Each stops a daily statement, and is drawn for the sample.
JUMP_FEN = 2_000 * 10_000 * 100
in_place, in_county = st.sampled_from(PLACES), st.sampled_from(COUNTIES)


class Cases(DeskMachine):
    """Traders complain, enter and report; offices ask, decide and answer. After each step every
    list is compared with notes that know nothing of the database."""

    compared = CASES

    def __init__(self, reference: Path, folder: Path) -> None:
        super().__init__(reference, folder)
        self.cases: list[Case] = []
        self.statements: dict[tuple[str, Period], tuple[str, Statement]] = {}
        self.disputed: dict[tuple[str, Any], TraderDispute] = {}
        self.deals: list[Deal] = []
        self.minutes = 0

    @initialize()
    def begin(self) -> None:
        """Taoyuan's official acts for the prefecture too."""
        self.season: Season = make_season(create_account)
        since = {"created_at": utcnow() - timedelta(days=90)}
        homes = {**{code: code for code in COUNTIES}, PROVINCE: OUTSIDE}
        self.sellers = {at: create_account("农户", region=c, **since) for at, c in homes.items()}
        buyers = {**dict.fromkeys(COUNTIES, "430111"), PROVINCE: OUTSIDE}
        self.buyers = {at: create_account("买家", region=c, **since) for at, c in buyers.items()}
        self.officials = {code: self.season.official(code) for code in (*COUNTIES, CHANGDE)}
        with transaction():
            both = Grant(role=Role.PREFECTURE_OFFICIAL, region=db.session.get_one(Region, CHANGDE))
            self.officials[TAOYUAN].grants.append(both)
        self.officials[PROVINCE] = self.season.province
        self.officials["430900"] = create_account(
            "益阳市商务局", role="prefecture_official", scope="430900"
        )
        self.offices = {code: (code,) for code in self.officials}
        self.offices[TAOYUAN] = (TAOYUAN, CHANGDE)
        self.administrator = create_account("管理员", role="administrator", scope=PROVINCE)
        self.threads = {place: self._enquire(place) for place in PLACES}
        self.purchases = {c: make_offer(self.sellers[c], "buy", region=c) for c in COUNTIES}
        self.has_begun = True

    def _enquire(self, place: str) -> EnquiryThread:
        seller, buyer = self.sellers[place], self.buyers[place]
        offer, wish = make_offer(seller, region=seller.region_code), Wish(Decimal(9), "jin")
        step = (buyer, buyer, offer, wish, "最低多少？", uuid.uuid4().hex)
        thread: EnquiryThread = do(enquiries.enquire, *step)
        return thread

    def _open(self, name: str, thing: Any, place: str, decider: Any = None, **more: Any) -> None:
        """Note a case, unless it is one that is open already."""
        known = (case.is_open and (case.name, case.thing) == (name, thing) for case in self.cases)
        if not any(known):
            self.cases.append(Case(name, thing, place, decider or place, **more))

    def _picked(self, name: str, number: int) -> Case | None:
        found = [case for case in self.cases if case.is_open and case.name == name]
        return found[number % len(found)] if found else None

    # Traders

    @rule(place=in_place)
    def complain(self, place: str) -> None:
        buyer, key = self.buyers[place], uuid.uuid4().hex
        subject = ComplaintSubject(buyer, self.sellers[place])
        given = (subject, ComplaintKind.NOT_DELIVERED, "付了定金不发货", [], key)
        self._open("complaints", do(complaints.complain, buyer, *given), place)

    @rule_on("complaints", is_late=st.booleans())
    def withdraw_or_let_wait(self, number: int, is_late: bool) -> None:
        if case := self._picked("complaints", number):
            if is_late:
                with transaction():
                    case.thing.due_on = home_today() - timedelta(days=1)
                case.is_late = True
            else:
                do(complaints.withdraw, self.buyers[case.place], case.thing)
                case.is_open = False

    @rule_on("complaints", decision=st.sampled_from(ComplaintDecision))
    def decide_a_complaint(self, number: int, decision: ComplaintDecision) -> None:
        if case := self._picked("complaints", number):
            if case.thing.stated_at is None:
                do(complaints.state, self.sellers[case.place], case.thing, "货已装车")
            given = (case.thing, decision, "查过转账记录")
            do(complaints.decide_complaint, self.officials[case.place], *given)
            case.is_open = False

    @rule(place=in_place)
    def enter_a_certificate(self, place: str) -> None:
        seller = self.sellers[place]
        values = CertificateValues(CertificateKind.GREEN, "LB-18", "绿色食品中心", None)
        row = do(certificates.enter, seller, seller, values, None, uuid.uuid4().hex)
        self._open("certificates", row, place)

    @rule_on("certificates", decision=st.sampled_from(CertificateDecision))
    def decide_a_certificate(self, number: int, decision: CertificateDecision) -> None:
        if case := self._picked("certificates", number):
            given = (case.thing, decision, "绿色食品网", "查无此号")
            do(certificates.decide_certificate, self.officials[case.place], *given)
            case.is_open = False

    @rule(number=pick)
    def remove_a_certificate(self, number: int) -> None:
        """With what was disputed about it."""
        found = [case for case in self.cases if case.name == "certificates" and case.thing]
        if found:
            case = found[number % len(found)]
            gone = case.thing, ("line", case.place, case.thing)
            do(certificates.remove, self.sellers[case.place], case.thing)
            for other in self.cases:
                if other.thing in gone:
                    other.is_open, other.thing = False, None

    @rule(place=in_place, number=pick, of_figures=st.booleans())
    def dispute(self, place: str, number: int, of_figures: bool) -> None:
        """The figures of the deals, or a certificate: once, while it waits."""
        found = [c.thing for c in self.cases if (c.name, c.place) == ("certificates", place)]
        lines = [line for line in found if line is not None]
        line = None if of_figures or not lines else lines[number % len(lines)]
        given = (self.buyers[place], self.sellers[place], line, "不实", uuid.uuid4().hex)
        self.disputed = {
            **getattr(self, "disputed", {}),
            (place, line): do(disputes.dispute, *given),
        }
        self._open("disputed-lines", ("line", place, line), place)

    @rule_on("disputed-lines", decision=st.sampled_from(DisputeDecision))
    def decide_a_dispute(self, number: int, decision: DisputeDecision) -> None:
        if case := self._picked("disputed-lines", number):
            row = self.disputed[case.place, case.thing[2]]
            do(disputes.decide_dispute, self.officials[case.place], row, decision, "核过台账")
            case.is_open = False

    # Conversations and public questions

    @rule(place=in_place, by_asker=st.booleans())
    def report_a_conversation(self, place: str, by_asker: bool) -> None:
        side = (self.buyers if by_asker else self.sellers)[place]
        row = do(reports.report_thread, side, self.threads[place], "骂人")
        self._open("reported-conversations", row, place)

    @rule_on("reported-conversations", decision=st.sampled_from(ReportDecision))
    def decide_a_report(self, number: int, decision: ReportDecision) -> None:
        if case := self._picked("reported-conversations", number):
            do(reports.decide_report, self.officials[case.place], case.thing, decision, "看过")
            case.is_open = False

    @rule(county=in_county)
    def report_a_question(self, county: str) -> None:
        given = (self.purchases[county], "要什么果径？", uuid.uuid4().hex)
        question = do(public_questions.ask, self.buyers[county], *given)
        do(public_questions.report, self.sellers[county], question)
        self._open("reported-questions", question, county)

    @rule_on("reported-questions", act=st.sampled_from(("keep", "take off", "take back")))
    def decide_a_question(self, number: int, act: str) -> None:
        if case := self._picked("reported-questions", number):
            by = (self.buyers if act == "take back" else self.officials)[case.place]
            step = public_questions.keep if act == "keep" else public_questions.withdraw
            do(step, by, case.thing)
            case.is_open = False

    # Statements

    def _now(self) -> Any:
        """A moment of the fair's last day, later each time."""
        self.minutes += 1
        return self.season.at(3) + timedelta(minutes=self.minutes)

    @rule(county=in_county)
    def count_a_deal(self, county: str) -> None:
        deal = self.season.deal(county, JUMP_FEN, self.season.day(3).day, self._now())
        with transaction():
            deal.verified_by_id = self.officials[county].id
        self.deals.append(deal)

    @rule(number=pick)
    def return_a_deal(self, number: int) -> None:
        """What was drawn of it is withdrawn; what it stopped may be reported."""
        if self.deals:
            deal = self.deals.pop(number % len(self.deals))
            with ledger_at(self._now()):
                official = self.officials[deal.home_region_code]
                do(verification.return_deal, official, deal, REASON)
            for case in self.cases:
                if case.name.startswith("sampling") and case.thing.deal_id == deal.id:
                    case.is_open = False

    @rule(county=in_county)
    def ask_for_an_override(self, county: str) -> None:
        period, official = self.season.day(3), self.officials[county]
        if (county, period) in self.statements:
            return
        try:
            given = (official, self.season.fair, county, period, "大宗订单")
            row = do(overrides.request_override, *given)
        except InvalidTransition:
            return  # nothing stops it
        more: Any = {"is_shared": False, "hands": (official.id,)}
        self._open("statements-overrides", row, county, CHANGDE, **more)

    @rule_on("statements-overrides", allowed=st.booleans())
    def decide_an_override(self, number: int, allowed: bool) -> None:
        if case := self._picked("statements-overrides", number):
            given = (self.officials[CHANGDE], case.thing, allowed, "合同已看")
            do(overrides.decide_override, *given)
            case.is_open = False

    @rule(county=in_county, is_final=st.booleans())
    def report(self, county: str, is_final: bool) -> None:
        """What waited for an override waits no more once it is in."""
        period = self.season.final if is_final else self.season.day(3)
        if (county, period) in self.statements:
            return
        try:
            statement = self.season.submit(county, period)
        except Unexplained:
            return
        self.statements[county, period] = "submitted", statement
        for case in self.cases:
            if case.name == "statements-overrides" and case.thing.statement_id == statement.id:
                case.is_open = False

    @rule(county=in_county, is_final=st.booleans(), accepted=st.booleans())
    def review(self, county: str, is_final: bool, accepted: bool) -> None:
        period = self.season.final if is_final else self.season.day(3)
        state, statement = self.statements.get((county, period), ("", None))
        if state != "submitted" or statement is None:
            return
        if accepted:
            self.season.accept(statement)
            self.statements[county, period] = "accepted", statement
        else:
            self.season.send_back(statement)
            self.statements.pop((county, period))

    @rule(county=in_county)
    def correct(self, county: str) -> None:
        state, statement = self.statements.get((county, self.season.final), ("", None))
        if state != "accepted" or statement is None:
            return
        official = self.officials[county]
        try:
            row = do(corrections.file_correction, official, statement, "退货")
        except Invalid:
            return  # one waits, or nothing has changed
        more: Any = {"is_shared": False, "hands": (official.id,)}
        self._open("statements-confirm", row, county, CHANGDE, **more)

    @rule_on("statements-confirm", confirmed=st.booleans())
    def decide_a_correction(self, number: int, confirmed: bool) -> None:
        if case := self._picked("statements-confirm", number):
            _, statement = self.statements[case.place, self.season.final]
            given = (statement, case.thing.number, confirmed, "看过")
            do(corrections.decide, self.officials[CHANGDE], *given)
            case.is_open = False

    # The sample

    @rule()
    def draw(self) -> None:
        """As if each draw were of a day of its own."""
        with transaction():
            for earlier in db.session.scalars(db.select(SampleDraw)):
                earlier.day -= timedelta(days=30)
        if do(draw_day, self.season.day(3).day, utcnow()):
            last = db.select(SampleDraw).order_by(SampleDraw.id.desc()).limit(1)
            for sample in db.session.scalars(last).one().samples:
                self._to_check(sample)

    def _to_check(self, sample: DealSample) -> None:
        place = sample.deal.home_region_code
        more: Any = {"is_shared": False, "hands": (self.officials[place].id,)}
        self._open("sampling-check", sample, place, CHANGDE, **more)

    @rule_on("sampling-check", outcome=st.sampled_from((SampleState.GENUINE, SampleState.DOUBTFUL)))
    def check(self, number: int, outcome: SampleState) -> None:
        if case := self._picked("sampling-check", number):
            do(check_sample, self.officials[CHANGDE], case.thing, outcome, FOUND)
            case.is_open = False
            if outcome is SampleState.DOUBTFUL:
                self._open("sampling-answer", case.thing, case.place, is_shared=False)

    @rule_on("sampling-answer")
    def answer(self, number: int) -> None:
        if case := self._picked("sampling-answer", number):
            do(answer_sample, self.officials[case.place], case.thing, FOUND)
            case.is_open = False
            self._to_check(case.thing)

    # Documents

    @rule(code=st.sampled_from((*COUNTIES, CHANGDE)), fails=st.booleans())
    def ask_for_a_document(self, code: str, fails: bool) -> None:
        """One that has the same figures is asked for again, whoever asked for it first."""
        region, asker = db.session.get_one(Region, code), self.officials[code]
        given = (asker, DocumentKind.WORKBOOK, self.season.fair, region, "en", str)
        document: Document = do(papers.request_document, *given)
        for case in self.cases:
            if case.thing is document:
                case.is_open = False
        while fails and (started := do(papers.start_next)) is not None:
            do(papers.fail, started, "stopped")
            more: Any = {"is_shared": False}
            self._open("documents", started, started.region_code, started.requested_by_id, **more)

    # The lists

    @invariant()
    def each_list_is_what_is_open(self) -> None:
        for code, official in self.officials.items():
            assert self.listed(official) == self.open_for(code), official.name

    def open_for(self, office: str) -> Counter[Any]:
        """Numbers by name, whether the office itself decides, and whether it is late."""
        found: Counter[Any] = Counter()
        official, codes = self.officials[office], self.offices[office]
        paths = {code: db.session.get_one(Region, code).path for code in self.officials}
        for case in self.cases:
            if not case.is_open or official.id in case.hands:
                continue
            decides = case.decider in (*codes, official.id)
            over = any(is_within(paths[case.place], paths[code]) for code in codes)
            if decides or (case.is_shared and over):
                found[case.name, decides] += 1
                found[case.name, decides, "late"] += case.is_late or case.name == "documents"
        return +found

    def desks(self) -> Iterable[Account]:
        return self.officials.values()

    def without_desk(self) -> Iterable[Account]:
        return self.administrator, self.sellers[SHIMEN], self.buyers[SHIMEN]


def test_each_case_that_waits_is_on_the_list_of_who_decides_it(
    reference_database: Path, tmp_path: Path
) -> None:
    run_machine(Cases, reference_database, tmp_path, share=8, steps=40)
