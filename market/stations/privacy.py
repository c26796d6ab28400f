"""What the pictures of signed forms do when a person is erased, and which are in use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from market.accounts.models import Account, Consent
from market.accounts.privacy.erasures import FileEraser, file_erasers
from market.accounts.privacy.exports import erasers
from market.accounts.services import ERASED_NAME, erase_account
from market.database import db
from market.offers import photos
from market.stations.consents import FOLDER
from market.stations.merging import INHERITED, ids_of
from market.stations.models import FarmerMerge


def _papers(account: Account) -> list[str]:
    return list(db.session.scalars(_with_paper(account).with_only_columns(Consent.sha256)))


def _with_paper(account: Account) -> Any:
    """The farmer's own; an assistant who leaves was not the one who signed."""
    return select(Consent).where(Consent.farmer_id == account.id, Consent.sha256.is_not(None))


def _erase(account: Account) -> None:
    none = {"sha256": None, "width": None, "height": None}
    db.session.execute(update(Consent).where(Consent.farmer_id == account.id).values(none))


def _erase_merged(account: Account) -> None:
    """Who is erased leaves the accounts too that were merged into theirs."""
    for id_ in ids_of(account)[1:]:
        merged = db.session.get_one(Account, id_)
        if merged.name != ERASED_NAME:
            erase_account(merged)
    for merge in db.session.scalars(
        select(FarmerMerge).where(FarmerMerge.surviving_id == account.id)
    ):
        merge.moved = {name: ids for name, ids in merge.moved.items() if name not in INHERITED}


def _delete_papers(states: list[Any]) -> list[Any]:
    photos.delete_unused({sha256 for state in states for sha256 in state})
    return [None] * len(states)


def _papers_in_use() -> list[str]:
    used = select(Consent.sha256).where(Consent.sha256.is_not(None))
    return [str(sha256) for sha256 in db.session.scalars(used.distinct())]


photos.hashes_in_use[FOLDER] = _papers_in_use
file_erasers[FOLDER] = FileEraser(_papers, _delete_papers)
erasers += [_erase, _erase_merged]
