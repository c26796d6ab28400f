"""A clock that tests can set, and who arranges fairs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

import pytest

from market.accounts.models import Account


@pytest.fixture
def province(make_account: Callable[..., Account]) -> Account:
    """An official of the home province."""
    return make_account("省商务厅", role="province_official", region="430102", scope="430000")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time that the whole market takes for now."""

    def set_to(at: datetime) -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith("market.") and hasattr(module, "utcnow"):
                monkeypatch.setattr(module, "utcnow", lambda: at)

    return set_to
