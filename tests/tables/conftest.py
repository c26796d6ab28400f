"""A counted fair with a few deals, and the officials who take its tables away."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import date

import pytest

from market.accounts.models import Account
from market.database import transaction
from market.fairs.models import Fair
from market.fairs.services import enrol_from_publications
from market.offers.models import Side, Verification
from market.tallies.services import recount
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair, publish

Make = Callable[..., Account]
PLACES = ("430726", "430725", "430671", "430102", "431103")


def named_rows(text: str) -> list[list[str]]:
    """The rows of a CSV without its heads and its codes of regions."""
    heads, *rows = csv.reader(io.StringIO(text))
    places = [place for place, head in enumerate(heads) if "GB/T 2260" not in head]
    return [[row[place] for place in places] for row in rows]


@pytest.fixture
def province(make_account: Make) -> Account:
    return make_account("湖南省商务厅", role="province_official", scope="430000")


@pytest.fixture
def county(make_account: Make) -> Account:
    return make_account("石门县商务局", role="county_official")


def fill(fair: Fair, make_account: Make, seed: int = 1, deals: int = 12) -> list[Account]:
    """Traders of several counties with listings and counted deals, as `seed` throws them."""
    rng = random.Random(seed)
    traders = [make_account(f"农户{n}", region=rng.choice(PLACES)) for n in range(6)]
    for trader in traders:
        for _ in range(rng.randint(0, 3)):
            publish(
                trader,
                side=rng.choice(list(Side)),
                product_code=rng.choice([ORANGE, TEA]),
                verification=rng.choice([Verification.VERIFIED, Verification.UNVERIFIED]),
            )
    for _ in range(deals):
        seller, buyer = rng.sample(traders, 2)
        count_deal(
            fair,
            seller,
            buyer,
            rng.choice([1, 99, rng.randint(1, 10**9)]),
            product_code=rng.choice([ORANGE, TEA]),
            agreed_on=date(2026, 9, rng.randint(15, 30)),
        )
    with transaction():
        enrol_from_publications(fair)
        recount(fair.id)
    return traders


@pytest.fixture
def fair(make_account: Make) -> Fair:
    fair = make_fair()
    fill(fair, make_account)
    return fair
