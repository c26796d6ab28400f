"""What a statement is checked against, and what was found in those submitted."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from market.database import db, utcnow
from market.deals.baselines import MEASURES, Baselines, price_bands
from market.deals.flag_rules import product_season
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.deals.rules import LATE_AFTER
from market.fairs.models import Fair
from market.fairs.queries import first_reported_day
from market.products.models import Product
from market.products.units import base_unit, in_base
from market.regions.models import Region
from market.statements.models import Statement, StatementKind, StatementVersion
from market.statements.queries import current_figures
from market.statements.rules import IN, Period
from market.statements.snapshots import preview_county
from market.statements.units import ReportingUnit
from market.statements.validation import (
    Facts,
    PastFigures,
    ProductPrice,
    ReversedSum,
    ValidationFinding,
    ValidationSeverity,
    WaitingDeals,
    find_doubtful,
)
from market.statements.validation_models import (
    OverrideDecision,
    OverrideRequest,
    StatementFinding,
    read_finding,
)
from market.tallies.comparisons import find_comparisons
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.queries import Totals
from market.tallies.trees import fair_tree
from market.text.days import local_midnight
from market.web.home_time import home_zone


def check_figures(
    fair: Fair, unit: ReportingUnit, period: Period, figures: FrozenFigures
) -> list[ValidationFinding]:
    """What validation finds in figures that the unit is to submit, stops first; writes nothing."""
    first = first_reported_day(fair)
    if not unit.is_leaf:
        return find_doubtful(Facts(figures, first))
    before = _figures_before(fair, unit.code, period, first)
    entries = _entries_since(fair, unit.code, before, figures)
    waiting = _waiting_deals(fair, unit.code, period)
    past = _past_figures(fair, unit.code, period, figures.totals)
    prices = _mean_prices(period, entries)
    return find_doubtful(
        Facts(figures, first, before, _reversed_sum(entries), waiting, prices, past)
    )


def _figures_before(fair: Fair, code: str, period: Period, first: date) -> FrozenFigures | None:
    """The figures of the county's last daily statement before the period that is in; where the
    day before has none, what was so at its end."""
    is_final = period.kind is StatementKind.FINAL
    until = Statement.day <= period.day if is_final else Statement.day < period.day
    row = db.session.execute(
        select(Statement.id)
        .where(
            *(Statement.fair_id == fair.id, Statement.region_code == code, until),
            *(Statement.kind == StatementKind.DAILY, Statement.status.in_(IN)),
        )
        .order_by(Statement.day.desc())
        .limit(1)
    ).first()
    if row is not None:
        return current_figures([row.id])[row.id]
    day = period.day if is_final else date.fromordinal(period.day.toordinal() - 1)
    if day < first:
        return None
    region = db.session.get_one(Region, code)
    return preview_county(fair, region, Period(day, StatementKind.DAILY))


def _entries_since(
    fair: Fair, code: str, before: FrozenFigures | None, figures: FrozenFigures
) -> Sequence[Any]:
    """The ledger's entries of the county that the figures count and those before do not."""
    entry = LedgerEntry
    where = [entry.fair_id == fair.id, entry.region_code == code]
    if before is not None and before.until is not None:
        where.append(entry.at >= before.until)
    elif before is not None:
        where.append(entry.id > before.ledger.id)
    where.append(
        entry.at < figures.until if figures.until is not None else entry.id <= figures.ledger.id
    )
    columns = (
        *(entry.deal_id, entry.deals, entry.amount_fen, entry.product_code),
        *(Deal.quantity, Deal.unit, Product.name, Product.name_en),
    )
    query = select(*columns).join(Deal, Deal.id == entry.deal_id)
    query = query.join(Product, Product.code == entry.product_code)
    return db.session.execute(query.where(*where).order_by(entry.id)).all()


def _reversed_sum(entries: Sequence[Any]) -> ReversedSum:
    reversals = [entry for entry in entries if entry.deals < 0]
    fen = -sum(entry.amount_fen for entry in reversals)
    return ReversedSum(len(reversals), fen, [entry.deal_id for entry in reversals])


def _mean_prices(period: Period, entries: Sequence[Any]) -> list[ProductPrice]:
    """The mean price of each product and measure over the deals that count,
    where its season has usual prices."""
    if period.kind is StatementKind.FINAL:
        return []
    reversed_ = {entry.deal_id for entry in entries if entry.deals < 0}
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for entry in entries:
        if entry.deal_id not in reversed_:
            groups[entry.product_code, MEASURES[entry.unit]].append(entry)
    season = product_season(period.day)
    baselines = Baselines(price_bands({code for code, _ in groups}, [season]), {}, {})
    found = []
    for (code, measure), rows in groups.items():
        unit = _price_unit(measure)
        usual = baselines.price(code, unit, period.day)
        quantity = sum((in_base(row.quantity, row.unit) for row in rows), Decimal(0))
        if usual is None or not quantity:
            continue
        fen, each = sum(row.amount_fen for row in rows), in_base(Decimal(1), unit)
        price = Decimal(fen) / 100 / quantity * each
        ids = [row.deal_id for row in sorted(rows, key=lambda row: -row.amount_fen)]
        names = (code, rows[0].name, rows[0].name_en)
        found.append(ProductPrice(*names, unit, price, fen, usual, ids))
    return sorted(found, key=lambda product: -product.amount_fen)


