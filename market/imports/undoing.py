"""Undoing an import as a whole: what nobody has touched leaves, what was used since stays and is
said, row by row."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update

from market.accounts.models import Account, Consent
from market.accounts.services import ERASED_NAME
from market.audit.actor import acting_for
from market.database import Base, chunks, db, lock, transaction, utcnow
from market.deals.bulk_proposals import event_rows, withdrawn_columns
from market.deals.models import Deal, DealEvent, DealStatus
from market.imports.models import Import, ImportRow, ImportState, RowState
from market.imports.prepared import MAX_DRAFTS, PreparedWrites
from market.imports.priority import at_low_priority
from market.imports.services import move
from market.offers.models import Offer, OfferChange
from market.offers.revocation import (
    closed_columns,
    deletable,
    dependent_tables,
    tell_of_revoked,
    touched_offers,
)
from market.text.confusables import skeleton

# For so long the closed rows of what was undone are tried to be deleted.
LEFTOVERS_FOR = timedelta(days=7)
LEFTOVERS_AT_ONCE = 250
# Between two transactions, for whoever waits to write.
PAUSE_SECONDS = 0.02
# The tables of what somebody asked about an offer.
ASKED = ("enquiry_threads", "public_questions", "questions")

dependent_tables.add(ImportRow.__tablename__)


def undo(imported: Import) -> None:
    """Undo it, all at once. Not inside a transaction."""
    with acting_for(imported.assistant, "imports.undo", "import.manage"):
        for _ in range(MAX_DRAFTS):
            found = at_low_priority(_look, imported)
            writes = at_low_priority(_writes, imported, found, utcnow())
            with transaction():
                if _look_again(imported, found):
                    _undo(imported, found, writes)
                    return
        with transaction():
            # What it made is used all the time: once, the others wait.
            if lock(imported).state is ImportState.UNDOING:
                found = _look(imported)
                _undo(imported, found, _writes(imported, found, utcnow()))


@dataclass
class MadeRows:
    """What an import made, as it is now.

    Attributes:
        rows: those that made something.
        offers, farmers: numbers of what nobody has touched, which goes.
        proposals: numbers of the deals that nobody has answered, which are withdrawn.
        stays: by row's id, why what it made stays.
        busy: by number, why a farmer stays.
    """

    rows: Sequence[Any]
    offers: list[int]
    farmers: list[int]
    proposals: list[int]
    stays: dict[int, str]
    busy: dict[int, str]


def _look(imported: Import) -> MadeRows:
    """What it made, and what was used since. Reads only."""
    assert imported.done_at is not None
    columns = (
        *(ImportRow.id, ImportRow.offer_id, ImportRow.deal_id),
        *(ImportRow.account_id, ImportRow.is_registered),
    )
    made = ImportRow.import_id == imported.id, ImportRow.state == RowState.MADE
    rows = db.session.execute(select(*columns).where(*made)).all()
    offers = {row.offer_id for row in rows if row.offer_id}
    ids = select(ImportRow.offer_id).where(*made, ImportRow.offer_id.is_not(None))
    touched = touched_offers(ids, imported.done_at)
    stays = {row.id: _reason(touched[row.offer_id]) for row in rows if row.offer_id in touched}
    revoked = offers - touched.keys()
    farmers = {row.account_id for row in rows if row.is_registered}
    ids = select(ImportRow.account_id).where(*made, ImportRow.is_registered)
    proposals = _open_proposals(imported)
    busy = _touched_farmers(ids, revoked, proposals, imported.done_at)
    for row in rows:
        if row.deal_id is not None and row.deal_id not in proposals:
            stays[row.id] = "deal"
        elif row.deal_id is None and row.offer_id is None and row.account_id in busy:
            stays[row.id] = busy[row.account_id]
    gone = sorted(revoked), sorted(farmers - busy.keys()), sorted(proposals)
    return MadeRows(rows, *gone, stays, busy)


def _open_proposals(imported: Import) -> set[int]:
    """The deals it proposed that wait for the other side, of farmers who still have the station
    speak for them."""
    theirs = (
        select(Deal.id)
        .join(ImportRow, ImportRow.deal_id == Deal.id)
        .join(Account, Account.id == Deal.seller_id)
        .where(
            ImportRow.import_id == imported.id,
            Deal.status == DealStatus.PROPOSED,
            Account.represented_by_id == imported.assistant_id,
        )
    )
    return set(db.session.scalars(theirs))


def _look_again(imported: Import, found: MadeRows) -> bool:
    """Whether all is still as it was found. Inside transaction()."""
    return lock(imported).state is ImportState.UNDOING and _look(imported) == found


def _writes(imported: Import, found: MadeRows, now: datetime) -> PreparedWrites:
    """What undoing it writes. Farmers are forgotten, and their rows stay until
    nothing names them; those who once proposed a deal stay nameless."""
    writes = PreparedWrites()
    closed = closed_columns(now)
    writes.update(Offer, dict.fromkeys(found.offers, closed))
    writes.insert(OfferChange, [{"offer_id": id_, "at": now} for id_ in found.offers])
    withdrawn = withdrawn_columns(now)
    writes.update(Deal, dict.fromkeys(found.proposals, withdrawn))
    by = imported.assistant_id
    writes.insert(DealEvent, event_rows(found.proposals, DealStatus.CANCELLED, by, now))
    consents = select(Consent.id).where(Consent.withdrawn_at.is_(None))
    theirs = [
        id_
        for some in chunks(found.farmers)
        for id_ in db.session.scalars(consents.where(Consent.farmer_id.in_(some)))
    ]
    no_more = {"withdrawn_at": now}
    writes.update(Consent, dict.fromkeys(theirs, no_more))
    nobody = {
        "name": ERASED_NAME,
        "name_skeleton": skeleton(ERASED_NAME),
        "phone": None,
        "village": "",
        "township_code": None,
        "represented_by_id": None,
        "disabled_at": now,
        "updated_at": now,
    }
    writes.update(Account, dict.fromkeys(found.farmers, nobody))
    writes.update(ImportRow, _row_columns(found))
    return writes


def _row_columns(found: MadeRows) -> dict[int, dict[str, Any]]:
    return {
        row.id: {
            "state": RowState.RETAINED if row.id in found.stays else RowState.UNDONE,
            "retained_because": found.stays.get(row.id, ""),
            # A farmer who stays is nobody's to delete.
            "is_registered": row.is_registered and row.account_id not in found.busy,
        }
        for row in found.rows
    }


def _undo(imported: Import, found: MadeRows, writes: PreparedWrites) -> None:
    """Inside transaction()."""
    now = utcnow()
    writes.send()
    tell_of_revoked(found.offers, now)
    move(imported, ImportState.UNDONE)
    imported.undone_at, imported.progress = now, 100
    imported.retained = len(found.stays)


def _reason(table: str) -> str:
    """Why an offer stays, as a key of labels.RETAINED_LABELS."""
    if table in ("changed", "deals"):
        return table
    return "asked" if table in ASKED else "used"


def _touched_farmers(
    farmers: Select[Any],
    revoked: Collection[int],
    proposals: Collection[int],
    registered_at: datetime,
) -> dict[int, str]:
    """Of these farmers those who were changed or used since, with why; an offer that stays goes
    before all else, and a deal before the rest.

    Args:
        revoked, proposals: offers and deals that go.
    """
    changed = select(Account.id).where(Account.id.in_(farmers), Account.updated_at != registered_at)
    consents = (
        select(Consent.farmer_id)
        .where(Consent.farmer_id.in_(farmers))
        .group_by(Consent.farmer_id)
        .having(
            or_(
                func.count() > 1,
                func.max(Consent.withdrawn_at).is_not(None),
                func.max(Consent.sha256).is_not(None),
            )
        )
    )
    touched: dict[int, str] = {}
    for query in (changed, consents):
        touched |= dict.fromkeys(db.session.scalars(query), "changed")
    for table, column in _references():
        if table not in (Offer.__tablename__, Deal.__tablename__):
            used = select(column).distinct().where(column.in_(farmers))
            touched |= dict.fromkeys(db.session.scalars(used), "used")
    dealt = [column for table, column in _references() if table == Deal.__tablename__]
    for column in dealt:
        used = select(Deal.id, column).where(column.in_(farmers), ~_undone(ImportRow.deal_id, Deal))
        found = db.session.execute(used)
        touched |= {who: "deals" for id_, who in found if id_ not in proposals}
    gone = set(revoked)
    owned = select(Offer.id, Offer.owner_id).where(
        Offer.owner_id.in_(farmers), ~_undone(ImportRow.offer_id, Offer)
    )
    return touched | {who: "offers" for id_, who in db.session.execute(owned) if id_ not in gone}


def _undone(column: Any, model: type[Deal | Offer]) -> ColumnElement[bool]:
    """SQL: an import that was undone made it, and it is not deleted yet."""
    return exists().where(column == model.id, ImportRow.state == RowState.UNDONE)


def _references() -> Iterator[tuple[str, Any]]:
    """(table, column) of all that points at accounts, but for a farmer's consent and rows."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            names_account = any(
                key.column.table.name == Account.__tablename__ for key in column.foreign_keys
            )
            if names_account and (table.name, column.name) not in (
                *(("consents", "farmer_id"), ("import_rows", "account_id")),
            ):
                yield table.name, column


