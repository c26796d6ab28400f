"""A fair beside the ones it is compared with, in all, in a region, and day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import bindparam, or_, select

from market.database import db
from market.fairs.models import HELD, Fair, FairStatus
from market.tallies.figures import COMPARED, COMPARED_BY_DAY, COMPARED_IN_DETAIL
from market.tallies.queries import (
    ENTERED_COLUMNS,
    StoredCount,
    Totals,
    counted_at,
    region_totals,
    stored_count,
    totals_by_day,
    totals_of,
)
from market.tallies.trees import Node
from market.text.days import local_day
from market.web.home_time import home_zone

# Both: the fair before is the one of the same season last year, as where there is one a year.
KINDS = ("previous", "both", "same_season", "beside")


@dataclass(frozen=True)
class ComparedFigure:
    """One figure now and in the baseline; change is a fraction, None where unknown.

    Attributes:
        is_derived: what the baseline had was worked out from other figures, not given.
    """

    name: str
    now: int | Decimal | None
    then: int | Decimal | None
    change: Decimal | None
    is_derived: bool = False


@dataclass(frozen=True)
class Comparison:
    """A fair beside a baseline. kind: `previous` 环比, `same_season` 同比, `both` of one and
    the same fair, or `beside`.

    `beside` is for totals of the year before that are known only together: they are shown
    and not compared, because one fair against several says nothing.

    Attributes:
        through: the baseline counts up to its day of this number, as the fair does that is
            still running; None where it counts whole.
        provisional: one of the two is not complete and the other is whole.
    """

    kind: str
    baseline: Fair
    figures: Sequence[ComparedFigure]
    through: int | None = None
    provisional: bool = False


def find_comparisons(
    fair: Fair, now: Totals, node: Node | None = None, day: date | None = None
) -> list[Comparison]:
    """The fair's `now` against the fair before and the same season last year, where named.

    Totals of the year before that span several fairs stand beside them (`beside`). A fair
    that runs is compared with the same days of one that was counted by days; against
    one that was not, the comparison is provisional. One that has not opened, or never
    did, has nothing to compare.

    Args:
        node: a region; only the baselines whose count has it.
        day: the last day that `now` counts, where that is not the last one counted.
    """
    if not _has_begun(fair):
        return []
    linked = {fair.previous_id: "previous", fair.same_season_id: "same_season"}
    asked = {
        "linked": [id_ for id_ in linked if id_ is not None],
        "region": fair.region_code,
        "year": fair.year - 1,
    }
    baselines = [b for b in db.session.scalars(_BASELINES, asked) if _has_begun(b)]
    if node is not None:
        baselines = [baseline for baseline in baselines if not baseline.totals_only]
        thens = {baseline.id: region_totals(baseline, node) for baseline in baselines}
    else:
        thens = totals_of(baselines)
    result = []
    for baseline in baselines:
        then, cut = thens[baseline.id], _last_counted_day(fair, day)
        through = None if baseline.totals_only else cut
        if through:
            then = _first_days(baseline, node, through)
        provisional = (cut is not None and through is None) or _is_running(baseline)
        kinds = [kind for id_, kind in _links(fair) if id_ == baseline.id] or ["beside"]
        kind = kinds[0] if len(kinds) == 1 else "both"
        figures = _compared(kind, baseline, now, then, through)
        result.append(Comparison(kind, baseline, figures, through, provisional))
    return sorted(result, key=lambda comparison: KINDS.index(comparison.kind))


def _has_begun(fair: Fair) -> bool:
    return fair.status in HELD


def _is_running(fair: Fair) -> bool:
    return fair.status is FairStatus.OPEN


def _last_counted_day(fair: Fair, day: date | None) -> int | None:
    """The number of the last day that is counted of a fair that goes on after it, from 1;
    None of one that is over."""
    if day is None and _is_running(fair):
        at = counted_at(fair)
        day = local_day(at, home_zone()) if at else fair.starts_on
    if day is None or (day >= fair.ends_on and not _is_running(fair)):
        return None
    return max(1, (min(day, fair.ends_on) - fair.starts_on).days + 1)


def _first_days(baseline: Fair, node: Node | None, number: int) -> Totals:
    """What the fair had by the end of its day of that number."""
    last = baseline.starts_on + timedelta(days=number - 1)
    return Totals.of(figures for day, figures in totals_by_day(baseline, node) if day <= last)


def _links(fair: Fair) -> list[tuple[int | None, str]]:
    return [(fair.previous_id, "previous"), (fair.same_season_id, "same_season")]


def _compared(
    kind: str, baseline: Fair, now: Totals, then: Totals, through: int | None
) -> Sequence[ComparedFigure]:
    asked = COMPARED
    if through:
        asked = (*COMPARED, *COMPARED_BY_DAY)
    elif not baseline.totals_only:
        asked = (*COMPARED, *COMPARED_IN_DETAIL)
    figures = []
    for figure in asked:
        a, b = figure.of(now), figure.of(then)
        moved = None if kind == "beside" else change(a, b)
        is_derived = figure.name in derived_figures(baseline)
        figures.append(ComparedFigure(figure.name, a, b, moved, is_derived))
    return figures


def derived_figures(fair: Fair) -> set[str]:
    """The figures of an earlier fair that were worked out and not given."""
    return {name for name, column in ENTERED_COLUMNS.items() if column in fair.derived.split()}


def change(now: int | Decimal | None, then: int | Decimal | None) -> Decimal | None:
    """By what fraction `now` is more than `then`, to 0.1%; None where that has no meaning."""
    if now is None or not then:
        return None
    return (Decimal(now) / Decimal(then) - 1).quantize(Decimal("0.001"), ROUND_HALF_UP)


@dataclass(frozen=True)
class DaySeries:
    """A fair's days from its first: (day of the fair from 1, its figures), none left out."""

    fair: Fair
    days: Sequence[tuple[int, Totals]]

    @property
    def last(self) -> date:
        """The local day it ends on."""
        return self.date(len(self.days))

    def date(self, number: int) -> date:
        """The local day of a day of the fair."""
        return self.fair.starts_on + timedelta(days=number - 1)