def _price_unit(measure: str) -> str:
    """The unit (code) in which prices of a measure are quoted: of mass the jin."""
    return "jin" if measure == MEASURES["jin"] else base_unit(measure)


def _waiting_deals(fair: Fair, code: str, period: Period) -> WaitingDeals:
    """Deals of the county agreed by the end of the period and still not verified."""
    end = local_midnight(date.fromordinal(period.day.toordinal() + 1), home_zone())
    late = min(end, utcnow()) - LATE_AFTER
    row = db.session.execute(
        select(
            *(func.count(), func.coalesce(func.sum(Deal.amount_fen), 0)),
            func.count().filter(Deal.updated_at < late),
        ).where(
            *(Deal.fair_id == fair.id, Deal.home_region_code == code),
            *(Deal.status == DealStatus.AGREED, Deal.agreed_on <= period.day),
        )
    ).one()
    return WaitingDeals(*map(int, row))


def _past_figures(fair: Fair, code: str, period: Period, now: Totals) -> PastFigures | None:
    """The county in the same season's fair, or else in the one before, where it is known."""
    if fair.previous_id is None and fair.same_season_id is None:
        return None
    day = period.day if period.kind is StatementKind.DAILY else None
    found = [
        one
        for one in find_comparisons(fair, now, fair_tree(fair).nodes[code], day)
        if not one.provisional and one.kind != "beside"
    ]
    if not found:
        return None
    chosen = next((one for one in found if one.kind != "previous"), found[0])
    then = {figure.name: figure.then for figure in chosen.figures}
    totals = Totals(deals=_whole(then["deals"]), amount_fen=_whole(then["amount_fen"]))
    return PastFigures(chosen.baseline.name, chosen.baseline.name_en, totals, chosen.through)


def _whole(value: Any) -> int:
    return int(value or 0)


@dataclass(frozen=True)
class ExplainedFinding:
    """What was found in a submitted statement, and what was written to it.

    Attributes:
        unit: the reporting unit whose figures are doubted; has code, name and name_en.
        is_own: of the statement itself, not of one that it gathers.
        consent: why the next level let a stop pass; empty for a warning.
    """

    finding: ValidationFinding
    explanation: str
    unit: Any
    is_own: bool
    consent: str = ""


def warnings_of(statement_ids: Collection[int]) -> Mapping[int, list[ExplainedFinding]]:
    """What was found in the current version of each statement and, for one that gathers others,
    in theirs: its own first, then by unit. One statement of SQL; without those with nothing."""
    above, own = aliased(Statement), aliased(Statement)
    gathered = and_(
        own.fair_id == above.fair_id,
        own.kind == above.kind,
        own.day == above.day,
        own.parent_code == above.region_code,
        own.status.in_(IN[1:]),
    )
    row = StatementFinding
    query = (
        select(
            *(above.id.label("above"), own.id.label("own"), Region.code, Region.name),
            *(Region.name_en, row.rule, row.subject, row.severity, row.numbers, row.explanation),
            func.coalesce(OverrideDecision.reason, "").label("consent"),
        )
        .select_from(above)
        .join(own, or_(own.id == above.id, gathered))
        .join(
            StatementVersion,
            and_(StatementVersion.statement_id == own.id, StatementVersion.number == own.version),
        )
        .join(row, row.version_id == StatementVersion.id)
        .join(Region, Region.code == own.region_code)
        .outerjoin(OverrideDecision, OverrideDecision.request_id == row.request_id)
        .where(above.id.in_(statement_ids))
        .order_by(own.id != above.id, Region.path, row.id)
    )
    found: dict[int, list[ExplainedFinding]] = defaultdict(list)
    for each in db.session.execute(query):
        finding = read_finding(each.rule, each.subject, each.severity, json.loads(each.numbers))
        found[each.above].append(
            ExplainedFinding(finding, each.explanation, each, each.own == each.above, each.consent)
        )
    return found


def last_request(statement: Statement | None) -> OverrideRequest | None:
    """The statement's last request to let what stops it pass."""
    if statement is None:
        return None
    return db.session.scalars(
        select(OverrideRequest)
        .where(OverrideRequest.statement_id == statement.id)
        .order_by(OverrideRequest.number.desc())
        .limit(1)
    ).first()


def covers(request: OverrideRequest | None, finding: ValidationFinding) -> bool:
    """Whether the request was allowed and is about this very finding."""
    allowed = request is not None and request.decision is not None and request.decision.allowed
    return bool(allowed and any(finding.is_same(one) for one in request.found))  # type: ignore[union-attr]


def stops_of(
    findings: Sequence[ValidationFinding], request: OverrideRequest | None
) -> list[ValidationFinding]:
    """Those that stop the statement and that nobody has let pass."""
    return [f for f in findings if f.severity is ValidationSeverity.STOP and not covers(request, f)]
