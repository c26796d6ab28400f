"""The deals of daily matching 日常对接, one by one: each figure's, and one with its entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort
from sqlalchemy import Select, func, select

from market.database import db, read
from market.deals.models import Deal
from market.tallies.daily_matching import (
    VERIFIED_DAILY,
    DailySelection,
    chosen_only,
    chosen_region,
)
from market.tallies.region_queries import (
    DEALS_PER_PAGE,
    DealPage,
    DealRow,
    PublicDeal,
    deal_entries,
    public_row,
    select_public_deals,
)
from market.web.pagination import Pagination


def daily_deals(chosen: DailySelection, page: int = 1) -> DealPage:
    """The chosen verified deals, the latest first, with masked names."""
    region = chosen_region(chosen)
    number = (
        select(func.count(), func.sum(Deal.amount_fen)).select_from(Deal).where(*VERIFIED_DAILY)
    )
    deals, fen = db.session.execute(
        chosen_only(number, chosen, region, Deal.home_region_code)
    ).one()
    pagination = Pagination(page, DEALS_PER_PAGE, deals)
    return DealPage(
        _public(pagination.limit(_latest(chosen, region))), pagination, deals, int(fen or 0)
    )


def every_daily_deal(chosen: DailySelection) -> Sequence[DealRow]:
    """All the chosen verified deals, the latest first, with masked names."""
    return _public(_latest(chosen, chosen_region(chosen)))


def daily_deal(deal_id: int) -> PublicDeal:
    """The verified deal outside fairs of that number for the public, or 404."""
    row = read(select_public_deals(*VERIFIED_DAILY, Deal.id == deal_id)).first() or abort(404)
    return PublicDeal(public_row(row), deal_entries(deal_id))


def _latest(chosen: DailySelection, region: Any) -> Select[*tuple[Any, ...]]:
    deals = select_public_deals(*VERIFIED_DAILY)
    latest_first = (Deal.agreed_on.desc(), Deal.id.desc())
    return chosen_only(deals, chosen, region, Deal.home_region_code).order_by(*latest_first)


def _public(deals: Select[*tuple[Any, ...]]) -> list[DealRow]:
    return [public_row(row) for row in db.session.execute(deals)]
