"""What tells the two sides of deals from each other, whether they have an account or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.deals.unregistered_models import UnregisteredParty


@dataclass(frozen=True)
class PartyFacts:
    """One side of a deal, as flag_rules.same_person_reason() takes it.

    Attributes:
        id: of the account; 0: it has none.
        created_at: since when it has one.
        account_name: of the account that has the number of a side said to have none.
    """

    id: int
    name: str
    region_code: str
    represented_by_id: int | None = None
    created_at: datetime | None = None
    account_name: str = ""


def party_facts(deals: Collection[Any]) -> dict[int, tuple[PartyFacts, PartyFacts]]:
    """Seller and buyer of each deal (Deal, or a row of queries.select_deal_rows()) by its id."""
    ids = {id_ for deal in deals for id_ in (deal.seller_id, deal.buyer_id)} - {None}
    columns = (
        *(Account.id, Account.name, Account.region_code),
        *(Account.represented_by_id, Account.created_at),
    )
    rows = db.session.execute(select(*columns).where(Account.id.in_(ids)))
    people = {row.id: PartyFacts(*row) for row in rows}
    nobodies = {deal.unregistered_id for deal in deals} - {None}
    query = (
        select(UnregisteredParty.id, UnregisteredParty.name, Account.name.label("account_name"))
        .outerjoin(Account, Account.phone == UnregisteredParty.phone)
        .where(UnregisteredParty.id.in_(nobodies))
    )
    unregistered = {row.id: row for row in db.session.execute(query)} if nobodies else {}

    def side(deal: Any, name: str) -> PartyFacts:
        id_ = getattr(deal, f"{name}_id")
        if id_ is not None:
            return people[id_]
        row, region_code = unregistered[deal.unregistered_id], getattr(deal, f"{name}_region_code")
        return PartyFacts(0, row.name, region_code, account_name=row.account_name or "")

    return {deal.id: (side(deal, "seller"), side(deal, "buyer")) for deal in deals}
