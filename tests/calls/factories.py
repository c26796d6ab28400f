"""A farmer of a station, an offer of theirs, and a buyer whose purchase is a match."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from market.accounts.models import Account
from market.calls.pairs import Pair
from market.matching.services import notice_matches
from market.search.services import drain
from tests.offers.factories import make_offer

CUIGUAN = "0302011"
SHIMEN, TAOYUAN, CHANGSHA = "430726", "430725", "430121"


@dataclass(frozen=True)
class Station:
    """An assistant, their farmer and the pair of the farmer's sale and a buyer's purchase."""

    assistant: Account
    farmer: Account
    buyer: Account
    pair: Pair

    @property
    def address(self) -> str:
        return f"/station/matches/{self.pair.sale.id}/{self.pair.purchase.id}"


def make_station(make_account: Callable[..., Account], **values: Any) -> Station:
    """The station in Shimen; `values` are of the farmer's offer."""
    assistant = make_account(name="站长", role="assistant", scope=SHIMEN)
    farmer = make_farmer(make_account, assistant)
    buyer = make_account(name="王老板", region=CHANGSHA)
    sale = make_offer(farmer, "sell", CUIGUAN, SHIMEN, **values)
    purchase = make_offer(buyer, "buy", CUIGUAN, CHANGSHA)
    find_matches()
    return Station(assistant, farmer, buyer, Pair(sale, purchase))


def make_farmer(
    make_account: Callable[..., Account], assistant: Account, name: str = "田大伯"
) -> Account:
    """A farmer whom the assistant represents."""
    from market.database import transaction

    farmer = make_account(name=name)
    with transaction():
        farmer.password_hash, farmer.represented_by_id = None, assistant.id
    return farmer


def find_matches() -> None:
    drain()
    notice_matches()
