"""Saved cross-tabulations in the export and the erasure of an account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.database import db
from market.tables.models import SavedCrosstab


def _export(account: Account) -> list[dict[str, Any]]:
    mine = select(SavedCrosstab).where(SavedCrosstab.account_id == account.id)
    return [
        {
            "name": saved.name,
            "query": saved.query,
            "is_shared": saved.is_shared,
            "saved_at": saved.created_at.isoformat(),
        }
        for saved in db.session.scalars(mine.order_by(SavedCrosstab.id))
    ]


def _erase(account: Account) -> None:
    db.session.execute(delete(SavedCrosstab).where(SavedCrosstab.account_id == account.id))


personal_texts.append(PersonalTexts(SavedCrosstab, ("name", "query")))
exporters.append(("saved_crosstabs", _export))
erasers.append(_erase)
