"""For whom an account may deal: itself and the farmers it represents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import Row, select

from market.accounts.models import Account
from market.database import db
from market.regions.queries import place_below
from market.web.converters import asked_row
from market.web.filters import day


def represented_parties(account: Account) -> list[tuple[int, str]]:
    """(id, name) of the parties the account acts for: itself, then the farmers it represents.

    Of farmers of one name it says what tells them apart.
    """
    people = [(account.id, account.name)]
    if account.is_assistant:
        rows = db.session.execute(
            select(
                *(Account.id, Account.name, Account.phone, Account.township_code),
                *(Account.village, Account.created_at),
            )
            .where(Account.represented_by_id == account.id)
            .order_by(Account.name, Account.id)
        ).all()
        of_name = Counter([account.name, *(row.name for row in rows)])
        people += [
            (row.id, _distinct_name(row) if of_name[row.name] > 1 else row.name) for row in rows
        ]
    return people


def asked_party(people: Sequence[tuple[int, str]]) -> int | None:
    """For whom the query string asks to act (`for`); None: it names nobody.

    403 for whom the account does not represent, 404 for who can't be anybody: never another.
    """
    number = asked_row("for")
    if number is not None and number not in dict(people):
        db.get_or_404(Account, number)
        abort(403)
    return number


def _distinct_name(row: Row[*tuple[Any, ...]]) -> str:
    last = (
        _("number ends in %(digits)s", digits=row.phone[-4:])
        if row.phone
        else _("registered %(day)s", day=day(row.created_at))
    )
    return " · ".join(filter(None, (row.name, place_below(row.township_code, row.village), last)))
