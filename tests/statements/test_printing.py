"""From a statement's page to its paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.papers.models import Document
from tests.statements.reporting_fair import SHIMEN, TAOYUAN, Season, make_season

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def test_a_statement_is_printed_from_its_page_though_another_counts(
    season: Season, log_in: LogIn
) -> None:
    season.deal(SHIMEN, 1_000_00)
    daily = season.submit(SHIMEN, season.day(1))
    season.deal(SHIMEN, 2_000_00)
    season.submit(SHIMEN)
    client = log_in(season.official(SHIMEN))
    page, action = f"/desk/statements/{daily.id}", f"/desk/documents/statements/{daily.id}"
    assert f'action="{action}"' in client.get(page).text
    answer = client.send(action, page=page)
    document = db.session.scalars(select(Document)).one()
    assert (answer.status_code, answer.location) == (303, f"/desk/documents#{document.code}")
    assert document.printed.provenance.statement == daily.id
    assert document.printed.figures.totals.amount_fen == 1_000_00
    assert client.send(action, page=page).location == answer.location


def test_a_returned_statement_is_not_printed(season: Season, log_in: LogIn) -> None:
    statement = season.send_back(season.submit(SHIMEN))
    client = log_in(season.official(SHIMEN))
    page, action = f"/desk/statements/{statement.id}", f"/desk/documents/statements/{statement.id}"
    assert action not in client.get(page).text
    assert client.send(action, page=page).location == page
    assert not db.session.scalars(select(Document)).all()


def test_a_neighbour_prints_nothing(season: Season, log_in: LogIn) -> None:
    statement = season.submit(SHIMEN)
    neighbour = log_in(season.official(TAOYUAN))
    action = f"/desk/documents/statements/{statement.id}"
    assert neighbour.send(action, page="/desk/documents").status_code == 403
