"""Finding a deal in any state by its number, the name of a side, or a telephone number."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from wtforms import StringField
from wtforms.validators import Optional

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal
from market.deals.queries import select_deal_rows
from market.deals.unregistered_models import UnregisteredParty
from market.web.forms import FilterForm, Length
from market.web.language import lazy_gettext as _l
from market.web.pagination import Pagination

PER_PAGE = 20
# The last four digits are shown anyway where a number is masked; fewer say nothing.
MIN_PHONE_DIGITS = 4
MAX_NUMBER_DIGITS = 9
NUMBER = re.compile(r"[\d\s+()#-]+")


class DealSearchForm(FilterForm):
    """What to look for among the deals."""

    q = StringField(
        _l("Number of the deal, name of a side, or telephone number"),
        [Optional(), Length(max=60)],
        description=_l("Of a telephone number the last four digits are enough."),
    )


def find_deals(text: str, counties: Collection[str], page: int) -> tuple[Sequence[Any], Pagination]:
    """The deals of the counties that `text` names, the newest first, with their page."""
    condition = Deal.home_region_code.in_(counties) & _named(text)
    total = db.session.scalar(select(func.count()).select_from(Deal).where(condition)) or 0
    pagination = Pagination(page, PER_PAGE, total)
    ids = pagination.limit(select(Deal.id).where(condition).order_by(Deal.id.desc()))
    rows = select_deal_rows().where(Deal.id.in_(db.session.scalars(ids).all()))
    return db.session.execute(rows.order_by(Deal.id.desc())).all(), pagination


def _named(text: str) -> ColumnElement[bool]:
    if not NUMBER.fullmatch(text):
        return _with_party(
            Account.name.contains(text, autoescape=True),
            UnregisteredParty.name.contains(text, autoescape=True),
        )
    digits = re.sub(r"\D", "", text)
    found: list[ColumnElement[bool]] = []
    if 0 < len(digits) <= MAX_NUMBER_DIGITS:
        found.append(Deal.id == int(digits))
    if len(digits) >= MIN_PHONE_DIGITS:
        found.append(
            _with_party(Account.phone.endswith(digits), UnregisteredParty.phone.endswith(digits))
        )
    return or_(False, *found)


def _with_party(
    account: ColumnElement[bool], unregistered: ColumnElement[bool]
) -> ColumnElement[bool]:
    """SQL: one side of the deal is such an account, or such a person without one."""
    accounts = select(Account.id).where(account)
    return or_(
        Deal.seller_id.in_(accounts),
        Deal.buyer_id.in_(accounts),
        Deal.unregistered_id.in_(select(UnregisteredParty.id).where(unregistered)),
    )
