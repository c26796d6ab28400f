"""A station, who oversees it, and somebody of another township."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from market.accounts.models import Account
from market.cache import versions
from market.papers.fonts import is_there_a_font
from market.sheets.places import SheetPlace, load_sheet_place
from tests.optional import lacks

COUNTY = "430726"


@pytest.fixture
def font(app: Flask) -> None:
    """Skips the test where there is no Chinese font; fails it where CI allows no skip."""
    if not is_there_a_font():
        lacks("a Chinese font")


@pytest.fixture(autouse=True)
def current(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in memory is read anew each time: tests change it."""
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)


@pytest.fixture
def townships(app: Flask) -> list[SheetPlace]:
    """Two townships of Shimen."""
    from market.regions.queries import region_lexicon

    first, second = region_lexicon().townships.of(COUNTY)[:2]
    return [load_sheet_place(COUNTY, first.code), load_sheet_place(COUNTY, second.code)]


@pytest.fixture
def assistant(make_account: Callable[..., Account], townships: list[SheetPlace]) -> Account:
    """Of the first township."""
    return make_account("站长", role="assistant", scope=COUNTY, township=townships[0].township_code)


@pytest.fixture
def stranger(make_account: Callable[..., Account], townships: list[SheetPlace]) -> Account:
    """An assistant of the second."""
    return make_account(
        "外乡站长", role="assistant", scope=COUNTY, township=townships[1].township_code
    )


@pytest.fixture
def county(make_account: Callable[..., Account]) -> Account:
    return make_account("石门县商务局", role="county_official", scope=COUNTY)
