from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import DealStatus
from market.fairs.models import Fair, FairSession, FairSessionTheme
from market.fairs.services import enrol_from_publications
from market.offers.models import OfferStatus, Side
from market.tallies import queries, services, session_queries
from market.web.pagination import Pagination
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair, publish
from tests.sql import statements

Make = Callable[..., Account]
SHIMEN, TAOYUAN = "430726", "430725"
POMELO = "0301019"


def make_session(fair: Fair, *themes: str, **values: Any) -> FairSession:
    days = {"starts_on": date(2026, 9, 16), "ends_on": date(2026, 9, 20)}
    session = FairSession(
        **{"fair_id": fair.id, "slug": "citrus", "name": "柑橘专场", **days, **values},
        themes=[FairSessionTheme(product_prefix=prefix) for prefix in themes],
    )
    with transaction():
        db.session.add(session)
    return session


@pytest.mark.postgresql
def test_a_session_counts_deals_of_its_products_on_its_days_alone(make_account: Make) -> None:
    fair, buyer = make_fair(), make_account()
    seller, other = make_account(region=SHIMEN), make_account(region=TAOYUAN)
    for place, amount, product, day in (
        (seller, 100_00, ORANGE, 16),
        (other, 300_00, POMELO, 20),
        (seller, 999_00, ORANGE, 15),
        (seller, 999_00, ORANGE, 21),
        (seller, 999_00, TEA, 18),
    ):
        count_deal(fair, place, buyer, amount, product_code=product, agreed_on=date(2026, 9, day))
    count_deal(make_fair(slug="other"), seller, buyer, 999_00)
    totals = session_queries.session_totals(make_session(fair, "0301"))
    assert (totals.deals, totals.amount_fen) == (2, 400_00)
    assert [(c.code, c.amount_fen) for c in totals.counties] == [
        (TAOYUAN, 300_00),
        (SHIMEN, 100_00),
    ]


@pytest.mark.postgresql
def test_a_session_lists_its_products_up_to_its_last_day(make_account: Make) -> None:
    fair, farmer = make_fair(), make_account()
    midnight = datetime(2026, 9, 20, 16, tzinfo=UTC)
    publish(farmer, at=midnight - timedelta(seconds=1))
    publish(farmer, at=midnight - timedelta(days=5), side=Side.BUY)
    publish(farmer, at=midnight)
    publish(farmer, at=midnight - timedelta(days=1), product_code=TEA)
    publish(farmer, at=midnight - timedelta(days=1), status=OfferStatus.REJECTED)
    with transaction():
        enrol_from_publications(fair)
    totals = session_queries.session_totals(make_session(fair, "03"))
    assert (totals.sell, totals.buy, totals.listings) == (1, 1, 2)


@pytest.mark.postgresql
def test_a_deal_taken_back_leaves_the_session(make_account: Make) -> None:
    fair, buyer = make_fair(), make_account()
    deal = count_deal(fair, make_account(), buyer, 500_00)
    session = make_session(fair, ORANGE)
    assert session_queries.session_totals(session).amount_fen == 500_00
    with transaction():
        deal.status = DealStatus.RETURNED
        ledger.append_entry(deal, buyer)
    totals = session_queries.session_totals(session)
    assert (totals.deals, totals.amount_fen, totals.counties) == (0, 0, [])
    assert session_queries.session_deals(session) == (
        [],
        Pagination(1, session_queries.SESSION_DEALS_PER_PAGE, 0),
    )


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from([ORANGE, POMELO, TEA]), st.integers(15, 30), st.integers(1, 9)),
        max_size=5,
    )
)
def test_overlapping_sessions_take_nothing_from_each_other_or_the_fair(
    make_account: Make, deals: list[tuple[str, int, int]]
) -> None:
    fair, seller, buyer = make_fair(slug=uuid.uuid4().hex), make_account(), make_account()
    for product, day, amount in deals:
        on = date(2026, 9, day)
        count_deal(fair, seller, buyer, amount, product_code=product, agreed_on=on)
    with transaction():
        services.recount(fair.id)
    whole = {"starts_on": fair.starts_on, "ends_on": fair.ends_on}
    total = queries.totals(fair)
    parts = [
        session_queries.session_totals(make_session(fair, *themes, slug=f"s{n}", **whole))
        for n, themes in enumerate((["03", "04"], ["0301"], [ORANGE, POMELO], ["0401"]))
    ]
    assert (parts[0].deals, parts[0].amount_fen) == (total.deals, total.amount_fen)
    assert parts[1] == parts[2]
    assert parts[1].amount_fen + parts[3].amount_fen == total.amount_fen
    assert queries.totals(fair) == total


def page(response: Any) -> str:
    assert response.status_code == 200
    text: str = response.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def test_the_page_shows_its_figures_and_masks_its_deals(client: Any, make_account: Make) -> None:
    fair, buyer = make_fair(is_replay=True), make_account("李四光")
    for _ in range(12):
        count_deal(fair, make_account("张三丰"), buyer, 120_000_00)
    make_session(fair, "0301", note="只收本县的")
    text = page(client.get("/fairs/2026-autumn/sessions/citrus"))
    for words in ("柑橘专场", "144.00", "张*", "只收本县的", "?page=2#deals"):
        assert words in text
    assert "张三丰" not in text
    assert "李四光" not in text
    assert "李*" in page(client.get("/fairs/2026-autumn/sessions/citrus?page=99"))
    assert "/fairs/2026-autumn/sessions/citrus" in page(client.get("/fairs/2026-autumn"))


def test_a_session_without_anything_says_so(client: Any) -> None:
    make_session(make_fair(), "0301")
    assert 'class="empty"' in page(client.get("/fairs/2026-autumn/sessions/citrus"))


@pytest.mark.parametrize("path", ["2026-autumn/sessions/none", "none/sessions/citrus"])
def test_a_session_that_is_not_there_has_no_page(client: Any, path: str) -> None:
    make_session(make_fair(), "0301")
    assert client.get(f"/fairs/{path}").status_code == 404


def test_the_page_is_read_in_a_dozen_statements(client: Any, make_account: Make) -> None:
    fair, buyer = make_fair(), make_account()
    for _ in range(5):
        count_deal(fair, make_account(), buyer, 100)
    make_session(fair, "0301")
    client.get("/fairs/2026-autumn/sessions/citrus")
    db.session.remove()
    with statements() as sent:
        client.get("/fairs/2026-autumn/sessions/citrus")
    assert 0 < len(sent) <= 12


def test_figures_are_kept_until_the_fair_is_counted_again(app: object, make_account: Make) -> None:
    fair, seller, buyer = make_fair(), make_account(), make_account()
    session = make_session(fair, "0301")
    at = datetime(2026, 9, 20, tzinfo=UTC)
    assert session_queries.session_totals(session, at).deals == 0
    count_deal(fair, seller, buyer, 100)
    with statements() as sent:
        assert session_queries.session_totals(session, at).deals == 0
    assert not [statement for statement in sent if "FROM ledger" in statement]
    assert session_queries.session_totals(session, at + timedelta(seconds=1)).deals == 1
