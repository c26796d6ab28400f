"""The pages that the page of an account leads to, as the rooms register them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from market.accounts.models import Account
from market.web.language import lazy_gettext as _l


def _everybody(_: Account) -> bool:
    return True


@dataclass(frozen=True)
class MyPage:
    """
    Attributes:
        place: pages stand in this order.
        note: what one does there.
        is_shown: whether an account has it.
    """

    place: int
    endpoint: str
    label: Any
    note: Any
    is_shown: Callable[[Account], bool] = _everybody


my_pages: list[MyPage] = [
    MyPage(
        70,
        "accounts.admin",
        _l("Administration"),
        _l("Accounts and their roles."),
        is_shown=lambda account: account.is_administrator,
    )
]


def pages_of(account: Account) -> list[MyPage]:
    """The pages that the account has, in their order."""
    shown = (page for page in my_pages if page.is_shown(account))
    return sorted(shown, key=lambda page: page.place)