def day_series(
    fair: Fair, node: Node | None = None, count: StoredCount | None = None
) -> DaySeries | None:
    """The fair's days up to the last that is counted; None without anything."""
    every_day = totals_of_every_day(fair, node, count)
    days = [(day, t) for day, t in every_day if day >= fair.starts_on]
    return DaySeries(fair, [(n, t) for n, (_day, t) in enumerate(days, 1)]) if days else None


def totals_of_every_day(
    fair: Fair, node: Node | None = None, count: StoredCount | None = None
) -> list[tuple[date, Totals]]:
    """(local day, its figures) from the fair's first day to the last that is counted, zeros
    on a day with nothing; empty where there is nothing at all.

    Args:
        count: the fair's count where the caller has read it already.
    """
    count = count or stored_count(fair)
    totals = dict(totals_by_day(fair, node, count))
    if not totals:
        return []
    last = fair.ends_on
    if _is_running(fair) and count.at:
        last = min(last, local_day(count.at, home_zone()))
    days = days_between(min(fair.starts_on, *totals), max(last, *totals))
    return [(day, totals.get(day, Totals())) for day in days]


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both in it."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def baseline_series(fair: Fair, node: Node | None = None) -> DaySeries | None:
    """The days of the fair this one is compared with: of the same season last year, or else
    of the one before; None where neither was counted by days."""
    counted = (f for f in (fair.same_season, fair.previous) if f and not f.totals_only)
    return next(filter(None, (day_series(baseline, node) for baseline in counted)), None)


# Made once: putting these together takes longer than running them.
_BASELINES = (
    select(Fair)
    .where(
        or_(
            Fair.id.in_(bindparam("linked", expanding=True)),
            (Fair.totals_only & (Fair.region_code == bindparam("region")))
            & (Fair.year == bindparam("year")),
        )
    )
    .order_by(Fair.starts_on.desc(), Fair.id)
)
