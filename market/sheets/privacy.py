"""Export and erasure of what sheets have of a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import (
    FileEraser,
    Person,
    PersonalTexts,
    file_erasers,
    personal_texts,
)
from market.accounts.privacy.exports import erasers, exporters
from market.database import db, transaction
from market.offers import photos
from market.papers.document_jobs import exclusive_maker
from market.papers.models import DocumentStatus
from market.sheets import printing, stacks
from market.sheets.models import SheetPosting, SheetPrint, SheetStack, StationCard
from market.sheets.postings import FOLDER
from market.sheets.stack_jobs import path_of


def _card(account: Account) -> list[dict[str, Any]]:
    cards = db.session.scalars(select(StationCard).where(StationCard.assistant_id == account.id))
    return [{"station": card.station, "phone": card.phone} for card in cards]


def _postings(account: Account) -> list[dict[str, Any]]:
    mine = select(SheetPosting).where(SheetPosting.recorded_by_id == account.id)
    return [
        {
            "region": row.region_code,
            "township": row.township_code,
            "village": row.village,
            "spot": row.spot,
            "day": row.posted_on.isoformat(),
            "copies": row.copies,
            "note": row.note,
            "picture": row.sha256,
            "at": row.recorded_at.isoformat(),
        }
        for row in db.session.scalars(mine.order_by(SheetPosting.id))
    ]


def _prints(account: Account) -> list[dict[str, Any]]:
    mine = select(SheetPrint).where(SheetPrint.printed_by_id == account.id)
    return [
        {
            "region": row.region_code,
            "township": row.township_code,
            "village": row.village,
            "week": row.week,
            "paper": row.paper.value,
            "at": row.printed_at.isoformat(),
        }
        for row in db.session.scalars(mine.order_by(SheetPrint.id))
    ]


def _erase(account: Account) -> None:
    """Print nothing of them; that sheets hung somewhere stays, without picture and note."""
    mine = SheetPosting.recorded_by_id == account.id
    for row in db.session.scalars(select(SheetPosting).where(mine)):
        row.note, row.sha256 = "", None
    db.session.execute(delete(StationCard).where(StationCard.assistant_id == account.id))
    db.session.execute(delete(SheetPrint).where(SheetPrint.printed_by_id == account.id))
    db.session.flush()


def _pictures(account: Account) -> list[str]:
    pictures = select(SheetPosting.sha256).where(
        SheetPosting.recorded_by_id == account.id, SheetPosting.sha256.is_not(None)
    )
    return sorted({sha256 for sha256 in db.session.scalars(pictures) if sha256})


def _delete_pictures(states: list[Any]) -> list[Any]:
    photos.delete_unused({sha256 for state in states for sha256 in state})
    return [None] * len(states)


def _recorded_by(person: Person) -> ColumnElement[bool]:
    return SheetPosting.recorded_by_id == person.id


def _named_in(account: Account) -> list[int]:
    """The stacks whose file names them; none are still to be made without them."""
    rows = db.session.execute(
        select(SheetStack.id, SheetStack.named_ids).where(SheetStack.status == DocumentStatus.DONE)
    )
    return [id_ for id_, named in rows if account.id in named]


def _withdraw_files(states: list[Any]) -> list[Any]:
    """Delete single sheets, which are set again, and stacks that name them; later where another
    process makes some just now."""
    printing.store.clear()
    with exclusive_maker() as is_alone:
        if not is_alone:
            return states
        with transaction():
            hashes = set()
            for id_ in sorted({id_ for state in states for id_ in state}):
                stack = db.session.get(SheetStack, id_)
                if stack is not None and stack.status is DocumentStatus.DONE:
                    hashes.add(stack.file_sha256)
                    stacks.fail(stack, "erased")
            gone = stacks.unused(hashes)
        for sha256 in gone:
            path_of(sha256).unlink(missing_ok=True)
    return [None] * len(states)


def _pictures_in_use() -> list[str]:
    used = select(SheetPosting.sha256).where(SheetPosting.sha256.is_not(None)).distinct()
    return [sha256 for sha256 in db.session.scalars(used) if sha256]


exporters.append(("station_card", _card))
exporters.append(("sheet_postings", _postings))
exporters.append(("sheet_prints", _prints))
erasers.append(_erase)
personal_texts.append(PersonalTexts(SheetPosting, ("village", "spot", "note"), _recorded_by))
file_erasers["posting_pictures"] = FileEraser(_pictures, _delete_pictures)
file_erasers["sheet_stacks"] = FileEraser(_named_in, _withdraw_files)
photos.hashes_in_use[FOLDER] = _pictures_in_use
