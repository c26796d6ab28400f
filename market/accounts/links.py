"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.products.personal_texts import name_finders
from market.text.characters import fold
from market.web.slots import add_link

add_link("log_in", "accounts.login")


def _names_of_accounts(candidates: frozenset[str]) -> Iterator[str]:
    """Those of the folded candidates that are the name of an account."""
    for name in db.session.scalars(select(Account.name)):
        if (folded := fold(name)) in candidates:
            yield folded


name_finders.append(_names_of_accounts)
