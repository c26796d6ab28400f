"""A daily statement is of its day: the same figures for every county, whenever it is submitted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from market.accounts.models import Account
from market.calendar.services import load_clock
from market.database import db, transaction, utcnow
from market.deals.ledger import verify_ledger
from market.deals.models import LedgerEntry
from market.fairs.models import FairEvent, FairEventKind, FairStatus
from market.fairs.services import enrol_from_publications
from market.offers.models import Offer, OfferStatus, Side, Verification
from market.offers.signals import offer_changed
from market.statements import queries, units
from market.statements.drift import cut_offs
from market.statements.models import Statement, StatementVersion
from market.statements.published_table import published_table
from market.statements.reversals import find_reversals
from market.statements.snapshots import sum_figures
from market.tallies import end_of_day
from market.tallies.frozen_figures import TIME_FORMAT, canonical, digest, read_figures
from market.tallies.models import FairDayEnd
from market.tallies.region_queries import count_reversed
from market.tallies.services import update_count
from market.text.days import local_day
from market.web.home_time import home_zone
from market.worker import turn_calendar
from tests.fairs.factories import ORANGE, TEA, publish
from tests.html import squeezed
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def frozen(statement: Statement) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(statement.current.snapshot)
    return found


def listed(
    season: Season, owner: Account, at: datetime, verified_at: datetime | None = None, **values: Any
) -> Offer:
    """An offer of the fair listed at that moment, verified then if at all."""
    is_verified = {"verification": Verification.VERIFIED, "verified_at": verified_at}
    offer = publish(owner, at, **(is_verified if verified_at else {}), **values)
    with transaction():
        enrol_from_publications(season.fair)
    return offer


def test_a_day_counts_what_was_verified_by_its_midnight(season: Season) -> None:
    season.deal(SHIMEN, 100, at=season.at(0))
    season.deal(SHIMEN, 20, at=season.at(1, 24) - timedelta(microseconds=1))
    season.deal(SHIMEN, 3, at=season.at(1, 24))
    data = frozen(season.submit(SHIMEN, season.day(1)))
    assert (data["totals"]["deals"], data["totals"]["amount_fen"]) == (2, 120)
    assert (data["increment"]["deals"], data["increment"]["amount_fen"]) == (1, 20)
    assert [(row["day"], row["amount_fen"]) for row in data["days"]] == [
        (season.day(0).day.isoformat(), 100),
        (season.day(1).day.isoformat(), 20),
    ]
    assert data["until"] == season.at(1, 24).strftime(TIME_FORMAT)
    assert (data["format"], data["ledger"]["id"]) == (2, 2)


def test_resubmitted_days_later_it_has_the_same_figures(season: Season) -> None:
    deal = season.deal(SHIMEN, 27_70, at=season.at(0))
    owner = season.make("农户乙", region=SHIMEN)
    listed(season, owner, season.at(0), season.at(0, 13))
    first = frozen(season.send_back(season.submit(SHIMEN, season.day(0))))
    season.deal(SHIMEN, 9_56, at=season.at(1))
    season.take_back(deal, at=season.at(2))
    listed(season, owner, season.at(1), product_code=TEA)
    again = frozen(season.submit(SHIMEN, season.day(0)))
    for name in ("totals", "increment", "days", "products", "ledger", "until"):
        assert again[name] == first[name], name
    assert first["totals"]["amount_fen"] == 27_70
    later = frozen(season.submit(SHIMEN, season.day(2)))
    assert (later["totals"]["amount_fen"], later["increment"]["amount_fen"]) == (9_56, -27_70)


def test_counties_submit_at_any_time_and_the_table_has_one_cut_off(season: Season) -> None:
    season.deal(SHIMEN, 100, at=season.at(0))
    season.accept(season.submit(SHIMEN, season.day(0)))
    season.deal(SHIMEN, 7, at=season.at(1))
    season.deal(TAOYUAN, 50, at=season.at(1))
    season.accept(season.submit(TAOYUAN, season.day(0)))
    others = {u.code for u in units.units(season.fair).values() if u.is_leaf}
    own = season.submit(CHANGDE, season.day(0), missing=others - {SHIMEN, TAOYUAN}, reason="停电")
    season.accept(own)
    season.publish(season.day(0))
    table = published_table(season.fair)
    assert table is not None
    assert (table.totals.amount_fen, table.figures.data["increment"]["amount_fen"]) == (100, 100)
    assert {county.until for county in table.figures.children[0].children} == {table.figures.until}
    assert table.publication.ledger_id == 1
    assert verify_ledger() == []


def test_listings_merchants_and_varieties_are_those_of_midnight(season: Season) -> None:
    owner, other = season.make("农户甲", region=SHIMEN), season.make("农户乙", region=SHIMEN)
    listed(season, owner, season.at(0), season.at(0, 20))
    listed(season, owner, season.at(1), side=Side.BUY, product_code=TEA)
    listed(season, other, season.at(0), season.at(1, 9))
    first = frozen(season.submit(SHIMEN, season.day(0)))
    assert {n: first["totals"][n] for n in ("sell", "buy", "merchants", "varieties")} == {
        **{"sell": 2, "buy": 0},
        **{"merchants": 1, "varieties": 1},
    }
    second = frozen(season.submit(SHIMEN, season.day(1)))
    assert {n: second["increment"][n] for n in ("sell", "buy", "listings", "merchants")} == {
        **{"sell": 0, "buy": 1},
        **{"listings": 1, "merchants": 1},
    }
    assert second["totals"]["varieties"] == 2
    assert {row["code"]: (row["sell"], row["buy"]) for row in second["products"]} == {
        ORANGE: (2, 0),
        TEA: (0, 1),
    }


def test_the_calendar_keeps_each_day_once_and_nobody_changes_it(season: Season) -> None:
    listed(season, season.make("农户甲", region=SHIMEN), season.at(0))
    turn_calendar()
    saved = select(FairDayEnd.day, func.count()).group_by(FairDayEnd.day).order_by(FairDayEnd.day)
    leaves = sum(unit.is_leaf for unit in units.units(season.fair).values())
    days = [(season.day(n).day, leaves) for n in range(4)]
    assert db.session.execute(saved).all() == days
    turn_calendar()
    assert db.session.execute(saved).all() == days
    for statement in ("UPDATE fair_day_ends SET day = day", "DELETE FROM fair_day_ends"):
        with pytest.raises(DatabaseError):
            db.session.execute(text(statement))
        db.session.rollback()


def test_a_change_after_midnight_leaves_the_day_alone_though_no_worker_ran(season: Season) -> None:
    owner = season.make("农户甲", region=SHIMEN)
    offer = listed(season, owner, season.at(0), season.at(0, 13))
    with transaction():
        # Refused on a later morning, before anything had counted the days that are over.
        offer.status = OfferStatus.REJECTED
        offer.verification, offer.verified_at = Verification.RETURNED, utcnow()
        offer_changed.send(offer=offer, at=utcnow())
    data = frozen(season.submit(SHIMEN, season.day(0)))
    assert (data["totals"]["listings"], data["totals"]["merchants"]) == (1, 1)


def test_a_wrong_clock_keeps_no_day(season: Season) -> None:
    offer = listed(season, season.make("农户甲", region=SHIMEN), season.at(0), season.at(0, 13))
    with transaction():
        load_clock(utcnow()).stopped_at = utcnow()
    with transaction():
        offer.verification, offer.verified_at = Verification.RETURNED, utcnow()
        offer_changed.send(offer=offer, at=utcnow())
    assert db.session.scalar(select(func.count()).select_from(FairDayEnd)) == 0


def test_nothing_is_owed_for_days_before_the_fair_was_announced(season: Season) -> None:
    with transaction():
        event = FairEvent(fair_id=season.fair.id, kind=FairEventKind.ANNOUNCED, at=season.at(2, 9))
        db.session.add(event)
    owed = units.periods_of(season.fair, utcnow())
    assert owed == [season.day(2), season.day(3), season.final]
    rates = queries.rates_of(season.fair, utcnow(), units.units(season.fair).values())
    assert rates[SHIMEN].due <= len(owed)
    season.deal(SHIMEN, 5, at=season.at(2))
    data = frozen(season.submit(SHIMEN, season.day(2)))
    assert data["totals"]["amount_fen"] == data["increment"]["amount_fen"] == 5


def test_varieties_listed_in_two_counties_are_one_in_their_sum(
    season: Season, log_in: Callable[[Account], Any]
) -> None:
    for code in (SHIMEN, TAOYUAN):
        owner = season.make(f"农户{code}", region=code)
        listed(season, owner, season.at(0), product_code=ORANGE)
    for code in (SHIMEN, TAOYUAN):
        season.accept(season.submit(code, season.day(0)))
    parts = queries.current_figures(db.session.scalars(select(Statement.id)).all()).values()
    totals, added = sum_figures(parts, season.day(0))
    assert added
    assert (totals.varieties, totals.listings, added.listings) == (1, 2, 2)
    page = f"/desk/statements/draft/{season.fair.slug}/{season.day(0).key}/{CHANGDE}"
    shown = squeezed(log_in(season.official(CHANGDE)).get(page).text)
    foot = shown[shown.index("<tfoot>") : shown.index("</tfoot>")]
    assert "<div>1</div>" in foot
    assert "<div>2<br>" in foot


def test_a_deal_taken_back_marks_the_day_that_counted_it(
    season: Season, log_in: Callable[[Account], Any]
) -> None:
    deal = season.deal(SHIMEN, 700_00, at=season.at(0))
    statement = season.submit(SHIMEN, season.day(0))
    ends = cut_offs(read_figures(frozen(statement)))
    assert find_reversals(season.fair, ends) == []
    season.take_back(deal, at=season.at(2))
    (found,) = find_reversals(season.fair, ends)
    assert (found.deal_id, found.was_fen, found.now_fen) == (deal.id, 700_00, 0)
    # Where the deal was taken back already, there is nothing to mark.
    later = frozen(season.submit(SHIMEN, season.day(2)))
    assert find_reversals(season.fair, cut_offs(read_figures(later))) == []
    client = log_in(season.official(SHIMEN))
    client.set_cookie("language", "en")
    assert "Taken back since" in client.get(f"/desk/statements/{statement.id}").text
    reviewer = log_in(season.official(CHANGDE))
    reviewer.set_cookie("language", "en")
    board = reviewer.get(f"/desk/statements?period={season.day(0).key}").text
    assert "1 deal taken back since" in board
    with transaction():
        update_count(season.fair)
    assert count_reversed(season.fair, season.fair.region) == {season.day(0).day: 1}
    days = reviewer.get(f"/fairs/{season.fair.slug}/regions/{SHIMEN}").text
    assert "1 deal taken back since" in days
    season.count_again(deal, at=season.at(3))
    assert find_reversals(season.fair, ends) == []


def test_what_was_frozen_in_the_older_format_still_verifies_and_is_gathered(
    season: Season,
) -> None:
    season.deal(SHIMEN, 700, at=season.at(0))
    statement = season.accept(season.submit(SHIMEN, season.day(1)))
    old = frozen(statement)
    for name in ("format", "until", "increment"):
        del old[name]
    _rewrite(statement.current, old)
    assert verify_ledger() == []
    season.deal(TAOYUAN, 50, at=season.at(1))
    season.accept(season.submit(TAOYUAN, season.day(1)))
    others = {u.code for u in units.units(season.fair).values() if u.is_leaf}
    own = season.submit(CHANGDE, season.day(1), missing=others - {SHIMEN, TAOYUAN}, reason="停电")
    data = frozen(own)
    assert (data["totals"]["amount_fen"], data["increment"]["amount_fen"]) == (750, 50)
    assert verify_ledger() == []


def _rewrite(version: StatementVersion, snapshot: dict[str, Any]) -> None:
    """Put a snapshot in a version's place, behind the back of what refuses that."""
    changed = canonical(snapshot)
    with transaction():
        if db.session.get_bind().dialect.name == "postgresql":
            db.session.execute(text("ALTER TABLE statement_versions DISABLE TRIGGER USER"))
        else:
            db.session.execute(text("DROP TRIGGER statement_versions_no_update"))
        db.session.execute(
            text("UPDATE statement_versions SET snapshot = :data, sha256 = :sha WHERE id = :id"),
            {"data": changed, "sha": digest(changed), "id": version.id},
        )
    db.session.expire_all()


