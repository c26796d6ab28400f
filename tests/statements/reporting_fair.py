"""A fair with the officials who report of it, and their acts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals import ledger
from market.deals.models import Deal, DealEvent, DealStatus
from market.fairs.models import Fair, FairStatus
from market.regions.models import Region
from market.statements import corrections, overrides, publishing, services, units, withdrawal
from market.statements.explanations import Unexplained
from market.statements.models import Statement, StatementKind
from market.statements.rules import Period
from market.statements.snapshots import preview_county
from market.statements.validation import ValidationFinding
from market.statements.validation_queries import check_figures
from market.text.days import local_day
from market.web.home_time import home_zone
from tests.fairs.factories import count_deal, make_fair

Make = Callable[..., Account]
SHIMEN, TAOYUAN, CHANGDE, PROVINCE = "430726", "430725", "430700", "430000"


@dataclass
class Season:
    """A fair, and everybody who reports of it by the code of their unit."""

    fair: Fair
    officials: dict[str, Account]
    province: Account
    traders: dict[str, Account]
    buyer: Account
    make: Make

    @property
    def final(self) -> Period:
        return Period(self.fair.ends_on, StatementKind.FINAL)

    def day(self, number: int = 0) -> Period:
        return Period(self.fair.starts_on + timedelta(days=number), StatementKind.DAILY)

    def official(self, code: str) -> Account:
        """The official of a unit, made when first wanted."""
        if code not in self.officials:
            leaf = units.units(self.fair)[code].is_leaf
            role = "county_official" if leaf else "prefecture_official"
            self.officials[code] = self.make(f"{code}商务局", role=role, scope=code)
        return self.officials[code]

    def at(self, number: int, hour: int = 12) -> datetime:
        """The local hour of a day of the fair, from 0; of the next day for hours from 24 on."""
        midnight = datetime.combine(self.day(number).day, time(), home_zone())
        return midnight.astimezone(UTC) + timedelta(hours=hour)

    def deal(
        self, code: str, fen: int, day: date | None = None, at: datetime | None = None
    ) -> Deal:
        """A deal of a seller of the county, agreed on the day (the fair's first) and verified
        then (at noon of the fair's first day)."""
        if code not in self.traders:
            self.traders[code] = self.make(f"{code}农户", region=code)
        with ledger_at(at or self.at(0)):
            return count_deal(
                self.fair,
                self.traders[code],
                self.buyer,
                fen,
                agreed_on=day or self.fair.starts_on,
            )

    def take_back(self, deal: Deal, at: datetime | None = None) -> None:
        """The county returns a deal that it had verified."""
        at = at or utcnow()
        with ledger_at(at), transaction():
            deal.status, by_id = DealStatus.RETURNED, self.province.id
            event = {"status": deal.status, "by_id": by_id, "reason": "短秤", "at": at}
            db.session.add(DealEvent(deal_id=deal.id, **event))
            ledger.append_entry(deal, self.province)

    def count_again(self, deal: Deal, at: datetime) -> None:
        """The county verifies a deal once more that it had returned."""
        with ledger_at(at), transaction():
            deal.status = DealStatus.VERIFIED
            ledger.append_entry(deal, self.province)

    def submit(self, code: str, period: Period | None = None, **values: Any) -> Statement:
        with transaction():
            actor, period = self.official(code), period or self.final
            if "explanations" not in values:
                values["explanations"] = {f.key: "已核对" for f in self.findings(code, period)}
            return services.submit(actor, self.fair, code, period, **values)

    def submit_in_any_case(self, code: str, period: Period) -> Statement:
        """Submit a county's statement, which the next level lets pass if something stops it."""
        try:
            return self.submit(code, period)
        except Unexplained:
            official, above = self.official(code), self.official(CHANGDE)
        with transaction():
            request = overrides.request_override(official, self.fair, code, period, "合同已看")
        with transaction():
            overrides.decide_override(above, request, True, "合同已看")
        return self.submit(code, period)

    def findings(self, code: str, period: Period | None = None) -> Sequence[ValidationFinding]:
        """What validation finds in what a county would submit now."""
        period, unit = period or self.final, units.units(self.fair)[code]
        if not unit.is_leaf or period not in units.periods_of(self.fair, utcnow()):
            return []
        region = db.session.get_one(Region, code)
        figures = preview_county(self.fair, region, period)
        return check_figures(self.fair, unit, period, figures)

    def accept(self, statement: Statement, by: Account | None = None) -> Statement:
        with transaction():
            parent = statement.parent_code
            actor = by or (self.official(parent) if parent else self.province)
            services.accept(actor, statement)
        return statement

    def send_back(self, statement: Statement, reason: str = "请核对") -> Statement:
        with transaction():
            parent = statement.parent_code
            actor = self.official(parent) if parent else self.province
            services.send_back(actor, statement, reason)
        return statement

    def withdraw(self, statement: Statement, reason: str = "") -> Statement:
        with transaction():
            withdrawal.withdraw(self.official(statement.region_code), statement, reason)
        return statement

    def bring_in(
        self, prefecture: str, counties: Collection[str], period: Period | None = None
    ) -> Statement:
        """The counties' statements and the prefecture's, all accepted; the rest is missing."""
        period = period or self.final
        for code in counties:
            self.accept(self.submit(code, period))
        others = {u.code for u in units.units(self.fair).values() if u.is_leaf} - set(counties)
        own = self.submit(prefecture, period, missing=others, reason="停电")
        return self.accept(own)

    def publish(self, period: Period | None = None, **values: Any) -> Any:
        with transaction():
            return publishing.publish(self.province, self.fair, period or self.final, **values)

    def correct(self, statement: Statement, reason: str = "退货") -> None:
        """A correction, filed and confirmed."""
        with transaction():
            actor = self.official(statement.region_code)
            correction = corrections.file_correction(actor, statement, reason)
        with transaction():
            parent = statement.parent_code
            reviewer = self.official(parent) if parent else self.province
            corrections.decide(reviewer, statement, correction.number, True)


@contextmanager
def ledger_at(moment: datetime) -> Iterator[None]:
    """What is written to the ledger inside is written at that moment."""
    with patch.object(ledger, "utcnow", lambda: moment):
        yield


def make_season(make_account: Make, **fair: Any) -> Season:
    """A fair of Changde that ended yesterday, unless said otherwise."""
    today = local_day(utcnow(), home_zone())
    values = {
        "region": db.session.get_one(Region, CHANGDE),
        "starts_on": today - timedelta(days=4),
        "ends_on": today - timedelta(days=1),
        "status": FairStatus.CLOSED,
        **fair,
    }
    province = make_account("省商务厅", role="province_official", scope=PROVINCE)
    buyer = make_account("长沙鲜果", region="430111")
    return Season(make_fair(**values), {}, province, {}, buyer, make_account)
