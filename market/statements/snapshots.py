"""What a statement freezes: a county's figures of a day or of the whole fair, or the sum of what
the units below it froze (market.tallies.frozen_figures)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from market.database import utcnow
from market.deals.ledger import Head, head
from market.fairs.models import Fair
from market.regions.models import Region
from market.statements.models import StatementKind
from market.statements.rules import Period
from market.tallies.end_of_day import cut_off, day_ends, save_day_ends_until
from market.tallies.freezing import freeze_count, freeze_day_end
from market.tallies.frozen_figures import FrozenFigures, canonical, digest, sum_totals
from market.tallies.queries import Totals, stored_count
from market.tallies.services import update_count


def freeze_county(fair: Fair, region: Region, period: Period) -> FrozenFigures:
    """The figures of a reporting county: of a day as of its end, of the whole fair as of the
    ledger's last entry, counted anew first.

    Call it inside transaction(), on PostgreSQL under AdvisoryLock.LEDGER, so
    that no entry comes between the parts.
    """
    if period.kind is StatementKind.DAILY:
        save_day_ends_until(fair, period.day)
        return _day_end(fair, region, period)
    update_count(fair)
    return freeze_count(fair, stored_count(fair), region, utcnow())


def preview_county(fair: Fair, region: Region, period: Period) -> FrozenFigures:
    """What would be frozen now; the whole fair's as last counted, at most seconds old. Writes
    nothing."""
    if period.kind is StatementKind.DAILY:
        return _day_end(fair, region, period)
    return freeze_count(fair, stored_count(fair), region, utcnow())


def _day_end(fair: Fair, region: Region, period: Period) -> FrozenFigures:
    end = day_ends(fair, [region.code], period.day)[region.code]
    return freeze_day_end(fair, region, period.day, last_entry(period), end, utcnow())


def last_entry(period: Period) -> Head:
    """The last entry of the ledger that a statement of the period counts, frozen now."""
    return head(cut_off(period.day) if period.kind is StatementKind.DAILY else None)


def snapshot_columns(figures: FrozenFigures) -> dict[str, Any]:
    """The columns of models.SnapshotColumns for the figures."""
    text, ledger = canonical(figures.data), figures.data["ledger"]
    end = {"ledger_id": ledger["id"], "ledger_hash": ledger["hash"]}
    return {"snapshot": text, "sha256": digest(text), **end}


def sum_figures(parts: Iterable[FrozenFigures], period: Period) -> tuple[Totals, Totals | None]:
    """What several come to together: (totals, what the day added; None of a final statement)."""
    parts = list(parts)
    is_daily = period.kind is StatementKind.DAILY
    increment = Totals.of(part.increment_on(period.day) for part in parts) if is_daily else None
    return sum_totals(parts), increment