def has_leftovers() -> bool:
    """Whether a closed offer or a former farmer of an undone import can be deleted by now."""
    left = select(ImportRow.id).join(Import, Import.id == ImportRow.import_id)
    return bool(db.session.scalar(select(exists(left.where(or_(_free_offer(), _free_farmer()))))))


def _undone_lately() -> ColumnElement[bool]:
    return and_(
        Import.state == ImportState.UNDONE,
        Import.undone_at > utcnow() - LEFTOVERS_FOR,
        ImportRow.state == RowState.UNDONE,
    )


def _free_offer() -> ColumnElement[bool]:
    """SQL: of a row of an undone import, the index knows that its offer is gone."""
    newest = select(func.max(Offer.id)).scalar_subquery()
    # Not EXISTS: asked of each row it would go through the whole outbox.
    waiting = select(OfferChange.offer_id)
    return and_(_undone_lately(), ImportRow.offer_id < newest, ImportRow.offer_id.not_in(waiting))


def _free_farmer() -> ColumnElement[bool]:
    newest = select(func.max(Account.id)).scalar_subquery()
    owns = exists().where(Offer.owner_id == ImportRow.account_id)
    return and_(_undone_lately(), ImportRow.is_registered, ImportRow.account_id < newest, ~owns)


def delete_leftovers() -> None:
    """Delete the closed offers of undone imports, then the farmers that have none.

    What something names all the same stays for good, closed and nameless. Not inside a
    transaction: a few rows at a time, so that nobody waits long for the writer's lock.
    """
    for offers in chunks(_of_rows(ImportRow.offer_id, _free_offer()), LEFTOVERS_AT_ONCE):
        with transaction():
            _delete_offers(offers)
        time.sleep(PAUSE_SECONDS)
    for farmers in chunks(_of_rows(ImportRow.account_id, _free_farmer()), LEFTOVERS_AT_ONCE):
        with transaction():
            _delete_farmers(farmers)
        time.sleep(PAUSE_SECONDS)


def _delete_offers(offers: Sequence[int]) -> None:
    theirs = update(ImportRow).where(ImportRow.offer_id.in_(offers))
    db.session.execute(theirs.values(offer_id=None))
    db.session.execute(delete(Offer).where(Offer.id.in_(deletable(offers))))


def _delete_farmers(farmers: Sequence[int]) -> None:
    theirs = update(ImportRow).where(ImportRow.account_id.in_(farmers))
    db.session.execute(theirs.values(account_id=None))
    named = {
        id_
        for _table, column in _references()
        for id_ in db.session.scalars(select(column).distinct().where(column.in_(farmers)))
    }
    free = [id_ for id_ in farmers if id_ not in named]
    db.session.execute(delete(Consent).where(Consent.farmer_id.in_(free)))
    db.session.execute(delete(Account).where(Account.id.in_(free)))


def _of_rows(column: Any, condition: ColumnElement[bool]) -> list[int]:
    found = select(column).distinct().join(Import, Import.id == ImportRow.import_id)
    return list(db.session.scalars(found.where(condition)))
