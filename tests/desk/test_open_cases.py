"""Cases on the lists of what to do: complaints, disputed lines, certificates, reports, statements
that are stopped and corrections, for each role, whatever happens in which order."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, rule

from market.database import db, transaction, utcnow
from market.messages import enquiries, reports
from market.messages.enquiries import Wish
from market.messages.models import ReportDecision
from market.offers import public_questions
from market.regions.models import Region, is_within
from market.statements import corrections, overrides
from market.traders import certificates, complaints, disputes
from market.traders.certificates import CertificateValues
from market.traders.complaint_models import ComplaintDecision, ComplaintKind
from market.traders.complaints import ComplaintSubject
from market.traders.models import CertificateDecision, CertificateKind, DisputeDecision
from market.web.home_time import home_today
from tests.conftest import create_account
from tests.deals.factories import do
from tests.desk.desk_machine import DeskMachine, run_machine
from tests.offers.factories import make_offer
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

COUNTIES = (SHIMEN, TAOYUAN)
WAN = 10_000 * 100
REASON = "查过了"
OF_COUNTIES = (
    *("complaints", "disputed-lines", "certificates"),
    *("reported-conversations", "reported-questions"),
)
OF_PREFECTURES = ("statements-overrides", "statements-confirm")


def key() -> str:
    return uuid.uuid4().hex


@dataclass
class Case:
    """What somebody who writes everything down knows of a case.

    Attributes:
        decide: what an official calls to end it.
        of: the certificate that it is about, gone when that is.
    """

    name: str
    county: str
    thing: Any
    decide: Callable[..., Any]
    is_open: bool = True
    is_late: bool = False
    of: Any = None


class Cases(DeskMachine):
    """Traders complain, dispute, report and enter certificates, counties ask for what the next
    level decides; after each step every list is compared with the notes."""

    known = Bundle("known")

    @initialize()
    def begin(self) -> None:
        self.season: Season = make_season(create_account)
        since = {"created_at": utcnow() - timedelta(days=90)}
        self.buyer = create_account("长沙鲜果", region="430111", **since)
        self.traders = {code: create_account("农户", region=code, **since) for code in COUNTIES}
        self.sales = {code: make_offer(self.traders[code], region=code) for code in COUNTIES}
        self.purchases = {
            code: make_offer(self.traders[code], side="buy", region=code) for code in COUNTIES
        }
        self.cases: list[Case] = []
        self.officials = {code: self.season.official(code) for code in (*COUNTIES, CHANGDE)}
        self.officials["43"] = self.season.province
        # 益阳市, where nothing of this happens.
        self.officials["430900"] = create_account(
            "益阳市商务局", role="prefecture_official", scope="430900"
        )
        # A day that is stopped, and a final statement that can be corrected.
        self.stopped = self.season.day(3)
        self.season.deal(SHIMEN, 2_000 * WAN, self.stopped.day, self.season.at(3))
        self.season.deal(TAOYUAN, 5 * WAN)
        self.final = self.season.accept(self.season.submit(TAOYUAN))

    def _add(self, *given: Any, **more: Any) -> Case:
        case = Case(*given, **more)
        self.cases.append(case)
        return case

    # Of traders

    @rule(target=known, county=st.sampled_from(COUNTIES), by_offer=st.booleans())
    def complain(self, county: str, by_offer: bool) -> Case:
        offer = self.sales[county] if by_offer else None
        about = ComplaintSubject(self.buyer, self.traders[county], offer=offer)
        what = (about, ComplaintKind.OTHER, "付了定金不发货", [], key())
        row = do(complaints.complain, self.buyer, *what)
        return self._add("complaints", county, row, complaints.decide_complaint)

    @rule(case=known)
    def let_a_complaint_wait(self, case: Case) -> None:
        if case.name == "complaints":
            with transaction():
                case.thing.due_on = home_today() - timedelta(days=1)
            case.is_late = True

    @rule(case=known)
    def withdraw_a_complaint(self, case: Case) -> None:
        if case.name == "complaints" and case.is_open:
            do(complaints.withdraw, self.buyer, case.thing)
            case.is_open = False

    @rule(target=known, county=st.sampled_from(COUNTIES))
    def enter_a_certificate(self, county: str) -> Case:
        trader = self.traders[county]
        values = CertificateValues(CertificateKind.GREEN, "LB-18-2026", "绿色食品中心", None)
        row = do(certificates.enter, trader, trader, values, None, key())
        return self._add("certificates", county, row, certificates.decide_certificate)

    @rule(case=known)
    def remove_a_certificate(self, case: Case) -> None:
        if case.name == "certificates" and case.thing is not None:
            row, case.thing, case.is_open = case.thing, None, False
            do(certificates.remove, self.traders[case.county], row)
            for other in self.cases:
                other.is_open &= other.of is not case

    @rule(target=known, county=st.sampled_from(COUNTIES))
    def dispute_figures(self, county: str) -> Case:
        return self._dispute(county, None)

    @rule(target=known, case=known)
    def dispute_a_certificate(self, case: Case) -> Case:
        is_certificate = case.name == "certificates" and case.thing is not None
        return self._dispute(case.county, case) if is_certificate else case

    def _dispute(self, county: str, of: Case | None) -> Case:
        """Another dispute of what waits adds nothing."""
        line = of.thing if of else None
        row = do(disputes.dispute, self.buyer, self.traders[county], line, "不是这样", key())
        for case in self.cases:
            if case.name == "disputed-lines" and case.thing is row:
                return case
        return self._add("disputed-lines", county, row, disputes.decide_dispute, of=of)

    # Of messages

    @rule(target=known, county=st.sampled_from(COUNTIES), by_seller=st.booleans())
    def report_a_conversation(self, county: str, by_seller: bool) -> Case:
        """While a side's report waits, another of theirs adds nothing."""
        offer = self.sales[county]
        thread = enquiries.find_thread(offer, self.buyer)
        if thread is None:
            wish = Wish(Decimal(1000), "jin")
            thread = do(enquiries.enquire, self.buyer, self.buyer, offer, wish, "多少？", key())
        by = self.traders[county] if by_seller else self.buyer
        row = do(reports.report_thread, by, thread, "骂人")
        for case in self.cases:
            if case.name == "reported-conversations" and case.thing is row:
                return case
        return self._add("reported-conversations", county, row, reports.decide_report)

    @rule(target=known, county=st.sampled_from(COUNTIES))
    def report_a_question(self, county: str) -> Case:
        purchase = self.purchases[county]
        row = do(public_questions.ask, self.buyer, purchase, "要什么果径？", key())
        do(public_questions.report, self.traders[county], row)
        return self._add("reported-questions", county, row, public_questions.keep)

    @rule(case=known)
    def withdraw_a_question(self, case: Case) -> None:
        if case.name == "reported-questions":
            do(public_questions.withdraw, self.buyer, case.thing)
            case.is_open = False

    # Of statements

    @rule(target=known)
    def ask_to_let_pass(self) -> Case:
        """The same asked again while it waits adds nothing."""
        official, fair = self.officials[SHIMEN], self.season.fair
        step = (official, fair, SHIMEN, self.stopped, "大宗订单")
        row = do(overrides.request_override, *step) if not self._is_let_pass() else None
        for case in self.cases:
            if case.name == "statements-overrides" and row in (None, case.thing):
                return case
        return self._add("statements-overrides", SHIMEN, row, overrides.decide_override)

    def _is_let_pass(self) -> bool:
        """Then nothing stops it, and nothing is asked."""
        decided = [c.thing.decision for c in self.cases if c.name == "statements-overrides"]
        return any(decision is not None and decision.allowed for decision in decided)

    @rule(target=known)
    def file_a_correction(self) -> Case:
        for case in self.cases:
            if case.name == "statements-confirm" and case.is_open:
                return case
        self.season.deal(TAOYUAN, WAN)
        step = (self.officials[TAOYUAN], self.final, "漏报一笔")
        row = do(corrections.file_correction, *step)
        return self._add("statements-confirm", TAOYUAN, row, corrections.decide)

    @rule(case=known, accepts=st.booleans())
    def decide(self, case: Case, accepts: bool) -> None:
        if not case.is_open:
            return
        above = case.name in OF_PREFECTURES
        official, thing = self.officials[CHANGDE if above else case.county], case.thing
        choices: dict[str, tuple[Any, ...]] = {
            "complaints": (thing, ComplaintDecision.DISMISSED, REASON),
            "certificates": (
                *(thing, CertificateDecision.CHECKED if accepts else CertificateDecision.REFUSED),
                *("官网", REASON),
            ),
            "disputed-lines": (
                *(thing, DisputeDecision.KEEP if accepts else DisputeDecision.HIDE),
                REASON,
            ),
            "reported-conversations": (thing, ReportDecision.DISMISSED, REASON),
            "reported-questions": (thing,),
            "statements-overrides": (thing, accepts, REASON),
            "statements-confirm": (self.final, getattr(thing, "number", 0), accepts, REASON),
        }
        do(case.decide, official, *choices[case.name])
        case.is_open = False

    # The lists

    def is_compared(self, name: str) -> bool:
        return name in (*OF_COUNTIES, *OF_PREFECTURES)

    @invariant()
    def each_list_is_what_is_open(self) -> None:
        for code, official in self.officials.items():
            assert self.listed(official) == self.open_for(code), official.name

    def open_for(self, code: str) -> Counter[Any]:
        found: Counter[Any] = Counter()
        path = db.session.get_one(Region, code).path if code != "43" else "43"
        for case in self.cases:
            inside = is_within(f"43/4307/{case.county}", path)
            if not case.is_open or not inside:
                continue
            if case.name in OF_COUNTIES:
                found[case.name, case.county == code] += 1
                found[case.name, case.county == code, "late"] += case.is_late
            elif code == CHANGDE:
                found[case.name, True] += 1
        return +found


def test_each_case_is_on_the_list_of_who_decides_it(
    reference_database: Path, tmp_path: Path
) -> None:
    run_machine(Cases, reference_database, tmp_path, steps=60)
