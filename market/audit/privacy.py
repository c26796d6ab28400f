"""What the record holds of an account that is exported or erased.

The record stays: it is the office's, not the person's. It names nobody: it holds the numbers of
accounts, and erasing an account records none of its texts. Where a text recorded before names the
person, the name is starred.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.audit.models import Act, ActChange
from market.audit.recording import redact_texts
from market.database import db


def _acts(account: Account) -> list[dict[str, Any]]:
    """What the account did in a role, and where from; what was before and after is the
    office's record of others' things."""
    mine = select(Act).where(Act.actor_id == account.id).order_by(Act.id)
    return [
        {
            "at": act.at.isoformat(),
            "role": act.role,
            "permission": act.permission,
            "object": {"kind": act.kind, "id": act.object_id},
            "ip": act.ip,
            "browser": act.agent,
        }
        for act in db.session.scalars(mine)
    ]


def _about(person: Person) -> ColumnElement[bool]:
    """Changes of the account, and of everything that other rooms registered as about them."""
    rows = {**person.rows, Account.__tablename__: {str(person.id)}}
    return or_(
        false(),
        *(
            and_(kind == table, id_.in_(keys))
            for table, keys in rows.items()
            for kind, id_ in (
                (ActChange.kind, ActChange.object_id),
                (ActChange.whole_kind, ActChange.whole_id),
            )
        ),
    )


personal_texts.append(PersonalTexts(ActChange, ("before", "after"), _about, last=True))
exporters.append(("acts", _acts))
erasers.insert(0, lambda account: redact_texts())
