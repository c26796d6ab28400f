"""Farmers as a station registers them."""

from __future__ import annotations

from typing import Any

from market.accounts.models import Account
from market.database import db
from tests.conftest import Client

FARMER = {
    "name": "田大伯",
    "phone": "",
    "trader_type": "farmer",
    "region": "石门县",
    "way": "spoken",
    "note": "村主任在场",
    "agreed": "y",
}


def farmers() -> list[Account]:
    query = db.select(Account).where(Account.represented_by_id.is_not(None)).order_by(Account.id)
    return list(db.session.scalars(query))


def take_on(client: Client, **change: Any) -> Account:
    assert client.send("/station/farmers/new", FARMER | change).status_code == 303
    return farmers()[-1]
