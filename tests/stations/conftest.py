"""An assistant of the station of 石门."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from market.accounts.models import Account


@pytest.fixture
def assistant(make_account: Callable[..., Account]) -> Account:
    return make_account(name="站长", role="assistant", scope="430726")
