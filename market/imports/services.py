"""What a person does with an import; the worker does the rest (market.imports.jobs).

Every function is called inside transaction() and raises DomainError when a rule says no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from flask_babel import ngettext as _n
from sqlalchemy import delete, func, select, update

from market.accounts.models import Account
from market.accounts.quotas import Quota
from market.database import db, lock, utcnow
from market.deals.checks import PROPOSALS
from market.imports.models import (
    IMPORT_TRANSITIONS,
    MAX_FILENAME_LENGTH,
    DuplicatePolicy,
    Import,
    ImportRow,
    ImportState,
    RowState,
)
from market.imports.queries import count_addable, import_built_on, is_outdated
from market.imports.reading.heads import ImportKind
from market.offers.models import Side
from market.permissions import may
from market.regions.models import Region
from market.stations.labels import WAYS
from market.stations.scope import check_served, own_township
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.filters import format_datetime
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l

# An import can be undone for so long; its file stays until then.
UNDO_WITHIN = timedelta(days=1)
# What nobody goes on with is discarded.
OPEN_FOR = timedelta(days=7)


def _count_rows(account: Account, since: datetime) -> int:
    query = select(func.sum(Import.made)).where(Import.assistant_id == account.id)
    return db.session.scalar(query.where(Import.done_at >= since)) or 0


ROWS = Quota(
    "imported_rows",
    _count_rows,
    _l("You have imported as many rows as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can import %(num)s more row today.", "You can import %(num)s more rows today.", left
    ),
)


def create_import(
    assistant: Account, region: Region, kind: ImportKind, filename: str, sha256: str, key: str
) -> Import:
    """Begin with a file that is stored.

    Raises:
        Repeated: the assistant sent the same form before.
        OutsideScope: the region is not the assistant's.
    """
    key = bound_key(assistant, Import, key)
    refuse_repeated(Import, key)
    check_served(assistant, region, None)
    imported = Import(
        region_code=region.code,
        township_code=own_township(assistant, region),
        assistant_id=assistant.id,
        kind=kind,
        filename=_short_name(filename),
        file_sha256=sha256,
        key=key,
    )
    add_once(imported)
    return imported


def _short_name(filename: str) -> str:
    """The name of a file without its folders, its end kept however long it is."""
    path = PurePath(filename.replace("\\", "/"))
    return path.stem[: MAX_FILENAME_LENGTH - len(path.suffix[:8])] + path.suffix[:8]


@dataclass(frozen=True)
class SheetValues:
    """What a person says about a sheet.

    Attributes:
        columns: what each column holds, a field of the kind or None.
        side: of offers whose row says none.
        way, witness: how the farmers whose row says nothing agreed, and who saw it; both or none.
        township: code of the one that rows are of which say none; None for several or unknown.
    """

    columns: Mapping[int, str | None]
    side: Side
    way: str
    witness: str
    township: str | None = None


def check_rows(
    actor: Account, imported: Import, sheet: int, kind: ImportKind, values: SheetValues
) -> None:
    """Have the worker try what the sheet would make.

    Raises:
        Invalid: a consent without a witness, or the other way round.
        OutsideTownship: the station does not serve that township.
        InvalidTransition: it is being imported, or was.
    """
    _manage(actor, imported)
    if not can_check(imported):
        raise InvalidTransition()
    way, witness = values.way, values.witness.strip()
    if way and way not in WAYS:
        raise Invalid(_l("Record how the farmer agreed."), "way")
    if way and not witness:
        raise Invalid(_l("Still missing: the witness, or where the paper is."), "witness")
    if witness and not way:
        raise Invalid(_l("Still missing: how the farmers agreed."), "way")
    own = own_township(imported.assistant, imported.region)
    check_served(imported.assistant, imported.region, values.township or own)
    imported.sheet, imported.kind, imported.side = sheet, kind, values.side
    imported.township_code = values.township or own
    imported.columns = {str(column): field for column, field in values.columns.items()}
    imported.way, imported.witness, imported.changes = way, witness, None
    move(imported, ImportState.CHECKING)


def can_check(imported: Import) -> bool:
    """Whether its rows may be tried, or tried again."""
    return (
        imported.has_file
        and ImportState.CHECKING in IMPORT_TRANSITIONS[imported.state]
        and imported.state is not ImportState.QUEUED
    )


def start_import(
    actor: Account, imported: Import, policy: DuplicatePolicy, keeps_questioned: bool
) -> None:
    """Have the worker import the rows that may be; where something the dry run says is no longer
    so, try them anew.

    Args:
        policy: for rows that say what is there already.
        keeps_questioned: rows that say what is seldom meant are imported too.

    Raises:
        QuotaReached: the assistant has imported as much today as one may.
        Invalid: no row is left. InvalidTransition: there is no dry run to go by.
    """
    _manage(actor, imported)
    imported.duplicate_policy, imported.keeps_questioned = policy, keeps_questioned
    if is_outdated(imported):
        try_anew(imported)
        return
    count = count_chosen(imported)
    if not count:
        raise Invalid(_l("Not one row can be imported like this: put the file right first."))
    ROWS.check(actor, count)
    if imported.kind is ImportKind.DEALS:
        PROPOSALS.check(actor, count)
    move(imported, ImportState.QUEUED)


def count_chosen(imported: Import) -> int:
    """How many rows the import would make something of, as it is decided."""
    adds = imported.duplicate_policy is DuplicatePolicy.ADD
    return (
        imported.ready
        + (imported.questioned if imported.keeps_questioned else 0)
        + (count_addable(imported) if adds else 0)
    )


def try_anew(imported: Import) -> None:
    """Have the worker make the dry run again and say what has changed since."""
    imported.changes = {}
    move(imported, ImportState.CHECKING)


def undo_import(actor: Account, imported: Import) -> None:
    """Have the worker undo the import.

    Raises:
        Refused: the day is over, or a later import is about farmers that this one registered.
        InvalidTransition: there is nothing to undo.
    """
    _manage(actor, imported)
    if not can_undo(imported):
        raise Refused(_l("An import can be undone within a day, which is over."))
    if (later := import_built_on(imported)) is not None:
        raise Refused(
            _l(
                "First undo “%(file)s”, imported on %(day)s: it is about farmers that this import"
                " registered.",
                file=later.filename,
                day=format_datetime(later.done_at),
            )
        )
    move(imported, ImportState.UNDOING)


def can_undo(imported: Import) -> bool:
    """Whether its day is not over yet."""
    return imported.done_at is None or imported.done_at + UNDO_WITHIN > utcnow()


def discard_import(actor: Account, imported: Import) -> None:
    """Give up what was not imported; the worker deletes the file. Raises InvalidTransition."""
    _manage(actor, imported)
    discard(imported)


def discard(imported: Import) -> None:
    """Give it up, with the rows that were read of it."""
    move(imported, ImportState.DISCARDED)
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == imported.id))


def move(imported: Import, to: ImportState, error: str = "") -> None:
    """Let it be in another state; the worker begins from nothing.

    Raises:
        InvalidTransition: it can't go there from where it is.
    """
    if to not in IMPORT_TRANSITIONS[imported.state]:
        raise InvalidTransition()
    imported.state, imported.error = to, error
    imported.progress = imported.tries = 0


def forget_person(imported: Import, account_id: int) -> None:
    """Of an import that made something, forget the file, and what the rows of somebody say who is
    erased; those not yet imported are left out."""
    theirs = ImportRow.import_id == imported.id, ImportRow.account_id == account_id
    waiting = ImportRow.state.in_((RowState.READY, RowState.QUESTION, RowState.DUPLICATE))
    db.session.execute(delete(ImportRow).where(*theirs, waiting))
    db.session.execute(
        update(ImportRow).where(*theirs).values(values={}, problems=[], duplicate_of=None)
    )
    imported.file_sha256 = ""


def forget_rows(imported: Import, now: datetime) -> None:
    """Empty what the rows said, once the file is deleted: what they made stands for itself."""
    imported.file_deleted_at = now
    db.session.execute(
        update(ImportRow)
        .where(ImportRow.import_id == imported.id)
        .values(values={}, problems=[], duplicate_of=None)
    )


def _manage(actor: Account, imported: Import) -> None:
    if not may(actor, "import.manage", lock(imported)):
        raise Refused(_l("Only the station that brought the file does this."))