steps = st.lists(
    st.tuples(
        st.sampled_from(["deal", "deal", "back", "submit"]),
        st.sampled_from([SHIMEN, TAOYUAN]),
        st.integers(0, 95),
        st.integers(1, 10**9),
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_every_daily_statement_is_the_ledger_at_midnight(
    season: Season, steps: list[tuple[str, str, int, int]]
) -> None:
    """Deals are verified and taken back in the order of time; statements come in between."""
    fresh = make_season(season.make, slug=f"fair-{next(_numbers)}")
    standing: dict[str, list[Any]] = {SHIMEN: [], TAOYUAN: []}
    submitted: set[tuple[str, int]] = set()
    for what, code, hour, fen in sorted(steps, key=lambda step: step[2]):
        day = hour // 24
        if what == "deal":
            standing[code].append(fresh.deal(code, fen, at=fresh.at(0, hour)))
        elif what == "back" and standing[code]:
            fresh.take_back(standing[code].pop(), at=fresh.at(0, hour))
        elif what == "submit" and day:
            fresh.submit_in_any_case(code, fresh.day(day - 1))
            submitted.add((code, day - 1))
    for code in standing:
        for day in range(4):
            data = frozen(fresh.submit_in_any_case(code, fresh.day(day)))
            assert (data["totals"]["deals"], data["totals"]["amount_fen"]) == _at_midnight(
                fresh, code, day
            ), (code, day, (code, day) in submitted)
    assert verify_ledger() == []


_numbers = iter(range(1, 1000))


def _at_midnight(season: Season, code: str, day: int) -> tuple[int, int]:
    row = db.session.execute(
        select(func.sum(LedgerEntry.deals), func.sum(LedgerEntry.amount_fen)).where(
            LedgerEntry.fair_id == season.fair.id,
            LedgerEntry.region_code == code,
            LedgerEntry.at < season.at(day, 24),
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def test_an_open_fairs_last_day_is_kept_by_the_calendar_of_the_next(
    make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = local_day(utcnow(), home_zone())
    season = make_season(
        make_account, starts_on=today, ends_on=today + timedelta(days=3), status=FairStatus.OPEN
    )
    assert end_of_day.unsaved_day_ends(utcnow()) == []
    midnight = end_of_day.cut_off(today)
    assert end_of_day.unsaved_day_ends(midnight - timedelta(seconds=1)) == []
    assert end_of_day.unsaved_day_ends(midnight) == [(season.fair.id, today)]
