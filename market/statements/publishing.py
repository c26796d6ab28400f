"""What the province does: publish 发布 a fair's statements, and see that all are in to certify."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account
from market.database import AdvisoryLock, advisory_lock, db, utcnow
from market.deals.ledger import LedgerProblem, integrity_checks
from market.deals.models import LedgerEntry
from market.fairs.cancellation import cancellation_checks
from market.fairs.certification import certification_checks
from market.fairs.models import Fair
from market.permissions import may
from market.statements import queries, units
from market.statements.models import (
    Correction,
    Publication,
    StatementKind,
    StatementStatus,
    StatementVersion,
)
from market.statements.rules import Period
from market.statements.services import (
    check_open,
    gather_units,
    publish_accepted,
)
from market.statements.snapshots import snapshot_columns
from market.tallies.frozen_figures import FrozenFigures, digest, read_figures
from market.tallies.queries import ADDITIVE, Totals
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.filters import local_name
from market.web.language import lazy_gettext as _l


def publish(
    actor: Account, fair: Fair, period: Period, missing: Collection[str] = (), reason: str = ""
) -> Publication:
    """Publish the fair's table of the period; its statements are locked from then on.

    Args:
        missing: the codes of prefectures and counties straight under the province that it
            does not wait for, and `reason`.

    Raises:
        Refused: the actor is no province official over the fair.
        Invalid: a unit is neither accepted nor named as missing, or nothing is accepted.
        InvalidTransition: it is published already; the message says by whom.
    """
    advisory_lock(AdvisoryLock.STATEMENTS)
    if not may(actor, "fair.manage", fair):
        raise Refused()
    check_open(fair, period)
    before = queries.publication_of(fair, period)
    if before is not None:
        raise InvalidTransition(_l("%(who)s has published it already.", who=before.by.name))
    lines = units.statements_below(units.unit_statements(fair, period, utcnow()), None)
    figures = gather_units(fair, fair.region, period, lines, missing, reason)
    if not figures.children:
        raise Invalid(_l("No statement is accepted yet: there is nothing to publish."), "missing")
    publication = Publication(
        fair_id=fair.id,
        kind=period.kind,
        day=period.day,
        reason=reason if figures.missing else "",
        by_id=actor.id,
        **snapshot_columns(figures),
    )
    db.session.add(publication)
    db.session.flush()
    publish_accepted(actor, fair, period)
    return publication


def not_published(fair: Fair) -> list[units.UnitStatement]:
    """The counties whose final statement for the fair's last day is not published."""
    lines = units.unit_statements(fair, Period(fair.ends_on, StatementKind.FINAL), utcnow())
    return [
        line
        for line in lines.values()
        if line.unit.is_leaf and line.status is not StatementStatus.PUBLISHED
    ]


def _all_have_reported(fair: Fair) -> None:
    """Certifying waits for every county, without exception (domain: Fair)."""
    waiting = not_published(fair)
    if waiting:
        names = _l(", ").join(local_name(line.unit) for line in waiting[:8])
        raise Invalid(
            _l(
                "%(count)s counties have no published final statement yet: %(names)s …",
                count=len(waiting),
                names=names,
            )
        )


certification_checks.append(_all_have_reported)


def _nothing_is_published(fair: Fair) -> None:
    """What was published of a fair stands, and so does the fair."""
    if queries.is_published(fair):
        raise InvalidTransition(_l("A table of this fair is published: it can't be cancelled."))


cancellation_checks.append(_nothing_is_published)


def check_statements() -> list[LedgerProblem]:
    """Where what is frozen was changed behind the program's back, or a county's figures are
    not the ledger's at the end of the day, or at the entry, it names; `flask ledger verify` asks
    for it."""
    problems: list[LedgerProblem] = []
    ledger = _running()
    for model, name in (
        (StatementVersion, "statement version"),
        (Correction, "correction"),
        (Publication, "publication"),
    ):
        columns = (model.id, model.snapshot, model.sha256, model.ledger_id, model.ledger_hash)
        for row in db.session.execute(select(*columns).execution_options(yield_per=200)):
            about = f"{name} {row.id}"
            problems += [LedgerProblem(about, what) for what in _faults(row, ledger)]
    return problems


class _Ledger:
    """The ledger's entries by fair and county, and the hash of each."""

    def __init__(self) -> None:
        self.hashes: dict[int, str] = {0: "0" * 64}
        self.entries: dict[tuple[int | None, str], list[Any]] = {}

    def sums(self, figures: FrozenFigures, entry: int) -> tuple[int, int]:
        """(deals, fen) of the county the figures are of: of a day those before its end, else
        those up to and with that entry."""
        rows, until = self.entries.get((figures.fair.id, figures.region.code), []), figures.until
        if until is None:
            rows = [row for row in rows if row.id <= entry]
        else:
            rows = [row for row in rows if row.at < until]
        return sum(row.deals for row in rows), sum(row.amount_fen for row in rows)


def _running() -> _Ledger:
    ledger = _Ledger()
    columns = (
        *(LedgerEntry.id, LedgerEntry.hash, LedgerEntry.fair_id, LedgerEntry.region_code),
        *(LedgerEntry.deals, LedgerEntry.amount_fen, LedgerEntry.at),
    )
    for row in db.session.execute(select(*columns).order_by(LedgerEntry.id)):
        ledger.hashes[row.id] = row.hash
        if row.fair_id is not None:
            ledger.entries.setdefault((row.fair_id, row.region_code), []).append(row)
    return ledger


def _faults(row: Any, ledger: _Ledger) -> list[str]:
    if digest(row.snapshot) != row.sha256:
        return ["was changed: its hash is not that of its snapshot"]
    faults = []
    if ledger.hashes.get(row.ledger_id) != row.ledger_hash:
        faults.append(f"names entry {row.ledger_id} with a hash that is not the entry's")
    figures = read_figures(row.snapshot)
    totals = figures.totals
    if not figures.is_county:
        summed = Totals.of(region.totals for region in figures.children)
        if any(getattr(summed, name) != getattr(totals, name) for name in ADDITIVE):
            faults.append("is not the sum of the units in it")
        return faults
    right = ledger.sums(figures, row.ledger_id)
    if (totals.deals, totals.amount_fen) != right:
        frozen = f"{totals.deals} deals and {totals.amount_fen} fen"
        faults.append(f"says {frozen}, and the ledger {right[0]} and {right[1]} then")
    return faults


integrity_checks.append(check_statements)
